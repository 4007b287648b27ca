//! Channels that a TOML file describes, end to end: a dialogue, the SMS that it causes, its
//! delivery report, an SMS from a person, and garbage.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use cp2::config::{ChannelConfig, Config};
use data_encoding::BASE64;
use hmac::{Hmac, KeyInit, Mac};
use reqwest::{Method, RequestBuilder, Response, StatusCode};
use serde_json::{Value, json};
use sha1::Sha1;
use wiremock::matchers::{header, method, path};
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

use crate::harness::service::{SECRET, password_in, person};
use crate::harness::{Database, TestService, with_each_database};

with_each_database!(
    advanta_from_dial_to_report,
    airtel_with_sms_by_infobip,
    hubtel_with_signed_sms_by_twilio,
    infobip_with_its_session_in_the_path,
    arkesel_nalo_and_mtn_answer_in_their_envelopes,
    the_example_of_the_guide_works,
    the_answer_to_a_paid_sms_names_its_link,
    one_log_in_serves_many_sends_and_a_token_taken_back_costs_one_more,
);

const FORM: &str = "application/x-www-form-urlencoded";
const ACCEPTED: &str = "SELECT COUNT(*) FROM outbox WHERE state = 'accepted'";
const DELIVERED: &str = "SELECT COUNT(*) FROM outbox WHERE state = 'delivered'";
const INBOUND: &str = "SELECT COUNT(*) FROM inbound";

/// A service with one more channel, `x`, whose aggregator is a test's own server.
struct Joined {
    service: TestService,
    aggregator: MockServer,
}

/// Adds the channel `x`, as a configuration file would.
fn add(config: &mut Config, settings: &str, base_url: &str) {
    let text = format!(
        "name = \"x\"\nkind = \"http\"\nsecret = \"{SECRET}\"\nbase_url = \"{base_url}\"\n\
         sender_id = \"COUNCIL\"\nservice_codes = [\"*415*33#\"]\n{settings}"
    );
    let channel: ChannelConfig = toml::from_str(&text).unwrap();
    config.channel.push(channel);
}

impl Joined {
    /// Sending goes to `door`, which gives each message an id of its own.
    async fn start(
        database: Database,
        settings: &str,
        door: &str,
        answer: fn(u32) -> ResponseTemplate,
    ) -> Self {
        let aggregator = MockServer::start().await;
        let count = Arc::new(AtomicU32::new(0));
        let next = move |_: &Request| answer(count.fetch_add(1, Ordering::Relaxed) + 1);
        let sending = Mock::given(method("POST"))
            .and(path(door))
            .respond_with(next);
        sending.mount(&aggregator).await;
        let uri = aggregator.uri();
        let service = TestService::start_with(database, |config| add(config, settings, &uri)).await;
        Self {
            service,
            aggregator,
        }
    }

    fn request(&self, method: Method, callback: &str) -> RequestBuilder {
        let base = &self.service.base;
        let url = format!("{base}/callbacks/x/{SECRET}/{callback}");
        self.service.client.request(method, url)
    }

    async fn get(&self, callback: &str, query: &[(&str, &str)]) -> Response {
        let query = serde_urlencoded::to_string(query).unwrap();
        let request = self.request(Method::GET, &format!("{callback}?{query}"));
        request.send().await.unwrap()
    }

    async fn json(&self, callback: &str, body: &Value) -> Response {
        let request = self.request(Method::POST, callback);
        let request = request.header("content-type", "application/json");
        request.body(body.to_string()).send().await.unwrap()
    }

    async fn form(&self, callback: &str, body: &str, signature: &str) -> Response {
        let request = self
            .request(Method::POST, callback)
            .header("content-type", FORM);
        let request = request.header("x-twilio-signature", signature);
        request.body(body.to_owned()).send().await.unwrap()
    }

    /// The bodies of what was sent, oldest first.
    async fn sent(&self) -> Vec<String> {
        let requests = self.aggregator.received_requests().await.unwrap();
        let body = |request: Request| String::from_utf8(request.body).unwrap();
        requests.into_iter().map(body).collect()
    }

