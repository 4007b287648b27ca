//! The sandbox against the adapter that will talk to it, over real HTTP.

use axum::Router;
use axum::routing::post;
use http::header::{CONTENT_TYPE, HeaderValue};
use http::{HeaderMap, Method, StatusCode};
use tokio::sync::mpsc;

use super::*;
use crate::aggregators::africastalking::{AfricasTalking, Endpoint, Settings};
use crate::aggregators::{
    Aggregator, FailureReason, HttpSms, NotSent, RawRequest, Report, ReportStatus, SendOutcome, Sms,
};
use crate::domain::{FixedClock, MessageId, Timestamp};

fn now() -> Timestamp {
    Timestamp::from_millis(1_793_606_400_000)
}

fn settings() -> SandboxSettings {
    SandboxSettings {
        username: "sandbox".to_owned(),
        api_key: Zeroizing::new("demo-key".to_owned()),
        callbacks: None,
        report_delay: Duration::ZERO,
        report_sent: false,
        ledger_file: None,
        clock: Arc::new(FixedClock::new(now())),
    }
}

async fn start(settings: SandboxSettings) -> Sandbox {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    Sandbox::start(listener, settings).unwrap()
}

fn account(sandbox: &Sandbox, endpoint: Endpoint, key: &str) -> AfricasTalking {
    let settings = Settings {
        base_url: sandbox.base_url(),
        username: "sandbox".to_owned(),
        api_key: Zeroizing::new(key.to_owned()),
        sender_id: None,
        endpoint,
    };
    AfricasTalking::open(settings).unwrap()
}

fn number(last: u8) -> Msisdn {
    Msisdn::parse(&format!("2547000000{last:02}")).unwrap()
}

async fn post_to(account: &AfricasTalking, to: &Msisdn, text: &str) -> Option<SendOutcome> {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let sms = Sms {
        id: &MessageId::fresh(),
        now: Timestamp::from_millis(0),
        to,
        text,
        sender: None,
        link_id: None,
    };
    let builder = reqwest::Client::builder().retry(reqwest::retry::never());
    let client = builder.no_proxy().build().unwrap();
    let request = account.sms_request(&sms).try_into().unwrap();
    let response = client.execute(request).await.ok()?;
    let (status, headers) = (response.status(), response.headers().clone());
    let body = response.bytes().await.ok()?;
    Some(account.sms_outcome(status, &headers, &body))
}

/// Sends as the outbox will; nothing when the answer never came.
async fn send(sandbox: &Sandbox, to: &Msisdn, text: &str) -> Option<SendOutcome> {
    post_to(&account(sandbox, Endpoint::Classic, "demo-key"), to, text).await
}

/// A service that takes delivery reports, answering with these statuses first.
async fn service(first: Vec<StatusCode>) -> (String, mpsc::UnboundedReceiver<Report>) {
    let (reports, received) = mpsc::unbounded_channel();
    let first = Arc::new(std::sync::Mutex::new(first));
    let take = async move |headers: HeaderMap, body: bytes::Bytes| {
        if let Some(status) = first.lock().unwrap().pop() {
            return status;
        }
        let request = RawRequest {
            method: &Method::POST,
            path: "/",
            rest: "",
            query: None,
            headers: &headers,
            body: &body,
        };
        reports.send(read_report(&request)).unwrap();
        StatusCode::OK
    };
    let app = Router::new().route("/delivery", post(take));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(axum::serve(listener, app).into_future());
    (url, received)
}

fn read_report(request: &RawRequest<'_>) -> Report {
    let settings = Settings {
        base_url: "https://api.africastalking.com".to_owned(),
        username: "sandbox".to_owned(),
        api_key: Zeroizing::new("demo-key".to_owned()),
        sender_id: None,
        endpoint: Endpoint::Classic,
    };
    AfricasTalking::open(settings)
        .unwrap()
        .read_reports(request)
        .unwrap()
        .remove(0)
}

fn accepted_id(outcome: Option<SendOutcome>) -> String {
    match outcome {
        Some(SendOutcome::Accepted { message_id, .. }) => message_id.unwrap(),
        other => panic!("not accepted: {other:?}"),
    }
}

