//! Clients that say everything and hang up. axum drops their handlers; what was begun
//! must end all the same, and no connection may go back with a transaction open.

use futures_util::future::join_all;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use crate::harness::service::{SECRET, happens, person};
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
    let service = TestService::start_among(PEOPLE, database, |_| {}).await;
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

fn session(msisdn: &str) -> String {
    format!("ATUid_of_{msisdn}")
}

async fn hop(service: &TestService, msisdn: &str, text: &str) -> String {
    service.hop(&session(msisdn), msisdn, text, "63902").await
}

/// Says the whole hop a few times over and is gone, at once or in the middle of it.
async fn hang_up(service: &TestService, msisdn: &str, text: &str) {
    let fields = [
        ("sessionId", session(msisdn)),
        ("serviceCode", "*384*2026#".to_owned()),
        ("phoneNumber", format!("+{msisdn}")),
        ("text", text.to_owned()),
        ("networkCode", "63902".to_owned()),
    ];
    let body = serde_urlencoded::to_string(fields).unwrap();
    let request = format!(
        "POST /callbacks/at/{SECRET}/ussd HTTP/1.1\r\nhost: cp2\r\n\
         content-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    let address = service.base.strip_prefix("http://").unwrap();
    for says_nothing_more in [true, true, false] {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        if says_nothing_more {
            stream.shutdown().await.unwrap();
        } else {
            stream.set_zero_linger().unwrap();
        }
    }
}
