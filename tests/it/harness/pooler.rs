//! `PgBouncer` before the tests' PostgreSQL, lending connections by the transaction.

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use tempfile::TempDir;

use super::program::Program;

/// Fewer than the service has connections, so that each is lent to many.
const LENT: u32 = 3;

/// A running `PgBouncer`. It is gone when its test is over.
pub(crate) struct Pooler {
    _program: Program,
    _folder: TempDir,
}

impl Pooler {
    /// Starts one before the server of this address; gives the address by it.
    pub(crate) fn start(url: &str) -> (Self, String) {
        let (_, place) = url.split_once('@').unwrap();
        let (server, name) = place.split_once('/').unwrap();
        let (host, port) = server.split_once(':').unwrap();
        let free = free_port();
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("pgbouncer.ini");
        let settings = format!(
            "[databases]\n* = host={host} port={port} user=postgres\n\
             [pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {free}\nunix_socket_dir =\n\
             auth_type = any\npool_mode = transaction\ndefault_pool_size = {LENT}\n"
        );
        fs::write(&file, settings).unwrap();
        // Whoever it runs as.
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
        let mut command = Command::new("pgbouncer");
        if is_root() {
            // It refuses to run as root.
            command = Command::new("setpriv");
            let nobody = ["--reuid=nobody", "--regid=nogroup", "--clear-groups"];
            command.args(nobody).arg("pgbouncer");
        }
        let mut program = Program::start(command.arg(&file));
        program.line_with("process up");
        let near = format!("postgres://postgres@127.0.0.1:{free}/{name}");
        let pooler = Self {
            _program: program,
            _folder: folder,
        };
        (pooler, near)
    }
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output().unwrap();
    id.stdout.trim_ascii() == b"0"
}

/// A port that nobody listens on now.
pub(crate) fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}
