//! Callbacks as aggregators send them, and as they never should.

use std::collections::BTreeMap;
use std::fmt::Write;

use cp2::demo::sandbox::Behaviour;
use cp2::domain::Msisdn;
use reqwest::header::{ALLOW, CONTENT_TYPE, HeaderMap};
use reqwest::{Method, Response, StatusCode};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::harness::service::{SECRET, person};
use crate::harness::{TestService, on_each_database};

on_each_database!(
    a_stranger_gets_the_same_404_everywhere,
    a_callback_is_a_post,
    a_callback_is_a_form,
    a_field_that_is_missing_repeated_or_unreadable_is_named,
    only_a_kenyan_mobile_number_in_full_is_a_caller,
    an_id_that_is_none_is_refused,
    the_network_is_optional_and_may_be_any,
    a_plus_that_became_a_space_is_repaired,
    more_than_16_kb_is_too_much,
    the_end_of_a_session_is_acknowledged,
    an_incoming_sms_is_kept_once_and_sealed,
    an_sms_from_a_name_is_acknowledged_and_not_kept,
    a_report_about_an_unknown_message_is_acknowledged,
    any_status_of_a_report_is_acknowledged,
    an_opt_out_is_kept_once,
);

const FORM: &str = "application/x-www-form-urlencoded";
const ROUTES: [&str; 5] = ["ussd", "ussd-end", "sms", "delivery", "opt-out"];

/// A callback that is accepted, as Africa's Talking encodes it.
fn good(route: &str) -> Vec<(&'static str, &'static str)> {
    match route {
        "ussd" => vec![
            ("sessionId", "ATUid_callbacks"),
            ("serviceCode", "*384*2026%23"),
            ("phoneNumber", "%2B254700000001"),
            ("text", ""),
            ("networkCode", "63902"),
        ],
        "ussd-end" => vec![
            ("date", "2026-10-05+06%3A00%3A00"),
            ("sessionId", "ATUid_callbacks"),
            ("serviceCode", "*384*2026%23"),
            ("phoneNumber", "%2B254700000001"),
            ("networkCode", "63902"),
            ("status", "Incomplete"),
            ("cost", "KES+0.10"),
            ("durationInMillis", "20500"),
            ("hopsCount", "3"),
            ("input", "1*2"),
            ("lastAppResponse", "CON+KNEC+CP2"),
        ],
        "sms" => vec![
            ("date", "2026-10-05T06%3A00%3A00Z"),
            ("from", "%2B254700000001"),
            ("id", "8f14e45f-ceea-4671-9a3b-0c1d2e3f4a5b"),
            ("linkId", ""),
            ("text", "BARUA+90000001"),
            ("to", "22026"),
            ("networkCode", "63902"),
        ],
        "delivery" => vec![
            ("id", "ATXid_nobody_knows"),
            ("status", "Success"),
            ("phoneNumber", "%2B254700000001"),
            ("networkCode", "63902"),
            ("retryCount", "0"),
        ],
        "opt-out" => vec![("senderId", "COUNCIL"), ("phoneNumber", "%2B254700000001")],
        other => panic!("no such callback: {other}"),
    }
}

/// What a callback can't do without.
fn needed(route: &str) -> &'static [&'static str] {
    match route {
        "ussd" => &["sessionId", "serviceCode", "phoneNumber", "text"],
        "ussd-end" => &["sessionId", "phoneNumber", "status"],
        "sms" => &["from", "id", "text", "to"],
        "delivery" => &["id", "status"],
        "opt-out" => &["senderId", "phoneNumber"],
        other => panic!("no such callback: {other}"),
    }
}

fn body(fields: &[(&str, &str)]) -> String {
    let pairs = fields.iter().map(|(name, value)| format!("{name}={value}"));
    pairs.collect::<Vec<_>>().join("&")
}

/// The good callback with another value of one field.
fn with(route: &str, field: &str, value: &str) -> String {
    let mut fields = good(route);
    fields.retain(|(name, _)| *name != field);
    format!("{}&{field}={value}", body(&fields))
}

async fn send(
    service: &TestService,
    method: Method,
    path: &str,
    kind: &str,
    body: impl Into<String>,
) -> Response {
    let url = format!("{}{path}", service.base);
    let request = service.client.request(method, url).body(body.into());
    request.header(CONTENT_TYPE, kind).send().await.unwrap()
}

async fn post(service: &TestService, route: &str, body: impl Into<String>) -> (StatusCode, String) {
    let path = format!("/callbacks/at/{SECRET}/{route}");
    let answer = send(service, Method::POST, &path, FORM, body).await;
    (answer.status(), answer.text().await.unwrap())
}

