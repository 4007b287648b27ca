//! SMS on their way out, past an aggregator that fails in every way it can.

use std::time::Duration;

use cp2::config::{Config, SendEndpoint};
use cp2::demo::sandbox::Behaviour;
use cp2::domain::{Clock, MessageId, Msisdn};
use cp2::store::outbox::{self, Claim, DeadLetter, Lane, NewMessage, Settled, Settlement};

use crate::harness::service::{happens, link_in, password_in, person, record_by_line};
use crate::harness::{Database, TestService, Wire, on_each_database, with_each_database};

on_each_database!(
    a_password_that_met_an_error_is_sent_again,
    a_link_whose_answer_was_lost_is_sent_again_word_for_word,
    a_confirmation_that_met_an_error_is_sent_again,
    what_is_lost_again_and_again_is_repeated_once_and_given_up,
    a_report_settles_a_send_whose_answer_was_lost,
    two_sends_to_one_line_are_not_taken_for_each_other,
    a_report_may_come_before_the_answer,
    reports_that_come_twice_late_or_out_of_order_change_nothing,
    a_report_on_an_unknown_message_waits_for_it,
    a_failed_delivery_is_failed_with_its_reason,
    an_aggregator_that_asks_to_wait_is_left_alone,
    an_empty_account_wears_no_message_out,
    a_blocked_line_is_a_dead_letter,
    a_password_that_can_t_be_sent_expires,
    an_answer_that_comes_after_the_lease_still_counts,
    a_row_that_can_t_be_read_stands_in_nobody_s_way,
);

with_each_database!(
    an_account_may_send_by_the_bulk_endpoint,
    an_aggregator_out_of_reach_is_tried_until_it_is_back,
    a_silent_aggregator_is_not_waited_for,
    a_message_that_waits_for_its_turn_is_not_taken_for_lost,
);

const RESET: &[&str] = &["3", "1"];
const LINK: &[&str] = &["2"];
const KRA_PIN: &[&str] = &["4", "1", "A001234567K", "1", "1234"];

const TEXTS: &str = "SELECT COUNT(*) FROM outbox WHERE body IS NOT NULL";
const TRIED: &str = "SELECT COUNT(*) FROM outbox WHERE state = 'queued' AND attempt > 0";
const TRIED_OFTEN: &str = "SELECT COUNT(*) FROM outbox WHERE state = 'queued' AND attempt > 3";
const UNKNOWN: &str = "SELECT COUNT(*) FROM outbox WHERE state = 'unknown'";
const ATTEMPTS: &str = "SELECT COALESCE(MAX(attempt), 0) FROM outbox WHERE state = 'queued'";

/// The wait for a report, and a little more.
const UNKNOWN_WAIT: Duration = Duration::from_secs(61);

fn line(number: u32) -> Msisdn {
    Msisdn::parse(&person(number)).unwrap()
}

/// The newest text to a line, once there are so many.
async fn newest(service: &TestService, number: u32, count: usize) -> String {
    service.sms_of(&person(number), count).await[0].text.clone()
}

async fn dead_letters(service: &TestService) -> Vec<DeadLetter> {
    let mut tx = service.store.begin_read().await.unwrap();
    outbox::dead_letters(&mut tx, 10).await.unwrap()
}

async fn report(service: &TestService, id: &str, number: u32, status: &str) {
    let plus = format!("+{}", person(number));
    let fields = [
        ("id", id),
        ("phoneNumber", plus.as_str()),
        ("status", status),
        ("networkCode", "63902"),
    ];
    let answer = service.callback("delivery", &fields).await;
    assert_eq!(answer.status(), 200);
}

async fn a_password_that_met_an_error_is_sent_again(service: &TestService) {
    service.sandbox.behave_next(&line(1), [Behaviour::Http500]);
    service.phone(1).walk(RESET).await;
    service.outbox_comes_to(&[("unknown", 1)]).await;
    let screen = service.phone(1).walk(RESET).await;
    assert!(
        screen.starts_with("END Your new password is already"),
        "{screen}"
    );
    service.worker_looks().await;
    assert!(service.sandbox.messages().is_empty());
    service.clock.advance(UNKNOWN_WAIT);
    let text = newest(service, 1, 1).await;
    service.outbox_comes_to(&[("delivered", 1)]).await;
    assert!(service.can_log_in(&person(1), password_in(&text)).await);
    assert_eq!(service.sandbox.messages().len(), 1);
}

