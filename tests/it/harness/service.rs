//! The service as in production, on a free port, with the sandbox aggregator behind
//! it and a clock that tests turn.

use std::sync::Arc;
use std::time::Duration;

use axum::routing::get;
use cp2::config::{self, Config};
use cp2::crypto::{Hasher, Keys};
use cp2::demo::sandbox::{LedgerEntry, Sandbox, SandboxSettings};
use cp2::demo::{phone, seed};
use cp2::domain::{Clock, FixedClock, Level, MessageId, Msisdn, Timestamp};
use cp2::service::{Parts, Running, Service, load_keys, open_store};
use cp2::store::Store;
use cp2::store::outbox::{self, Lane, NewMessage};
use jiff::civil::date;
use reqwest::header::CONTENT_TYPE;
use reqwest::{Client, Response};
use tokio::net::TcpListener;
use zeroize::Zeroizing;

use super::{Contents, Database, Phone, Wire};

pub(crate) const SECRET: &str = "a-path-secret-of-tests";

/// How long a test waits for something that should happen at once.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) struct TestService {
    pub(crate) base: String,
    pub(crate) client: Client,
    pub(crate) sandbox: Sandbox,
    pub(crate) clock: FixedClock,
    pub(crate) store: Store,
    running: Running,
    database: Database,
}

/// The people of the demo by their last digit.
pub(crate) fn person(number: u32) -> String {
    format!("254700{number:06}")
}

/// A client that follows no redirect, so that a test sees each answer.
pub(crate) fn client() -> Client {
    // Whoever comes first in this process; a client without one does not even speak http.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let builder = Client::builder().redirect(reqwest::redirect::Policy::none());
    builder.timeout(PATIENCE).build().unwrap()
}

/// A configuration for tests: everything short, nothing secret.
pub(crate) fn config(database_url: &str, base: &str, aggregator: &str) -> Config {
    let text = format!(
        r#"
        [server]
        public_url = "https://cp2.example.org"
        [database]
        url = "{database_url}"
        connections = 8
        [keys]
        current = "test"
        [keys.key]
        test = "{key}"
        [outbox]
        send_timeout_s = 2
        lease_s = 4
        backoff_ms = 20
        poll_ms = 20
        [[channel]]
        name = "at"
        kind = "africastalking"
        secret = "{SECRET}"
        base_url = "{aggregator}"
        username = "tests"
        api_key = "key-of-tests"
        service_codes = ["*384*2026#"]
        sms_per_second = 1000
        "#,
        key = "5a".repeat(32),
    );
    let mut config = config::parse("test.toml", &text, []).unwrap();
    // Links lead back to this service; production would refuse anything but https.
    base.clone_into(&mut config.server.public_url);
    config
}

/// Lets people change their record without a PIN, for tests of what follows from it.
pub(crate) fn record_by_line(config: &mut Config) {
    config.policy.proof.change_record = Level::Line;
}

/// A handler with a mistake in it.
async fn break_off() {
    panic!("on purpose");
}

impl TestService {
    pub(crate) async fn start(database: Database) -> Self {
        Self::start_with(database, |_| {}).await
    }

    /// Starts with a configuration that the test has changed.
    pub(crate) async fn start_with(database: Database, change: impl FnOnce(&mut Config)) -> Self {
        Self::start_among(3, database, change).await
    }