    /// What was sent, once the aggregator has taken so much.
    async fn accepted(&self, count: i64) -> Vec<String> {
        self.service.count_comes_to(ACCEPTED, count).await;
        self.sent().await
    }

    async fn delivered(&self) {
        self.service.count_comes_to(DELIVERED, 1).await;
    }

    async fn stop(self) {
        self.service.stop().await;
    }
}

async fn json_of(answer: Response) -> Value {
    assert_eq!(answer.status(), 200);
    serde_json::from_str(&answer.text().await.unwrap()).unwrap()
}

const HOME: &str = "KNEC CP2\n1. My deployment";
const RESET: &str = "END ";

fn is_home(screen: &str) -> bool {
    screen.starts_with(HOME)
}

const ADVANTA: &str = "description = [\"advanta-ussd\", \"advanta-sms\"]\n\
                       values = { api_key = \"k-1\", partner_id = \"77\" }";

fn advanta_takes(count: u32) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_json(json!({"responses": [{
        "respose-code": 200, "response-description": "Success", "mobile": "254700000001",
        "messageid": 8_290_000 + count, "networkid": 1,
    }]}))
}

async fn advanta_from_dial_to_report(database: Database) {
    let joined = Joined::start(database, ADVANTA, "/api/services/sendsms/", advanta_takes).await;
    let line = person(1);
    let hop = async |typed: &str| {
        let query = [
            ("SESSIONID", "s1"),
            ("USSDCODE", "*415#"),
            ("MSISDN", &line),
            ("INPUT", typed),
        ];
        let answer = joined.get("ussd", &query).await;
        assert_eq!(answer.status(), 200);
        answer.text().await.unwrap()
    };
    let home = hop("33").await;
    assert!(is_home(home.strip_prefix("CON ").unwrap()), "{home}");
    assert!(hop("33*3").await.starts_with("CON "));
    let end = hop("33*3*1").await;
    assert!(end.starts_with(RESET), "{end}");
    assert_eq!(hop("33*3*1").await, end);
    let sent = joined.accepted(1).await;
    let message: Value = serde_json::from_str(&sent[0]).unwrap();
    assert_eq!(
        (&message["mobile"], &message["shortcode"]),
        (&line.as_str().into(), &"COUNCIL".into())
    );
    let password = password_in(message["message"].as_str().unwrap());
    assert!(joined.service.can_log_in(&line, password).await);

    let report = json!({"description": "DeliveredToTerminal", "messageid": 8_290_001});
    let answer = joined.json("delivery", &report).await;
    assert_eq!(answer.text().await.unwrap(), "");
    joined.delivered().await;

    let query = [
        ("shortcode", "22026"),
        ("mobile", line.as_str()),
        ("message", "DEPLOY"),
    ];
    // What is answered would go out as a reply.
    assert_eq!(joined.get("sms", &query).await.text().await.unwrap(), "");
    assert!(joined.accepted(1).await[1].contains("99208105"));

    for (callback, query) in [
        ("ussd", &[("SESSIONID", "s1")][..]),
        ("ussd", &[]),
        ("sms", &[("mobile", "254700000001")]),
    ] {
        let answer = joined.get(callback, query).await;
        assert_eq!(answer.status(), StatusCode::BAD_REQUEST, "{callback}");
    }
    let garbage = joined.json("delivery", &json!({"description": {}})).await;
    assert_eq!(garbage.status(), StatusCode::BAD_REQUEST);
    for callback in ["ussd-end", "opt-out", "sim-swap"] {
        let answer = joined.json(callback, &json!({})).await;
        assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{callback}");
    }
    joined.stop().await;
}

fn infobip_takes(count: u32) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_json(json!({"messages": [{
        "messageId": format!("ib-{count}"), "status": {"groupId": 1, "groupName": "PENDING"},
    }]}))
}