async fn a_link_whose_answer_was_lost_is_sent_again_word_for_word(service: &TestService) {
    let lost = Behaviour::LoseReply { reported: false };
    service.sandbox.behave_next(&line(1), [lost]);
    service.phone(1).walk(LINK).await;
    service.outbox_comes_to(&[("unknown", 1)]).await;
    service.clock.advance(UNKNOWN_WAIT);
    service.outbox_comes_to(&[("delivered", 1)]).await;
    let messages = service.sms_of(&person(1), 2).await;
    assert_eq!(messages.len(), 2);
    assert_eq!(messages[0].text, messages[1].text);
    assert_eq!(service.get(&link_in(&messages[0].text)).await.status(), 200);
}

async fn a_confirmation_that_met_an_error_is_sent_again(service: &TestService) {
    service.sandbox.behave_next(&line(1), [Behaviour::Http500]);
    service.phone(1).walk(KRA_PIN).await;
    service.outbox_comes_to(&[("unknown", 1)]).await;
    service.clock.advance(UNKNOWN_WAIT);
    service.outbox_comes_to(&[("delivered", 1)]).await;
    assert_eq!(service.sandbox.messages().len(), 1);
}

async fn what_is_lost_again_and_again_is_repeated_once_and_given_up(service: &TestService) {
    let lost = Behaviour::LoseReply { reported: false };
    service.sandbox.behave(&line(1), lost);
    service.phone(1).walk(RESET).await;
    for sent in 1..=2 {
        service.sms_of(&person(1), sent).await;
        service.outbox_comes_to(&[("unknown", 1)]).await;
        service.clock.advance(UNKNOWN_WAIT);
    }
    service.count_comes_to(TEXTS, 0).await;
    service.clock.advance(UNKNOWN_WAIT);
    service.worker_looks().await;
    service.outbox_comes_to(&[("unknown", 1)]).await;
    let messages = service.sms_of(&person(1), 2).await;
    assert_eq!(messages.len(), 2, "nobody gets the same text for ever");
    assert_eq!(messages[0].text, messages[1].text);
    let password = password_in(&messages[0].text);
    assert!(service.can_log_in(&person(1), password).await);
    assert_eq!(dead_letters(service).await.len(), 1);
    service.sandbox.behave(&line(1), Behaviour::Deliver);
    service.phone(1).walk(RESET).await;
    assert_ne!(newest(service, 1, 3).await, messages[0].text);
}

async fn a_report_settles_a_send_whose_answer_was_lost(service: &TestService) {
    let lost = Behaviour::LoseReply { reported: true };
    service.sandbox.behave(&line(1), lost);
    for walk in [RESET, LINK, KRA_PIN] {
        service.phone(1).walk(walk).await;
        let sent = service.sandbox.messages().len();
        service.sms_of(&person(1), sent.max(1)).await;
        service
            .count_comes_to("SELECT COUNT(*) FROM outbox WHERE state <> 'delivered'", 0)
            .await;
    }
    service.outbox_comes_to(&[("delivered", 3)]).await;
    service.clock.advance(UNKNOWN_WAIT);
    service.worker_looks().await;
    assert_eq!(service.sms_of(&person(1), 3).await.len(), 3);
    service.count_comes_to(TEXTS, 0).await;
    service
        .count_comes_to("SELECT COUNT(*) FROM reports", 0)
        .await;
}

async fn two_sends_to_one_line_are_not_taken_for_each_other(service: &TestService) {
    // The link is delivered and its report has come; the password met an error, and
    // nothing that speaks of the link may be taken for news of the password.
    service.sandbox.behave_next(
        &line(1),
        [Behaviour::Http500, Behaviour::LoseReply { reported: true }],
    );
    service.phone(1).walk(RESET).await;
    service.outbox_comes_to(&[("unknown", 1)]).await;
    service.phone(1).walk(LINK).await;
    service.sms_of(&person(1), 1).await;
    service.worker_looks().await;
    service.clock.advance(UNKNOWN_WAIT);
    service.outbox_comes_to(&[("delivered", 2)]).await;
    let messages = service.sms_of(&person(1), 2).await;
    let password = messages.iter().find(|sms| !sms.text.contains("/l/"));
    let password = password_in(&password.expect("the password arrives").text);
    assert!(service.can_log_in(&person(1), password).await);
}

