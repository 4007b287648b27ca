//! The descriptions that come with the program, on requests as their aggregators' pages
//! show them. All numbers, ids and keys are made up.

use std::collections::BTreeMap;

use data_encoding::BASE64;
use hmac::{Hmac, KeyInit, Mac};
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderMap, Method, StatusCode};
use secrecy::SecretString;
use serde_json::{Value, json};
use sha1::Sha1;
use zeroize::Zeroizing;

use super::{Account, Described, DescribedError};
use crate::aggregators::{
    Aggregator, CallbackError, EndStatus, FailureReason, Hop, HttpSms, Input, Network, NotSent,
    RawRequest, ReportStatus, SendOutcome, Sender, Sms, Turn,
};
use crate::config::DescriptionText;
use crate::domain::{MessageId, Msisdn, Timestamp};
use crate::ussd::Screen;

const FORM: &str = "application/x-www-form-urlencoded";

fn account(values: &[(&str, &str)]) -> Account {
    let secret = |(name, value): &(&str, &str)| ((*name).to_owned(), SecretString::from(*value));
    Account {
        values: values.iter().map(secret).collect::<BTreeMap<_, _>>(),
        base_url: Some("https://sms.example.org/".to_owned()),
        sender_id: Some("COUNCIL".to_owned()),
        service_codes: vec!["*415*33#".to_owned()],
        public_url: "https://cp2.example.org".to_owned(),
        callbacks: Zeroizing::new("/callbacks/x/secret".to_owned()),
    }
}

const SEND: &str = "[send]\nurl = \"{base_url}\"\nanswer = { read = \"json\" }\n";

fn text(text: &str) -> DescriptionText {
    DescriptionText {
        file: "own.toml".to_owned(),
        text: text.to_owned(),
    }
}

fn ussd(name: &str) -> Described {
    let built_in = DescriptionText::read(name).unwrap();
    Described::open(&[built_in, text(SEND)], account(&[])).unwrap()
}

fn sms(name: &str, values: &[(&str, &str)]) -> Described {
    Described::open(&[DescriptionText::read(name).unwrap()], account(values)).unwrap()
}

fn advanta() -> Described {
    sms(
        "advanta-sms",
        &[("api_key", "k-0123"), ("partner_id", "77")],
    )
}

fn twilio() -> Described {
    sms(
        "twilio-sms",
        &[("account_sid", "AC00"), ("auth_token", "t-0123")],
    )
}

fn infobip() -> Described {
    sms("infobip-sms", &[("api_key", "k-0123")])
}

/// A request, with a body when it has one.
struct Request<'a> {
    query: Option<&'a str>,
    rest: &'a str,
    body: String,
}

impl Request<'_> {
    fn query(query: &str) -> Request<'_> {
        Request {
            query: Some(query),
            rest: "",
            body: String::new(),
        }
    }

    fn json(body: &Value) -> Self {
        Self::body(&body.to_string())
    }

    fn body(body: &str) -> Self {
        Self {
            query: None,
            rest: "",
            body: body.to_owned(),
        }
    }

    fn to<T>(&self, read: impl FnOnce(&RawRequest<'_>) -> T) -> T {
        let headers = HeaderMap::from_iter([(CONTENT_TYPE, FORM.parse().unwrap())]);
        let method = if self.query.is_some() {
            Method::GET
        } else {
            Method::POST
        };
        read(&RawRequest {
            method: &method,
            path: "/callbacks/x/secret/ussd",
            rest: self.rest,
            query: self.query,
            headers: &headers,
            body: self.body.as_bytes(),
        })
    }

    fn hop(&self, described: &Described) -> Result<Hop, CallbackError> {
        self.to(|raw| described.ussd().unwrap().read_hop(raw))
    }

    fn turn(&self, described: &Described) -> Turn {
        match self.hop(described).unwrap() {
            Hop::Turn(turn) => turn,
            Hop::Ended(end) => panic!("{end:?}"),
        }
    }

    fn answer(&self, described: &Described, end: bool) -> http::Response<bytes::Bytes> {
        let turn = self.turn(described);
        let text = "1. \"Barua\"\n2. Nenosiri".to_owned();
        let screen = Screen { text, end };
        self.to(|raw| described.ussd().unwrap().write_screen(&screen, &turn, raw))
    }

    fn json_answer(&self, described: &Described, end: bool) -> Value {
        let answer = self.answer(described, end);
        assert_eq!(answer.headers()[CONTENT_TYPE], "application/json");
        serde_json::from_slice(answer.body()).unwrap()
    }
}