async fn airtel_with_sms_by_infobip(database: Database) {
    let settings =
        "description = [\"airtel-ussd\", \"infobip-sms\"]\nvalues = { api_key = \"k-1\" }";
    let joined = Joined::start(database, settings, "/sms/3/messages", infobip_takes).await;
    let line = person(1);
    let hop = async |typed: &str| {
        let query = [
            ("SessionID", "s1"),
            ("MSISDN", line.as_str()),
            ("MSC", "m"),
            ("input", typed),
        ];
        let answer = joined.get("ussd", &query).await;
        let flow = answer.headers()["freeflow"].to_str().unwrap().to_owned();
        (flow, answer.text().await.unwrap())
    };
    let (flow, home) = hop("415").await;
    assert_eq!((flow.as_str(), is_home(&home)), ("FC", true), "{home}");
    assert_eq!(hop("3").await.0, "FC");
    assert_eq!(hop("1").await.0, "FB");
    assert!(joined.accepted(1).await[0].contains("\"to\":\"254700000001\""));
    let over = [
        ("clean", "1"),
        ("SessionID", "s1"),
        ("msisdn", line.as_str()),
    ];
    assert_eq!(joined.get("ussd", &over).await.status(), 200);

    let reports = json!({"results": [
        {"messageId": "ib-of-others", "status": {"groupName": "DELIVERED"}},
        {"messageId": 7, "status": []},
        {"messageId": "ib-1", "to": line, "status": {"groupName": "DELIVERED"}},
    ]});
    assert_eq!(joined.json("delivery", &reports).await.status(), 200);
    joined.delivered().await;

    let inbound = json!({"results": [
        {"messageId": "mo-1", "from": line, "to": "22026", "text": "DEPLOY"},
        {"messageId": "mo-2", "from": person(4), "to": "22026", "text": "DEPLOY"},
    ], "messageCount": 2, "pendingMessageCount": 0});
    for _ in 0..2 {
        assert_eq!(joined.json("sms", &inbound).await.status(), 200);
    }
    assert_eq!(joined.accepted(2).await.len(), 3);
    assert_eq!(joined.service.count(INBOUND).await, 2);
    let garbage = joined.json("sms", &json!({"results": [{}]})).await;
    assert_eq!(garbage.status(), StatusCode::BAD_REQUEST);
    joined.stop().await;
}

fn twilio_takes(count: u32) -> ResponseTemplate {
    let body = json!({"sid": format!("SM{count}"), "status": "queued", "error_code": null});
    ResponseTemplate::new(201).set_body_json(body)
}

/// Signs as Twilio does: the public address, then every field by name.
fn signed(service: &TestService, callback: &str, fields: &[(&str, &str)]) -> (String, String) {
    let mut sorted = fields.to_vec();
    sorted.sort_unstable();
    let mut mac = Hmac::<Sha1>::new_from_slice(b"t-1").unwrap();
    mac.update(format!("{}/callbacks/x/{SECRET}/{callback}", service.base).as_bytes());
    for (name, value) in sorted {
        mac.update(format!("{name}{value}").as_bytes());
    }
    let signature = BASE64.encode(&mac.finalize().into_bytes());
    (serde_urlencoded::to_string(fields).unwrap(), signature)
}

