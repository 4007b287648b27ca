//! A channel that keeps a connection by SMPP: SMS out, receipts, SMS in, USSD, and what goes
//! wrong.

use std::net::SocketAddr;
use std::time::Duration;

use cp2::config::{ChannelConfig, Config, RouteConfig};
use cp2::crypto::Sealed;
use cp2::domain::{Clock, MessageId, Msisdn};
use cp2::store::binds;
use cp2::store::channel_states;
use cp2::store::outbox::{self, Lane, NewMessage};
use smpp34::{SmppError, TlvTag, submit_sm};
use tokio::sync::oneshot;

use crate::harness::service::{happens, password_in, person};
use crate::harness::smsc::{Answer, PASSWORD, SYSTEM_ID, Smsc};
use crate::harness::{Database, TestService, Wire, with_each_database};

with_each_database!(
    a_message_is_settled_by_its_receipt_even_where_that_comes_first,
    an_sms_is_acknowledged_when_it_is_kept_and_answered_once,
    an_sms_in_parts_is_read_as_one_or_by_what_came_of_it,
    a_long_text_leaves_in_parts_and_the_last_one_speaks_for_all,
    an_smsc_that_is_asked_too_fast_gets_it_later,
    a_wrong_password_stops_the_channel_until_somebody_resumes_it,
    a_link_that_breaks_under_a_send_leaves_the_rest_to_the_receipt,
    two_hops_of_ussd_show_their_screens,
    one_process_has_the_bind_until_it_stops,
);

const RESET: &[&str] = &["3", "1"];
const STOPPED: &str = "SELECT COUNT(*) FROM channel_states WHERE state = 'stopped'";
const HELD: &str = "SELECT COUNT(*) FROM channel_states";
const UNKNOWN: &str = "SELECT COUNT(*) FROM outbox WHERE state = 'unknown'";
const WAITING: &str = "SELECT COUNT(*) FROM reports";
const APART: &str = "SELECT COUNT(*) FROM inbound_parts WHERE joined = 0";
const INBOUND: &str = "SELECT COUNT(*) FROM inbound";

/// A service whose SMS all leave by the channel `smsc`.
struct Joined {
    service: TestService,
    smsc: Smsc,
}

fn add(config: &mut Config, place: SocketAddr) {
    let text = format!(
        r#"
        name = "smsc"
        kind = "smpp"
        sender_id = "COUNCIL"
        service_codes = ["*384*2026#"]
        [smpp]
        address = "{place}"
        tls = false
        system_id = "{SYSTEM_ID}"
        password = "{PASSWORD}"
        submit_ids = "hexadecimal"
        receipt_ids = "decimal"
        "#
    );
    let channel: ChannelConfig = toml::from_str(&text).unwrap();
    config.channel.push(channel);
    config.route.push(RouteConfig {
        name: "all".into(),
        lanes: Vec::new(),
        networks: Vec::new(),
        prefixes: Vec::new(),
        channels: [("smsc".to_owned(), 1)].into(),
    });
}

impl Joined {
    async fn start(database: Database) -> Self {
        let smsc = Smsc::start().await;
        let place = smsc.place;
        let service = TestService::start_with(database, |config| add(config, place)).await;
        Self { service, smsc }
    }

    async fn stop(self) {
        self.service.stop().await;
        self.smsc.stop().await;
    }
}

fn text(pdu: &submit_sm) -> String {
    String::from_utf8(pdu.short_message.clone()).unwrap()
}

fn byte_of(pdu: &submit_sm, tag: TlvTag) -> Vec<u8> {
    let tlv = pdu.tlvs.iter().find(|tlv| tlv.tag == tag as u16);
    tlv.unwrap().value.clone()
}

async fn a_message_is_settled_by_its_receipt_even_where_that_comes_first(database: Database) {
    let Joined { service, smsc } = Joined::start(database).await;
    service.phone(1).walk(RESET).await;
    let sent = smsc.submitted(1).await;
    assert_eq!(sent[0].destination_addr, person(1));
    assert_eq!(sent[0].source_addr, "COUNCIL");
    assert_eq!((sent[0].registered_delivery, sent[0].esm_class), (1, 0));
    let password = text(&sent[0]);
    assert!(service.can_log_in(&person(1), password_in(&password)).await);
    service.outbox_comes_to(&[("accepted", 1)]).await;
    // What was `000000A1` is 161 in the receipt.
    assert!(smsc.report("161", &person(1), "DELIVRD").await);
    service.outbox_comes_to(&[("delivered", 1)]).await;
    let (told, after) = oneshot::channel();
    smsc.next(Answer::After(after));
    service.phone(2).walk(&["2"]).await;
    smsc.submitted(2).await;
    assert!(smsc.report("162", &person(2), "DELIVRD").await);
    told.send(()).unwrap();
    service.outbox_comes_to(&[("delivered", 2)]).await;
    Joined { service, smsc }.stop().await;
}

