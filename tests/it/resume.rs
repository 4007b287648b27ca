//! Dialling again after a session was dropped.

use std::time::Duration;

use futures_util::future::join_all;

use crate::harness::service::person;
use crate::harness::{Database, Phone, TestService, on_each_database, with_each_database};

on_each_database!(
    whoever_dials_again_goes_on_where_they_stood,
    a_dropped_session_is_offered_once,
    of_many_dials_at_once_one_goes_on,
    five_copies_of_the_offer_are_one,
    the_dropped_session_is_over_once_it_is_offered,
    a_session_that_is_not_offered_goes_on_by_itself,
    what_is_dialled_behind_the_code_is_not_kept_up,
    only_the_same_line_and_code_go_on,
    a_record_that_changed_since_is_not_gone_back_to,
    after_its_time_nothing_is_offered,
    no_row_tells_the_line,
);
with_each_database!(the_offer_can_be_turned_off);

const OFFER: &str = "CON Continue where you left off?\n1. Yes\n2. No";
const MARKED: &str = "SELECT COUNT(*) FROM sessions WHERE line IS NOT NULL";

async fn whoever_dials_again_goes_on_where_they_stood(service: &TestService) {
    let question = service.phone(2).walk(&["4", "1"]).await;
    let mut again = service.phone(2);
    assert_eq!(again.dial().await, OFFER);
    assert_eq!(again.repeat().await, OFFER);
    let wrong = again.press("5").await;
    assert_eq!(wrong, OFFER.replace("CON ", "CON Wrong choice.\n"));
    assert_eq!(again.press("1").await, question);
    assert!(again.press("0").await.contains("Must be your M-PESA name."));
    assert!(again.press("0").await.starts_with("CON KNEC CP2\n"));
}

async fn a_dropped_session_is_offered_once(service: &TestService) {
    service.phone(2).walk(&["4"]).await;
    assert_eq!(service.phone(2).dial().await, OFFER);
    let start = service.phone(2).dial().await;
    assert!(start.starts_with("CON KNEC CP2\n"), "{start}");
}

async fn of_many_dials_at_once_one_goes_on(service: &TestService) {
    service.phone(2).walk(&["4", "1"]).await;
    let mut phones: Vec<_> = (0..5).map(|_| service.phone(2)).collect();
    let shown = join_all(phones.iter_mut().map(Phone::dial)).await;
    let offers = shown.iter().filter(|screen| *screen == OFFER).count();
    assert_eq!(offers, 1, "{shown:?}");
}

async fn five_copies_of_the_offer_are_one(service: &TestService) {
    service.phone(2).walk(&["4"]).await;
    let phone = service.phone(2);
    let shown = join_all((0..5).map(|_| phone.repeat())).await;
    assert!(shown.iter().all(|screen| screen == OFFER), "{shown:?}");
}

async fn the_dropped_session_is_over_once_it_is_offered(service: &TestService) {
    let mut dropped = service.phone(2);
    let confirmation = dropped.walk(&["4", "1", "A001234567K"]).await;
    let mut again = service.phone(2);
    assert_eq!(again.dial().await, OFFER);
    assert_eq!(dropped.repeat().await, confirmation);
    let late = dropped.press("1").await;
    assert_eq!(late, "END This session is over. Please dial again.");
    let question = again.press("1").await;
    assert!(question.starts_with("CON Type your KRA PIN"), "{question}");
    service.outbox_comes_to(&[]).await;
}

async fn a_session_that_is_not_offered_goes_on_by_itself(service: &TestService) {
    let mut first = service.phone(2);
    first.walk(&["4"]).await;
    service.hop("ATUid_past", &person(2), "3", "63902").await;
    let question = first.press("1").await;
    assert!(question.starts_with("CON Type your KRA PIN"), "{question}");
}

async fn what_is_dialled_behind_the_code_is_not_kept_up(service: &TestService) {
    service.phone(2).walk(&["4", "1"]).await;
    let dialled = service.hop("ATUid_deep", &person(2), "1", "63902").await;
    assert!(dialled.starts_with("CON KCSE 2026 Supervisor"), "{dialled}");
    let start = service.phone(2).dial().await;
    assert!(start.starts_with("CON KNEC CP2\n"), "{start}");
}

async fn only_the_same_line_and_code_go_on(service: &TestService) {
    service.phone(2).walk(&["4", "1"]).await;
    let other = service.phone(3).dial().await;
    assert!(other.starts_with("CON KNEC CP2\n"), "{other}");
    let number = format!("+{}", person(2));
    let fields = [
        ("sessionId", "ATUid_code"),
        ("serviceCode", "*384*9999#"),
        ("phoneNumber", number.as_str()),
        ("text", ""),
    ];
    let other = service
        .callback("ussd", &fields)
        .await
        .text()
        .await
        .unwrap();
    assert!(other.starts_with("CON KNEC CP2\n"), "{other}");
    assert_eq!(service.phone(2).dial().await, OFFER);
}

async fn a_record_that_changed_since_is_not_gone_back_to(service: &TestService) {
    service.phone(2).walk(&["4"]).await;
    service
        .execute("UPDATE people SET updated_at = updated_at + 1 WHERE msisdn = '254700000002'")
        .await;
    let start = service.phone(2).dial().await;
    assert!(start.starts_with("CON KNEC CP2\n"), "{start}");
}

async fn after_its_time_nothing_is_offered(service: &TestService) {
    service.phone(2).walk(&["4"]).await;
    service.clock.advance(Duration::from_mins(10));
    let start = service.phone(2).dial().await;
    assert!(start.starts_with("CON KNEC CP2\n"), "{start}");
    service.phone(2).walk(&["4"]).await;
    service.clock.advance(Duration::from_secs(599));
    assert_eq!(service.phone(2).dial().await, OFFER);
}

async fn no_row_tells_the_line(service: &TestService) {
    service.phone(2).walk(&["4"]).await;
    assert_eq!(service.count(MARKED).await, 1);
    let rows = service.contents().await.remove("sessions").unwrap();
    let number = person(2);
    let hex = data_encoding::HEXLOWER.encode(number.as_bytes());
    for row in rows {
        assert!(
            !row.contains(&number) && !row.to_lowercase().contains(&hex),
            "{row}"
        );
    }
    service.phone(2).walk(&["00", "0"]).await;
    assert_eq!(service.count(MARKED).await, 0, "it has ended");
}

async fn the_offer_can_be_turned_off(database: Database) {
    let service = TestService::start_with(database, |config| config.policy.resume_minutes = 0);
    let service = service.await;
    service.phone(2).walk(&["4"]).await;
    let start = service.phone(2).dial().await;
    assert!(start.starts_with("CON KNEC CP2\n"), "{start}");
    assert_eq!(service.count(MARKED).await, 0);
    service.stop().await;
}