async fn hubtel_with_signed_sms_by_twilio(database: Database) {
    let settings = "description = [\"hubtel-ussd\", \"twilio-sms\"]\n\
                    values = { account_sid = \"AC1\", auth_token = \"t-1\" }";
    let door = "/2010-04-01/Accounts/AC1/Messages.json";
    let joined = Joined::start(database, settings, door, twilio_takes).await;
    let line = person(1);
    let hop = async |kind: &str, message: &str, sequence: u32| {
        let body = json!({
            "Type": kind, "Message": message, "ServiceCode": "415*33", "Operator": "airtel",
            "Mobile": line, "SessionId": "s1", "Sequence": sequence, "Platform": "USSD",
        });
        json_of(joined.json("ussd", &body).await).await
    };
    let home = hop("Initiation", "*415*33#", 1).await;
    assert!(is_home(home["Message"].as_str().unwrap()), "{home}");
    assert_eq!(home["Type"], "response");
    let asked = hop("Response", "3", 2).await;
    // The same hop again, and the same answer in the next one.
    assert_eq!(hop("Response", "3", 2).await, asked);
    let end = hop("Response", "1", 3).await;
    assert_eq!(end["Type"], "release");
    assert_eq!(hop("Response", "1", 3).await, end);
    assert!(joined.accepted(1).await[0].contains("To=%2B254700000001"));

    let plus = format!("+{line}");
    let report = [
        ("MessageSid", "SM1"),
        ("MessageStatus", "delivered"),
        ("To", plus.as_str()),
    ];
    let (body, signature) = signed(&joined.service, "delivery", &report);
    let forged = joined
        .form("delivery", &body.replace("SM1", "SM2"), &signature)
        .await;
    assert_eq!(forged.status(), StatusCode::FORBIDDEN);
    let answer = joined.form("delivery", &body, &signature).await;
    assert_eq!(answer.headers()["content-type"], "text/xml");
    assert_eq!(answer.text().await.unwrap(), "<Response/>");
    joined.delivered().await;

    let sms = [
        ("MessageSid", "MO1"),
        ("From", plus.as_str()),
        ("To", "22026"),
        ("Body", "DEPLOY"),
    ];
    let (body, signature) = signed(&joined.service, "sms", &sms);
    assert_eq!(joined.form("sms", &body, &signature).await.status(), 200);
    assert!(joined.accepted(1).await[1].contains("99208105"));
    let unsigned = joined.form("sms", &body, "").await;
    assert_eq!(unsigned.status(), StatusCode::FORBIDDEN);
    assert_eq!(joined.service.count(INBOUND).await, 1);
    joined.stop().await;
}

async fn infobip_with_its_session_in_the_path(database: Database) {
    let settings =
        "description = [\"infobip-ussd\", \"infobip-sms\"]\nvalues = { api_key = \"k-1\" }";
    let joined = Joined::start(database, settings, "/sms/3/messages", infobip_takes).await;
    let line = person(1);
    let hop = async |phase: &str, typed: &str| {
        let body = json!({"msisdn": line, "text": typed, "shortCode": "*415*33#"});
        json_of(
            joined
                .json(&format!("ussd/session/s%3A1/{phase}"), &body)
                .await,
        )
        .await
    };
    let home = hop("start", "*415*33#").await;
    assert!(is_home(home["ussdMenu"].as_str().unwrap()), "{home}");
    assert_eq!(hop("start", "*415*33#").await, home);
    assert_eq!(hop("response", "3").await["shouldClose"], false);
    assert_eq!(hop("response", "1").await["shouldClose"], true);
    assert!(joined.accepted(1).await[0].contains("254700000001"));
    let end = json!({"exitCode": 200, "reason": "closed"});
    let answer = json_of(joined.json("ussd/session/s%3A1/end", &end).await).await;
    assert_eq!(answer["responseExitCode"], 200);
    let nowhere = joined
        .json("ussd", &json!({"msisdn": line, "text": ""}))
        .await;
    assert_eq!(nowhere.status(), StatusCode::BAD_REQUEST);
    joined.stop().await;
}

