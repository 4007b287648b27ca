//! One reset is one password: asked for again, the very same one comes, for a while.

use std::time::Duration;

use cp2::demo::sandbox::Behaviour;
use cp2::domain::Msisdn;

use crate::harness::service::{password_in, person};
use crate::harness::{Database, TestService, on_each_database, with_each_database};

on_each_database!(
    who_asks_again_gets_the_same_password,
    a_password_that_is_known_to_have_arrived_is_not_sent_again,
    a_password_that_was_used_is_not_sent_again,
    a_failed_delivery_is_sent_again_word_for_word,
    a_password_is_not_sent_again_to_another_line,
    resends_count_as_resets_do,
);

with_each_database!(a_kept_text_is_erased_in_time_even_when_nobody_was_there);

const RESET: &[&str] = &["3", "1"];
const AGAIN: &str = "END The same new password is sent to you once more";
const NEW: &str = "END Your new password is on its way";
const TEXTS: &str = "SELECT COUNT(*) FROM outbox WHERE body IS NOT NULL";
const MADE: &str = "SELECT COUNT(*) FROM audit WHERE what = 'password.reset'";

/// Resets from a line that no report ever speaks of; the text that arrived.
async fn reset_without_report(service: &TestService) -> String {
    service.sandbox.behave(&line(1), Behaviour::NoReport);
    let screen = service.phone(1).walk(RESET).await;
    assert!(screen.starts_with(NEW), "{screen}");
    service.outbox_comes_to(&[("accepted", 1)]).await;
    service.sms_of(&person(1), 1).await[0].text.clone()
}

fn line(number: u32) -> Msisdn {
    Msisdn::parse(&person(number)).unwrap()
}

async fn who_asks_again_gets_the_same_password(service: &TestService) {
    let first = reset_without_report(service).await;
    assert_eq!(service.count(TEXTS).await, 1);
    service.clock.advance(Duration::from_mins(5));
    let mut phone = service.phone(1);
    let screen = phone.walk(RESET).await;
    assert!(screen.starts_with(AGAIN), "{screen}");
    assert_eq!(phone.repeat().await, screen);
    service.outbox_comes_to(&[("accepted", 2)]).await;
    let texts = service.sms_of(&person(1), 2).await;
    assert!(texts.iter().all(|sms| sms.text == first));
    // From the site too, where nothing is told.
    let fields = [("user_name", "254700000001")];
    service.post("/forgot", &fields).await;
    service.outbox_comes_to(&[("accepted", 3)]).await;
    assert_eq!(service.sms_of(&person(1), 3).await[0].text, first);
    assert_eq!(
        (service.count(TEXTS).await, service.count(MADE).await),
        (1, 1)
    );
    assert!(service.can_log_in(&person(1), password_in(&first)).await);
}

async fn a_password_that_is_known_to_have_arrived_is_not_sent_again(service: &TestService) {
    service.phone(1).walk(RESET).await;
    service.outbox_comes_to(&[("delivered", 1)]).await;
    assert_eq!(service.count(TEXTS).await, 0);
    let screen = service.phone(1).walk(RESET).await;
    assert!(screen.starts_with(NEW), "{screen}");
    let texts = service.sms_of(&person(1), 2).await;
    assert_ne!(texts[0].text, texts[1].text);
}

async fn a_password_that_was_used_is_not_sent_again(service: &TestService) {
    let first = reset_without_report(service).await;
    assert!(service.can_log_in(&person(1), password_in(&first)).await);
    assert_eq!(service.count(TEXTS).await, 0);
    let screen = service.phone(1).walk(RESET).await;
    assert!(screen.starts_with(NEW), "{screen}");
    assert_ne!(service.sms_of(&person(1), 2).await[0].text, first);
}

async fn a_failed_delivery_is_sent_again_word_for_word(service: &TestService) {
    let failed = Behaviour::FailReport("UserDoesNotExist".into());
    service.sandbox.behave_next(&line(1), [failed]);
    service.phone(1).walk(RESET).await;
    service.outbox_comes_to(&[("failed", 1)]).await;
    // The notice about it comes first; it leads to the reset by itself.
    let mut phone = service.phone(1);
    phone.walk(&["1"]).await;
    let screen = phone.press("1").await;
    assert!(screen.starts_with(AGAIN), "{screen}");
    service
        .outbox_comes_to(&[("delivered", 1), ("failed", 1)])
        .await;
    let texts = service.sms_of(&person(1), 2).await;
    assert_eq!(texts[0].text, texts[1].text);
    assert_eq!(service.count(TEXTS).await, 0);
}

async fn a_password_is_not_sent_again_to_another_line(service: &TestService) {
    let first = reset_without_report(service).await;
    service
        .execute("UPDATE people SET msisdn = '254700000077' WHERE msisdn = '254700000001'")
        .await;
    service.sandbox.behave(&line(77), Behaviour::NoReport);
    let screen = service.phone(77).walk(RESET).await;
    assert!(screen.starts_with(NEW), "{screen}");
    assert_ne!(service.sms_of(&person(77), 1).await[0].text, first);
    service.outbox_comes_to(&[("accepted", 2)]).await;
    // What was kept for the old line is gone.
    assert_eq!(service.count(TEXTS).await, 1);
}

async fn resends_count_as_resets_do(service: &TestService) {
    reset_without_report(service).await;
    for sent in 2..=3 {
        let screen = service.phone(1).walk(RESET).await;
        assert!(screen.starts_with(AGAIN), "{screen}");
        service.outbox_comes_to(&[("accepted", sent)]).await;
    }
    let screen = service.phone(1).walk(RESET).await;
    assert!(screen.starts_with("END Too many resets."), "{screen}");
}

async fn a_kept_text_is_erased_in_time_even_when_nobody_was_there(database: Database) {
    let service = TestService::start(database).await;
    let first = reset_without_report(&service).await;
    service.clock.advance(Duration::from_mins(9));
    service.worker_looks().await;
    assert_eq!(service.count(TEXTS).await, 1);
    // The time passes while no worker runs.
    let clock = service.clock.clone();
    let service = service
        .restart(|_| clock.advance(Duration::from_mins(2)))
        .await;
    service.count_comes_to(TEXTS, 0).await;
    let screen = service.phone(1).walk(RESET).await;
    assert!(screen.starts_with(NEW), "{screen}");
    assert_ne!(service.sms_of(&person(1), 2).await[0].text, first);
    service.stop().await;
}
