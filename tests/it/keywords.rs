//! SMS keywords, through the aggregator's callback.

use std::time::Duration;

use reqwest::Response;

use crate::harness::service::{happens, link_in, password_in, person};
use crate::harness::{Database, TestService, on_each_database, with_each_database};

on_each_database!(
    a_row_that_nobody_can_read_holds_up_no_other,
    a_reset_by_sms_sends_a_password_that_opens_the_site,
    a_letter_by_sms_is_a_link_that_opens,
    a_message_that_comes_twice_is_answered_once,
    five_at_once_are_answered_as_often_as_is_allowed,
    a_loop_between_machines_comes_to_an_end,
    names_and_short_codes_get_no_answer,
    odd_texts_are_told_what_there_is,
    wrong_ids_count_together_with_those_of_the_menu,
    stop_holds_although_nobody_answers_any_more,
    what_came_an_hour_ago_is_not_answered,
);
with_each_database!(
    where_the_menu_wants_a_pin_an_sms_gets_none,
    an_id_number_beside_the_word_is_enough_where_one_is_wanted,
);

const WAITING: &str = "SELECT COUNT(*) FROM inbound WHERE handled_at IS NULL";
const ANSWERS: &str = "SELECT COUNT(*) FROM outbox";

async fn text(service: &TestService, id: &str, from: &str, words: &str) -> Response {
    let fields = [
        ("id", id),
        ("from", from),
        ("to", "22026"),
        ("text", words),
        ("date", "2026-10-05T06:00:00Z"),
        ("linkId", ""),
    ];
    let answer = service.callback("sms", &fields).await;
    assert_eq!(answer.status(), 200);
    answer
}

/// Sends that and waits until it was dealt with.
async fn ask(service: &TestService, number: u32, words: &str) {
    let id = uuid::Uuid::now_v7().to_string();
    text(service, &id, &format!("+{}", person(number)), words).await;
    service.count_comes_to(WAITING, 0).await;
}

async fn newest(service: &TestService, number: u32, count: usize) -> String {
    service.sms_of(&person(number), count).await[0].text.clone()
}

async fn a_reset_by_sms_sends_a_password_that_opens_the_site(service: &TestService) {
    ask(service, 1, "Reset").await;
    let sms = newest(service, 1, 1).await;
    assert!(service.can_log_in(&person(1), password_in(&sms)).await);
    assert_eq!(service.count(ANSWERS).await, 1);
    let by_sms = "SELECT COUNT(*) FROM audit WHERE what = 'password.reset' AND way = 'sms'";
    assert_eq!(service.count(by_sms).await, 1);
}

async fn a_letter_by_sms_is_a_link_that_opens(service: &TestService) {
    ask(service, 1, "barua").await;
    let sms = newest(service, 1, 1).await;
    assert!(sms.starts_with("Barua KCSE 2026 INV: "), "{sms}");
    assert_eq!(service.get(&link_in(&sms)).await.status(), 200);
}

async fn a_message_that_comes_twice_is_answered_once(service: &TestService) {
    let from = format!("+{}", person(1));
    tokio::join!(
        text(service, "twice", &from, "DEPLOY"),
        text(service, "twice", &from, "DEPLOY"),
    );
    service.count_comes_to(WAITING, 0).await;
    text(service, "twice", &from, "DEPLOY").await;
    service.count_comes_to(WAITING, 0).await;
    assert_eq!(service.count(ANSWERS).await, 1);
}

async fn five_at_once_are_answered_as_often_as_is_allowed(service: &TestService) {
    let from = format!("+{}", person(1));
    tokio::join!(
        text(service, "1", &from, "DEPLOY"),
        text(service, "2", &from, "LETTER"),
        text(service, "3", &from, "DETAILS"),
        text(service, "4", &from, "HELP"),
        text(service, "5", &from, "KITUO"),
    );
    service.count_comes_to(WAITING, 0).await;
    assert_eq!(service.count(ANSWERS).await, 3);
}

async fn a_loop_between_machines_comes_to_an_end(service: &TestService) {
    for round in 0..50 {
        ask(service, 4, &format!("Thank you for message {round}")).await;
        service.clock.advance(Duration::from_mins(5));
    }
    assert_eq!(service.count(ANSWERS).await, 10);
}

