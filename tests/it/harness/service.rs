//! The service as in production, on a free port, with the sandbox aggregator behind
//! it and a clock that tests turn.

use std::sync::Arc;
use std::time::Duration;

use axum::routing::get;
use cp2::config::{self, Config};
use cp2::crypto::Hasher;
use cp2::demo::sandbox::{LedgerEntry, Sandbox, SandboxSettings};
use cp2::demo::{phone, seed};
use cp2::domain::{Clock, FixedClock, Msisdn, Timestamp};
use cp2::service::{Parts, Running, Service, open_store};
use cp2::store::Store;
use jiff::civil::date;
use reqwest::header::CONTENT_TYPE;
use reqwest::{Client, Response};
use tokio::net::TcpListener;
use zeroize::Zeroizing;

use super::{Contents, Database, Phone};

pub(crate) const SECRET: &str = "a-path-secret-of-tests";

/// How long a test waits for something that should happen at once.
const PATIENCE: Duration = Duration::from_secs(20);

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
pub(crate) fn config(database_url: &str, base: &str, sandbox: &Sandbox) -> Config {
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
        aggregator = sandbox.base_url(),
    );
    let mut config = config::parse("test.toml", &text, []).unwrap();
    // Links lead back to this service; production would refuse anything but https.
    base.clone_into(&mut config.server.public_url);
    config
}

/// A handler with a mistake in it.
async fn break_off() {
    panic!("on purpose");
}

impl TestService {
    pub(crate) async fn start(database: Database) -> Self {
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
                delivery_url: Some(format!("{base}/callbacks/at/{SECRET}/delivery")),
                report_delay: Duration::ZERO,
                report_sent: true,
                ledger_file: None,
                clock: Arc::clone(&shared),
            },
        )
        .unwrap();
        let config = config(&database.url(), &base, &sandbox);
        let store = open_store(&config).await.unwrap();
        seed::seed(&store, &Hasher::new(1).unwrap(), 3, clock.now())
            .await
            .unwrap();
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
        let plus = format!("+{msisdn}");
        let fields = [
            ("sessionId", session),
            ("serviceCode", "*384*2026#"),
            ("phoneNumber", plus.as_str()),
            ("text", text),
            ("networkCode", network),
        ];
        let answer = self.callback("ussd", &fields).await;
        assert_eq!(answer.status(), 200);
        answer.text().await.unwrap()
    }

    /// Posts a form to one of the channel's callbacks.
    pub(crate) async fn callback(&self, which: &str, fields: &[(&str, &str)]) -> Response {
        self.post(&format!("/callbacks/at/{SECRET}/{which}"), fields)
            .await
    }

    pub(crate) async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Response {
        let body = serde_urlencoded::to_string(fields).unwrap();
        let request = self.client.post(format!("{}{path}", self.base)).body(body);
        request
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .send()
            .await
            .unwrap()
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

    /// Everything in the database, to compare with what is in it later.
    pub(crate) async fn contents(&self) -> Contents {
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
        let settled = async {
            loop {
                let mut tx = self.store.begin_read().await.unwrap();
                last = cp2::store::outbox::tally(&mut tx).await.unwrap();
                drop(tx);
                if last == expected {
                    return;
                }
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        let in_time = tokio::time::timeout(PATIENCE, settled).await.is_ok();
        assert!(
            in_time,
            "the outbox came to {last:?} instead of {expected:?}"
        );
    }
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
