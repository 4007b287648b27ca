//! The service without its doors and workers: hops and SMS are handed to it directly, as
//! many as a test likes.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use cp2::aggregators::{Input, Network, SessionId, Turn};
use cp2::config::Config;
use cp2::crypto::Sealed;
use cp2::demo::seed;
use cp2::dialogue::{Dialogue, Hops, Inbox, Menus};
use cp2::domain::{Clock, FixedClock, Msisdn, Timestamp};
use cp2::menus::SCREEN;
use cp2::service::{load_tools, open_store};
use cp2::store::inbound;
use cp2::ussd::Screen;
use jiff::civil::date;
use tokio::sync::Notify;
use zeroize::Zeroizing;

use super::Database;
use super::service::config;

const CHANNEL: &str = "at";

pub(crate) struct Inside {
    pub(crate) dialogue: Dialogue,
    pub(crate) clock: FixedClock,
    inbox: Inbox,
    database: Database,
}

impl Inside {
    pub(crate) async fn open(database: Database) -> Self {
        Self::open_with(database, |_| {}).await
    }

    /// Opens with a configuration that the test has changed.
    pub(crate) async fn open_with(database: Database, change: impl FnOnce(&mut Config)) -> Self {
        let nowhere = "http://127.0.0.1:1";
        let mut config = config(&database.url(), nowhere, nowhere);
        change(&mut config);
        let clock = FixedClock::new(Timestamp::from_kenya(date(2026, 10, 5).at(9, 0, 0, 0)));
        let shared: Arc<dyn Clock> = Arc::new(clock.clone());
        let store = open_store(&config).await.unwrap();
        let tools = load_tools(&config).unwrap();
        seed::seed(
            &store,
            &tools.keys,
            &tools.hasher,
            3,
            seed::CALENDAR,
            clock.now(),
        )
        .await
        .unwrap();
        let bell = Arc::new(Notify::new());
        let dialogue = Dialogue {
            diary: None,
            store: store.clone(),
            hops: Hops::on(&store),
            menus: Menus::new(tools.menu.clone()),
            tools: tools.clone(),
            clock: Arc::clone(&shared),
            bell: Arc::clone(&bell),
            watch: None,
        };
        let inbox = Inbox {
            store,
            tools,
            clock: shared,
            bell,
            senders: BTreeMap::new(),
            poll: Duration::ZERO,
        };
        Self {
            dialogue,
            clock,
            inbox,
            database,
        }
    }

    /// One hop of a session.
    pub(crate) async fn hop(&self, session: &str, line: &Msisdn, text: &str) -> Screen {
        let turn = Turn {
            session: SessionId::parse(session).unwrap(),
            caller: line.clone(),
            service_code: "*384*2026#".into(),
            network: Some(Network::Safaricom),
            input: Input::Cumulative(Zeroizing::new(text.into())),
        };
        let taken = self.dialogue.take_turn(CHANNEL, &turn, SCREEN).await;
        taken.unwrap()
    }

    /// Keeps an SMS, as its callback does, and works it off.
    pub(crate) async fn text(&self, line: &Msisdn, words: &str) {
        let id = uuid::Uuid::now_v7().to_string();
        let place = Sealed {
            column: "inbound.body",
            row: &id,
        };
        let body = place.seal(&self.dialogue.tools.keys, words.as_bytes());
        let mut tx = self.dialogue.store.begin().await.unwrap();
        let kept = inbound::keep(
            &mut tx,
            CHANNEL,
            &id,
            line.as_str(),
            None,
            &body,
            self.clock.now(),
        );
        kept.await.unwrap();
        tx.commit().await.unwrap();
        self.inbox.work_off().await.unwrap();
    }

    pub(crate) async fn count(&self, sql: &'static str) -> i64 {
        self.database.count(sql).await
    }

    pub(crate) async fn close(self) {
        self.dialogue.store.close().await;
        self.database.remove().await;
    }
}
