//! Channels that are held back, places for who waits for a password, and an aggregator
//! that does everything wrong: at the end each message is delivered or has a reason.

use std::collections::BTreeMap;
use std::time::Duration;

use cp2::config::{Config, RouteConfig};
use cp2::demo::sandbox::Behaviour;
use cp2::domain::{Clock, MessageId, Msisdn};
use cp2::store::channel_states;
use cp2::store::outbox::{self, Lane, NewMessage};
use cp2::store::retention::{STALE, forget};

use crate::harness::service::{happens, password_in, person};
use crate::harness::{Database, TestService, on_each_database, with_each_database};

on_each_database!(
    an_empty_account_parks_its_channel_until_a_top_up,
    a_wrong_key_stops_the_channel_until_somebody_resumes_it,
    a_channel_that_fails_again_and_again_is_left_alone,
    every_change_of_a_message_is_kept_with_its_cause,
    many_messages_are_added_at_once_and_each_cause_once,
    old_messages_are_forgotten_with_their_history,
);

with_each_database!(
    a_bad_hour_ends_with_each_message_delivered_or_with_a_reason,
    a_password_has_a_place_while_a_campaign_holds_all_others,
    a_password_takes_the_next_turn_of_a_slow_channel,
    a_restart_lets_a_stopped_channel_send_and_keeps_a_parked_one,
    what_was_surely_not_sent_goes_by_another_channel,
    what_the_first_channel_may_have_stays_with_it,
    a_password_of_unknown_fate_goes_by_another_channel_where_that_is_set,
);

const RESET: &[&str] = &["3", "1"];
const LINK: &[&str] = &["2"];
const HELD: &str = "SELECT COUNT(*) FROM channel_states";
const PARKED: &str = "SELECT COUNT(*) FROM channel_states WHERE state = 'parked'";
const STOPPED: &str = "SELECT COUNT(*) FROM channel_states WHERE state = 'stopped'";
const UNREACHABLE: &str = "SELECT COUNT(*) FROM channel_states WHERE state = 'unreachable'";
const REFUSED_TWICE: &str = "SELECT COUNT(*) FROM outbox WHERE attempt = 2 AND state = 'queued'";
const UNKNOWN_WAIT: Duration = Duration::from_secs(61);

fn line(number: u32) -> Msisdn {
    Msisdn::parse(&person(number)).unwrap()
}

/// Queues so many messages of a campaign, from this number on. Their texts can't be opened.
async fn campaign(service: &TestService, numbers: std::ops::Range<u32>) -> u64 {
    let now = service.clock.now();
    let rows: Vec<_> = numbers.map(|n| (MessageId::fresh(), line(n))).collect();
    let keys = service.keys();
    let bodies: Vec<_> = rows
        .iter()
        .map(|(id, _)| {
            let place = cp2::crypto::Sealed {
                column: "outbox.body",
                row: id.as_str(),
            };
            place.seal(&keys, b"Please report on Monday.")
        })
        .collect();
    let causes: Vec<_> = rows
        .iter()
        .map(|(_, line)| format!("campaign-1:{}", line.as_str()))
        .collect();
    let messages: Vec<_> = rows
        .iter()
        .zip(&bodies)
        .zip(&causes)
        .map(|(((id, line), body), cause)| NewMessage {
            id,
            cause,
            lane: Lane::Bulk,
            channel: "at",
            route: None,
            link_id: None,
            recipient: line,
            person: None,
            body,
            segments: 1,
            expires_at: now.plus(Duration::from_hours(24)),
        })
        .collect();
    let mut tx = service.store.begin().await.unwrap();
    let added = outbox::add_many(&mut tx, &messages, now).await.unwrap();
    tx.commit().await.unwrap();
    added
}

async fn resume(service: &TestService) {
    let mut tx = service.store.begin().await.unwrap();
    assert!(channel_states::resume(&mut tx, "at").await.unwrap());
    tx.commit().await.unwrap();
}