/// Posts a form without saying how long it is; gives the first bytes of the answer.
async fn send_in_pieces(service: &TestService, path: &str, body: &str) -> String {
    let host = service.base.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(host).await.unwrap();
    let mut request = format!(
        "POST {path} HTTP/1.1\r\nhost: {host}\r\ncontent-type: {FORM}\r\ntransfer-encoding: chunked\r\n\r\n"
    );
    for piece in body.as_bytes().chunks(1000) {
        let piece = str::from_utf8(piece).unwrap();
        write!(request, "{:x}\r\n{piece}\r\n", piece.len()).unwrap();
    }
    request.push_str("0\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = [0; 100];
    let length = stream.read(&mut answer).await.unwrap();
    String::from_utf8_lossy(&answer[..length]).into_owned()
}

/// How many rows a table has.
async fn rows(service: &TestService, table: &str) -> usize {
    service.contents().await[table].len()
}

/// What an answer says, without what is different each time.
async fn bytes_of(answer: Response) -> (StatusCode, BTreeMap<String, String>, String) {
    let status = answer.status();
    let mut headers: HeaderMap = answer.headers().clone();
    headers.remove("date");
    assert!(headers.remove("x-request-id").is_some());
    let headers = headers
        .iter()
        .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()))
        .collect();
    (status, headers, answer.text().await.unwrap())
}

async fn a_stranger_gets_the_same_404_everywhere(service: &TestService) {
    let nearly = &SECRET[..SECRET.len() - 1];
    let longer = format!("{SECRET}s");
    let upper = SECRET.to_uppercase();
    let doors = [
        ("nowhere", SECRET),
        ("AT", SECRET),
        ("%FF", SECRET),
        ("nowhere", "demo"),
        ("at", "demo"),
        ("at", nearly),
        ("at", &longer),
        ("at", &upper),
        ("at", "%FF"),
        ("at", "%00"),
    ];
    let methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
    let before = service.contents().await;
    for method in methods.map(|name| name.parse::<Method>().unwrap()) {
        let mut first = None;
        for route in ROUTES {
            for (channel, secret) in doors {
                let path = format!("/callbacks/{channel}/{secret}/{route}");
                for kind in [FORM, "application/json"] {
                    let answer =
                        send(service, method.clone(), &path, kind, body(&good(route))).await;
                    let answer = bytes_of(answer).await;
                    assert_eq!(answer.0, 404, "{method} {path}");
                    assert_eq!(
                        first.get_or_insert(answer.clone()),
                        &answer,
                        "{method} {path}"
                    );
                }
            }
        }
    }
    assert_eq!(service.contents().await, before);
}

async fn a_callback_is_a_post(service: &TestService) {
    let before = service.contents().await;
    for route in ROUTES {
        let path = format!("/callbacks/at/{SECRET}/{route}");
        for method in [Method::GET, Method::PUT, Method::DELETE, Method::OPTIONS] {
            let answer = send(service, method, &path, FORM, body(&good(route))).await;
            assert_eq!(answer.status(), 405, "{route}");
            assert_eq!(answer.headers()[ALLOW], "POST", "{route}");
            let text = answer.text().await.unwrap();
            assert_eq!(text, "this callback must be a POST request", "{route}");
        }
    }
    assert_eq!(service.contents().await, before);
}

async fn a_callback_is_a_form(service: &TestService) {
    let before = service.contents().await;
    for route in ROUTES {
        let path = format!("/callbacks/at/{SECRET}/{route}");
        for kind in ["application/json", "text/plain", "multipart/form-data", ""] {
            let answer = send(service, Method::POST, &path, kind, body(&good(route))).await;
            assert_eq!(answer.status(), 415, "{route} {kind}");
            assert_eq!(answer.text().await.unwrap(), "the body is not a form");
        }
    }
    assert_eq!(service.contents().await, before);
    let kind = "Application/X-WWW-Form-Urlencoded; charset=UTF-8";
    let path = format!("/callbacks/at/{SECRET}/ussd");
    let answer = send(service, Method::POST, &path, kind, body(&good("ussd"))).await;
    assert_eq!(answer.status(), 200);
}

