//! `HAProxy` before several processes, as an installation has it.

use std::fs;

use tempfile::TempDir;

use super::pooler::free_port;
use super::program::Program;

/// A running `HAProxy`. It is gone when its test is over.
pub(crate) struct Balancer {
    /// Address and port.
    pub(crate) place: String,
    program: Program,
    _folder: TempDir,
}

impl Balancer {
    /// Starts one before the processes at these places.
    pub(crate) fn start(places: &[String]) -> Self {
        let place = format!("127.0.0.1:{}", free_port());
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("haproxy.cfg");
        let servers = places.iter().enumerate();
        let servers = servers.map(|(index, place)| format!("    server {index} {place} check\n"));
        let servers = servers.collect::<Vec<_>>().concat();
        let settings = format!(
            "defaults\n    mode http\n    timeout connect 2s\n    timeout client 20s\n    \
             timeout server 20s\n    timeout check 5s\n    retries 3\n    option redispatch 1\n    \
             retry-on conn-failure empty-response\n\
             frontend hops\n    bind {place}\n    default_backend cp2\n\
             backend cp2\n    option httpchk GET /readyz\n    \
             default-server inter 50ms fall 2 rise 1\n{servers}"
        );
        fs::write(&file, settings).unwrap();
        let mut command = std::process::Command::new("haproxy");
        let program = Program::start(command.arg("-db").arg("-f").arg(&file));
        Self {
            place,
            program,
            _folder: folder,
        }
    }

    /// Waits until it has seen a process leave.
    pub(crate) fn sees_leave(&mut self, index: usize) {
        self.program.line_with(&format!("cp2/{index} is DOWN"));
    }

    /// Waits until it has seen a process come.
    pub(crate) fn sees_come(&mut self, index: usize) {
        self.program.line_with(&format!("cp2/{index} is UP"));
    }
}
