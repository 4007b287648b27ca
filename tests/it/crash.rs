//! The power goes, again and again, while people reset their passwords. What a phone saw
//! confirmed arrives, and never with two passwords; nobody has to mend anything.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use cp2::config;
use cp2::crypto::Hasher;
use cp2::demo::sandbox::{Behaviour, LedgerEntry, Sandbox, SandboxSettings};
use cp2::demo::seed;
use cp2::domain::{Clock, Msisdn, SystemClock, Timestamp};
use cp2::service::{load_keys, open_store};
use reqwest::Client;
use serde_json::Value;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::{JoinSet, block_in_place};
use zeroize::Zeroizing;

use crate::harness::program::{PATIENCE, Program, cp2, run};
use crate::harness::service::{SECRET, can_log_in, client, happens, password_in, person, post};
use crate::harness::{Database, Wire, with_each_database};

with_each_database!(a_service_that_is_killed_again_and_again_keeps_its_word);

/// Of the crowd, whose numbers begin here.
const FIRST: u32 = 1000;
const PEOPLE: usize = 8;

/// How many resets each person wants at once; the next may have to wait for the SMS of the
/// one before, so who has two more has nothing left from before.
const SOME: usize = 2;

/// A send can't be under way for longer.
const LEASE: Duration = Duration::from_secs(2);

/// When the power goes.
#[derive(Debug, Clone, Copy)]
enum Moment {
    /// So many more SMS have been accepted.
    Sms(usize),
    /// So many more phones are told that their password is on its way.
    Confirmed(usize),
    /// So many more phones have pressed the last key and wait.
    Pressed(usize),
    /// An SMS has been accepted, and the service waits for the answer.
    Held { reported: bool },
    /// The service has just come back.
    Ready,
}

const KILLS: [Moment; 7] = [
    Moment::Sms(4),
    Moment::Held { reported: true },
    Moment::Pressed(3),
    Moment::Ready,
    Moment::Confirmed(5),
    Moment::Held { reported: false },
    Moment::Sms(7),
];

async fn a_service_that_is_killed_again_and_again_keeps_its_word(database: Database) {
    let town = Town::build(&database).await;
    let mut phones = JoinSet::new();
    for index in 0..PEOPLE {
        phones.spawn(Arc::clone(&town).resets_when_wanted(index));
    }

    let (mut said, mut kills) = (String::new(), Vec::new());
    let mut service = town.start();
    for moment in KILLS {
        if !matches!(moment, Moment::Ready) {
            town.all_have_more().await;
            town.happens(moment).await;
        }
        block_in_place(|| service.kill());
        kills.push(SystemClock.now());
        said += &service.said();
        service = town.start();
    }
    town.all_have_more().await;
    town.progress.send_modify(|progress| progress.over = true);
    let confirmed = phones.join_all().await;

    town.everything_is_delivered().await;
    each_reset_has_one_password_and_its_sms(&town, confirmed.iter().sum());
    the_newest_password_is_the_one_that_works(&town).await;
    assert_eq!(block_in_place(|| service.stop()).code(), Some(0));
    said += &service.said();
    texts_came_twice_only_where_an_answer_was_lost(&town, &kills, &said);
    nothing_private_is_left_behind(&town, &said, &database).await;
    town.sandbox.shutdown().await;
    database.remove().await;
}

/// How far people are, by index.
#[derive(Default)]
struct Progress {
    /// How many last keys were pressed.
    pressed: usize,
    /// How many resets each phone saw confirmed.
    confirmed: [usize; PEOPLE],
    /// How many each person wants.
    wanted: [usize; PEOPLE],
    /// Whether nobody wants any more.
    over: bool,
}

/// What stays up when the service is killed: people, phones, the aggregator and the way
/// from there to the service.
struct Town {
    wire: Wire,
    base: String,
    sandbox: Sandbox,
    ledger: PathBuf,
    config: PathBuf,
    client: Client,
    progress: watch::Sender<Progress>,
    _folder: TempDir,
}

impl Town {
    async fn build(database: &Database) -> Arc<Self> {
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
        fs::write(&config, configuration(database, &sandbox)).unwrap();
        settle_people(&config).await;
        Arc::new(Self {
            wire,
            base,
            sandbox,
            ledger,
            config,
            client: client(),
            progress: watch::Sender::default(),
            _folder: folder,
        })
    }

    fn start(&self) -> Program {
        block_in_place(|| {
            let serve = [
                "serve".as_ref(),
                "--config".as_ref(),
                self.config.as_os_str(),
            ];
            let mut program = Program::start(&mut cp2(serve));
            let ready: Value = serde_json::from_str(&program.line_with("\"ready\"")).unwrap();
            self.wire
                .lead_to(ready["addr"].as_str().unwrap().parse().unwrap());
            program
        })
    }