async fn an_sms_is_acknowledged_when_it_is_kept_and_answered_once(database: Database) {
    let Joined { service, smsc } = Joined::start(database).await;
    for _ in 0..2 {
        assert!(smsc.sms("MO-1", &person(1), "HELP").await);
        assert_eq!(service.count(INBOUND).await, 1);
    }
    let sent = smsc.submitted(1).await;
    assert_eq!(sent[0].destination_addr, person(1));
    service.outbox_comes_to(&[("accepted", 1)]).await;
    Joined { service, smsc }.stop().await;
}

async fn an_sms_in_parts_is_read_as_one_or_by_what_came_of_it(database: Database) {
    let Joined { service, smsc } = Joined::start(database).await;
    // In any order, and again while it is not acknowledged: `RE` and `SET` are one word.
    for (part, words) in [
        ((2, 2), "SET"),
        ((2, 2), "SET"),
        ((1, 2), "RE"),
        ((1, 2), "RE"),
    ] {
        assert!(smsc.part(&person(1), part, words).await);
    }
    let sent = smsc.submitted(1).await;
    let password = text(&sent[0]);
    assert!(service.can_log_in(&person(1), password_in(&password)).await);
    assert!(smsc.part(&person(1), (2, 2), "SET").await);

    // What never comes is not waited for; without its beginning a text says nothing.
    assert!(smsc.part(&person(2), (1, 3), "HELP me, for ").await);
    assert!(smsc.part(&person(4), (2, 2), "KITUO").await);
    assert_eq!(service.count(APART).await, 2);
    service.clock.advance(Duration::from_mins(3));
    let sent = smsc.submitted(2).await;
    assert_eq!(sent[1].destination_addr, person(2));
    service.count_comes_to(APART, 0).await;
    assert_eq!(service.count(INBOUND).await, 2);
    let kept = format!("{:?}", service.contents().await);
    assert!(!kept.contains("HELP me"), "in clear");
    Joined { service, smsc }.stop().await;
}

async fn a_long_text_leaves_in_parts_and_the_last_one_speaks_for_all(database: Database) {
    let Joined { service, smsc } = Joined::start(database).await;
    let (id, now) = (MessageId::fresh(), service.clock.now());
    let words = "Report on Monday. ".repeat(11);
    let place = Sealed::sms(id.as_str());
    let message = NewMessage {
        id: &id,
        cause: "long",
        lane: Lane::Notice,
        channel: "smsc",
        route: None,
        link_id: None,
        recipient: &Msisdn::parse(&person(1)).unwrap(),
        person: None,
        body: &place.seal(&service.keys(), words.as_bytes()),
        segments: 2,
        expires_at: now.plus(Duration::from_hours(1)),
    };
    let mut tx = service.store.begin().await.unwrap();
    outbox::add(&mut tx, &message, now).await.unwrap();
    tx.commit().await.unwrap();
    let sent = smsc.submitted(2).await;
    let part = |pdu: &submit_sm| (pdu.esm_class, pdu.registered_delivery, pdu.short_message[5]);
    assert_eq!(
        [part(&sent[0]), part(&sent[1])],
        [(0x40, 0, 1), (0x40, 1, 2)]
    );
    assert_eq!(sent[0].short_message[..3], [5, 0, 3]);
    let whole = [&sent[0].short_message[6..], &sent[1].short_message[6..]].concat();
    assert_eq!(whole, words.as_bytes());
    service.outbox_comes_to(&[("accepted", 1)]).await;
    assert!(smsc.report("162", &person(1), "EXPIRED").await);
    service.outbox_comes_to(&[("failed", 1)]).await;
    Joined { service, smsc }.stop().await;
}

