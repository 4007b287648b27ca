//! What happens here is told to the council's own systems, signed, until it arrives.

use std::time::Duration;

use cp2::config::Config;
use cp2::domain::{Clock, Scope};
use cp2::store::retention::{STALE, forget};
use data_encoding::BASE64;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;
use wiremock::matchers::method;
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

use crate::api::System;
use crate::harness::service::happens;
use crate::harness::{Database, TestService, with_each_database};

with_each_database!(
    what_happens_is_posted_signed_and_says_nothing_private,
    an_event_that_fails_comes_again_with_the_same_id,
    an_address_that_stays_down_is_given_up_until_it_is_enabled,
    an_address_that_is_gone_is_given_up_at_once,
    a_system_whose_keys_were_taken_back_is_told_of_nothing,
);

const EVENTS: &str = "SELECT COUNT(*) FROM webhook_events";
const WAITING: &str = "SELECT COUNT(*) FROM webhook_events WHERE state = 'waiting'";
const DISABLED: &str = "SELECT COUNT(*) FROM webhooks WHERE disabled_at IS NOT NULL";

fn may_be_local(config: &mut Config) {
    config.api.webhooks_may_be_local = true;
    config.api.webhook_disabled_after_h = 1;
}

/// A system of the council that is told of things.
struct Receiver {
    server: MockServer,
}

impl Receiver {
    async fn start() -> Self {
        Self {
            server: MockServer::start().await,
        }
    }

    /// From now on it answers so.
    async fn answers(&self, status: u16) {
        self.server.reset().await;
        let answer = ResponseTemplate::new(status);
        let all = Mock::given(method("POST")).respond_with(answer);
        all.mount(&self.server).await;
    }

    /// What it was sent since then, once there is so much.
    async fn received(&self, count: usize) -> Vec<Request> {
        let mut received = Vec::new();
        let arrived = happens(async || {
            received = self.server.received_requests().await.unwrap();
            received.len() >= count
        });
        assert!(arrived.await, "{} instead of {count}", received.len());
        received
    }
}

/// The id and the body of an event whose signature holds.
fn checked(request: &Request, secret: &str, service: &TestService) -> (String, Value) {
    let header = |name: &str| request.headers[name].to_str().unwrap().to_owned();
    let (id, time) = (header("webhook-id"), header("webhook-timestamp"));
    assert_eq!(time, (service.clock.now().as_millis() / 1000).to_string());
    let secret = BASE64.decode(secret.strip_prefix("whsec_").unwrap().as_bytes());
    let mut mac = Hmac::<Sha256>::new_from_slice(&secret.unwrap()).unwrap();
    mac.update(format!("{id}.{time}.").as_bytes());
    mac.update(&request.body);
    let expected = format!("v1,{}", BASE64.encode(&mac.finalize().into_bytes()));
    // Whoever receives it takes an event of which one signature holds.
    let signatures = header("webhook-signature");
    let holds = signatures.split(' ').any(|signature| signature == expected);
    assert!(holds, "{signatures}");
    (id, serde_json::from_slice(&request.body).unwrap())
}

/// How many secrets have signed an event.
fn signatures(request: &Request) -> usize {
    let header = request.headers["webhook-signature"].to_str().unwrap();
    header.split(' ').count()
}

/// An event in which nothing has happened, once it has arrived.
async fn pinged(system: &System<'_>, receiver: &Receiver, path: &str) -> Request {
    receiver.answers(204).await;
    system.post(&format!("{path}/ping"), &json!({})).await;
    receiver.received(1).await.remove(0)
}

/// Has a system told of these things; its id and its secret.
async fn hook(system: &System<'_>, receiver: &Receiver, events: &[&str]) -> (String, String) {
    let url = format!("{}/hooks?of=cp2", receiver.server.uri());
    let made = system
        .takes("/webhooks", &json!({ "url": url, "events": events }))
        .await;
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    (text(&made["webhook"]["id"]), text(&made["secret"]))
}

