//! Guessing through the public callback: however many sessions, phones and copies, there
//! are as many guesses as the policy gives.

use std::time::Duration;

use futures_util::future::join_all;

use crate::harness::service::person;
use crate::harness::{Database, TestService, on_each_database, with_each_database};

on_each_database!(
    guesses_at_once_are_counted_one_by_one,
    dialling_again_gives_no_new_guesses,
    the_id_number_is_guessed_no_more_often_than_the_pin,
    a_new_line_learns_nothing_about_ids,
);

with_each_database!(what_limits_counted_is_forgotten_after_two_days);

const COMPARED: &str = "SELECT COUNT(*) FROM audit WHERE what = 'proof.failed' \
                        AND detail IN ('pin: wrong', 'identity: wrong')";
const FAILURES: &str = "SELECT CAST(COALESCE(SUM(failures), 0) AS BIGINT) FROM guesses";

/// Up to where the PIN is asked for.
const TO_PIN: [&str; 4] = ["4", "1", "A001234567K", "1"];

async fn guesses_at_once_are_counted_one_by_one(service: &TestService) {
    let line = person(1);
    // A new dial ends the session before it, so copies race within one session.
    for (round, left) in [(0, Some(2)), (1, Some(1)), (2, None)] {
        let session = format!("ATUid_race_{round}");
        let asked = "4*1*A001234567K*1";
        for text in ["", "4", "4*1", "4*1*A001234567K", asked] {
            service.hop(&session, &line, text, "63902").await;
        }
        let texts: Vec<_> = (2000..2020).map(|pin| format!("{asked}*{pin}")).collect();
        let copies = texts
            .iter()
            .map(|text| service.hop(&session, &line, text, "63902"));
        let shown = join_all(copies).await;
        let counted = match left {
            Some(left) => format!("CON Wrong PIN. Tries left: {left}."),
            None => "END Too many wrong tries.".to_owned(),
        };
        assert!(
            shown.iter().any(|screen| screen.starts_with(&counted)),
            "{shown:?}"
        );
        assert_eq!(service.count(FAILURES).await, round + 1);
    }
    // The right one comes too late.
    let locked = service.phone(1).walk(&TO_PIN).await;
    assert!(
        locked.starts_with("END Too many wrong tries. It is locked for 15 minutes."),
        "{locked}"
    );
}

async fn dialling_again_gives_no_new_guesses(service: &TestService) {
    for minute in 0..40 {
        let mut phone = service.phone(1);
        if phone
            .walk(&TO_PIN)
            .await
            .starts_with("CON Type your CP2 PIN")
        {
            phone.press(&(3000 + minute).to_string()).await;
        }
        service.clock.advance(Duration::from_mins(1));
    }
    // Three, three more after 15 minutes; the next after 30.
    assert_eq!(service.count(FAILURES).await, 6);
    assert_eq!(service.count(COMPARED).await, 4);
}

async fn the_id_number_is_guessed_no_more_often_than_the_pin(service: &TestService) {
    for try_ in 0..10 {
        let mut phone = service.phone(2);
        phone.walk(&TO_PIN).await;
        phone.press("1").await;
        phone.press(&(90_000_100 + try_).to_string()).await;
        phone.press("1980").await;
    }
    assert_eq!(service.count(FAILURES).await, 3);
    let mut phone = service.phone(2);
    phone.walk(&TO_PIN).await;
    phone.press("1").await;
    phone.press("90000002").await;
    let locked = phone.press("1980").await;
    assert!(locked.starts_with("END Too many wrong tries."), "{locked}");
}

async fn a_new_line_learns_nothing_about_ids(service: &TestService) {
    let shape = |screen: String| {
        let (before, after) = screen.split_once("N-").expect("a reference");
        format!("{before}N-{}", &after[6..])
    };
    let mut answers = Vec::new();
    for (line, id) in [(3001, "90000002"), (3002, "90000003"), (3003, "12345678")] {
        let phone = service.phone_of(&person(line));
        let mut phone = phone;
        answers.push(shape(phone.walk(&["2", "1", id, "500002", "1980"]).await));
    }
    assert!(
        answers.iter().all(|answer| *answer == answers[0]),
        "{answers:?}"
    );
    // Nobody but the person whose numbers were right is told.
    assert_eq!(service.sms_of(&person(2), 1).await.len(), 1);
    service.outbox_comes_to(&[("delivered", 1)]).await;
}

async fn what_limits_counted_is_forgotten_after_two_days(database: Database) {
    const USES: &str = "SELECT COUNT(*) FROM uses";
    let service = TestService::start(database).await;
    service
        .phone(99)
        .walk(&["2", "1", "12345678", "500002", "1980"])
        .await;
    assert_eq!(service.count(USES).await, 1);
    service.clock.advance(Duration::from_hours(49));
    // The worker tidies up when it begins.
    let service = service.restart(|_| {}).await;
    service.count_comes_to(USES, 0).await;
    service.stop().await;
}