async fn an_empty_account_parks_its_channel_until_a_top_up(service: &TestService) {
    service.sandbox.behave(&line(1), Behaviour::NoBalance);
    service.phone(1).walk(RESET).await;
    service.count_comes_to(PARKED, 1).await;
    service.phone(2).walk(LINK).await;
    service.worker_looks().await;
    assert!(service.sandbox.messages().is_empty(), "nothing leaves");
    service.outbox_comes_to(&[("parked", 2)]).await;
    // One message tries each minute; it fails, and the others still wait.
    service.clock.advance(UNKNOWN_WAIT);
    service.count_comes_to(REFUSED_TWICE, 1).await;
    assert!(service.sandbox.messages().is_empty());
    service.sandbox.behave(&line(1), Behaviour::Deliver);
    service.clock.advance(UNKNOWN_WAIT);
    service.outbox_comes_to(&[("delivered", 2)]).await;
    service.count_comes_to(HELD, 0).await;
}

async fn a_wrong_key_stops_the_channel_until_somebody_resumes_it(service: &TestService) {
    service
        .sandbox
        .behave_next(&line(1), [Behaviour::Unauthenticated]);
    service.phone(1).walk(RESET).await;
    service.count_comes_to(STOPPED, 1).await;
    service.clock.advance(Duration::from_mins(10));
    service.worker_looks().await;
    service.outbox_comes_to(&[("parked", 1)]).await;
    resume(service).await;
    service.outbox_comes_to(&[("delivered", 1)]).await;
    assert_eq!(service.sandbox.messages().len(), 1);
}

async fn a_channel_that_fails_again_and_again_is_left_alone(service: &TestService) {
    for number in 1..=6 {
        service.sandbox.behave(&line(number), Behaviour::Http500);
    }
    for number in 1..=5 {
        service.phone(number).walk(LINK).await;
    }
    // The fifth in a row opens the circuit. One that has no deployment asks for nothing.
    let open = happens(async || {
        service.phone(1).walk(LINK).await;
        service.count(UNREACHABLE).await == 1
    });
    assert!(open.await, "the circuit stays closed");
    for number in 1..=6 {
        service.sandbox.behave(&line(number), Behaviour::Deliver);
    }
    service.phone(1).walk(RESET).await;
    service.clock.advance(Duration::from_secs(4));
    service.sms_of(&person(1), 1).await;
    service.count_comes_to(HELD, 0).await;
}

async fn every_change_of_a_message_is_kept_with_its_cause(service: &TestService) {
    service.sandbox.behave_next(&line(1), [Behaviour::Http500]);
    service.phone(1).walk(RESET).await;
    service.outbox_comes_to(&[("unknown", 1)]).await;
    service.clock.advance(UNKNOWN_WAIT);
    service.outbox_comes_to(&[("delivered", 1)]).await;
    let id = service.only_message().await;
    let mut tx = service.store.begin_read().await.unwrap();
    let events = outbox::history(&mut tx, &id).await.unwrap();
    let told: Vec<_> = events
        .iter()
        .map(|event| (event.state.as_str(), event.attempt, event.reason.as_deref()))
        .collect();
    assert_eq!(
        told,
        [
            ("queued", 0, None),
            ("sending", 1, None),
            ("unknown", 1, Some("HTTP 500")),
            (
                "queued",
                1,
                Some("no delivery report came: once more, word for word")
            ),
            ("sending", 2, None),
            ("accepted", 2, None),
            ("delivered", 2, None),
        ]
    );
    assert!(events.iter().all(|event| event.channel == "at"));
}