fn input(text: &str) -> Zeroizing<String> {
    Zeroizing::new(text.to_owned())
}

#[test]
fn every_description_that_comes_with_the_program_can_be_read() {
    let names = DescriptionText::built_in();
    assert!(names.len() >= 14, "{names:?}");
    for name in names {
        let text = DescriptionText::read(name).unwrap();
        if let Err(error) = super::Description::read(&text) {
            panic!("{error}");
        }
    }
}

#[test]
fn the_kenyan_get_family_is_read_and_answered_in_text() {
    for (name, query) in [
        (
            "advanta-ussd",
            "SESSIONID=s1&USSDCODE=*415%23&MSISDN=254700000001&INPUT=33*2*4711",
        ),
        (
            "techsavanna-ussd",
            "SESSIONID=s1&USSDCODE=*415*33&MSISDN=254700000001&INPUT=2*4711&NETWORK=saf",
        ),
        (
            "crossgate-ussd",
            "session_id=s1&msisdn=254700000001&network_code=2541&ussd_string=2*4711&service_code=41533",
        ),
        (
            "safaricom-ussd",
            "ORIG=254700000001&DEST=415&SESSION_ID=s1&USSD_PARAMS=33*2*4711",
        ),
    ] {
        let (described, request) = (ussd(name), Request::query(query));
        let turn = request.turn(&described);
        assert_eq!(turn.session.as_str(), "s1", "{name}");
        assert_eq!(turn.caller.as_str(), "254700000001", "{name}");
        assert_eq!(turn.input, Input::Cumulative(input("2*4711")), "{name}");
        let saf = (name == "techsavanna-ussd").then_some(Network::Safaricom);
        assert_eq!(turn.network, saf);
        for (end, verb) in [(false, "CON"), (true, "END")] {
            let answer = request.answer(&described, end);
            assert_eq!(answer.headers()[CONTENT_TYPE], "text/plain; charset=utf-8");
            let expected = format!("{verb} 1. \"Barua\"\n2. Nenosiri");
            assert_eq!(answer.body(), expected.as_bytes(), "{name}");
        }
    }
}

#[test]
fn on_a_shared_code_our_part_of_it_is_no_answer() {
    let described = ussd("advanta-ussd");
    for (told, sent, code, meant) in [
        ("*415%23", "33", "*415*33#", ""),
        ("*415%23", "33*33*1", "*415*33#", "33*1"),
        ("*415%23", "33*", "*415*33#", ""),
        ("*415%23", "1", "*415*33#", "1"),
        ("*415%23", "331", "*415*33#", "331"),
        ("*415*33%23", "33", "*415*33#", "33"),
        ("*500%23", "33", "*500#", "33"),
    ] {
        let query = format!("SESSIONID=s1&USSDCODE={told}&MSISDN=254700000001&INPUT={sent}");
        let turn = Request::query(&query).turn(&described);
        assert_eq!(turn.service_code, code, "{sent}");
        assert_eq!(turn.input, Input::Cumulative(input(meant)), "{sent}");
    }
}

#[test]
fn airtel_says_in_headers_what_goes_on_and_in_the_query_what_is_over() {
    let described = ussd("airtel-ussd");
    let request = Request::query("SessionID=s1&MSISDN=254700000007&MSC=m1&input=2");
    let turn = request.turn(&described);
    assert_eq!(turn.input, Input::Last(input("2")));
    assert_eq!(turn.service_code, "*415*33#");
    for (end, flow) in [(false, "FC"), (true, "FB")] {
        let answer = request.answer(&described, end);
        assert_eq!(answer.headers()["freeflow"], flow);
        assert_eq!(answer.headers()["charge"], "N");
        assert_eq!(answer.body(), "1. \"Barua\"\n2. Nenosiri".as_bytes());
    }
    let over = Request::query("clean=1&error=522&SessionID=s1&msisdn=254700000007");
    let Hop::Ended(end) = over.hop(&described).unwrap() else {
        panic!("the session is over");
    };
    assert_eq!(end.session.as_str(), "s1");
    assert_eq!(end.status, EndStatus::Other("1".to_owned()));
}