    /// Starts with so many people besides the named ones, from 254700001000 on.
    pub(crate) async fn start_among(
        people: u32,
        database: Database,
        change: impl FnOnce(&mut Config),
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        // Monday, two weeks before the exams.
        let clock = FixedClock::new(Timestamp::from_kenya(date(2026, 10, 5).at(9, 0, 0, 0)));
        let shared: Arc<dyn Clock> = Arc::new(clock.clone());
        let sandbox = Sandbox::start(
            TcpListener::bind("127.0.0.1:0").await.unwrap(),
            SandboxSettings {
                username: "tests".into(),
                api_key: Zeroizing::new("key-of-tests".into()),
                callbacks: Some(format!("{base}/callbacks/at/{SECRET}")),
                report_delay: Duration::ZERO,
                report_sent: true,
                ledger_file: None,
                clock: Arc::clone(&shared),
            },
        )
        .unwrap();
        let mut config = config(&database.url(), &base, &sandbox.base_url());
        change(&mut config);
        let store = open_store(&config).await.unwrap();
        let keys = load_keys(&config).unwrap();
        seed::seed(
            &store,
            &keys,
            &Hasher::new(1).unwrap(),
            people,
            seed::CALENDAR,
            clock.now(),
        )
        .await
        .unwrap();
        Self::run(listener, config, store, sandbox, clock, database)
    }

    /// Stops the service and starts it anew on its database and with its aggregator, at
    /// the same address.
    pub(crate) async fn restart(self, change: impl FnOnce(&mut Config)) -> Self {
        self.running.stop().await;
        let address = self.base.strip_prefix("http://").unwrap();
        let listener = TcpListener::bind(address).await.unwrap();
        let mut config = config(&self.database.url(), &self.base, &self.sandbox.base_url());
        change(&mut config);
        let store = open_store(&config).await.unwrap();
        Self::run(
            listener,
            config,
            store,
            self.sandbox,
            self.clock,
            self.database,
        )
    }

    fn run(
        listener: TcpListener,
        config: Config,
        store: Store,
        sandbox: Sandbox,
        clock: FixedClock,
        database: Database,
    ) -> Self {
        let base = format!("http://{}", listener.local_addr().unwrap());
        let shared: Arc<dyn Clock> = Arc::new(clock.clone());
        let service = Service::open(config, store.clone(), Parts::All, shared).unwrap();
        let inbox = sandbox.clone();
        let phones = phone::router(
            seed::phones().unwrap(),
            Arc::new(move |msisdn| inbox.messages_to(msisdn)),
        );
        let extra = phones.route("/fault", get(break_off));
        let running = service.run(listener, extra);
        let client = client();
        Self {
            base,
            client,
            sandbox,
            clock,
            store,
            running,
            database,
        }
    }

    /// Starts on a PostgreSQL at the far end of a wire that is in the test's hands.
    pub(crate) async fn start_on_a_wire(change: impl FnOnce(&mut Config)) -> (Self, Wire) {
        let database = Database::postgres().await;
        let (wire, through_the_wire) = Wire::to_database(&database.url()).await;
        let service = Self::start_with(database, |config| {
            config.database.url = through_the_wire.into();
            change(config);
        });
        (service.await, wire)
    }

    pub(crate) async fn stop(self) {
        self.running.stop().await;
        self.sandbox.shutdown().await;
        self.database.remove().await;
    }