async fn arkesel_nalo_and_mtn_answer_in_their_envelopes(database: Database) {
    let service = TestService::start_with(database, |config| {
        for (name, settings) in [
            ("arkesel", "arkesel-ussd"),
            ("nalo", "nalo-ussd"),
            ("mtn", "mtn-ussd"),
        ] {
            let settings = format!(
                "description = [\"{settings}\", \"advanta-sms\"]\n\
                 values = {{ api_key = \"k-1\", partner_id = \"77\" }}"
            );
            add(config, &settings, "http://127.0.0.1:9");
            name.clone_into(&mut config.channel.last_mut().unwrap().name);
        }
    })
    .await;
    let line = person(1);
    let hop = async |channel: &str, body: Value| {
        let url = format!("{}/callbacks/{channel}/{SECRET}/ussd", service.base);
        let request = service.client.post(url).body(body.to_string());
        json_of(request.send().await.unwrap()).await
    };
    for (first, typed) in [(true, ""), (false, "1")] {
        let arkesel = json!({"sessionID": "s1", "userID": "u", "newSession": first, "msisdn": line, "userData": typed});
        let nalo = json!({"SESSIONID": "s1", "USERID": "u", "MSGTYPE": first, "MSISDN": line, "USERDATA": typed});
        let kind = if first { "0" } else { "1" };
        let mtn = json!({"sessionId": "s1", "messageType": kind, "serviceCode": "415*33", "msisdn": line, "ussdString": typed});
        let arkesel = hop("arkesel", arkesel).await;
        let nalo = hop("nalo", nalo).await;
        let mtn = hop("mtn", mtn).await;
        assert_eq!(
            (&arkesel["userID"], &arkesel["continueSession"]),
            (&"u".into(), &true.into())
        );
        assert_eq!(
            (&nalo["USERID"], &nalo["MSGTYPE"]),
            (&"u".into(), &true.into())
        );
        assert_eq!(mtn["data"]["messageType"], 1);
        let screens = [
            &arkesel["message"],
            &nalo["MSG"],
            &mtn["data"]["inboundResponse"],
        ];
        for screen in screens.map(|screen| screen.as_str().unwrap()) {
            let expected = if first {
                HOME
            } else {
                "KCSE 2026 Invigilator\n99208105"
            };
            assert!(screen.starts_with(expected), "{screen}");
        }
    }
    service.stop().await;
}

/// The first description in docs/aggregators.md.
fn example() -> &'static str {
    let guide = include_str!("../../docs/aggregators.md");
    let block = guide
        .split("```toml\n")
        .skip(1)
        .filter_map(|rest| rest.split("```").next());
    block
        .into_iter()
        .find(|block| block.contains("[ussd]"))
        .unwrap()
}

async fn the_example_of_the_guide_works(database: Database) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("example.toml");
    std::fs::write(&file, example()).unwrap();
    let settings = format!(
        "description = [\"{}\"]\nvalues = {{ token = \"t-1\" }}",
        file.display()
    );
    let takes = |count: u32| {
        let body = json!({"result": "OK", "message": {"id": format!("e-{count}")}});
        ResponseTemplate::new(200).set_body_json(body)
    };
    let joined = Joined::start(database, &settings, "/v1/sms", takes).await;
    let line = person(1);
    let hop = async |typed: &str| {
        let body = json!({"session": "s1", "phone": line, "code": "*415*33#", "text": typed, "new": typed.is_empty()});
        json_of(joined.json("ussd", &body).await).await
    };
    assert!(is_home(hop("").await["message"].as_str().unwrap()));
    assert_eq!(hop("3").await["continue"], true);
    assert_eq!(hop("1").await["continue"], false);
    assert!(joined.accepted(1).await[0].contains("\"to\":\"+254700000001\""));
    let report = json!({"id": "e-1", "state": "arrived"});
    assert_eq!(joined.json("delivery", &report).await.status(), 200);
    joined.delivered().await;
    let sms = json!({"id": "mo-1", "from": line, "to": "22026", "text": "DEPLOY"});
    assert_eq!(joined.json("sms", &sms).await.status(), 200);
    assert!(joined.accepted(1).await[1].contains("99208105"));
    joined.stop().await;
}