async fn names_and_short_codes_get_no_answer(service: &TestService) {
    for from in ["MPESA", "22026", "KNEC-CP2", "+12025550100", "0700000001"] {
        text(service, from, from, "RESET").await;
    }
    assert_eq!(service.count("SELECT COUNT(*) FROM inbound").await, 0);
    assert_eq!(service.count(ANSWERS).await, 0);
}

async fn odd_texts_are_told_what_there_is(service: &TestService) {
    for (number, words) in [(1, ""), (2, "\u{1f64f}\u{1f64f}"), (3, "***"), (4, "1234")] {
        ask(service, number, words).await;
        let sms = newest(service, number, 1).await;
        assert!(sms.starts_with("CP2: we did not understand."), "{sms}");
    }
    let long = "A".repeat(900);
    ask(service, 5, &long).await;
    let sms = newest(service, 5, 1).await;
    assert!(sms.starts_with("CP2: we did not understand."), "{sms}");
}

async fn wrong_ids_count_together_with_those_of_the_menu(service: &TestService) {
    for (count, guess) in ["90000009", "90000008", "90000007"].iter().enumerate() {
        ask(service, 2, guess).await;
        newest(service, 2, count + 1).await;
    }
    let sms = newest(service, 2, 3).await;
    assert_eq!(
        sms,
        "CP2: too many wrong tries. It is locked for 15 minutes."
    );
    // The right one by the menu, while it is locked: forgotten PIN, ID number, TSC number.
    let mut phone = service.phone(2);
    let screen = phone.walk(&["4", "2", "1", "90000002", "500002"]).await;
    assert!(screen.starts_with("END Too many wrong tries."), "{screen}");
}

async fn stop_holds_although_nobody_answers_any_more(service: &TestService) {
    for words in ["one", "two", "three", "STOP"] {
        ask(service, 1, words).await;
    }
    assert_eq!(service.count(ANSWERS).await, 3);
    let stopped = "SELECT COUNT(*) FROM opt_outs WHERE msisdn = '254700000001'";
    assert_eq!(service.count(stopped).await, 1);
    ask(service, 1, "start").await;
    assert_eq!(service.count(stopped).await, 0);
}

async fn what_came_an_hour_ago_is_not_answered(service: &TestService) {
    ask(service, 1, "HELP").await;
    service
        .execute("UPDATE inbound SET handled_at = NULL, received_at = received_at - 3600000")
        .await;
    service.count_comes_to(WAITING, 0).await;
    assert_eq!(service.count(ANSWERS).await, 1);
}

async fn where_the_menu_wants_a_pin_an_sms_gets_none(database: Database) {
    let strict = |config: &mut cp2::config::Config| {
        config.policy.proof.reset_password = cp2::domain::Level::Pin;
    };
    let service = TestService::start_with(database, strict).await;
    ask(&service, 1, "RESET 1234").await;
    let sms = newest(&service, 1, 1).await;
    assert_eq!(
        sms,
        "CP2: for this you need your PIN. Dial *384*2026#. Never send your PIN by SMS."
    );
    assert!(happens(async || service.count(ANSWERS).await == 1).await);
    service.stop().await;
}

async fn an_id_number_beside_the_word_is_enough_where_one_is_wanted(database: Database) {
    let strict = |config: &mut cp2::config::Config| {
        config.policy.proof.reset_password = cp2::domain::Level::NationalId;
    };
    let service = TestService::start_with(database, strict).await;
    ask(&service, 1, "RESET").await;
    let sms = newest(&service, 1, 1).await;
    assert!(sms.contains("with your ID number behind it"), "{sms}");
    ask(&service, 1, "RESET 90000001").await;
    let sms = newest(&service, 1, 2).await;
    assert!(service.can_log_in(&person(1), password_in(&sms)).await);
    service.stop().await;
}

async fn a_row_that_nobody_can_read_holds_up_no_other(service: &TestService) {
    // The oldest of all: one from before senders were looked at, one whose seal is broken.
    ask(service, 2, "HELP").await;
    service
        .execute(
            "UPDATE inbound SET id = 'a', sender = 'SOMEBODY', handled_at = NULL, received_at = 1",
        )
        .await;
    service.count_comes_to(WAITING, 0).await;
    service
        .execute("UPDATE inbound SET id = 'b', sender = '254700000002', handled_at = NULL")
        .await;
    ask(service, 1, "RESET").await;
    let answer = newest(service, 1, 1).await;
    assert!(answer.contains("new password"), "{answer}");
    assert_eq!(
        service.sms_of(&person(2), 1).await.len(),
        1,
        "the one to HELP"
    );
}
