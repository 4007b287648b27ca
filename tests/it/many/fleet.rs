//! Several processes of the service on one PostgreSQL, with an aggregator behind them.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use cp2::demo::sandbox::{Sandbox, SandboxSettings};
use cp2::domain::{Msisdn, SystemClock};
use reqwest::{Client, Response};
use serde_json::Value;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::task::block_in_place;
use zeroize::Zeroizing;

use crate::harness::file::{configuration, settle};
use crate::harness::program::{Program, cp2};
use crate::harness::service::{SECRET, client, happens, hop, person, post};
use crate::harness::{Database, Wire};

/// The first of the people who have nothing but their work.
pub(super) const FIRST: u32 = 1000;

/// Safaricom, by its `networkCode`.
pub(super) const NETWORK: &str = "63902";

/// A setting and its value, as the environment has them.
type Setting<'a> = (&'a str, &'a str);

pub(super) struct Fleet {
    pub(super) processes: Vec<Process>,
    pub(super) sandbox: Sandbox,
    pub(super) client: Client,
    database: Database,
    settings: Vec<(String, String)>,
    config: PathBuf,
    /// The way of delivery reports, to the process that was started last.
    reports: Wire,
    _folder: TempDir,
}

pub(super) struct Process {
    pub(super) program: Program,
    /// Address and port.
    pub(super) place: String,
}

impl Fleet {
    /// With so many processes, and so many people besides the named ones.
    pub(super) async fn start(processes: usize, people: u32, settings: &[Setting<'_>]) -> Self {
        let database = Database::postgres().await;
        let reports = Wire::new().await;
        let sandbox = Sandbox::start(
            TcpListener::bind("127.0.0.1:0").await.unwrap(),
            SandboxSettings {
                username: "tests".into(),
                api_key: Zeroizing::new("key-of-tests".into()),
                callbacks: Some(format!("http://{}/callbacks/at/{SECRET}", reports.near())),
                report_delay: Duration::ZERO,
                report_sent: true,
                ledger_file: None,
                clock: Arc::new(SystemClock),
            },
        )
        .unwrap();
        let folder = tempfile::tempdir().unwrap();
        let config = folder.path().join("cp2.toml");
        let more = "connections = 8\n[outbox]\npoll_ms = 20\n[menus]\npoll_ms = 0\n";
        let filter = "warn,cp2::cli=info";
        let text = configuration(&database.url(), &sandbox.base_url(), more, filter);
        fs::write(&config, &text).unwrap();
        settle(&text, people).await;
        let owned = |(name, value): &Setting<'_>| ((*name).to_owned(), (*value).to_owned());
        let mut fleet = Self {
            processes: Vec::new(),
            sandbox,
            client: client(),
            database,
            settings: settings.iter().map(owned).collect(),
            config,
            reports,
            _folder: folder,
        };
        for _ in 0..processes {
            let process = fleet.process("127.0.0.1:0");
            fleet.processes.push(process);
        }
        fleet
    }

    fn process(&self, listen: &str) -> Process {
        block_in_place(|| {
            let mut serve = cp2(["serve", "--config"]);
            serve.arg(&self.config).env("CP2__SERVER__LISTEN", listen);
            serve.envs(self.settings.iter().cloned());
            let mut program = Program::start(&mut serve);
            let ready: Value = serde_json::from_str(&program.line_with("\"ready\"")).unwrap();
            let place = ready["addr"].as_str().unwrap().to_owned();
            self.reports.lead_to(place.parse().unwrap());
            Process { program, place }
        })
    }

    /// Tells a process to stop; says whether it did so as it should.
    pub(super) fn stop_one(&mut self, index: usize) -> bool {
        let process = &mut self.processes[index];
        block_in_place(|| process.program.stop()).success()
    }

    /// Starts it again where it was.
    pub(super) fn start_again(&mut self, index: usize) {
        let place = self.processes[index].place.clone();
        self.processes[index] = self.process(&place);
    }

    /// Where one of the processes answers; there is one for each number.
    fn base(&self, at: usize) -> String {
        format!("http://{}", self.processes[at % self.processes.len()].place)
    }

    /// One hop, at one of the processes.
    pub(super) async fn hop(&self, at: usize, session: &str, line: &str, text: &str) -> String {
        let base = self.base(at);
        let answer = hop(&self.client, &base, session, line, text, NETWORK).await;
        let (status, screen) = answer.unwrap();
        assert_eq!(status, 200, "{screen}");
        screen
    }

    /// A session whose hops go to one process after the other, from this one on; the last
    /// screen.
    pub(super) async fn walk(&self, from: usize, line: &str, answers: &[&str]) -> String {
        let session = fresh_session();
        let mut text = String::new();
        let mut screen = self.hop(from, &session, line, &text).await;
        for (at, answer) in answers.iter().enumerate() {
            if !text.is_empty() {
                text.push('*');
            }
            text.push_str(answer);
            screen = self.hop(from + at + 1, &session, line, &text).await;
        }
        screen
    }

    /// Posts a form to one of the processes.
    pub(super) async fn post(&self, at: usize, path: &str, fields: &[(&str, &str)]) -> Response {
        let url = format!("{}{path}", self.base(at));
        post(&self.client, &url, fields).await.unwrap()
    }

    /// Waits until every SMS is delivered, and says how many there are.
    pub(super) async fn all_are_delivered(&self) -> i64 {
        const OPEN: &str = "SELECT COUNT(*) FROM outbox WHERE state <> 'delivered'";
        let mut open = 0;
        let settled = happens(async || {
            open = self.count(OPEN).await;
            open == 0
        });
        assert!(settled.await, "{open} are not");
        self.count("SELECT COUNT(*) FROM outbox").await
    }

    /// What a query counts.
    pub(super) async fn count(&self, sql: &'static str) -> i64 {
        self.database.count(sql).await
    }

    pub(super) async fn end(mut self) {
        for index in 0..self.processes.len() {
            assert!(
                self.stop_one(index),
                "{}",
                self.processes[index].program.said()
            );
        }
        self.sandbox.shutdown().await;
        self.database.remove().await;
    }
}

pub(super) fn fresh_session() -> String {
    format!("ATUid_{}", uuid::Uuid::now_v7().simple())
}

/// Of the crowd.
pub(super) fn one_of_many(index: u32) -> String {
    person(FIRST + index)
}

pub(super) fn line(msisdn: &str) -> Msisdn {
    Msisdn::parse(msisdn).unwrap()
}