async fn a_bad_hour_ends_with_each_message_delivered_or_with_a_reason(database: Database) {
    // The clock leaps; nobody is to read that SMS are slow.
    let patient = |config: &mut Config| config.policy.sms_slow_minutes = 100_000;
    let service = TestService::start_with(database, patient).await;
    let faults = [
        Behaviour::Http500,
        Behaviour::Throttle { seconds: 2 },
        Behaviour::Unauthenticated,
        Behaviour::NoRecipient,
        Behaviour::Html,
        Behaviour::HalfReply { reported: true },
        Behaviour::HalfReply { reported: false },
        Behaviour::LoseReply { reported: false },
        Behaviour::ReportOutOfOrder,
        Behaviour::NoBalance,
    ];
    for fault in faults {
        let words = format!("{fault:?}");
        // A new day, with its own limits.
        service.clock.advance(Duration::from_hours(24));
        let before = service.sandbox.messages_to(&line(1)).len();
        service.sandbox.behave_next(&line(1), [fault]);
        let screen = service.phone(1).walk(RESET).await;
        assert!(
            screen.starts_with("END Your new password is on"),
            "{words}: {screen}"
        );
        let settled = happens(async || {
            service.clock.advance(Duration::from_secs(10));
            if service.count(STOPPED).await == 1 {
                resume(&service).await;
            }
            service
                .count("SELECT COUNT(*) FROM outbox WHERE state <> 'delivered'")
                .await
                == 0
        });
        assert!(settled.await, "{words}: not delivered");
        let sent = service.sandbox.messages_to(&line(1));
        let new = &sent[..sent.len() - before];
        let is_lost = words.contains("reported: false");
        assert_eq!(new.len(), if is_lost { 2 } else { 1 }, "{words}");
        assert!(
            new.iter().all(|sms| sms.text == new[0].text),
            "{words}: two passwords"
        );
    }
    let newest = service.sandbox.messages_to(&line(1)).remove(0);
    let password = password_in(&newest.text);
    assert!(service.can_log_in(&person(1), password).await);
    let without_reason = "SELECT COUNT(*) FROM sms_events WHERE reason IS NULL \
        AND state IN ('failed', 'expired', 'unknown')";
    assert_eq!(service.count(without_reason).await, 0);
    service.stop().await;
}

async fn many_messages_are_added_at_once_and_each_cause_once(service: &TestService) {
    let some = 2500;
    assert_eq!(campaign(service, 1000..1000 + some).await, u64::from(some));
    assert_eq!(campaign(service, 1000..1001 + some).await, 1);
    let events = "SELECT COUNT(*) FROM sms_events WHERE number = 0";
    assert_eq!(service.count(events).await, i64::from(some) + 1);
}

async fn old_messages_are_forgotten_with_their_history(service: &TestService) {
    service.phone(1).walk(RESET).await;
    service.outbox_comes_to(&[("delivered", 1)]).await;
    service.clock.advance(Duration::from_hours(24 * 401));
    let then = service.clock.now().minus(Duration::from_hours(24 * 400));
    let mut tx = service.store.begin().await.unwrap();
    let messages = STALE.iter().find(|kind| kind.name == "messages").unwrap();
    let gone = forget(&mut tx, messages, then, 10).await.unwrap();
    assert_eq!(gone, 1);
    tx.commit().await.unwrap();
    assert_eq!(service.count("SELECT COUNT(*) FROM sms_events").await, 0);
}

async fn a_password_has_a_place_while_a_campaign_holds_all_others(database: Database) {
    let few = |config: &mut Config| config.outbox.in_flight = 4;
    let service = TestService::start_with(database, few).await;
    for number in 1000..1020 {
        let held = Behaviour::HoldReply { reported: true };
        service.sandbox.behave(&line(number), held);
    }
    campaign(&service, 1000..1020).await;
    let mut accepted = service.sandbox.accepted();
    accepted.wait_for(|count| *count == 3).await.unwrap();
    service.phone(1).walk(RESET).await;
    service.sms_of(&person(1), 1).await;
    assert_eq!(
        service.sandbox.messages().len(),
        4,
        "the campaign stands still"
    );
    service.stop().await;
}

async fn a_password_takes_the_next_turn_of_a_slow_channel(database: Database) {
    let slow = |config: &mut Config| config.channel[0].sms_per_second = 5;
    let service = TestService::start_with(database, slow).await;
    campaign(&service, 1000..1400).await;
    service
        .sandbox
        .accepted()
        .wait_for(|count| *count >= 3)
        .await
        .unwrap();
    service.phone(1).walk(RESET).await;
    let queued = service.sandbox.messages().len();
    let password = service.sms_of(&person(1), 1).await.remove(0);
    let all = service.sandbox.messages();
    let place = all.iter().position(|sms| sms.id == password.id).unwrap();
    // What is on its way when it is queued, and what a slow machine lets pass meanwhile.
    assert!(place <= queued + 2, "{place} after {queued}");
    service.stop().await;
}

