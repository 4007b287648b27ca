//! Standard error, which systemd may read into its journal.

use std::fmt::Arguments;
use std::io::{self, Write};
use std::os::unix::fs::MetadataExt;

use tracing::{Level, Metadata};
use tracing_subscriber::fmt::MakeWriter;

/// Standard error. Where the journal reads it, each line says first how grave it is, for
/// `journalctl -p`: sd-daemon(3).
pub(super) struct Stderr {
    is_journal: bool,
}

impl Stderr {
    pub(super) fn open() -> Self {
        let told = std::env::var("JOURNAL_STREAM").unwrap_or_default();
        let is_journal = std::fs::metadata("/dev/stderr")
            .is_ok_and(|stderr| told == format!("{}:{}", stderr.dev(), stderr.ino()));
        Self { is_journal }
    }

    /// For a line of that gravity.
    fn at(&self, level: Level) -> Line {
        Line(match (self.is_journal, level) {
            (false, _) => "",
            (true, Level::ERROR) => "<3>",
            (true, Level::WARN) => "<4>",
            (true, Level::INFO) => "<6>",
            (true, _) => "<7>",
        })
    }
}

/// Says why the program ends. Nothing can be done where nobody listens.
pub fn last_words(words: &str) {
    let mut stderr = Stderr::open().at(Level::ERROR);
    for line in words.lines() {
        let _ = writeln!(stderr, "{line}");
    }
}

impl MakeWriter<'_> for Stderr {
    type Writer = Line;

    fn make_writer(&self) -> Line {
        self.at(Level::INFO)
    }

    fn make_writer_for(&self, event: &Metadata<'_>) -> Line {
        self.at(*event.level())
    }
}

/// What stands before the next line.
pub(super) struct Line(&'static str);

impl Write for Line {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        self.write_all(line)?;
        Ok(line.len())
    }

    // A line comes whole, and so it leaves.
    fn write_all(&mut self, line: &[u8]) -> io::Result<()> {
        io::stderr()
            .lock()
            .write_all(&[self.0.as_bytes(), line].concat())
    }

    // In one piece as well.
    fn write_fmt(&mut self, words: Arguments<'_>) -> io::Result<()> {
        self.write_all(words.to_string().as_bytes())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
