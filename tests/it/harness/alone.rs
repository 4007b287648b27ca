//! One process of the service without an aggregator behind it, started by a shell that has
//! set limits first.

use std::fs;
use std::process::Command;

use cp2::config;
use cp2::crypto::Hasher;
use cp2::demo::seed;
use cp2::domain::{Clock, SystemClock};
use cp2::service::{load_keys, open_store};
use reqwest::Client;
use serde_json::Value;
use tempfile::TempDir;
use tokio::task::block_in_place;

use super::Database;
use super::program::{Program, cp2};
use super::service::{SECRET, client, hop};

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
        let text = format!(
            "[server]\nlisten = \"127.0.0.1:0\"\n[database]\nurl = \"{}\"\n\
             [keys]\ncurrent = \"test\"\nkey.test = \"{}\"\n\
             [logging]\nformat = \"json\"\nfilter = \"error,cp2::cli=info\"\n\
             [[channel]]\nname = \"at\"\nkind = \"africastalking\"\nsecret = \"{SECRET}\"\n\
             base_url = \"http://127.0.0.1:9\"\nusername = \"tests\"\napi_key = \"key\"\n\
             service_codes = [\"*384*2026#\"]\n",
            database.url(),
            "5a".repeat(32)
        );
        fs::write(&file, &text).unwrap();
        settle(&text).await;
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

    pub(crate) async fn end(mut self) {
        assert!(block_in_place(|| self.program.stop()).success());
        self.database.remove().await;
    }
}

async fn settle(text: &str) {
    let config = config::parse("cp2.toml", text, []).unwrap();
    let (store, keys) = (
        open_store(&config).await.unwrap(),
        load_keys(&config).unwrap(),
    );
    let hasher = Hasher::new(1).unwrap();
    let now = SystemClock.now();
    let seeded = seed::seed(&store, &keys, &hasher, 3, seed::CALENDAR, now);
    seeded.await.unwrap();
    store.close().await;
}