async fn a_restart_lets_a_stopped_channel_send_and_keeps_a_parked_one(database: Database) {
    let service = TestService::start_with(database, |_| {}).await;
    service
        .sandbox
        .behave_next(&line(1), [Behaviour::Unauthenticated]);
    service.phone(1).walk(RESET).await;
    service.count_comes_to(STOPPED, 1).await;
    let service = service.restart(|_| {}).await;
    service.outbox_comes_to(&[("delivered", 1)]).await;
    service.sandbox.behave(&line(2), Behaviour::NoBalance);
    service.phone(2).walk(RESET).await;
    service.count_comes_to(PARKED, 1).await;
    let service = service.restart(|_| {}).await;
    service.phone(1).walk(LINK).await;
    service.worker_looks().await;
    service
        .outbox_comes_to(&[("delivered", 1), ("parked", 2)])
        .await;
    service.stop().await;
}

/// A second account at the same aggregator that steps in for the first.
fn two_channels(config: &mut Config) {
    let mut second = config.channel[0].clone();
    second.name = "second".into();
    config.channel.push(second);
    config.route.push(RouteConfig {
        name: "all".into(),
        lanes: Vec::new(),
        networks: Vec::new(),
        prefixes: Vec::new(),
        channels: BTreeMap::from([("at".into(), 1), ("second".into(), 0)]),
    });
}

const BY_SECOND: &str =
    "SELECT COUNT(*) FROM outbox WHERE channel = 'second' AND state = 'accepted'";

async fn what_was_surely_not_sent_goes_by_another_channel(database: Database) {
    let service = TestService::start_with(database, two_channels).await;
    service
        .sandbox
        .behave_next(&line(1), [Behaviour::Unauthenticated]);
    service.sandbox.behave(&line(1), Behaviour::NoReport);
    service.phone(1).walk(RESET).await;
    service.count_comes_to(BY_SECOND, 1).await;
    assert_eq!(service.sandbox.messages().len(), 1);
    let moved = "SELECT COUNT(*) FROM sms_events \
        WHERE state = 'queued' AND channel = 'second' AND reason = 'at is stopped'";
    assert_eq!(service.count(moved).await, 1);
    service.stop().await;
}

async fn what_the_first_channel_may_have_stays_with_it(database: Database) {
    let service = TestService::start_with(database, two_channels).await;
    service.sandbox.behave_next(&line(1), [Behaviour::Http500]);
    service.phone(1).walk(RESET).await;
    service
        .count_comes_to("SELECT COUNT(*) FROM outbox WHERE state = 'unknown'", 1)
        .await;
    service
        .sandbox
        .behave_next(&line(2), [Behaviour::Unauthenticated]);
    service.sandbox.behave(&line(2), Behaviour::NoReport);
    service.phone(2).walk(RESET).await;
    service.count_comes_to(BY_SECOND, 1).await;
    service.clock.advance(UNKNOWN_WAIT);
    let waits = "SELECT COUNT(*) FROM outbox WHERE channel = 'at' AND state = 'queued'";
    service.count_comes_to(waits, 1).await;
    service.worker_looks().await;
    assert_eq!(service.count(waits).await, 1);
    resume(&service).await;
    service.sms_of(&person(1), 1).await;
    service.stop().await;
}

async fn a_password_of_unknown_fate_goes_by_another_channel_where_that_is_set(database: Database) {
    let set = |config: &mut Config| {
        two_channels(config);
        config.outbox.second_channel_after_s = 30;
    };
    let service = TestService::start_with(database, set).await;
    let lost = Behaviour::LoseReply { reported: false };
    service.sandbox.behave_next(&line(1), [lost]);
    service.sandbox.behave(&line(1), Behaviour::NoReport);
    service.phone(1).walk(RESET).await;
    service
        .count_comes_to("SELECT COUNT(*) FROM outbox WHERE state = 'unknown'", 1)
        .await;
    service.clock.advance(Duration::from_secs(31));
    service.count_comes_to(BY_SECOND, 1).await;
    let messages = service.sms_of(&person(1), 2).await;
    assert_eq!(messages[0].text, messages[1].text);
    service.stop().await;
}
