//! A database that goes away and comes back: people read a polite screen meanwhile,
//! and afterwards everything goes on by itself, once.

use std::time::Duration;

use futures_util::future::join_all;
use sqlx::{Connection, PgConnection, SqliteConnection};

use crate::harness::service::{happens, password_in, person, record_by_line};
use crate::harness::{Database, TestService};

const BUSY: &str = "END The service is busy. Please try again shortly.\nHuduma ina shughuli nyingi. \
    Tafadhali jaribu tena baadaye kidogo.";

/// How long Africa's Talking waits for a screen.
const AGGREGATOR_WAITS: Duration = Duration::from_secs(10);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_postgres_that_is_cut_off_costs_nobody_anything() {
    let (service, wire) = TestService::start_on_a_wire(|_| {}).await;
    let mut waiting = service.phone(1);
    waiting.walk(&["3"]).await;

    wire.cut().await;
    // More phones than connections, and one in the middle of a session.
    let phones = (0..20).map(|_| reads_busy(&service, 2, ""));
    join_all(phones).await;
    let confirm = waiting.press("1");
    let screen = tokio::time::timeout(AGGREGATOR_WAITS, confirm).await;
    assert!(
        screen.as_ref().is_ok_and(|s| s.starts_with(BUSY)),
        "{screen:?}"
    );
    everything_else_is_to_be_repeated(&service).await;
    assert_eq!(service.get("/readyz").await.status(), 503);
    assert_eq!(service.get("/healthz").await.status(), 200);

    wire.mend().await;
    becomes_ready(&service).await;
    let screen = waiting.repeat().await;
    assert!(
        screen.starts_with("END Your new password is on"),
        "{screen}"
    );
    assert_eq!(waiting.repeat().await, screen);
    service.outbox_comes_to(&[("delivered", 1)]).await;
    let text = service.sms_of(&person(1), 1).await[0].text.clone();
    assert!(service.can_log_in(&person(1), password_in(&text)).await);
    assert_eq!(service.sandbox.messages().len(), 1);
    service.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_being_sent_when_postgres_is_cut_off_is_sent_once() {
    let (service, wire) = TestService::start_on_a_wire(record_by_line).await;
    let numbers = [1, 2, 3, 4, 5, 6];
    let mut accepted = service.sandbox.accepted();
    let mut phones: Vec<_> = numbers.map(|number| service.phone(number)).into();
    for phone in &mut phones {
        phone.walk(&["4", "1", "A001234567K"]).await;
    }
    let confirmed = join_all(phones.iter_mut().map(|phone| phone.press("1")));
    let cut = async {
        accepted.wait_for(|count| *count > 0).await.unwrap();
        wire.cut().await;
    };
    tokio::join!(confirmed, cut);
    // By their clock the workers have been gone for long.
    service.clock.advance(Duration::from_secs(30));
    wire.mend().await;
    becomes_ready(&service).await;
    for phone in &phones {
        let screen = phone.repeat().await;
        assert!(screen.starts_with("END Saved."), "{screen}");
    }
    service.outbox_comes_to(&[("delivered", 6)]).await;
    for number in numbers {
        assert_eq!(service.sms_of(&person(number), 1).await.len(), 1);
    }
    service.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_postgres_that_died_without_a_word_is_left_behind() {
    let (service, wire) = TestService::start_on_a_wire(|_| {}).await;
    service.phone(1).dial().await;
    wire.lay_dead();
    let phones = (0..20).map(|_| reads_busy(&service, 1, ""));
    join_all(phones).await;
    wire.revive();
    becomes_ready(&service).await;
    let served = happens(async || service.phone(1).dial().await.starts_with("CON "));
    assert!(served.await, "the dead connections are still in use");
    service.phone(1).walk(&["3", "1"]).await;
    service.outbox_comes_to(&[("delivered", 1)]).await;
    service.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_postgres_that_restarts_between_two_hops_costs_no_hop() {
    let database = Database::postgres().await;
    let url = database.url();
    let service = TestService::start(database).await;
    let mut phone = service.phone(1);
    for answer in ["4", "0", "1"] {
        phone.dial().await;
        let mut admin = PgConnection::connect(&url).await.unwrap();
        sqlx::query(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
             WHERE datname = current_database() AND pid <> pg_backend_pid()",
        )
        .execute(&mut admin)
        .await
        .unwrap();
        let screen = phone.press(answer).await;
        assert!(screen.starts_with("CON "), "{screen}");
    }
    service.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sqlite_that_can_t_be_written_costs_nobody_anything() {
    let database = Database::sqlite();
    let url = database.url();
    let service = TestService::start(database).await;
    let mut waiting = service.phone(1);
    waiting.walk(&["3"]).await;

    let mut other = SqliteConnection::connect(&url).await.unwrap();
    sqlx::query("BEGIN EXCLUSIVE")
        .execute(&mut other)
        .await
        .unwrap();
    let phones = (0..20).map(|_| reads_busy(&service, 2, ""));
    join_all(phones).await;
    let confirm = waiting.press("1");
    let screen = tokio::time::timeout(AGGREGATOR_WAITS, confirm).await;
    assert!(
        screen.as_ref().is_ok_and(|s| s.starts_with(BUSY)),
        "{screen:?}"
    );
    everything_else_is_to_be_repeated(&service).await;

    sqlx::query("ROLLBACK").execute(&mut other).await.unwrap();
    let screen = waiting.repeat().await;
    assert!(
        screen.starts_with("END Your new password is on"),
        "{screen}"
    );
    assert_eq!(waiting.repeat().await, screen);
    service.outbox_comes_to(&[("delivered", 1)]).await;
    assert_eq!(service.sandbox.messages().len(), 1);
    service.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_finds_no_place_is_told_so_at_once_in_both_languages_and_counted() {
    let database = Database::sqlite();
    let url = database.url();
    let service = TestService::start_with(database, |config| config.server.turns_at_once = 1).await;
    let mut other = SqliteConnection::connect(&url).await.unwrap();
    sqlx::query("BEGIN EXCLUSIVE")
        .execute(&mut other)
        .await
        .unwrap();
    // The first one waits for the database as long as it may, in the only place.
    let phones = (1..=3).map(|number| reads_busy(&service, number, ""));
    join_all(phones).await;
    sqlx::query("ROLLBACK").execute(&mut other).await.unwrap();
    let metrics = service.get("/metrics").await.text().await.unwrap();
    for line in ["turned_away\"} 2", "failed\"} 1"] {
        let line = format!("cp2_ussd_hops_total{{outcome=\"{line}");
        assert!(metrics.contains(&line), "{metrics}");
    }
    assert!(service.phone(1).dial().await.starts_with("CON "));
    service.stop().await;
}

/// Dials and gets the polite screen, in both languages, while the aggregator still waits.
async fn reads_busy(service: &TestService, number: u32, text: &str) {
    let session = format!("ATUid_{}", uuid::Uuid::now_v7().simple());
    let msisdn = person(number);
    let hop = service.hop(&session, &msisdn, text, "63902");
    let screen = tokio::time::timeout(AGGREGATOR_WAITS, hop).await;
    assert!(
        screen.as_ref().is_ok_and(|s| s.starts_with(BUSY)),
        "{screen:?}"
    );
}

/// What an aggregator repeats until it is taken must not be acknowledged unkept.
async fn everything_else_is_to_be_repeated(service: &TestService) {
    let plus = format!("+{}", person(1));
    let report = [
        ("id", "ATXid_1"),
        ("phoneNumber", &plus),
        ("status", "Success"),
    ];
    assert_eq!(service.callback("delivery", &report).await.status(), 503);
    let sms = [
        ("id", "in-1"),
        ("from", plus.as_str()),
        ("to", "22026"),
        ("text", "hello"),
        ("date", "2026-10-05 06:00:00"),
    ];
    assert_eq!(service.callback("sms", &sms).await.status(), 503);
}

async fn becomes_ready(service: &TestService) {
    let ready = happens(async || service.get("/readyz").await.status() == 200);
    assert!(ready.await, "the service does not come back by itself");
}