async fn a_report_may_come_before_the_answer(service: &TestService) {
    service.sandbox.behave(&line(1), Behaviour::ReportFirst);
    service.phone(1).walk(RESET).await;
    service.outbox_comes_to(&[("delivered", 1)]).await;
    service.phone(1).walk(LINK).await;
    service.outbox_comes_to(&[("delivered", 2)]).await;
    assert_eq!(service.sandbox.messages().len(), 2);
    service
        .count_comes_to("SELECT COUNT(*) FROM reports", 0)
        .await;
}

async fn reports_that_come_twice_late_or_out_of_order_change_nothing(service: &TestService) {
    service.sandbox.behave(&line(1), Behaviour::NoReport);
    service.phone(1).walk(RESET).await;
    service.outbox_comes_to(&[("accepted", 1)]).await;
    let id = service.sms_of(&person(1), 1).await[0].id.clone();
    for status in ["Sent", "Buffered", "Sent"] {
        report(service, &id, 1, status).await;
        service.outbox_comes_to(&[("accepted", 1)]).await;
    }
    for status in ["Success", "Success", "Sent", "Failed", "Submitted", "new"] {
        report(service, &id, 1, status).await;
        service.outbox_comes_to(&[("delivered", 1)]).await;
    }
    service.phone(1).walk(LINK).await;
    service
        .outbox_comes_to(&[("accepted", 1), ("delivered", 1)])
        .await;
    let id = service.sms_of(&person(1), 2).await[0].id.clone();
    for status in ["Rejected", "Success", "Sent"] {
        report(service, &id, 1, status).await;
        service
            .outbox_comes_to(&[("delivered", 1), ("failed", 1)])
            .await;
    }
    assert_eq!(service.count("SELECT COUNT(*) FROM reports").await, 0);
}

async fn a_report_on_an_unknown_message_waits_for_it(service: &TestService) {
    for status in ["Sent", "Success", "Success"] {
        report(service, "ATXid_early", 1, status).await;
    }
    assert_eq!(service.count("SELECT COUNT(*) FROM reports").await, 3);
    let attempt = a_message_of_our_own(service, Lane::Credential).await;
    let accepted = Settled::Accepted {
        provider_id: Some("ATXid_early".into()),
        cost: None,
    };
    assert!(attempt.settle(service, &accepted).await);
    service.outbox_comes_to(&[("delivered", 1)]).await;
    service
        .count_comes_to("SELECT COUNT(*) FROM reports", 0)
        .await;
}

async fn a_failed_delivery_is_failed_with_its_reason(service: &TestService) {
    let failed = Behaviour::FailReport("UserDoesNotExist".into());
    service.sandbox.behave(&line(1), failed);
    service.phone(1).walk(RESET).await;
    service.outbox_comes_to(&[("failed", 1)]).await;
    let dead = dead_letters(service).await;
    assert_eq!(dead[0].reason.as_deref(), Some("no such line"));
    assert_eq!(dead[0].recipient, Some(line(1)));
    // Kept for a while: whoever asks again gets the same password.
    service.clock.advance(Duration::from_mins(10));
    service.count_comes_to(TEXTS, 0).await;
}

async fn an_aggregator_that_asks_to_wait_is_left_alone(service: &TestService) {
    let start = service.clock.now();
    let wait = Behaviour::Throttle { seconds: 30 };
    service.sandbox.behave_next(&line(1), [wait]);
    service.phone(1).walk(RESET).await;
    service.count_comes_to(TRIED, 1).await;
    // It asked for the whole account, not for one message.
    service.phone(2).walk(RESET).await;
    service.worker_looks().await;
    service.clock.advance(Duration::from_secs(29));
    service.worker_looks().await;
    assert!(service.sandbox.messages().is_empty());
    service.clock.advance(Duration::from_secs(2));
    service.outbox_comes_to(&[("delivered", 2)]).await;
    for message in service.sandbox.messages() {
        assert!(message.at >= start.plus(Duration::from_secs(30)));
    }
}

async fn an_empty_account_wears_no_message_out(service: &TestService) {
    service.sandbox.behave(&line(1), Behaviour::NoBalance);
    service.phone(1).walk(RESET).await;
    for attempt in 1..=15 {
        service.count_comes_to(ATTEMPTS, attempt).await;
        service.clock.advance(UNKNOWN_WAIT);
    }
    service.sandbox.behave(&line(1), Behaviour::Deliver);
    service.clock.advance(UNKNOWN_WAIT);
    service.outbox_comes_to(&[("delivered", 1)]).await;
    assert_eq!(service.sandbox.messages().len(), 1);
}

