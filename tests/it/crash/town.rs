//! People, phones and an aggregator that stay up while the service loses its power.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use cp2::demo::sandbox::{LedgerEntry, Sandbox, SandboxSettings};
use cp2::domain::{Msisdn, SystemClock};
use reqwest::Client;
use serde_json::Value;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::block_in_place;
use zeroize::Zeroizing;

use crate::harness::file::{configuration, settle};
use crate::harness::program::{PATIENCE, Program, cp2, run};
use crate::harness::service::{SECRET, client, happens, password_in, person, post};
use crate::harness::{Database, Wire};

/// Of the crowd, whose numbers begin here.
const FIRST: u32 = 1000;

/// How long a phone tries while the service comes and goes.
const THROUGH_ALL: Duration = Duration::from_mins(4);

/// A send can't be under way for longer.
pub(super) const LEASE: Duration = Duration::from_secs(2);

/// How far people are, by index.
pub(super) struct Progress {
    /// How many last keys were pressed.
    pub(super) pressed: usize,
    /// How many resets each phone saw confirmed.
    pub(super) confirmed: Vec<usize>,
    /// How many each person wants.
    pub(super) wanted: Vec<usize>,
    /// Whether nobody wants any more.
    pub(super) over: bool,
}

/// What stays up when the service is killed: people, phones, the aggregator and the way
/// from there to the service.
pub(super) struct Town {
    pub(super) people: usize,
    pub(super) base: String,
    pub(super) sandbox: Sandbox,
    pub(super) ledger: PathBuf,
    pub(super) config: PathBuf,
    pub(super) client: Client,
    pub(super) progress: watch::Sender<Progress>,
    wire: Wire,
    _folder: TempDir,
}

impl Town {
    /// With so many people who reset their passwords, and as many beside them.
    pub(super) async fn build(database: &Database, people: usize) -> Arc<Self> {
        let wire = Wire::new().await;
        let base = format!("http://{}", wire.near());
        let folder = tempfile::tempdir().unwrap();
        let ledger = folder.path().join("ledger.jsonl");
        let sandbox = Sandbox::start(
            TcpListener::bind("127.0.0.1:0").await.unwrap(),
            SandboxSettings {
                username: "tests".into(),
                api_key: Zeroizing::new("key-of-tests".into()),
                callbacks: Some(format!("{base}/callbacks/at/{SECRET}")),
                report_delay: Duration::ZERO,
                report_sent: true,
                ledger_file: Some(ledger.clone()),
                clock: Arc::new(SystemClock),
            },
        )
        .unwrap();
        let config = folder.path().join("cp2.toml");
        let (url, filter) = (database.url(), "cp2=trace,info");
        let text = configuration(&url, &sandbox.base_url(), &more(), filter);
        fs::write(&config, &text).unwrap();
        settle(&text, u32::try_from(2 * people).unwrap()).await;
        Arc::new(Self {
            people,
            wire,
            base,
            sandbox,
            ledger,
            config,
            client: client(),
            progress: watch::Sender::new(Progress {
                pressed: 0,
                confirmed: vec![0; people],
                wanted: vec![0; people],
                over: false,
            }),
            _folder: folder,
        })
    }

    pub(super) fn start(&self) -> Program {
        self.start_with("")
    }

    /// Starts the service with these places armed where the power goes.
    pub(super) fn start_with(&self, failpoints: &str) -> Program {
        block_in_place(|| {
            let mut serve = cp2(["serve", "--config"]);
            serve.arg(&self.config).env("FAILPOINTS", failpoints);
            let mut program = Program::start(&mut serve);
            let ready: Value = serde_json::from_str(&program.line_with("\"ready\"")).unwrap();
            self.wire
                .lead_to(ready["addr"].as_str().unwrap().parse().unwrap());
            program
        })
    }

    pub(super) async fn until(&self, reached: impl FnMut(&Progress) -> bool) {
        self.progress.subscribe().wait_for(reached).await.unwrap();
    }

    pub(super) async fn accepted(&self, mut reached: impl FnMut(&[LedgerEntry]) -> bool) {
        let mut accepted = self.sandbox.accepted();
        accepted.borrow_and_update();
        while !reached(&self.sandbox.messages()) {
            accepted.changed().await.unwrap();
        }
    }

    /// One person: resets the password as often as wanted, and reads each SMS.
    pub(super) async fn resets_when_wanted(self: Arc<Self>, index: usize) -> usize {
        let mut confirmed = 0;
        loop {
            self.until(|p| p.wanted[index] > confirmed || p.over).await;
            if self.progress.borrow().wanted[index] <= confirmed {
                return confirmed;
            }
            self.resets(index).await;
            confirmed += 1;
            self.progress
                .send_modify(|p| p.confirmed[index] = confirmed);
            let arrives = self.accepted(|all| passwords(index, all).len() >= confirmed);
            soon("the SMS of a confirmed reset", arrives).await;
        }
    }

