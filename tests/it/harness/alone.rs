//! One process of the service without an aggregator behind it, started by a shell that has
//! set limits first.

use std::fs;
use std::process::Command;

use reqwest::Client;
use serde_json::Value;
use tempfile::TempDir;
use tokio::task::block_in_place;

use super::Database;
use super::file::{configuration, settle};
use super::program::{Program, cp2};
use super::service::{client, hop};

pub(crate) struct Alone {
    pub(crate) database: Database,
    /// Address and port.
    pub(crate) place: String,
    program: Program,
    client: Client,
    _folder: TempDir,
}

impl Alone {
    /// Starts it by this line of a shell, in which "$0" "$@" is the program.
    pub(crate) async fn start(database: Database, line: &str, settings: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("cp2.toml");
        let filter = "error,cp2::cli=info";
        let text = configuration(&database.url(), "http://127.0.0.1:9", "", filter);
        fs::write(&file, &text).unwrap();
        settle(&text, 3).await;
        let serve = cp2(["serve", "--config"]);
        let mut command = Command::new("sh");
        command.arg("-c").arg(line).arg(serve.get_program());
        command.args(serve.get_args()).arg(&file);
        for (name, _) in serve.get_envs() {
            command.env_remove(name);
        }
        command.envs(settings.iter().copied());
        let (program, place) = block_in_place(|| {
            let mut program = Program::start(&mut command);
            let ready: Value = serde_json::from_str(&program.line_with("\"ready\"")).unwrap();
            (program, ready["addr"].as_str().unwrap().to_owned())
        });
        Self {
            database,
            place,
            program,
            client: client(),
            _folder: folder,
        }
    }

    /// Changes a limit of the process, in the words of `prlimit`.
    pub(crate) fn limit(&self, limit: &str) {
        let pid = format!("--pid={}", self.program.id());
        let told = block_in_place(|| Command::new("prlimit").arg(pid).arg(limit).status());
        assert!(told.unwrap().success(), "{limit}");
    }

    /// One hop of a session, as Africa's Talking sends it.
    pub(crate) async fn hop(&self, session: &str, line: &str, text: &str) -> String {
        let base = format!("http://{}", self.place);
        let answer = hop(&self.client, &base, session, line, text, "63902");
        let (status, screen) = answer.await.unwrap();
        assert_eq!(status, 200);
        screen
    }

    /// Tells it to stop, and once more while it does; how it ended, and what it said.
    pub(crate) async fn told_twice(mut self) -> (Option<i32>, String) {
        let ended = block_in_place(|| {
            self.program.tell_to_stop();
            self.program.line_with("\"stopping\"");
            self.program.tell_to_stop();
            self.program.end()
        });
        self.database.remove().await;
        (ended.code(), self.program.said())
    }

    pub(crate) async fn end(mut self) {
        assert!(block_in_place(|| self.program.stop()).success());
        self.database.remove().await;
    }
}