#[test]
fn hubtel_numbers_its_hops_and_tells_what_was_dialled() {
    let described = ussd("hubtel-ussd");
    let hop = |kind: &str, message: &str, sequence: u32| {
        Request::json(&json!({
            "Type": kind, "Message": message, "ServiceCode": "415*33", "Operator": "airtel",
            "ClientState": null, "Mobile": "254700000007", "SessionId": "s1",
            "Sequence": sequence, "Platform": "USSD",
        }))
    };
    let first = hop("initiation", "*415*33*3#", 1).turn(&described);
    assert_eq!(first.input, Input::Dialled(input("*415*33*3#")));
    assert_eq!(first.network, Some(Network::Airtel));
    let next = hop("Response", "2", 2);
    assert_eq!(next.turn(&described).input, Input::Numbered(2, input("2")));
    for (end, kind) in [(false, "response"), (true, "release")] {
        let expected = json!({
            "SessionId": "s1", "Type": kind, "Message": "1. \"Barua\"\n2. Nenosiri",
        });
        assert_eq!(next.json_answer(&described, end), expected);
    }
    for over in ["Release", "timeout"] {
        let ended = hop(over, "", 3).hop(&described).unwrap();
        assert!(matches!(ended, Hop::Ended(_)), "{over}");
    }
}

#[test]
fn arkesel_and_nalo_get_their_own_fields_back() {
    let arkesel = ussd("arkesel-ussd");
    let request = Request::json(&json!({
        "sessionID": "s1", "userID": "U_9", "newSession": false, "msisdn": "254700000001",
        "userData": "#", "network": "Safaricom",
    }));
    assert_eq!(request.turn(&arkesel).input, Input::Last(input("#")));
    let expected = json!({
        "sessionID": "s1", "userID": "U_9", "msisdn": "254700000001",
        "message": "1. \"Barua\"\n2. Nenosiri", "continueSession": true,
    });
    assert_eq!(request.json_answer(&arkesel, false), expected);
    let first = Request::json(&json!({
        "sessionID": "s1", "userID": "U_9", "newSession": true, "msisdn": "254700000001",
        "userData": null,
    }));
    assert_eq!(first.turn(&arkesel).input, Input::Dialled(input("")));

    let nalo = ussd("nalo-ussd");
    let request = Request::json(&json!({
        "USERID": "NALO_1", "MSISDN": "254700000001", "USERDATA": "2", "MSGTYPE": false,
        "NETWORK": "SAFARICOM", "SESSIONID": "s1",
    }));
    assert_eq!(request.turn(&nalo).input, Input::Last(input("2")));
    let expected = json!({
        "USERID": "NALO_1", "MSISDN": "254700000001", "MSG": "1. \"Barua\"\n2. Nenosiri",
        "MSGTYPE": false,
    });
    assert_eq!(request.json_answer(&nalo, true), expected);
}

#[test]
fn mtn_is_answered_in_its_envelope() {
    let described = ussd("mtn-ussd");
    let hop = |kind: &str| {
        Request::json(&json!({
            "sessionId": "s1", "messageType": kind, "msisdn": "254700000001",
            "serviceCode": "415*33", "ussdString": "2",
        }))
    };
    assert_eq!(hop("0").turn(&described).input, Input::Dialled(input("2")));
    assert_eq!(hop("1").turn(&described).input, Input::Last(input("2")));
    let answer = hop("1").json_answer(&described, true);
    let data = json!({
        "inboundResponse": "1. \"Barua\"\n2. Nenosiri", "userInputRequired": false,
        "messageType": 2, "serviceCode": "415*33", "msisdn": "254700000001",
    });
    assert_eq!(answer["statusCode"], "0000");
    assert_eq!(answer["data"], data);
    for over in ["2", "4", "5"] {
        assert!(
            matches!(hop(over).hop(&described), Ok(Hop::Ended(_))),
            "{over}"
        );
    }
}

