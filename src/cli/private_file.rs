//! Files that name people: nobody else may read them.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use anyhow::Context;

/// Makes a file, or empties the one that is there, for its owner alone.
pub(super) fn create(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true).mode(0o600);
    options.open(path)
}

/// Makes a file that was not there, for its owner alone.
pub(super) fn create_new(path: &Path) -> anyhow::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true).mode(0o600);
    let file = options.open(path);
    file.with_context(|| format!("{} can't be made", path.display()))
}

/// A table's way out: such a file, or standard output where none is named.
pub(super) fn or_stdout(path: Option<&Path>) -> anyhow::Result<Box<dyn Write + Send>> {
    Ok(match path {
        Some(path) => {
            let file = create(path);
            Box::new(file.with_context(|| format!("{} can't be written", path.display()))?)
        }
        None => Box::new(io::stdout()),
    })
}