    pub(crate) fn phone(&self, number: u32) -> Phone<'_> {
        Phone::new(self, &person(number))
    }

    pub(crate) fn phone_of(&self, msisdn: &str) -> Phone<'_> {
        Phone::new(self, msisdn)
    }

    /// One callback of a USSD session, as Africa's Talking sends it.
    pub(crate) async fn hop(
        &self,
        session: &str,
        msisdn: &str,
        text: &str,
        network: &str,
    ) -> String {
        let answer = hop(&self.client, &self.base, session, msisdn, text, network);
        let (status, screen) = answer.await.unwrap();
        assert_eq!(status, 200);
        screen
    }

    /// Posts a form to one of the channel's callbacks.
    pub(crate) async fn callback(&self, which: &str, fields: &[(&str, &str)]) -> Response {
        self.post(&format!("/callbacks/at/{SECRET}/{which}"), fields)
            .await
    }

    pub(crate) async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Response {
        let url = format!("{}{path}", self.base);
        post(&self.client, &url, fields).await.unwrap()
    }

    pub(crate) async fn get(&self, path: &str) -> Response {
        self.client
            .get(format!("{}{path}", self.base))
            .send()
            .await
            .unwrap()
    }

    pub(crate) fn database_url(&self) -> String {
        self.database.url()
    }

    /// The keys that the service seals with.
    pub(crate) fn keys(&self) -> Keys {
        load_keys(&config(
            &self.database.url(),
            &self.base,
            &self.sandbox.base_url(),
        ))
        .unwrap()
    }

    /// The id of the one message in the outbox.
    pub(crate) async fn only_message(&self) -> String {
        let contents = self.contents().await;
        let rows = contents.get("outbox").unwrap();
        assert_eq!(rows.len(), 1);
        // Quoted on one database, in brackets on the other.
        rows[0]
            .trim_start_matches(['\'', '('])
            .chars()
            .take(36)
            .collect()
    }

    /// Everything in the database, to compare with what is in it later.
    pub(crate) async fn contents(&self) -> Contents {
        // The worker chains what was written down in its own time.
        let unchained = "SELECT COUNT(*) FROM audit WHERE number IS NULL";
        self.count_comes_to(unchained, 0).await;
        let mut contents = self.database_contents().await;
        // What processes write by the way, in their own time, about themselves and about what
        // was shown; no request waits for it.
        for aside in ["processes", "key_marks", "conversations"] {
            contents.remove(aside);
        }
        contents
    }

    /// All of it.
    pub(crate) async fn database_contents(&self) -> Contents {
        self.database.contents().await
    }

    /// The SMS of a number, newest first, once there are so many.
    pub(crate) async fn sms_of(&self, msisdn: &str, count: usize) -> Vec<LedgerEntry> {
        let msisdn = Msisdn::parse(msisdn).unwrap();
        let mut accepted = self.sandbox.accepted();
        let arrived = async {
            loop {
                accepted.borrow_and_update();
                let messages = self.sandbox.messages_to(&msisdn);
                if messages.len() >= count {
                    return messages;
                }
                accepted.changed().await.unwrap();
            }
        };
        tokio::time::timeout(PATIENCE, arrived)
            .await
            .expect("the SMS arrive in time")
    }

    /// Waits until the outbox holds exactly these numbers of messages by state.
    pub(crate) async fn outbox_comes_to(&self, expected: &[(&str, i64)]) {
        let expected: Vec<_> = expected
            .iter()
            .map(|(state, count)| ((*state).to_owned(), *count))
            .collect();
        let mut last = Vec::new();
        let settled = happens(async || {
            let mut tx = self.store.begin_read().await.unwrap();
            last = outbox::tally(&mut tx).await.unwrap();
            last == expected
        });
        assert!(
            settled.await,
            "the outbox came to {last:?} instead of {expected:?}"
        );
    }

    /// What a query counts.
    pub(crate) async fn count(&self, sql: &'static str) -> i64 {
        self.database.count(sql).await
    }

    /// Changes something behind the service's back.
    pub(crate) async fn execute(&self, sql: &'static str) {
        self.database.execute(sql).await;
    }

    /// What the database says to a change that it refuses.
    pub(crate) async fn refusal(&self, sql: &'static str) -> String {
        self.database.refusal(sql).await
    }

    /// Takes away what keeps the audit log from being changed.
    pub(crate) async fn unguard_the_audit_log(&self) {
        self.database.unguard_the_audit_log().await;
    }

    /// Waits until a query counts so many.
    pub(crate) async fn count_comes_to(&self, sql: &'static str, expected: i64) {
        let mut last = 0;
        let settled = happens(async || {
            last = self.count(sql).await;
            last == expected
        });
        assert!(settled.await, "{sql} came to {last} instead of {expected}");
    }

    /// Waits until the worker has looked for work that was there before.
    ///
    /// It ends a message that is of no use any more when it sweeps, just before it
    /// claims; after the second sweep, the claim behind the first is done.
    pub(crate) async fn worker_looks(&self) {
        for _ in 0..2 {
            let now = self.clock.now();
            let id = MessageId::fresh();
            let message = NewMessage {
                id: &id,
                cause: id.as_str(),
                lane: Lane::Bulk,
                channel: "at",
                route: None,
                link_id: None,
                recipient: &Msisdn::parse(&person(99)).unwrap(),
                person: None,
                body: b"",
                segments: 1,
                expires_at: now,
            };
            let mut tx = self.store.begin().await.unwrap();
            outbox::add(&mut tx, &message, now).await.unwrap();
            tx.commit().await.unwrap();
            self.count_comes_to(
                "SELECT COUNT(*) FROM outbox WHERE state = 'queued' AND lane = 4",
                0,
            )
            .await;
        }
        self.database
            .execute("DELETE FROM outbox WHERE lane = 4")
            .await;
    }

    /// Whether these credentials open the person's own page.
    pub(crate) async fn can_log_in(&self, user_name: &str, password: &str) -> bool {
        can_log_in(&self.client, &self.base, user_name, password).await
    }
}