#[test]
fn infobip_writes_the_session_and_its_fate_into_the_path() {
    let described = ussd("infobip-ussd");
    let hop = |rest| Request {
        rest,
        ..Request::json(&json!({"msisdn": "254700000001", "text": "2", "shortCode": "*415*33#"}))
    };
    let first = hop("session/s1/start").turn(&described);
    assert_eq!(first.session.as_str(), "s1");
    assert!(matches!(first.input, Input::Dialled(_)));
    let next = hop("session/s1/response");
    assert_eq!(next.turn(&described).input, Input::Last(input("2")));
    let expected = json!({
        "shouldClose": false, "ussdMenu": "1. \"Barua\"\n2. Nenosiri",
        "responseExitCode": 200, "responseMessage": "",
    });
    assert_eq!(next.json_answer(&described, false), expected);
    let end = Request {
        rest: "session/s1/end",
        ..Request::json(&json!({"exitCode": 200, "reason": "timeout"}))
    };
    assert!(matches!(end.hop(&described), Ok(Hop::Ended(_))));
    let nowhere = hop("").hop(&described);
    assert_eq!(nowhere, Err(CallbackError::Missing("session")));
}

#[test]
fn what_is_no_hop_is_refused_by_the_name_of_its_field() {
    let described = ussd("advanta-ussd");
    for (query, error) in [
        (
            "USSDCODE=*415&MSISDN=254700000001&INPUT=",
            CallbackError::Missing("session"),
        ),
        (
            "SESSIONID=a+b&MSISDN=254700000001&INPUT=",
            CallbackError::Malformed("session"),
        ),
        (
            "SESSIONID=s1&MSISDN=0700000001&INPUT=",
            CallbackError::Malformed("caller"),
        ),
        (
            "SESSIONID=s1&MSISDN=254700000001&INPUT=1&INPUT=2",
            CallbackError::Repeated("input"),
        ),
        (
            "SESSIONID=s1&MSISDN=254700000001&INPUT=%00",
            CallbackError::Malformed("input"),
        ),
    ] {
        assert_eq!(Request::query(query).hop(&described), Err(error), "{query}");
    }
    let described = ussd("arkesel-ussd");
    for (body, error) in [
        ("", CallbackError::NotJson),
        ("7", CallbackError::NotJson),
        ("{}", CallbackError::Missing("session")),
        (
            r#"{"sessionID":{},"msisdn":"254700000001"}"#,
            CallbackError::Malformed("session"),
        ),
    ] {
        assert_eq!(Request::body(body).hop(&described), Err(error), "{body}");
    }
    let get = Request::query("sessionID=s1").hop(&described);
    assert_eq!(get, Err(CallbackError::NotAPost));
}

fn request_of(described: &Described) -> http::Request<bytes::Bytes> {
    let to = Msisdn::parse("254700000001").unwrap();
    described.sms_request(&Sms {
        id: &MessageId::parse("019a0000-0000-7000-8000-000000000001").unwrap(),
        now: Timestamp::from_millis(1_791_180_000_123),
        to: &to,
        text: "PIN: 1*2 & \"more\"",
        sender: None,
        link_id: None,
    })
}

fn body_of(request: &http::Request<bytes::Bytes>) -> Value {
    assert_eq!(request.headers()[CONTENT_TYPE], "application/json");
    serde_json::from_slice(request.body()).unwrap()
}