async fn a_blocked_line_is_a_dead_letter(service: &TestService) {
    service.sandbox.behave(&line(1), Behaviour::Blacklisted);
    service.phone(1).walk(RESET).await;
    service.outbox_comes_to(&[("failed", 1)]).await;
    let dead = dead_letters(service).await;
    assert_eq!(dead.len(), 1);
    assert_eq!((dead[0].lane, dead[0].attempts), (Lane::Credential, 1));
    let reason = dead[0].reason.as_deref();
    assert_eq!(reason, Some("the recipient has blocked this sender"));
    assert_eq!(service.count(TEXTS).await, 0);
    // The next dial tells it first; the menu is behind 2.
    let mut phone = service.phone(1);
    let told = phone.dial().await;
    assert!(told.starts_with("CON Your line blocks our SMS."), "{told}");
    phone.press("2").await;
    phone.press("3").await;
    let screen = phone.press("1").await;
    assert!(
        screen.starts_with("END Your new password is on"),
        "{screen}"
    );
}

async fn a_password_that_can_t_be_sent_expires(service: &TestService) {
    service.sandbox.behave(&line(1), Behaviour::NoBalance);
    service.phone(1).walk(RESET).await;
    service.count_comes_to(TRIED, 1).await;
    service.clock.advance(Duration::from_mins(29));
    service.worker_looks().await;
    assert_eq!(service.count(TEXTS).await, 1);
    service.clock.advance(Duration::from_mins(2));
    service.outbox_comes_to(&[("expired", 1)]).await;
    assert_eq!(service.count(TEXTS).await, 0);
    assert_eq!(dead_letters(service).await[0].state, "expired");
    service.sandbox.behave(&line(1), Behaviour::Deliver);
    // Whichever notice comes first, the menu is one key behind it.
    let mut phone = service.phone(1);
    let mut screen = phone.dial().await;
    while !screen.starts_with("CON KNEC CP2") {
        let key = if screen.contains("2. Menu") { "2" } else { "1" };
        screen = phone.press(key).await;
    }
    phone.press("3").await;
    phone.press("1").await;
    let text = newest(service, 1, 1).await;
    assert!(service.can_log_in(&person(1), password_in(&text)).await);
    assert_eq!(service.sandbox.messages().len(), 1);
}

async fn an_answer_that_comes_after_the_lease_still_counts(service: &TestService) {
    for lane in [Lane::Credential, Lane::Notice] {
        let attempt = a_message_of_our_own(service, lane).await;
        service.clock.advance(Duration::from_mins(121));
        // The sweeper thinks that the worker is dead.
        service.count_comes_to(UNKNOWN, 1).await;
        let accepted = Settled::Accepted {
            provider_id: None,
            cost: None,
        };
        assert!(attempt.settle(service, &accepted).await, "{lane:?}");
        assert!(!attempt.settle(service, &accepted).await, "{lane:?}");
        service.count_comes_to(UNKNOWN, 0).await;
    }
    service.outbox_comes_to(&[("accepted", 2)]).await;
    service.clock.advance(UNKNOWN_WAIT);
    service.worker_looks().await;
    assert!(service.sandbox.messages().is_empty(), "sent a second time");
}

async fn an_account_may_send_by_the_bulk_endpoint(database: Database) {
    let (service, wire) = wired_to_its_aggregator(database, |config| {
        config.channel[0].send_endpoint = Some(SendEndpoint::Bulk);
    })
    .await;
    service.phone(1).walk(RESET).await;
    service.outbox_comes_to(&[("delivered", 1)]).await;
    let text = newest(&service, 1, 1).await;
    assert!(service.can_log_in(&person(1), password_in(&text)).await);
    assert_eq!(
        wire.first_lines(),
        ["POST /version1/messaging/bulk HTTP/1.1"]
    );
    service.stop().await;
}

async fn an_aggregator_out_of_reach_is_tried_until_it_is_back(database: Database) {
    // Two attempts wear a message out, but not when the aggregator never heard of it.
    let impatient = |config: &mut Config| config.outbox.attempts = 2;
    let (service, wire) = wired_to_its_aggregator(database, impatient).await;
    wire.cut().await;
    for walk in [RESET, KRA_PIN] {
        service.phone(1).walk(walk).await;
    }
    let tried_often = happens(async || {
        service.clock.advance(Duration::from_secs(1));
        service.count(TRIED_OFTEN).await == 2
    });
    assert!(tried_often.await, "the messages are given up");
    wire.mend().await;
    service.clock.advance(Duration::from_mins(1));
    service.outbox_comes_to(&[("delivered", 2)]).await;
    assert_eq!(service.sandbox.messages().len(), 2);
    service.stop().await;
}