async fn an_smsc_that_is_asked_too_fast_gets_it_later(database: Database) {
    let Joined { service, smsc } = Joined::start(database).await;
    smsc.next(Answer::Refuse(SmppError::ESME_RTHROTTLED));
    service.phone(1).walk(RESET).await;
    let held = happens(async || {
        // The channel's next try is due when the clock says so.
        service.clock.advance(Duration::from_secs(1));
        service
            .count("SELECT COUNT(*) FROM outbox WHERE state = 'accepted'")
            .await
            == 1
    });
    assert!(held.await, "the message stays");
    assert_eq!(smsc.submitted(1).await.len(), 1);
    service.count_comes_to(HELD, 0).await;
    Joined { service, smsc }.stop().await;
}

async fn a_wrong_password_stops_the_channel_until_somebody_resumes_it(database: Database) {
    let smsc = Smsc::start().await;
    smsc.expect_password("another");
    let place = smsc.place;
    let service = TestService::start_with(database, |config| add(config, place)).await;
    service.count_comes_to(STOPPED, 1).await;
    // A worker that begins lets what is stopped try once.
    service.worker_looks().await;
    service.count_comes_to(STOPPED, 1).await;
    let tries = smsc.binds();
    service.phone(1).walk(RESET).await;
    service.outbox_comes_to(&[("parked", 1)]).await;
    assert_eq!(smsc.binds(), tries, "nobody knocks in vain");
    smsc.expect_password(PASSWORD);
    let mut tx = service.store.begin().await.unwrap();
    assert!(channel_states::resume(&mut tx, "smsc").await.unwrap());
    tx.commit().await.unwrap();
    smsc.submitted(1).await;
    service.outbox_comes_to(&[("accepted", 1)]).await;
    Joined { service, smsc }.stop().await;
}

async fn a_link_that_breaks_under_a_send_leaves_the_rest_to_the_receipt(database: Database) {
    let (smsc, wire) = (Smsc::start().await, Wire::new().await);
    wire.lead_to(smsc.place);
    let near = wire.near();
    let service = TestService::start_with(database, |config| add(config, near)).await;
    let (_told, never) = oneshot::channel();
    smsc.next(Answer::After(never));
    service.phone(1).walk(RESET).await;
    smsc.submitted(1).await;
    wire.cut().await;
    service.count_comes_to(UNKNOWN, 1).await;
    wire.mend().await;
    let has_gone = happens(async || smsc.bound() == 1 && smsc.binds() >= 2);
    assert!(has_gone.await, "it binds again");
    assert!(smsc.report("161", &person(1), "DELIVRD").await);
    service.outbox_comes_to(&[("delivered", 1)]).await;
    assert_eq!(service.count(WAITING).await, 0);
    assert_eq!(smsc.submitted(1).await.len(), 1, "it was not sent again");
    Joined { service, smsc }.stop().await;
}

async fn two_hops_of_ussd_show_their_screens(database: Database) {
    let Joined { service, smsc } = Joined::start(database).await;
    assert!(smsc.hop(&person(1), 1, 0, "*384*2026#").await);
    let shown = smsc.submitted(1).await;
    let expected = service.phone(1).dial().await;
    assert_eq!(format!("CON {}", text(&shown[0])), expected);
    assert_eq!(shown[0].destination_addr, person(1));
    assert_eq!(byte_of(&shown[0], TlvTag::UssdServiceOp), [2]);
    assert_eq!(byte_of(&shown[0], TlvTag::ItsSessionInfo), [9, 0]);
    assert!(smsc.hop(&person(1), 18, 1, "1").await);
    let shown = smsc.submitted(2).await;
    assert_ne!(text(&shown[1]), text(&shown[0]));
    assert_eq!(byte_of(&shown[1], TlvTag::ItsSessionInfo), [9, 2]);
    // They leave; whoever dials then begins anew.
    assert!(smsc.hop(&person(1), 0x81, 2, "").await);
    Joined { service, smsc }.stop().await;
}

async fn one_process_has_the_bind_until_it_stops(database: Database) {
    let Joined { service, smsc } = Joined::start(database).await;
    smsc.esme().await;
    let (now, later) = (
        service.clock.now(),
        service.clock.now().plus(Duration::from_secs(9)),
    );
    let mut tx = service.store.begin().await.unwrap();
    assert!(
        !binds::take(&mut tx, "smsc", "another", now, later)
            .await
            .unwrap()
    );
    tx.commit().await.unwrap();
    let place = smsc.place;
    // The clock stands still, so the bind is free only where it was left.
    let service = service.restart(|config| add(config, place)).await;
    assert!(happens(async || smsc.binds() == 2 && smsc.bound() == 1).await);
    Joined { service, smsc }.stop().await;
}