#[tokio::test]
async fn both_doors_lead_to_the_ledger() {
    let sandbox = start(settings()).await;
    let to = number(1);
    for (endpoint, text) in [
        (Endpoint::Classic, "Neno la siri: a&b=1+1*2"),
        (Endpoint::Bulk, "Second \"message\""),
    ] {
        let account = account(&sandbox, endpoint, "demo-key");
        let outcome = post_to(&account, &to, text).await;
        let newest = sandbox.messages_to(&to).remove(0);
        assert_eq!(newest.text, text);
        assert_eq!((newest.at, newest.segments), (now(), 1));
        let expected = SendOutcome::Accepted {
            message_id: Some(newest.id),
            cost: Some("KES 0.8000".to_owned()),
        };
        assert_eq!(outcome, Some(expected));
    }
    assert_eq!(sandbox.messages_to(&to).len(), 2);
    assert_eq!(sandbox.messages_to(&number(2)), []);
    assert_eq!(*sandbox.accepted().borrow(), 2);
}

#[tokio::test]
async fn a_wrong_key_is_refused_in_plain_text() {
    let sandbox = start(settings()).await;
    let account = account(&sandbox, Endpoint::Classic, "another-key");
    let outcome = post_to(&account, &number(1), "hello").await;
    let refused = SendOutcome::NotSent(NotSent::BadCredentials);
    assert_eq!(outcome, Some(refused));
    assert_eq!(sandbox.messages(), []);
}

#[tokio::test]
async fn a_refusal_can_be_scripted_for_a_number() {
    let sandbox = start(settings()).await;
    let wait = Some(Duration::from_secs(7));
    for (behaviour, expected) in [
        (
            Behaviour::Blacklisted,
            SendOutcome::NotSent(NotSent::Blocked),
        ),
        (
            Behaviour::NoBalance,
            SendOutcome::NotSent(NotSent::NoBalance),
        ),
        (
            Behaviour::Throttle { seconds: 7 },
            SendOutcome::NotSent(NotSent::Throttled { retry_after: wait }),
        ),
        (
            Behaviour::Http500,
            SendOutcome::Unknown {
                reason: "HTTP 500".to_owned(),
            },
        ),
    ] {
        sandbox.behave(&number(1), behaviour);
        assert_eq!(send(&sandbox, &number(1), "hello").await, Some(expected));
    }
    assert_eq!(sandbox.messages(), []);
    accepted_id(send(&sandbox, &number(2), "hello").await);
}

#[tokio::test]
async fn a_number_recovers_after_what_was_scripted_next() {
    let sandbox = start(settings()).await;
    let to = number(1);
    sandbox.behave_next(
        &to,
        [Behaviour::Http500, Behaviour::LoseReply { reported: false }],
    );
    let failed = send(&sandbox, &to, "hello").await;
    assert!(matches!(failed, Some(SendOutcome::Unknown { .. })));
    assert_eq!(send(&sandbox, &to, "hello").await, None);
    assert_eq!(sandbox.messages().len(), 1);
    let id = accepted_id(send(&sandbox, &to, "hello").await);
    assert_eq!(sandbox.messages_to(&to)[0].id, id);
}

#[tokio::test]
async fn a_request_may_name_several_numbers_some_of_them_wrong() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let sandbox = start(settings()).await;
    sandbox.behave(&number(2), Behaviour::Blacklisted);
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let body = "username=sandbox&message=hello&to=%2B254700000001,%2B254700000002,0700000003";
    let request = client.post(format!("{}/version1/messaging", sandbox.base_url()));
    let request = request.header("apiKey", "demo-key").body(body);
    let kind = HeaderValue::from_static("application/x-www-form-urlencoded");
    let response = request.header(CONTENT_TYPE, kind).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::CREATED);

    let answer: serde_json::Value =
        serde_json::from_slice(&response.bytes().await.unwrap()).unwrap();
    let data = &answer["SMSMessageData"];
    assert_eq!(
        data["Message"],
        "Sent to 1/3 Total Cost: KES 0.8000 Message parts: 1"
    );
    let codes = data["Recipients"].as_array().unwrap().iter();
    let codes: Vec<_> = codes
        .map(|one| one["statusCode"].as_u64().unwrap())
        .collect();
    assert_eq!(codes, [102, 406, 403]);
    assert_eq!(data["Recipients"][2]["status"], "InvalidPhoneNumber");
    assert_eq!(data["Recipients"][2]["messageId"], "None");
}