async fn a_field_that_is_missing_repeated_or_unreadable_is_named(service: &TestService) {
    let before = service.contents().await;
    for route in ROUTES {
        for field in needed(route) {
            let mut fields = good(route);
            fields.retain(|(name, _)| name != field);
            let missing = post(service, route, body(&fields)).await;
            assert_eq!(
                missing,
                (
                    StatusCode::BAD_REQUEST,
                    format!("the field {field} is missing")
                )
            );

            let twice = format!("{}&{field}=9876", body(&good(route)));
            let twice = post(service, route, twice).await;
            let said = format!("the field {field} comes more than once");
            assert_eq!(twice, (StatusCode::BAD_REQUEST, said));

            for unreadable in ["9876%FF", "9876%ED%A0%80", "9876%00"] {
                let garbled = post(service, route, with(route, field, unreadable)).await;
                let said = format!("the field {field} can't be read");
                assert_eq!(
                    garbled,
                    (StatusCode::BAD_REQUEST, said),
                    "{route} {unreadable}"
                );
            }
        }
    }
    assert_eq!(service.contents().await, before);
}

async fn only_a_kenyan_mobile_number_in_full_is_a_caller(service: &TestService) {
    let before = service.contents().await;
    for number in [
        "0700000001",
        "700000001",
        "%2B2547000000",
        "%2B25470000000011",
        "%2B14155550100",
        "%2B254202012345",
        "%2B2547OO000001",
        "SAFARICOM",
        "%2B%2B254700000001",
        "254700000001%20OR%201%3D1",
        "%D9%A0",
    ] {
        for route in ["ussd", "ussd-end", "opt-out"] {
            let refused = post(service, route, with(route, "phoneNumber", number)).await;
            let said = "the field phoneNumber can't be read".to_owned();
            assert_eq!(refused, (StatusCode::BAD_REQUEST, said), "{route} {number}");
        }
    }
    let nobody = post(service, "ussd", with("ussd", "phoneNumber", "")).await;
    assert_eq!(nobody.1, "the field phoneNumber is missing");
    assert_eq!(service.contents().await, before);
}

async fn an_id_that_is_none_is_refused(service: &TestService) {
    let before = service.contents().await;
    let long = "a".repeat(129);
    for (route, field) in [("ussd", "sessionId"), ("sms", "id"), ("delivery", "id")] {
        for id in ["two+words", "line%0Abreak", "na%C3%AFve", &long] {
            let refused = post(service, route, with(route, field, id)).await;
            let said = format!("the field {field} can't be read");
            assert_eq!(refused, (StatusCode::BAD_REQUEST, said), "{route} {id}");
        }
    }
    assert_eq!(service.contents().await, before);
}

async fn the_network_is_optional_and_may_be_any(service: &TestService) {
    let first = post(service, "ussd", body(&good("ussd"))).await;
    assert_eq!(first.0, 200);
    let mut without = good("ussd");
    without.retain(|(name, _)| *name != "networkCode");
    let mut sent = vec![body(&without)];
    let long = "9".repeat(4000);
    for network in [
        "",
        "99999",
        "Safaricom",
        "63902%2C63903",
        "%F0%9F%93%B1",
        &long,
    ] {
        sent.push(with("ussd", "networkCode", network));
    }
    for (number, body) in sent.into_iter().enumerate() {
        let body = body.replace("ATUid_callbacks", &format!("ATUid_network_{number}"));
        assert_eq!(post(service, "ussd", body).await, first, "{number}");
    }
}

async fn a_plus_that_became_a_space_is_repaired(service: &TestService) {
    let first = post(service, "ussd", body(&good("ussd"))).await;
    for (index, number) in ["+254700000001", "%20254700000001", "254700000001"]
        .iter()
        .enumerate()
    {
        let body = with("ussd", "phoneNumber", number);
        let body = body.replace("ATUid_callbacks", &format!("ATUid_plus_{index}"));
        assert_eq!(post(service, "ussd", body).await, first, "{number}");
    }
    let opt_out = post(
        service,
        "opt-out",
        with("opt-out", "phoneNumber", "+254700000001"),
    )
    .await;
    assert_eq!(opt_out.0, 200);
    let sms = post(service, "sms", with("sms", "from", "+254700000001")).await;
    assert_eq!(sms.0, 200);
    assert_eq!(
        (
            rows(service, "opt_outs").await,
            rows(service, "inbound").await
        ),
        (1, 1)
    );
}

async fn more_than_16_kb_is_too_much(service: &TestService) {
    let before = service.contents().await;
    for route in ROUTES {
        let mut body = format!("{}&padding=", body(&good(route)));
        body.push_str(&"x".repeat(16 * 1024 + 1 - body.len()));
        let path = format!("/callbacks/at/{SECRET}/{route}");
        let answer = send(service, Method::POST, &path, FORM, body.clone()).await;
        assert_eq!(answer.status(), 413, "{route}");
        // Without a length in front, it is found out on the way.
        let answer = send_in_pieces(service, &path, &body).await;
        assert!(answer.starts_with("HTTP/1.1 413 "), "{route}: {answer}");
    }
    assert_eq!(service.contents().await, before);
    let mut most = format!("{}&padding=", body(&good("ussd")));
    most.push_str(&"x".repeat(16 * 1024 - most.len()));
    assert_eq!(post(service, "ussd", most).await.0, 200);
}