async fn the_answer_to_a_paid_sms_names_its_link(database: Database) {
    let aggregator = MockServer::start().await;
    let body = json!({"SMSMessageData": {"Message": "Sent to 1/1", "Recipients": [{
        "statusCode": 101, "number": "+254700000001", "status": "Success", "cost": "KES 0",
        "messageId": "ATXid_1",
    }]}});
    let takes = ResponseTemplate::new(201).set_body_json(body);
    let sending = Mock::given(method("POST")).and(path("/version1/messaging"));
    sending.respond_with(takes).mount(&aggregator).await;
    let uri = aggregator.uri();
    let service = TestService::start_with(database, |config| {
        config.channel[0].base_url = Some(uri);
    })
    .await;
    for (id, from, link) in [("1", person(1), "L-7"), ("2", person(4), "")] {
        let from = format!("+{from}");
        let fields = [
            ("id", id),
            ("from", from.as_str()),
            ("to", "22026"),
            ("text", "HELP"),
            ("linkId", link),
            ("date", "2026-10-05T06:00:00Z"),
        ];
        assert_eq!(service.callback("sms", &fields).await.status(), 200);
    }
    service.count_comes_to(ACCEPTED, 2).await;
    let sent = aggregator.received_requests().await.unwrap();
    let sent = sent
        .into_iter()
        .map(|request| String::from_utf8(request.body).unwrap());
    let (paid, free): (Vec<_>, Vec<_>) = sent.partition(|body| body.contains("254700000001"));
    assert!(paid[0].contains("&bulkSMSMode=0&linkId=L-7"), "{paid:?}");
    assert!(
        free[0].contains("&bulkSMSMode=1") && !free[0].contains("linkId"),
        "{free:?}"
    );
    service.stop().await;
}

fn mtn_takes(count: u32) -> ResponseTemplate {
    let body = json!({"statusCode": "0000", "transactionId": format!("mtn-{count}")});
    ResponseTemplate::new(200).set_body_json(body)
}

async fn one_log_in_serves_many_sends_and_a_token_taken_back_costs_one_more(database: Database) {
    const LOG_IN: &str = "/v1/oauth/access_token";
    const SEND: &str = "/v2/messages/sms/outbound";
    let settings = "description = [\"mtn-ussd\", \"mtn-sms\"]\n\
                    values = { client_id = \"c-1\", client_secret = \"s-1\" }";
    let joined = Joined::start(database, settings, SEND, mtn_takes).await;
    let tokens = AtomicU32::new(0);
    let log_in = move |_: &Request| {
        let token = format!("t-{}", tokens.fetch_add(1, Ordering::Relaxed) + 1);
        let body = json!({"access_token": token, "expires_in": "3599"});
        ResponseTemplate::new(200).set_body_json(body)
    };
    let gate = Mock::given(method("POST")).and(path(LOG_IN));
    gate.respond_with(log_in).mount(&joined.aggregator).await;
    let hop = async |line: &str, kind: &str, typed: &str| {
        let body = json!({"sessionId": line, "messageType": kind, "serviceCode": "415*33", "msisdn": line, "ussdString": typed});
        json_of(joined.json("ussd", &body).await).await
    };
    let reset = async |number: u32| {
        let line = person(number);
        for (kind, typed) in [("0", ""), ("1", "3"), ("1", "1")] {
            hop(&line, kind, typed).await;
        }
    };
    // Shown with each send, once for each log-in.
    let shown = async |at: &str| {
        let requests = joined.aggregator.received_requests().await.unwrap();
        let asked = requests
            .into_iter()
            .filter(|request| request.url.path() == at);
        let token = |request: Request| {
            Some(
                request
                    .headers
                    .get("authorization")?
                    .to_str()
                    .unwrap()
                    .to_owned(),
            )
        };
        asked.map(token).collect::<Vec<_>>()
    };
    let bearer = |token: &str| Some(format!("Bearer {token}"));
    tokio::join!(reset(1), reset(2), reset(4));
    joined.service.count_comes_to(ACCEPTED, 3).await;
    assert_eq!(shown(LOG_IN).await.len(), 1);
    assert_eq!(shown(SEND).await, vec![bearer("t-1"); 3]);
    let taken_back = Mock::given(path(SEND)).and(header("authorization", "Bearer t-1"));
    let taken_back = taken_back
        .respond_with(ResponseTemplate::new(401))
        .with_priority(1);
    taken_back.mount(&joined.aggregator).await;
    reset(3).await;
    joined.service.count_comes_to(ACCEPTED, 4).await;
    assert_eq!(shown(LOG_IN).await.len(), 2);
    assert_eq!(shown(SEND).await[3..], [bearer("t-1"), bearer("t-2")]);
    joined.stop().await;
}