    /// One reset, tried until it is confirmed.
    pub(super) async fn resets(&self, index: usize) {
        loop {
            let screen = self.reset(index).await;
            if screen.starts_with("END Your new password is on its way") {
                return;
            }
            let waits = "END Your new password is already on its way";
            assert!(screen.starts_with(waits), "{screen}");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    async fn reset(&self, index: usize) -> String {
        let session = format!("ATUid_{}", uuid::Uuid::now_v7().simple());
        for text in ["", "3"] {
            let screen = self.hop(&session, index, text).await;
            assert!(screen.starts_with("CON "), "{screen}");
        }
        self.progress.send_modify(|progress| progress.pressed += 1);
        self.hop(&session, index, "3*1").await
    }

    async fn hop(&self, session: &str, index: usize, text: &str) -> String {
        let plus = format!("+{}", msisdn(index));
        let fields = [
            ("sessionId", session),
            ("serviceCode", "*384*2026#"),
            ("phoneNumber", plus.as_str()),
            ("text", text),
            ("networkCode", "63902"),
        ];
        self.callback("ussd", &fields, |screen| {
            !screen.starts_with("END The service is busy")
        })
        .await
    }

    /// An SMS to the service, as often as it takes until it is kept.
    pub(super) async fn sends_sms(&self, index: usize, text: &str) {
        let plus = format!("+{}", msisdn(index));
        let id = format!("sms-{index}");
        let fields = [
            ("id", id.as_str()),
            ("from", plus.as_str()),
            ("to", "22026"),
            ("text", text),
            ("date", "2026-11-24 08:00:00"),
        ];
        self.callback("sms", &fields, |_| true).await;
    }

    /// One callback, the same again and again until it has a good answer.
    async fn callback(
        &self,
        kind: &str,
        fields: &[(&str, &str)],
        is_good: impl Fn(&str) -> bool,
    ) -> String {
        let url = format!("{}/callbacks/at/{SECRET}/{kind}", self.base);
        let answered = async {
            loop {
                match self.answer(&url, fields).await {
                    Some(answer) if is_good(&answer) => return answer,
                    _ => tokio::time::sleep(Duration::from_millis(20)).await,
                }
            }
        };
        let answer = tokio::time::timeout(THROUGH_ALL, answered).await;
        answer.expect("a callback is answered in time")
    }

    /// What was answered, where the answer comes and is whole.
    async fn answer(&self, url: &str, fields: &[(&str, &str)]) -> Option<String> {
        let answer = post(&self.client, url, fields).await.ok()?;
        let answer = answer.error_for_status().ok()?;
        answer.text().await.ok()
    }

    pub(super) async fn everything_is_delivered(&self) {
        let mut last = String::new();
        let delivered = happens(async || {
            let status = ["outbox", "status", "--json", "--config"];
            last = block_in_place(|| run(cp2(status).arg(&self.config))).out;
            let counts: Value = serde_json::from_str(&last).unwrap();
            counts["messages"]
                .as_object()
                .unwrap()
                .keys()
                .eq(["delivered"])
        });
        assert!(delivered.await, "the outbox came to {last}");
    }
}

pub(super) fn msisdn(index: usize) -> String {
    person(FIRST + u32::try_from(index).unwrap())
}

pub(super) fn line(index: usize) -> Msisdn {
    Msisdn::parse(&msisdn(index)).unwrap()
}

/// The SMS of a person, oldest first.
pub(super) fn sent_to(index: usize, messages: &[LedgerEntry]) -> Vec<&LedgerEntry> {
    let to = line(index);
    messages.iter().filter(|sms| sms.to == to).collect()
}

/// The passwords of a person, oldest first, each once where it comes twice in a row.
pub(super) fn passwords(index: usize, messages: &[LedgerEntry]) -> Vec<String> {
    let sent = sent_to(index, messages).into_iter();
    let sent = sent.filter(|sms| sms.text.contains("password"));
    let mut passwords: Vec<_> = sent.map(|sms| password_in(&sms.text).to_owned()).collect();
    passwords.dedup();
    passwords
}

pub(super) async fn soon(what: &str, comes: impl Future<Output = ()>) {
    let came = tokio::time::timeout(PATIENCE, comes).await;
    assert!(came.is_ok(), "not in time: {what}");
}

/// Many resets, and short leases, so that nobody waits long for what was in somebody's hands.
fn more() -> String {
    format!(
        r"
        [policy]
        resets_in_ten_minutes = 1000
        resend_minutes = 0
        resets_in_a_day = 1000
        [outbox]
        send_timeout_s = 1
        lease_s = {}
        unknown_wait_s = 2
        ",
        LEASE.as_secs()
    )
}