#[test]
fn an_sms_goes_out_as_each_description_says() {
    let request = request_of(&advanta());
    assert_eq!(request.method(), Method::POST);
    assert_eq!(
        request.uri(),
        "https://sms.example.org/api/services/sendsms/"
    );
    let expected = json!({
        "apikey": "k-0123", "partnerID": "77", "shortcode": "COUNCIL",
        "mobile": "254700000001", "message": "PIN: 1*2 & \"more\"",
    });
    assert_eq!(body_of(&request), expected);

    let request = request_of(&infobip());
    assert_eq!(request.uri(), "https://sms.example.org/sms/3/messages");
    assert_eq!(request.headers()[AUTHORIZATION], "App k-0123");
    let expected = json!({"messages": [{
        "sender": "COUNCIL",
        "destinations": [{"to": "254700000001"}],
        "content": {"text": "PIN: 1*2 & \"more\""},
        "webhooks": {"delivery": {
            "url": "https://cp2.example.org/callbacks/x/secret/delivery",
            "contentType": "application/json",
        }},
    }]});
    assert_eq!(body_of(&request), expected);

    let values = [
        ("access_key", "a-1"),
        ("api_key", "k-1"),
        ("client_id", "c-1"),
    ];
    let request = request_of(&sms("onfon-sms", &values));
    assert_eq!(request.headers()["accesskey"], "a-1");
    let parameters = json!([{"Number": "254700000001", "Text": "PIN: 1*2 & \"more\""}]);
    assert_eq!(body_of(&request)["MessageParameters"], parameters);

    let request = request_of(&twilio());
    let uri = "https://sms.example.org/2010-04-01/Accounts/AC00/Messages.json";
    assert_eq!(request.uri(), uri);
    let basic = format!("Basic {}", BASE64.encode(b"AC00:t-0123"));
    assert_eq!(request.headers()[AUTHORIZATION], basic.as_str());
    assert_eq!(request.headers()[CONTENT_TYPE], FORM);
    let body = String::from_utf8(request.body().to_vec()).unwrap();
    assert_eq!(
        body,
        "Body=PIN%3A+1*2+%26+%22more%22&From=COUNCIL&StatusCallback=https%3A%2F%2Fcp2.example.org\
         %2Fcallbacks%2Fx%2Fsecret%2Fdelivery&To=%2B254700000001"
    );
}

#[test]
fn an_sms_can_go_out_in_the_query_and_without_a_sender() {
    let own = text(
        "[send]\nmethod = \"GET\"\nurl = \"{base_url}/send?v=2\"\n\
         query = { key = \"{values.key}\", from = \"{sender}\", to = \"{to_local}\", text = \"{text}\" }\n\
         [send.answer]\nread = \"text\"\nwords = { accepted = [\"0: Accepted\"], throttled = [\"3: \"] }\n",
    );
    let account = Account {
        sender_id: None,
        ..account(&[("key", "k&1")])
    };
    let described = Described::open(&[own], account).unwrap();
    let request = request_of(&described);
    assert_eq!(request.method(), Method::GET);
    assert_eq!(
        request.uri(),
        "https://sms.example.org/send?v=2&key=k%261&text=PIN%3A+1*2+%26+%22more%22&to=0700000001"
    );
    let ask =
        |body: &str| described.sms_outcome(StatusCode::OK, &HeaderMap::new(), body.as_bytes());
    assert!(matches!(
        ask("0: accepted for delivery\n"),
        SendOutcome::Accepted { .. }
    ));
    assert!(matches!(
        ask("3: Queued for later"),
        SendOutcome::NotSent(NotSent::Throttled { .. })
    ));
    assert!(matches!(ask("<html>"), SendOutcome::Unknown { .. }));
}

fn ask(described: &Described, status: u16, body: &str) -> SendOutcome {
    let status = StatusCode::from_u16(status).unwrap();
    described.sms_outcome(status, &HeaderMap::new(), body.as_bytes())
}

fn accepted(id: &str) -> SendOutcome {
    SendOutcome::Accepted {
        message_id: Some(id.to_owned()),
        cost: None,
    }
}

#[test]
fn an_acceptance_has_the_aggregators_id() {
    for (described, status, body, id) in [
        (
            advanta(),
            200,
            r#"{"responses":[{"response-code":200,"messageid":8290842}]}"#,
            "8290842",
        ),
        (
            advanta(),
            200,
            r#"{"responses":[{"respose-code":"200","messageid":"m1"}]}"#,
            "m1",
        ),
        (
            infobip(),
            200,
            r#"{"messages":[{"messageId":"m1","status":{"groupId":1}}]}"#,
            "m1",
        ),
        (
            twilio(),
            201,
            r#"{"sid":"SM00","status":"queued","price":null}"#,
            "SM00",
        ),
    ] {
        assert_eq!(ask(&described, status, body), accepted(id), "{body}");
    }
}