async fn what_happens_is_posted_signed_and_says_nothing_private(database: Database) {
    let service = TestService::start_with(database, may_be_local).await;
    let system = System::with_all(&service).await;
    let receiver = Receiver::start().await;
    receiver.answers(204).await;
    let all = [
        "deployment.changed",
        "invitation.answered",
        "person.added",
        "person.changed",
        "message.settled",
    ];
    let (id, secret) = hook(&system, &receiver, &all).await;
    let path = format!("/webhooks/{id}");
    assert_eq!(system.get(&path).await.body["state"], "working");
    assert!(!format!("{:?}", service.contents().await["webhooks"]).contains(&secret[10..]));

    let examiner = system.id_of(6).await;
    service.phone(6).walk(&["10", "1", "1", "90000006"]).await;
    let row = json!({ "national_id": "92000301", "name": "Wekesa Anne Nafula" });
    system.takes("/people", &json!({ "rows": [row] })).await;
    let row = json!({ "national_id": "92000301", "name": "Wekesa Anne Nafula", "town": "Bungoma" });
    system.takes("/people", &json!({ "rows": [row] })).await;
    system.post(&format!("{path}/ping"), &json!({})).await;
    let events = receiver.received(6).await;
    let mut told: Vec<(String, Value)> = events
        .iter()
        .map(|request| checked(request, &secret, &service).1)
        .map(|body| {
            (
                body["type"].as_str().unwrap().to_owned(),
                body["data"].clone(),
            )
        })
        .collect();
    told.sort_by(|one, other| one.0.cmp(&other.0));
    let kinds: Vec<_> = told.iter().map(|(kind, _)| kind.as_str()).collect();
    let mut expected = all.to_vec();
    expected.push("webhook.ping");
    expected.sort_unstable();
    assert_eq!(kinds, expected);
    let data = |kind: &str| &told.iter().find(|(name, _)| name == kind).unwrap().1;
    assert_eq!(data("deployment.changed")["state"], "posted");
    let answered = data("invitation.answered");
    assert_eq!(
        (&answered["person"], &answered["answer"]),
        (&json!(examiner), &json!("accepted"))
    );
    assert_eq!(data("person.changed")["field"], "town");
    assert_eq!(data("message.settled")["state"], "delivered");
    assert_eq!(data("webhook.ping")["webhook"], id);
    let bodies: Vec<u8> = events
        .into_iter()
        .flat_map(|request| request.body)
        .collect();
    let bodies = String::from_utf8(bodies).unwrap();
    for private in ["Bungoma", "Wekesa", "92000301", "254700000006"] {
        assert!(!bodies.contains(private), "{private}");
    }

    // For a while after a new secret, whoever has either of them takes an event for genuine.
    service.count_comes_to(WAITING, 0).await;
    let overlap = json!({ "overlap_hours": 1 });
    let rotated = system.takes(&format!("{path}/secret"), &overlap).await;
    let new = rotated["secret"].as_str().unwrap();
    assert!(
        rotated["webhook"]["old_secret_until"].is_string(),
        "{rotated}"
    );
    let both = pinged(&system, &receiver, &path).await;
    checked(&both, &secret, &service);
    checked(&both, new, &service);
    service.count_comes_to(WAITING, 0).await;
    service.clock.advance(Duration::from_mins(61));
    let one = pinged(&system, &receiver, &path).await;
    checked(&one, new, &service);
    assert_eq!((signatures(&both), signatures(&one)), (2, 1));
    let too_long = json!({ "overlap_hours": 169 });
    let refused = system.post(&format!("{path}/secret"), &too_long).await;
    assert_eq!(refused.status, 422, "{refused:?}");

    // Another system neither sees nor removes it; its own does, and hears no more.
    service.count_comes_to(WAITING, 0).await;
    assert_eq!(system.delete(&path).await.status, 204);
    assert_eq!(system.get(&path).await.status, 404);
    let row = json!({ "national_id": "92000302", "name": "Otieno Joy" });
    system.takes("/people", &json!({ "rows": [row] })).await;
    assert_eq!(service.count(EVENTS).await, 0);
    // One that was written as the address was removed is tidied away.
    service
        .execute(
            "INSERT INTO webhook_events (id, webhook_id, kind, at, subject, state, attempt, due_at) \
             VALUES ('e', 'gone', 'person.added', 9000000000000, 's', 'waiting', 0, 0)",
        )
        .await;
    let events = STALE.iter().find(|kind| kind.name == "events").unwrap();
    let mut tx = service.store.begin().await.unwrap();
    let gone = forget(&mut tx, events, service.clock.now(), 10).await;
    tx.commit().await.unwrap();
    assert_eq!((gone.unwrap(), service.count(EVENTS).await), (1, 0));
    service.stop().await;
}