/// Whether these credentials open the person's own page of the service at `base`.
pub(crate) async fn can_log_in(
    client: &Client,
    base: &str,
    user_name: &str,
    password: &str,
) -> bool {
    let fields = [("user_name", user_name), ("password", password)];
    let login = format!("{base}/login");
    let answer = post(client, &login, &fields).await.unwrap();
    match answer.status().as_u16() {
        303 => {}
        403 => return false,
        other => panic!("log-in answered {other}"),
    }
    let cookie = answer.headers()["set-cookie"].to_str().unwrap();
    let cookie = cookie.split(';').next().unwrap();
    let page = async |path: &str| {
        let page = client.get(format!("{base}{path}")).header("cookie", cookie);
        page.send().await.unwrap()
    };
    let mut me = page("/me").await;
    if me.status() == 303 {
        // A password that came by SMS has to be replaced first.
        me = page("/me/password").await;
    }
    assert_eq!(me.status(), 200);
    me.text().await.unwrap().contains(user_name)
}

/// One callback of a USSD session at the service at `base`, as Africa's Talking sends it: the
/// status of the answer, and the screen.
pub(crate) async fn hop(
    client: &Client,
    base: &str,
    session: &str,
    msisdn: &str,
    text: &str,
    network: &str,
) -> reqwest::Result<(u16, String)> {
    let plus = format!("+{msisdn}");
    let fields = [
        ("sessionId", session),
        ("serviceCode", "*384*2026#"),
        ("phoneNumber", plus.as_str()),
        ("text", text),
        ("networkCode", network),
    ];
    let url = format!("{base}/callbacks/at/{SECRET}/ussd");
    let answer = post(client, &url, &fields).await?;
    Ok((answer.status().as_u16(), answer.text().await?))
}

/// Posts a form.
pub(crate) async fn post(
    client: &Client,
    url: &str,
    fields: &[(&str, &str)],
) -> reqwest::Result<Response> {
    let body = serde_urlencoded::to_string(fields).unwrap();
    let request = client.post(url).body(body);
    let kind = "application/x-www-form-urlencoded";
    request.header(CONTENT_TYPE, kind).send().await
}

/// Waits for something that should come about by itself; false when it does not.
pub(crate) async fn happens(mut look: impl AsyncFnMut() -> bool) -> bool {
    let happened = async {
        while !look().await {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(PATIENCE, happened).await.is_ok()
}

/// The password in the text of an SMS.
pub(crate) fn password_in(text: &str) -> &str {
    let (_, rest) = text
        .split_once("password ")
        .or_else(|| text.split_once("nenosiri jipya "))
        .unwrap();
    rest.split(['.', ' ']).next().unwrap()
}

/// The path of the link in the text of an SMS.
pub(crate) fn link_in(text: &str) -> String {
    let link = text.split(' ').find(|word| word.contains("/l/")).unwrap();
    link[link.find("/l/").unwrap()..].to_owned()
}

/// The code of a letter in the text of an SMS.
pub(crate) fn code_in(text: &str) -> &str {
    let (_, rest) = text
        .split_once("code ")
        .or_else(|| text.split_once("msimbo "))
        .unwrap();
    &rest[..9]
}
