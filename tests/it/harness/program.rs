//! The program itself, as a person or the platform starts it.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

/// How long a test waits for something that should happen at once.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// The program with these arguments, and nothing of ours in its environment.
pub(crate) fn cp2(arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cp2"));
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("CP2_")) {
        command.env_remove(name);
    }
    command.args(arguments).stdin(Stdio::null());
    command
}

/// Starts the demo on a free port; gives the address it prints.
pub(crate) fn demo(arguments: &[&str]) -> (Program, String) {
    let always = ["demo", "--listen", "127.0.0.1:0", "--professionals", "3"];
    let mut program = Program::start(&mut cp2(always.iter().chain(arguments)));
    let line = program.line_with("/phone ");
    let (_, address) = line.split_once("http://").unwrap();
    let (address, _) = address.split_once('/').unwrap();
    (program, format!("http://{address}"))
}

/// What a run that is over has said.
pub(crate) struct Said {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

/// Runs the program to its end.
pub(crate) fn run(command: &mut Command) -> Said {
    let Output {
        status,
        stdout,
        stderr,
    } = command.output().unwrap();
    let said = Said {
        code: status.code(),
        out: String::from_utf8(stdout).unwrap(),
        err: String::from_utf8(stderr).unwrap(),
    };
    assert!(
        !said.out.contains('\u{1b}') && !said.err.contains('\u{1b}'),
        "colour for a pipe"
    );
    said
}

/// A program while it runs. It is killed when the test is over.
pub(crate) struct Program {
    child: Child,
    lines: Receiver<String>,
    said: Vec<String>,
}

impl Program {
    pub(crate) fn start(command: &mut Command) -> Self {
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap_or_else(|error| {
            let name = command.get_program().display();
            panic!("{name}: {error}; `scripts/test` installs what the tests need")
        });
        let (lines, received) = channel();
        pass_on(child.stdout.take().unwrap(), lines.clone());
        pass_on(child.stderr.take().unwrap(), lines);
        Self {
            child,
            lines: received,
            said: Vec::new(),
        }
    }

    /// The next line with this in it, on stdout or stderr.
    pub(crate) fn line_with(&mut self, part: &str) -> String {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            let Ok(line) = self.lines.recv_timeout(left) else {
                panic!("no line with {part:?} in {:#?}", self.said);
            };
            self.said.push(line.clone());
            if line.contains(part) {
                return line;
            }
        }
    }

    /// Tells it to stop, as the platform does, and waits until it has.
    pub(crate) fn stop(&mut self) -> ExitStatus {
        self.tell_to_stop();
        self.end()
    }

    pub(crate) fn tell_to_stop(&self) {
        self.signal("-TERM");
    }

    /// Ends it where it stands, as a power cut does.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.end();
    }

    /// Tells it to read anew what it can read anew.
    pub(crate) fn hang_up(&self) {
        self.signal("-HUP");
    }

    /// Its number among all that run.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    fn signal(&self, signal: &str) {
        let pid = self.child.id().to_string();
        let told = Command::new("kill").args([signal, &pid]).status().unwrap();
        assert!(told.success());
    }

    /// Waits until it ends by itself.
    pub(crate) fn end(&mut self) -> ExitStatus {
        let status = self.ends_in_time();
        if status.is_some() {
            self.said.extend(self.lines.iter());
        }
        status.unwrap_or_else(|| panic!("it does not stop; it said {:#?}", self.said))
    }

    pub(crate) fn ends_in_time(&mut self) -> Option<ExitStatus> {
        let deadline = Instant::now() + PATIENCE;
        while Instant::now() < deadline {
            if let Ok(Some(status)) = self.child.try_wait() {
                return Some(status);
            }
            thread::sleep(Duration::from_millis(10));
        }
        None
    }

    /// Everything it has said, once it is over.
    pub(crate) fn said(&self) -> String {
        self.said.join("\n")
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn pass_on(from: impl Read + Send + 'static, to: Sender<String>) {
    thread::spawn(move || {
        for line in BufReader::new(from).lines() {
            let Ok(line) = line else { return };
            if to.send(line).is_err() {
                return;
            }
        }
    });
}
