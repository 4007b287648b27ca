//! Clients that say everything and hang up. axum drops their handlers; what was begun
//! must end all the same, and no connection may go back with a transaction open.

use std::time::Duration;

use cp2::config::Config;
use futures_util::future::join_all;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use crate::harness::service::{SECRET, happens, person, record_by_line};
use crate::harness::{Database, TestService};

/// Of the crowd, whose numbers begin here.
const FIRST: u32 = 1000;
const PEOPLE: u32 = 50;

const LOST: &str = "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() \
    AND state LIKE 'idle in transaction%'";
const SESSIONS: &str = "SELECT COUNT(*) FROM sessions WHERE version = 5";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn clients_that_hang_up_lose_nothing_and_leave_nothing_open() {
    let database = Database::postgres().await;
    let service = TestService::start_among(PEOPLE, database, record_by_line).await;
    let people: Vec<_> = (FIRST..FIRST + PEOPLE).map(person).collect();
    for text in ["", "4", "4*1", "4*1*A001234567K", "4*1*A001234567K*1"] {
        join_all(people.iter().map(|msisdn| hang_up(&service, msisdn, text))).await;
        // The next hop comes when this one was taken, as on a network.
        let answers = people.iter().map(|msisdn| hop(&service, msisdn, text));
        for screen in join_all(answers).await {
            assert!(!screen.starts_with("END The service is busy"), "{screen}");
        }
    }
    assert_eq!(service.count(SESSIONS).await, i64::from(PEOPLE));
    service
        .outbox_comes_to(&[("delivered", i64::from(PEOPLE))])
        .await;
    for msisdn in &people {
        assert_eq!(service.sms_of(msisdn, 1).await.len(), 1);
    }
    assert!(happens(async || service.count(LOST).await == 0).await);
    service.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_never_comes_back_with_a_transaction_open() {
    // The worker sleeps: its units of work would close what others left open.
    let sleepy = |config: &mut Config| config.outbox.poll_ms = 600_000;
    let (service, wire) = TestService::start_on_a_wire(sleepy).await;
    wire.delay(Duration::from_millis(5));
    // As many at a time as there are connections, each gone a little later than the one
    // before, so that some are gone in the middle of every step.
    for wave in 0..12 {
        // These stay to the end, so that every connection is open and idle.
        join_all((1..=7).map(async |number| service.phone(number).dial().await)).await;
        let callers = (0..8).map(|number| format!("2547000{:05}", 100 * wave + number));
        let gone = callers.zip(0_u32..).map(|(msisdn, number)| {
            let patience = Duration::from_millis(5) * number + Duration::from_micros(400) * wave;
            let request = request(&msisdn, "");
            let service = &service;
            async move {
                let mut stream = connect(service).await;
                stream.write_all(request.as_bytes()).await.unwrap();
                tokio::time::sleep(patience).await;
            }
        });
        join_all(gone).await;
    }
    assert!(service.phone(1).dial().await.starts_with("CON "));
    // PostgreSQL would end them by itself after 15 seconds.
    let nothing_open = happens(async || service.count(LOST).await == 0);
    let in_time = tokio::time::timeout(Duration::from_secs(10), nothing_open).await;
    assert!(in_time.is_ok(), "transactions stay open");
    assert!(service.phone(1).dial().await.starts_with("CON "));
    service.stop().await;
}

fn session(msisdn: &str) -> String {
    format!("ATUid_of_{msisdn}")
}

async fn hop(service: &TestService, msisdn: &str, text: &str) -> String {
    service.hop(&session(msisdn), msisdn, text, "63902").await
}

/// Says the whole hop a few times over and is gone.
async fn hang_up(service: &TestService, msisdn: &str, text: &str) {
    let request = request(msisdn, text);
    for says_farewell in [true, true, false] {
        let mut stream = connect(service).await;
        stream.write_all(request.as_bytes()).await.unwrap();
        if says_farewell {
            stream.shutdown().await.unwrap();
        } else {
            stream.set_zero_linger().unwrap();
        }
    }
}

async fn connect(service: &TestService) -> TcpStream {
    let address = service.base.strip_prefix("http://").unwrap();
    TcpStream::connect(address).await.unwrap()
}

fn request(msisdn: &str, text: &str) -> String {
    let fields = [
        ("sessionId", session(msisdn)),
        ("serviceCode", "*384*2026#".to_owned()),
        ("phoneNumber", format!("+{msisdn}")),
        ("text", text.to_owned()),
        ("networkCode", "63902".to_owned()),
    ];
    let body = serde_urlencoded::to_string(fields).unwrap();
    format!(
        "POST /callbacks/at/{SECRET}/ussd HTTP/1.1\r\nhost: cp2\r\n\
         content-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
}