async fn a_silent_aggregator_is_not_waited_for(database: Database) {
    let (service, wire) = wired_to_its_aggregator(database, |_| {}).await;
    wire.lay_dead();
    service.phone(1).walk(RESET).await;
    service.outbox_comes_to(&[("unknown", 1)]).await;
    wire.revive();
    service.clock.advance(UNKNOWN_WAIT);
    service.outbox_comes_to(&[("delivered", 1)]).await;
    assert_eq!(service.sandbox.messages().len(), 1);
    service.stop().await;
}

async fn a_message_that_waits_for_its_turn_is_not_taken_for_lost(database: Database) {
    let slow = |config: &mut Config| {
        config.channel[0].sms_per_second = 1;
        record_by_line(config);
    };
    let service = TestService::start_with(database, slow).await;
    for number in 1..=4 {
        service.phone(number).walk(&KRA_PIN[..4]).await;
    }
    service.sms_of(&person(1), 1).await;
    // The others are claimed, and their lease ends before their turn comes.
    service.clock.advance(Duration::from_secs(10));
    service.outbox_comes_to(&[("delivered", 4)]).await;
    assert_eq!(service.sandbox.messages().len(), 4);
    service.stop().await;
}

async fn a_row_that_can_t_be_read_stands_in_nobody_s_way(service: &TestService) {
    for number in [1, 2] {
        service
            .sandbox
            .behave_next(&line(number), [Behaviour::Http500]);
        service.phone(number).walk(RESET).await;
    }
    service.outbox_comes_to(&[("unknown", 2)]).await;
    service
        .execute("UPDATE outbox SET recipient = 'nobody' WHERE recipient LIKE '%1'")
        .await;
    service.clock.advance(UNKNOWN_WAIT);
    service
        .outbox_comes_to(&[("delivered", 1), ("failed", 1)])
        .await;
    let dead = dead_letters(service).await;
    assert_eq!(dead[0].reason.as_deref(), Some("the row can't be read"));
    assert_eq!(service.sms_of(&person(2), 1).await.len(), 1);
}

/// A service whose way to the aggregator is in the test's hands.
async fn wired_to_its_aggregator(
    database: Database,
    change: impl FnOnce(&mut Config),
) -> (TestService, Wire) {
    let wire = Wire::new().await;
    let near = wire.near();
    let service = TestService::start_with(database, |config| {
        let near = format!("http://{near}");
        let far = config.channel[0].base_url.replace(near).unwrap();
        wire.lead_to(far.strip_prefix("http://").unwrap().parse().unwrap());
        change(config);
    })
    .await;
    (service, wire)
}

/// A message that the test itself is sending, as a worker would.
struct Attempt {
    id: MessageId,
    number: i64,
}

/// Queues a message for later, so that the worker leaves it alone, and claims it with
/// a lease of an hour.
async fn a_message_of_our_own(service: &TestService, lane: Lane) -> Attempt {
    let now = service.clock.now();
    let later = now.plus(Duration::from_hours(1));
    let id = MessageId::fresh();
    let message = NewMessage {
        id: &id,
        cause: id.as_str(),
        lane,
        channel: "at",
        route: None,
        link_id: None,
        recipient: &line(1),
        person: None,
        body: b"sealed",
        segments: 1,
        expires_at: now.plus(Duration::from_hours(20)),
    };
    let mut tx = service.store.begin().await.unwrap();
    outbox::add(&mut tx, &message, later).await.unwrap();
    let lease = later.plus(Duration::from_hours(1));
    let wanted = Claim {
        channel: "at",
        last: Lane::Bulk,
        limit: 1,
        lease_until: lease,
    };
    let claimed = outbox::claim(&mut tx, &wanted, later).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(claimed[0].id, id);
    let number = claimed[0].attempt;
    Attempt { id, number }
}

impl Attempt {
    async fn settle(&self, service: &TestService, settled: &Settled) -> bool {
        let now = service.clock.now();
        let mut tx = service.store.begin().await.unwrap();
        let settlement = Settlement {
            id: &self.id,
            attempt: self.number,
            settled,
        };
        let kept = outbox::settle(&mut tx, &[settlement], now).await.unwrap();
        tx.commit().await.unwrap();
        kept.len() == 1
    }
}