    /// Lets everybody reset some more times, and waits until they have.
    async fn all_have_more(&self) {
        self.want_more();
        let all = |progress: &Progress| progress.confirmed == progress.wanted;
        soon("everybody has a new password", self.until(all)).await;
    }

    fn want_more(&self) {
        self.progress.send_modify(|progress| {
            progress.wanted = progress.confirmed.map(|confirmed| confirmed + SOME);
        });
    }

    /// Lets everybody reset some more times, and waits for the moment in the middle.
    async fn happens(&self, moment: Moment) {
        let before = self.sandbox.messages().len();
        let (pressed, confirmed) = {
            let progress = self.progress.borrow();
            (progress.pressed, progress.confirmed.iter().sum::<usize>())
        };
        if let Moment::Held { reported } = moment {
            let held = Behaviour::HoldReply { reported };
            self.sandbox.behave_next(&line(0), [held]);
        }
        let held_before = self.sandbox.messages_to(&line(0)).len();
        self.want_more();
        let comes = async {
            match moment {
                Moment::Sms(more) => self.accepted(|all| all.len() >= before + more).await,
                Moment::Confirmed(more) => {
                    self.until(|p| p.confirmed.iter().sum::<usize>() >= confirmed + more)
                        .await;
                }
                Moment::Pressed(more) => self.until(|p| p.pressed >= pressed + more).await,
                Moment::Held { .. } => {
                    self.accepted(|all| sent_to(0, all).len() > held_before)
                        .await;
                }
                Moment::Ready => {}
            }
        };
        soon(&format!("{moment:?}"), comes).await;
    }

    async fn until(&self, reached: impl FnMut(&Progress) -> bool) {
        self.progress.subscribe().wait_for(reached).await.unwrap();
    }

    async fn accepted(&self, mut reached: impl FnMut(&[LedgerEntry]) -> bool) {
        let mut accepted = self.sandbox.accepted();
        accepted.borrow_and_update();
        while !reached(&self.sandbox.messages()) {
            accepted.changed().await.unwrap();
        }
    }