async fn an_event_that_fails_comes_again_with_the_same_id(database: Database) {
    let service = TestService::start_with(database, may_be_local).await;
    let system = System::with_all(&service).await;
    let receiver = Receiver::start().await;
    receiver.answers(500).await;
    let (id, secret) = hook(&system, &receiver, &["person.added"]).await;
    for number in 401..=403 {
        let row = json!({ "national_id": format!("92000{number}"), "name": "Wekesa Anne" });
        system.takes("/people", &json!({ "rows": [row] })).await;
    }
    let first = receiver.received(1).await;
    let (first, _) = checked(&first[0], &secret, &service);
    service
        .count_comes_to("SELECT COUNT(*) FROM webhooks WHERE failures = 1", 1)
        .await;
    let path = format!("/webhooks/{id}");
    assert_eq!(system.get(&path).await.body["state"], "failing");
    receiver.answers(200).await;
    service.clock.advance(Duration::from_secs(20));
    let events = receiver.received(3).await;
    let ids: Vec<_> = events
        .iter()
        .map(|request| checked(request, &secret, &service).0)
        .collect();
    assert!(ids.contains(&first), "{first} is not among {ids:?}");
    service.count_comes_to(WAITING, 0).await;
    assert_eq!(receiver.received(3).await.len(), 3, "each arrives once");
    assert_eq!(system.get(&path).await.body["state"], "working");
    service.stop().await;
}

async fn an_address_that_stays_down_is_given_up_until_it_is_enabled(database: Database) {
    let service = TestService::start_with(database, may_be_local).await;
    let system = System::with_all(&service).await;
    let receiver = Receiver::start().await;
    receiver.answers(503).await;
    let (id, _) = hook(&system, &receiver, &["person.added"]).await;
    let row = json!({ "national_id": "92000501", "name": "Wekesa Anne" });
    system.takes("/people", &json!({ "rows": [row] })).await;
    service
        .count_comes_to("SELECT COUNT(*) FROM webhooks WHERE failures = 1", 1)
        .await;
    service.clock.advance(Duration::from_mins(61));
    service.count_comes_to(DISABLED, 1).await;
    let path = format!("/webhooks/{id}");
    let shown = system.get(&path).await.body;
    assert_eq!(
        (&shown["state"], &shown["waiting"]),
        (&json!("disabled"), &json!(1))
    );

    // What happens meanwhile is not kept for it.
    let row = json!({ "national_id": "92000502", "name": "Otieno Joy" });
    system.takes("/people", &json!({ "rows": [row] })).await;
    receiver.answers(200).await;
    let enabled = system.takes(&format!("{path}/enable"), &json!({})).await;
    assert_eq!(
        (&enabled["state"], &enabled["waiting"]),
        (&json!("working"), &json!(1))
    );
    receiver.received(1).await;
    service.count_comes_to(WAITING, 0).await;
    service.stop().await;
}

async fn an_address_that_is_gone_is_given_up_at_once(database: Database) {
    let service = TestService::start_with(database, may_be_local).await;
    let system = System::with_all(&service).await;
    let receiver = Receiver::start().await;
    receiver.answers(410).await;
    let (id, _) = hook(&system, &receiver, &["person.added"]).await;
    system
        .post(&format!("/webhooks/{id}/ping"), &json!({}))
        .await;
    service.count_comes_to(DISABLED, 1).await;
    let shown = system.get(&format!("/webhooks/{id}")).await.body;
    assert_eq!(shown["reason"], "it answered 410, gone");
    service.stop().await;
}

async fn a_system_whose_keys_were_taken_back_is_told_of_nothing(database: Database) {
    let service = TestService::start_with(database, may_be_local).await;
    let (portal, receiver) = (System::with_all(&service).await, Receiver::start().await);
    let payroll = System::named(&service, "payroll", &Scope::ALL).await;
    let other = Receiver::start().await;
    receiver.answers(204).await;
    other.answers(204).await;
    hook(&portal, &receiver, &["person.added"]).await;
    hook(&payroll, &other, &["person.added"]).await;
    service
        .execute("UPDATE api_keys SET revoked_at = 1 WHERE client = 'portal'")
        .await;
    for (number, id) in ["92000301", "92000302"].into_iter().enumerate() {
        let row = json!({ "national_id": id, "name": "Wekesa Anne Nafula" });
        payroll.takes("/people", &json!({ "rows": [row] })).await;
        other.received(number + 1).await;
    }
    // Each time the worker looked for both.
    service.count_comes_to(WAITING, 2).await;
    assert!(receiver.received(0).await.is_empty());
    System::with_all(&service).await;
    receiver.received(2).await;
    service.count_comes_to(WAITING, 0).await;
    service.stop().await;
}
