//! SMS that do not arrive, and what people read about it when they dial.

use cp2::demo::sandbox::Behaviour;
use cp2::domain::Msisdn;

use crate::harness::service::{happens, password_in, person};
use crate::harness::{TestService, on_each_database};

on_each_database!(
    a_blocked_line_is_told_until_an_sms_arrives,
    a_late_report_on_an_older_sms_marks_nothing,
    sms_that_wait_too_long_are_told_and_forgotten_again,
    a_line_that_is_refused_at_once_is_told_too,
);

const MARKED: &str = "SELECT COUNT(*) FROM blocked_lines";

async fn report(service: &TestService, id: &str, status: &str, reason: &str) {
    let phone = format!("+{}", person(1));
    let mut fields = vec![("id", id), ("status", status), ("phoneNumber", &phone)];
    if !reason.is_empty() {
        fields.push(("failureReason", reason));
    }
    assert_eq!(service.callback("delivery", &fields).await.status(), 200);
}

/// An SMS to the first person that was made then, and has left under that id. What is
/// old and has left may be tidied away at any moment.
macro_rules! sent {
    ($service:expr, $id:literal, $made_at:literal) => {
        outgoing!($service, $id, "accepted", $made_at)
    };
}

/// An SMS to the first person in that state.
macro_rules! outgoing {
    ($service:expr, $id:literal, $state:literal, $made_at:literal) => {
        $service.execute(concat!(
            "INSERT INTO outbox (id, cause, lane, channel, recipient, segments, state, attempt, ",
            "unanswered, due_at, expires_at, provider_id, created_at, updated_at) VALUES ('",
            $id,
            "', '",
            $id,
            "', 0, 'at', '254700000001', 1, '",
            $state,
            "', 1, 0, 4000000000000, 4000000000000, '",
            $id,
            "', ",
            $made_at,
            ", ",
            $made_at,
            ")"
        ))
    };
}

async fn a_blocked_line_is_told_until_an_sms_arrives(service: &TestService) {
    sent!(service, "m1", 4_000_000_000_100).await;
    report(service, "m1", "Failed", "UserInBlackList").await;
    assert_eq!(service.count(MARKED).await, 1);
    let screen = service.phone(1).dial().await;
    assert_eq!(
        screen,
        "CON Your line blocks our SMS. Dial *456*9*5*5*1# to let them through, then send again.\n\
         1. Send again\n2. Menu"
    );
    let other = service.phone(1).on_network("63903").dial().await;
    assert!(other.starts_with("CON Our last SMS did not reach you."));
    report(service, "m1", "Failed", "UserInBlackList").await;
    assert_eq!(service.count(MARKED).await, 1);
    sent!(service, "m2", 4_000_000_000_200).await;
    report(service, "m2", "Success", "").await;
    assert_eq!(service.count(MARKED).await, 0);
    assert!(service.phone(1).dial().await.starts_with("CON KNEC CP2"));
}

async fn a_late_report_on_an_older_sms_marks_nothing(service: &TestService) {
    sent!(service, "m1", 4_000_000_000_100).await;
    sent!(service, "m2", 4_000_000_000_200).await;
    report(service, "m2", "Success", "").await;
    report(service, "m1", "Failed", "DeliveryFailure").await;
    assert_eq!(service.count(MARKED).await, 0);
    sent!(service, "m3", 4_000_000_000_300).await;
    report(service, "m3", "Failed", "InsufficientCredit").await;
    assert_eq!(service.count(MARKED).await, 0);
}

async fn sms_that_wait_too_long_are_told_and_forgotten_again(service: &TestService) {
    outgoing!(service, "m1", "queued", 100).await;
    let dial = async || service.phone(1).dial().await;
    assert!(happens(async || dial().await.starts_with("CON SMS are slow")).await);
    service.execute("DELETE FROM outbox").await;
    assert!(happens(async || dial().await.starts_with("CON KNEC CP2")).await);
}

async fn a_line_that_is_refused_at_once_is_told_too(service: &TestService) {
    let line = Msisdn::parse(&person(1)).unwrap();
    service.sandbox.behave_next(&line, [Behaviour::Blacklisted]);
    service.phone(1).walk(&["3", "1"]).await;
    service.count_comes_to(MARKED, 1).await;
    let mut phone = service.phone(1);
    assert!(phone.dial().await.starts_with("CON Your line blocks"));
    let screen = phone.press("1").await;
    assert!(
        screen.starts_with("CON A new CP2 password will come by SMS"),
        "{screen}"
    );
    assert!(phone.press("1").await.starts_with("END Your new password"));
    let sms = service.sms_of(&person(1), 1).await;
    assert!(
        service
            .can_log_in(&person(1), password_in(&sms[0].text))
            .await
    );
    service.count_comes_to(MARKED, 0).await;
}