#[test]
fn a_refusal_is_a_decision() {
    let coded = |code: u16| format!(r#"{{"responses":[{{"response-code":{code}}}]}}"#);
    for (code, expected) in [
        (1001, NotSent::BadSender),
        (1004, NotSent::NoBalance),
        (1006, NotSent::BadCredentials),
    ] {
        let outcome = ask(&advanta(), 200, &coded(code));
        assert_eq!(outcome, SendOutcome::NotSent(expected), "{code}");
    }
    let later = ask(&advanta(), 200, &coded(4090));
    assert!(matches!(
        later,
        SendOutcome::NotSent(NotSent::Transient { .. })
    ));
    let stopped = r#"{"code":21610,"message":"unsubscribed","status":400}"#;
    assert_eq!(
        ask(&twilio(), 400, stopped),
        SendOutcome::NotSent(NotSent::Blocked)
    );
    let other = ask(&twilio(), 400, r#"{"code":21211,"status":400}"#);
    assert!(matches!(
        other,
        SendOutcome::NotSent(NotSent::Permanent { .. })
    ));
    for described in [advanta(), infobip(), twilio()] {
        let refused = ask(&described, 401, "who are you?");
        assert_eq!(refused, SendOutcome::NotSent(NotSent::BadCredentials));
    }
}

#[test]
fn what_may_have_been_sent_is_unknown() {
    for (status, body) in [
        (200, ""),
        (200, "<html>"),
        (200, "{}"),
        (200, r#"{"responses":[]}"#),
        (200, r#"{"responses":[{"response-code":1005}]}"#),
        (
            500,
            r#"{"responses":[{"response-code":200,"messageid":1}]}"#,
        ),
        (502, "bad gateway"),
        (503, ""),
    ] {
        let outcome = ask(&advanta(), status, body);
        assert!(
            matches!(outcome, SendOutcome::Unknown { .. }),
            "{status} {body}: {outcome:?}"
        );
    }
}

#[test]
fn sms_from_people_are_read_also_many_at_once() {
    let query = "shortcode=22026&mobile=254700000001&message=BARUA+90000001&partnerId=7";
    let read = Request::query(query)
        .to(|raw| advanta().read_inbound(raw))
        .unwrap();
    assert_eq!(read[0].id, None);
    assert_eq!(read[0].text.as_str(), "BARUA 90000001");

    let body = json!({"results": [
        {"messageId": "m1", "from": "254700000001", "to": "22026", "text": "BARUA"},
        {"messageId": "m2", "from": "254700000001", "to": "22026"},
        {"messageId": "m3", "from": "MTN", "to": "22026", "text": "offer"},
    ], "messageCount": 3});
    let read = Request::json(&body)
        .to(|raw| infobip().read_inbound(raw))
        .unwrap();
    let ids: Vec<_> = read.iter().map(|one| one.id.as_deref().unwrap()).collect();
    assert_eq!(ids, ["m1", "m3"]);
    assert_eq!(read[1].from, Sender::Other("MTN".to_owned()));
    let broken = json!({"results": [{"messageId": "m2"}]});
    let broken = Request::json(&broken).to(|raw| infobip().read_inbound(raw));
    assert_eq!(broken, Err(CallbackError::Missing("from")));
}

#[test]
fn reports_say_where_a_message_is() {
    for (said, status, reason) in [
        ("SentToNetwork", ReportStatus::InTransit, None),
        ("deliveredtoterminal", ReportStatus::Delivered, None),
        (
            "AbsentSubscriber",
            ReportStatus::Failed,
            Some(FailureReason::Absent),
        ),
        ("Unknown", ReportStatus::Unknown, None),
    ] {
        let body = json!({"description": said, "messageid": 17, "timeTaken": "00:00:03"});
        let read = Request::json(&body)
            .to(|raw| advanta().read_reports(raw))
            .unwrap();
        assert_eq!(read[0].message_id, "17");
        assert_eq!(
            (read[0].status, read[0].reason.clone()),
            (status, reason),
            "{said}"
        );
    }
    let many = json!({"results": [
        {"messageId": "m1", "to": "254700000001", "status": {"groupName": "DELIVERED"}},
        {"messageId": "m2", "status": {"groupName": "EXPIRED"}},
    ]});
    let read = Request::json(&many)
        .to(|raw| infobip().read_reports(raw))
        .unwrap();
    assert_eq!(read[0].status, ReportStatus::Delivered);
    assert!(read[0].to.is_some());
    assert_eq!(read[1].reason, Some(FailureReason::Expired));
    let form = "MessageSid=SM00&MessageStatus=undelivered&To=%2B254700000001&ErrorCode=30003";
    let words = "https://cp2.example.org/callbacks/x/secret/ussd\
                 ErrorCode30003MessageSidSM00MessageStatusundeliveredTo+254700000001";
    let read = signed(form, Some(&signature(words)), |raw| {
        twilio().read_reports(raw)
    })
    .unwrap();
    assert_eq!(read[0].status, ReportStatus::Failed);
    assert_eq!(
        read[0].reason,
        Some(FailureReason::Other("30003".to_owned()))
    );
}

#[test]
fn what_a_description_leaves_out_is_not_offered() {
    let described = ussd("advanta-ussd");
    let none = Request::query("a=b");
    let inbound = none.to(|raw| described.read_inbound(raw));
    assert_eq!(inbound, Err(CallbackError::NotOffered));
    let reports = none.to(|raw| described.read_reports(raw));
    assert_eq!(reports, Err(CallbackError::NotOffered));
    assert!(advanta().ussd().is_none());
    assert!(advanta().sim_cards().is_none());
}

/// Base64 of HMAC-SHA1 over these words.
fn signature(words: &str) -> String {
    let mut mac = Hmac::<Sha1>::new_from_slice(b"t-0123").unwrap();
    mac.update(words.as_bytes());
    BASE64.encode(&mac.finalize().into_bytes())
}

/// A form with a signature.
fn signed<T>(body: &str, signature: Option<&str>, read: impl FnOnce(&RawRequest<'_>) -> T) -> T {
    let mut headers = HeaderMap::from_iter([(CONTENT_TYPE, FORM.parse().unwrap())]);
    if let Some(signature) = signature {
        headers.insert("x-twilio-signature", signature.parse().unwrap());
    }
    read(&RawRequest {
        method: &Method::POST,
        path: "/callbacks/x/secret/ussd",
        rest: "",
        query: None,
        headers: &headers,
        body: body.as_bytes(),
    })
}

#[test]
fn a_signed_callback_is_verified_and_any_other_is_not() {
    let body = "Body=Habari&From=%2B254700000001&MessageSid=SM00&To=22026&Media=b&Media=a&Media=b";
    let words = "https://cp2.example.org/callbacks/x/secret/ussdBodyHabariFrom+254700000001MediaaMediabMessageSidSM00To22026";
    let good = signature(words);
    let verify = |body: &str, signature: Option<&str>| {
        let read = signed(body, signature, |raw| twilio().read_inbound(raw));
        read.map(|read| read.len())
    };
    assert_eq!(verify(body, Some(&good)), Ok(1));
    let other = body.replace("Habari", "Habar1");
    for (body, signature) in [
        (body, None),
        (body, Some("")),
        (body, Some("?")),
        (&other, Some(&*good)),
    ] {
        assert_eq!(verify(body, signature), Err(CallbackError::NotSigned));
    }
}

#[test]
fn a_description_with_a_fault_is_refused_where_it_stands() {
    for (own, message) in [
        ("[send]\nurk = \"x\"", "own.toml:2:1: unknown field `urk`"),
        (
            "[send]\nurl = \"{caller}\"",
            "own.toml:2:7: {caller} stands for nothing here",
        ),
        (
            "[send]\nurl = \"x\"\nanswer = { read = \"json\" }\nbody = { json = { a = \"{txt}\" } }",
            "own.toml:4:",
        ),
        (
            "[report.words]\nlost = [\"x\"]",
            "own.toml:2:1: unknown variant `lost`",
        ),
        (
            "[ussd]\nread = \"telepathy\"",
            "own.toml:2:8: unknown variant `telepathy`",
        ),
    ] {
        let error = Described::open(&[text(own)], account(&[])).err().unwrap();
        assert!(error.to_string().starts_with(message), "{error}");
    }
}

#[test]
fn descriptions_and_accounts_that_do_not_go_together_are_refused() {
    let open = |texts: &[&str], account: Account| {
        let texts: Vec<_> = texts.iter().map(|own| text(own)).collect();
        Described::open(&texts, account).err().unwrap()
    };
    let keyed = SEND.replace("{base_url}", "{base_url}/{values.key}");
    assert_eq!(
        open(&[SEND, SEND], account(&[])),
        DescribedError::Twice("send")
    );
    assert_eq!(open(&[""], account(&[])), DescribedError::NoSend);
    let missing = DescribedError::NoValue("values.key".to_owned());
    assert_eq!(open(&[&keyed], account(&[])), missing);
    let unused = DescribedError::Unused("key".to_owned());
    assert_eq!(open(&[SEND], account(&[("key", "k")])), unused);
    for base_url in [
        "http://sms.example.org",
        "ftp://x",
        "sms.example.org",
        "https://a b",
    ] {
        let account = Account {
            base_url: Some(base_url.to_owned()),
            ..account(&[])
        };
        assert_eq!(open(&[SEND], account), DescribedError::Url, "{base_url}");
    }
    let headed = format!("{SEND}headers = {{ Key = \"{{values.key}}\" }}\n");
    let bad = open(&[&headed], account(&[("key", "two\nlines")]));
    assert_eq!(bad, DescribedError::Header("Key".to_owned()));
}

#[test]
fn an_account_prints_without_its_values() {
    let printed = format!("{:?}", account(&[("api_key", "k-0123")]));
    assert!(
        !printed.contains("k-0123") && !printed.contains("secret"),
        "{printed}"
    );
}

#[test]
fn a_log_in_is_asked_for_and_shown_as_the_description_says() {
    let values = [("username", "u-1"), ("password", "p-1"), ("account", "a-1")];
    let described = sms("safaricom-sms", &values);
    let gate = described.log_in().unwrap();
    let request = gate.request();
    assert_eq!(request.uri(), "https://sms.example.org/api/auth/login");
    assert_eq!(request.headers()["x-requested-with"], "XMLHttpRequest");
    assert_eq!(
        body_of(&request),
        json!({"username": "u-1", "password": "p-1"})
    );

    let read =
        |status: StatusCode, body: &str| gate.token(status, &HeaderMap::new(), body.as_bytes());
    let token = read(StatusCode::OK, r#"{"token":"t-1"}"#).ok().unwrap();
    assert_eq!(token.lasts.as_secs(), 2700);
    let mut request = request_of(&described);
    gate.show(&token, &mut request);
    let shown = &request.headers()["x-authorization"];
    assert_eq!(
        (shown.to_str().unwrap(), shown.is_sensitive()),
        ("Bearer t-1", true)
    );
    let body = body_of(&request);
    assert_eq!(body["timeStamp"], "1791180000");
    assert_eq!(
        body["dataSet"][0]["uniqueId"],
        "019a0000-0000-7000-8000-000000000001"
    );

    let refused = |status, body| read(status, body).err().unwrap();
    assert_eq!(
        refused(StatusCode::UNAUTHORIZED, ""),
        NotSent::BadCredentials
    );
    for (status, body) in [
        (StatusCode::OK, "<html>"),
        (StatusCode::INTERNAL_SERVER_ERROR, ""),
        (StatusCode::NOT_FOUND, ""),
    ] {
        let why = refused(status, body);
        assert!(matches!(why, NotSent::Transient { .. }), "{why:?}");
    }
}
