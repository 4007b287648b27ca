//! Whether somebody is known changes nothing about the work that is done for a stranger:
//! counted in questions to PostgreSQL, on its wire. Times would say the same less surely.

use cp2::domain::Msisdn;

use crate::harness::service::person;
use crate::harness::{Database, Inside, Wire};

/// A stranger's last key of a session, and the questions that it causes.
struct Counter {
    inside: Inside,
    wire: Wire,
}

impl Counter {
    async fn open() -> Self {
        let database = Database::postgres().await;
        let (wire, near) = Wire::to_database(&database.url()).await;
        let inside = Inside::open_with(database, |config| {
            config.database.url = near.into();
            // One connection, so that what it says stands in one order.
            config.database.connections = 1;
        });
        Self {
            inside: inside.await,
            wire,
        }
    }

    /// How many questions there were until now, all said.
    async fn said(&self) -> u64 {
        let _held = self.inside.dialogue.store.begin_read().await.unwrap();
        self.wire.said()
    }

    async fn questions(&self, line: u32, dialled: &str, key: &str) -> u64 {
        let (session, line) = (
            format!("ATUid_{line}"),
            Msisdn::parse(&person(line)).unwrap(),
        );
        self.inside.hop(&session, &line, dialled).await;
        let before = self.said().await;
        let text = format!("{dialled}*{key}");
        let screen = self.inside.hop(&session, &line, &text).await;
        assert!(screen.end, "{text}: {}", screen.text.as_str());
        self.said().await - before
    }
}

/// Asks by the last key of a session about somebody's ID number and about nobody's.
async fn assert_even(dialled: impl Fn(&str) -> String, key: &str) {
    let counter = Counter::open().await;
    let mut asked = Vec::new();
    // Each kind once before, to warm up.
    for (line, id) in (3001..).zip(["90000003", "87654321", "90000002", "12345678"]) {
        asked.push(counter.questions(line, &dialled(id), key).await);
    }
    assert_eq!(asked[2], asked[3], "{asked:?}");
    counter.inside.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lost_line_is_the_same_work_whoever_the_id_belongs_to() {
    assert_even(|id| format!("2*1*{id}*500009"), "1980").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_registration_is_the_same_work_whether_or_not_the_id_is_there() {
    let dialled = |id: &str| format!("3*1*Otieno Juma*{id}*99*3*1990*2*kisumu*1*1");
    assert_even(dialled, "1").await;
}