async fn the_end_of_a_session_is_acknowledged(service: &TestService) {
    let accepted = (StatusCode::OK, "OK".to_owned());
    assert_eq!(
        post(service, "ussd-end", body(&good("ussd-end"))).await,
        accepted
    );
    for status in ["Success", "Failed", "Teleported", "9876543210"] {
        let end = with("ussd-end", "status", status);
        assert_eq!(post(service, "ussd-end", end).await, accepted, "{status}");
    }
    let least = "sessionId=s1&phoneNumber=%2B254700000001&status=Success&hopsCount=many";
    assert_eq!(post(service, "ussd-end", least).await, accepted);
}

async fn an_incoming_sms_is_kept_once_and_sealed(service: &TestService) {
    for _ in 0..5 {
        let kept = post(service, "sms", body(&good("sms"))).await;
        assert_eq!(kept, (StatusCode::OK, "OK".to_owned()));
    }
    let at_once = (0..5).map(|_| post(service, "sms", with("sms", "id", "at-once")));
    for kept in futures_util::future::join_all(at_once).await {
        assert_eq!(kept.0, 200);
    }
    let contents = service.contents().await;
    assert_eq!(contents["inbound"].len(), 2);
    let hex = |text: &str| {
        text.bytes()
            .fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"))
    };
    for row in contents["inbound"].iter().map(|row| row.to_lowercase()) {
        assert!(
            !row.contains("barua") && !row.contains(&hex("BARUA")),
            "{row}"
        );
    }
}

async fn an_sms_from_a_name_is_acknowledged_and_not_kept(service: &TestService) {
    let before = service.contents().await;
    for name in [
        "SAFARICOM",
        "0700000001",
        "%2B14155550100",
        "144",
        "%F0%9F%93%B1",
    ] {
        let answer = post(service, "sms", with("sms", "from", name)).await;
        assert_eq!(answer, (StatusCode::OK, "OK".to_owned()), "{name}");
    }
    assert_eq!(service.contents().await, before);
}

async fn a_report_about_an_unknown_message_is_acknowledged(service: &TestService) {
    let sent = [
        body(&good("delivery")),
        "id=ATXid_bare&status=Success".to_owned(),
        with("delivery", "phoneNumber", "0700000001"),
        with("delivery", "phoneNumber", "SAFARICOM"),
    ];
    for report in sent {
        let answer = post(service, "delivery", report).await;
        assert_eq!(answer, (StatusCode::OK, "OK".to_owned()));
    }
}

async fn any_status_of_a_report_is_acknowledged(service: &TestService) {
    let msisdn = Msisdn::parse(&person(1)).unwrap();
    service.sandbox.behave(&msisdn, Behaviour::NoReport);
    service.phone(1).walk(&["3", "1"]).await;
    service.outbox_comes_to(&[("accepted", 1)]).await;
    let message = service.sandbox.messages().remove(0).id;
    let done = body(&good("delivery")).replace("ATXid_nobody_knows", &message);
    assert_eq!(post(service, "delivery", done).await.0, 200);
    service.outbox_comes_to(&[("delivered", 1)]).await;
    let statuses = [
        "Sent",
        "Submitted",
        "Buffered",
        "Rejected",
        "Failed",
        "AbsentSubscriber",
        "Expired",
        "Teleported",
        "%F0%9F%93%B1",
    ];
    for status in statuses {
        for id in [message.as_str(), "ATXid_nobody_knows"] {
            let report = with("delivery", "status", status).replace("ATXid_nobody_knows", id);
            let report = format!("{report}&failureReason=SimOnTheMoon");
            let answer = post(service, "delivery", report).await;
            assert_eq!(answer, (StatusCode::OK, "OK".to_owned()), "{status}");
        }
    }
    // What came later than the end of a message changes nothing of it.
    service.outbox_comes_to(&[("delivered", 1)]).await;
}

async fn an_opt_out_is_kept_once(service: &TestService) {
    for _ in 0..2 {
        let answer = post(service, "opt-out", body(&good("opt-out"))).await;
        assert_eq!(answer, (StatusCode::OK, "OK".to_owned()));
    }
    assert_eq!(rows(service, "opt_outs").await, 1);
    post(service, "opt-out", with("opt-out", "senderId", "22026")).await;
    assert_eq!(rows(service, "opt_outs").await, 2);
}
