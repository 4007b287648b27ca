//! Whether somebody is known changes nothing about the work that is done for a stranger:
//! counted in questions to PostgreSQL, on its wire. Times would say the same less surely.

use std::net::{IpAddr, Ipv4Addr};

use cp2::actions::{self, CodeTried, CodeTyped};
use cp2::crypto::{ShortCode, Token};
use cp2::domain::{Clock, Msisdn};
use cp2::store::{deployments, links, people};

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

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_letters_code_is_the_same_work_whether_or_not_it_was_sent() {
    let counter = Counter::open().await;
    let dialogue = &counter.inside.dialogue;
    let (store, tools) = (&dialogue.store, &dialogue.tools);
    let now = counter.inside.clock.now();
    let codes = [(); 4].map(|()| ShortCode::fresh());
    let mut tx = store.begin().await.unwrap();
    let line = Msisdn::parse(&person(1)).unwrap();
    let owner = people::by_msisdn(&mut tx, &line).await.unwrap().unwrap();
    let work = deployments::of_person(&mut tx, &owner.id, 0, 1).await;
    // Every second one was sent.
    for code in codes.iter().step_by(2) {
        let sent = links::NewLink {
            token_hash: Token::fresh().hash(),
            code_hash: code.hash(&tools.keys),
            person: &owner.id,
            deployment: &work.as_ref().unwrap()[0].id,
            about_hash: [0; 32],
            expires_at: now.plus(tools.policy.link_life()),
        };
        links::insert(&mut tx, &sent, now).await.unwrap();
    }
    tx.commit().await.unwrap();
    let mut asked = Vec::new();
    for code in codes {
        let typed = CodeTyped {
            code,
            id_end: "0002".to_owned(),
        };
        let who = (IpAddr::from(Ipv4Addr::LOCALHOST), &Token::fresh());
        let before = counter.said().await;
        let tried = actions::try_code(store, tools, &typed, who, now).await;
        assert_eq!(tried.unwrap(), CodeTried::Wrong);
        asked.push(counter.said().await - before);
    }
    assert_eq!(asked[2], asked[3], "{asked:?}");
    counter.inside.close().await;
}