#[tokio::test]
async fn a_message_is_reported_on_its_way_and_then_delivered() {
    let (url, mut reports) = service(Vec::new()).await;
    let sandbox = start(SandboxSettings {
        callbacks: Some(url),
        report_sent: true,
        ..settings()
    })
    .await;
    let id = accepted_id(send(&sandbox, &number(1), "hello").await);
    for status in [ReportStatus::InTransit, ReportStatus::Delivered] {
        let report = reports.recv().await.unwrap();
        assert_eq!(
            (report.message_id, report.to),
            (id.clone(), Some(number(1)))
        );
        assert_eq!((report.status, report.reason), (status, None));
    }
}

#[tokio::test]
async fn a_failure_is_reported_with_its_reason() {
    let (url, mut reports) = service(Vec::new()).await;
    let sandbox = start(SandboxSettings {
        callbacks: Some(url),
        ..settings()
    })
    .await;
    sandbox.behave(
        &number(1),
        Behaviour::FailReport("UserDoesNotExist".to_owned()),
    );
    let id = accepted_id(send(&sandbox, &number(1), "hello").await);
    let report = reports.recv().await.unwrap();
    assert_eq!(
        (report.message_id, report.status),
        (id, ReportStatus::Failed)
    );
    assert_eq!(report.reason, Some(FailureReason::NoSuchLine));
}

#[tokio::test]
async fn a_message_whose_answer_was_lost_is_still_reported() {
    let (url, mut reports) = service(Vec::new()).await;
    let sandbox = start(SandboxSettings {
        callbacks: Some(url),
        ..settings()
    })
    .await;
    sandbox.behave(&number(1), Behaviour::LoseReply { reported: true });
    assert_eq!(send(&sandbox, &number(1), "hello").await, None);
    let report = reports.recv().await.unwrap();
    assert_eq!(report.to, Some(number(1)));
    assert_eq!(report.message_id, sandbox.messages()[0].id);
}

#[tokio::test]
async fn an_answer_that_is_held_never_comes_and_its_message_is_reported_at_will() {
    let (url, mut reports) = service(Vec::new()).await;
    let sandbox = start(SandboxSettings {
        callbacks: Some(url),
        ..settings()
    })
    .await;
    sandbox.behave(&number(1), Behaviour::HoldReply { reported: false });
    sandbox.behave(&number(2), Behaviour::HoldReply { reported: true });
    let reported = async {
        assert_eq!(reports.recv().await.unwrap().to, Some(number(2)));
        assert_eq!(sandbox.messages().len(), 2);
    };
    let (first, second) = (number(1), number(2));
    let sent = async {
        tokio::join!(
            send(&sandbox, &first, "hello"),
            send(&sandbox, &second, "hello")
        )
    };
    tokio::select! {
        biased;
        outcomes = sent => panic!("answered {outcomes:?}"),
        () = reported => {}
    }
}

#[tokio::test]
async fn a_report_waits_for_a_service_that_is_not_up() {
    let (url, mut reports) = service(vec![StatusCode::SERVICE_UNAVAILABLE; 2]).await;
    let sandbox = start(SandboxSettings {
        callbacks: Some(url),
        ..settings()
    })
    .await;
    let id = accepted_id(send(&sandbox, &number(1), "hello").await);
    assert_eq!(reports.recv().await.unwrap().message_id, id);
}

#[tokio::test]
async fn the_ledger_outlives_the_sandbox() {
    let folder = tempfile::tempdir().unwrap();
    let on_disk = || SandboxSettings {
        ledger_file: Some(folder.path().join("ledger.jsonl")),
        ..settings()
    };
    let sandbox = start(on_disk()).await;
    let id = accepted_id(send(&sandbox, &number(1), "hello").await);
    sandbox.shutdown().await;

    let sandbox = start(on_disk()).await;
    assert_eq!(sandbox.messages_to(&number(1))[0].id, id);
    assert_eq!(*sandbox.accepted().borrow(), 1);
}

#[tokio::test]
async fn a_stopped_sandbox_answers_nobody() {
    let sandbox = start(settings()).await;
    sandbox.shutdown().await;
    assert_eq!(send(&sandbox, &number(1), "hello").await, None);
}