    /// One person: resets the password as often as wanted, and reads each SMS.
    async fn resets_when_wanted(self: Arc<Self>, index: usize) -> usize {
        let mut confirmed = 0;
        loop {
            self.until(|p| p.wanted[index] > confirmed || p.over).await;
            if self.progress.borrow().wanted[index] <= confirmed {
                return confirmed;
            }
            let screen = self.reset(index).await;
            if screen.starts_with("END Your new password is on its way") {
                confirmed += 1;
                self.progress
                    .send_modify(|p| p.confirmed[index] = confirmed);
                let arrives = self.accepted(|all| passwords(index, all).len() >= confirmed);
                soon("the SMS of a confirmed reset", arrives).await;
            } else {
                let waits = "END Your new password is already on its way";
                assert!(screen.starts_with(waits), "{screen}");
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
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

    /// One callback, the same again and again until it is answered.
    async fn hop(&self, session: &str, index: usize, text: &str) -> String {
        let plus = format!("+{}", msisdn(index));
        let fields = [
            ("sessionId", session),
            ("serviceCode", "*384*2026#"),
            ("phoneNumber", plus.as_str()),
            ("text", text),
            ("networkCode", "63902"),
        ];
        let answered = async {
            loop {
                match self.callback(&fields).await {
                    Some(screen) if !screen.starts_with("END The service is busy") => {
                        return screen;
                    }
                    _ => tokio::time::sleep(Duration::from_millis(20)).await,
                }
            }
        };
        let answer = tokio::time::timeout(PATIENCE, answered).await;
        answer.expect("a callback is answered in time")
    }

    /// The screen, where the answer comes and is whole.
    async fn callback(&self, fields: &[(&str, &str)]) -> Option<String> {
        let url = format!("{}/callbacks/at/{SECRET}/ussd", self.base);
        let answer = post(&self.client, &url, fields).await.ok()?;
        let answer = answer.error_for_status().ok()?;
        answer.text().await.ok()
    }

    async fn everything_is_delivered(&self) {
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

fn each_reset_has_one_password_and_its_sms(town: &Town, confirmed: usize) {
    let written = fs::read_to_string(&town.ledger).unwrap();
    let entries = written
        .lines()
        .map(|line| serde_json::from_str(line).unwrap());
    let entries: Vec<LedgerEntry> = entries.collect();
    assert_eq!(entries.len(), town.sandbox.messages().len());
    let mut seen = 0;
    for index in 0..PEOPLE {
        let passwords = passwords(index, &entries);
        for (at, password) in passwords.iter().enumerate() {
            let again = passwords[at + 1..].contains(password);
            assert!(!again, "an old password came after a newer one");
        }
        seen += passwords.len();
    }
    assert_eq!(seen, confirmed, "passwords sent, resets confirmed");
}

fn texts_came_twice_only_where_an_answer_was_lost(town: &Town, kills: &[Timestamp], said: &str) {
    let mut without_a_kill = 0;
    let messages = town.sandbox.messages();
    for index in 0..PEOPLE {
        for same in sent_to(index, &messages).chunk_by(|one, next| one.text == next.text) {
            assert!(same.len() <= 2, "a text came {} times", same.len());
            let [first, _again] = same else { continue };
            let killed = |at: &Timestamp| at.since(first.at).max(first.at.since(*at)) <= LEASE;
            without_a_kill += usize::from(!kills.iter().any(killed));
        }
    }
    // A machine that is slow enough loses answers by itself.
    let lost = said.matches(r#""state":"unknown""#).count();
    assert!(without_a_kill <= lost, "sent twice without a reason");
}

async fn the_newest_password_is_the_one_that_works(town: &Town) {
    for index in 0..PEOPLE {
        let passwords = passwords(index, &town.sandbox.messages());
        for (age, password) in passwords.iter().rev().take(3).enumerate() {
            let works = can_log_in(&town.client, &town.base, &msisdn(index), password).await;
            assert_eq!(works, age == 0, "the password {age} before the newest");
        }
    }
}

/// Neither in what the service has said nor in its database.
async fn nothing_private_is_left_behind(town: &Town, said: &str, database: &Database) {
    let mut stored: Vec<String> = database.contents().await.into_values().flatten().collect();
    if let Database::Sqlite(folder) = database {
        stored.extend(files_in(folder.path()));
    }
    for index in 0..PEOPLE {
        assert!(!said.contains(&msisdn(index)[3..]), "a number in the log");
        for password in passwords(index, &town.sandbox.messages()) {
            assert!(!said.contains(&password), "a password in the log");
            let kept = stored.iter().any(|text| text.contains(&password));
            assert!(!kept, "a password in the database");
        }
    }
}

fn files_in(folder: &Path) -> Vec<String> {
    let files = fs::read_dir(folder).unwrap();
    let texts = files.map(|file| {
        let bytes = fs::read(file.unwrap().path()).unwrap();
        String::from_utf8_lossy(&bytes).into_owned()
    });
    texts.collect()
}

fn msisdn(index: usize) -> String {
    person(FIRST + u32::try_from(index).unwrap())
}

fn line(index: usize) -> Msisdn {
    Msisdn::parse(&msisdn(index)).unwrap()
}

/// The SMS of a person, oldest first.
fn sent_to(index: usize, messages: &[LedgerEntry]) -> Vec<&LedgerEntry> {
    let to = line(index);
    messages.iter().filter(|sms| sms.to == to).collect()
}

/// The passwords of a person, oldest first, each once where it comes twice in a row.
fn passwords(index: usize, messages: &[LedgerEntry]) -> Vec<String> {
    let sent = sent_to(index, messages).into_iter();
    let mut passwords: Vec<_> = sent.map(|sms| password_in(&sms.text).to_owned()).collect();
    passwords.dedup();
    passwords
}

async fn soon(what: &str, comes: impl Future<Output = ()>) {
    let came = tokio::time::timeout(PATIENCE, comes).await;
    assert!(came.is_ok(), "not in time: {what}");
}

fn configuration(database: &Database, sandbox: &Sandbox) -> String {
    format!(
        r#"
        [server]
        listen = "127.0.0.1:0"
        [database]
        url = "{url}"
        [keys]
        current = "test"
        [keys.key]
        test = "{key}"
        [policy]
        resets_in_ten_minutes = 1000
        resend_minutes = 0
        resets_in_a_day = 1000
        [outbox]
        send_timeout_s = 1
        lease_s = {lease}
        unknown_wait_s = 2
        [logging]
        format = "json"
        filter = "cp2=trace,info"
        [[channel]]
        name = "at"
        kind = "africastalking"
        secret = "{SECRET}"
        base_url = "{aggregator}"
        username = "tests"
        api_key = "key-of-tests"
        service_codes = ["*384*2026#"]
        "#,
        url = database.url(),
        key = "5a".repeat(32),
        lease = LEASE.as_secs(),
        aggregator = sandbox.base_url(),
    )
}

/// Puts the people of the demo into the database.
async fn settle_people(config: &Path) {
    let text = fs::read_to_string(config).unwrap();
    let config = config::parse("cp2.toml", &text, []).unwrap();
    let store = open_store(&config).await.unwrap();
    let people = u32::try_from(PEOPLE).unwrap();
    let hasher = Hasher::new(1).unwrap();
    let keys = load_keys(&config).unwrap();
    seed::seed(&store, &keys, &hasher, people, SystemClock.now())
        .await
        .unwrap();
    store.close().await;
}
