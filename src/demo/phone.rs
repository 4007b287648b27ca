//! A feature phone in the browser.
//!
//! It speaks to the service as Africa's Talking does, through the real callback,
//! so what works here works on the air; so do the SMS that it sends. Only the inbox is a
//! short cut.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Query, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::json;

use super::network::{CARRIERS, Carrier, LONGEST_ANSWER, LONGEST_SESSION};
use super::sandbox::LedgerEntry;
use super::{CHANNEL, SECRET, SERVICE_CODE, SHORT_CODE};
use crate::aggregators::Network;
use crate::domain::{MessageId, Msisdn};
use crate::web::pages::secure;

const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
                      img-src data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

const CSS: &str = "text/css; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";
const SEPTETS: &str = include_str!("../../assets/phone/septets.js");

/// What the page asks for besides itself: path, kind and content.
const FILES: [(&str, &str, &str); 6] = [
    (
        "/phone/phone.css",
        CSS,
        include_str!("../../assets/phone/phone.css"),
    ),
    (
        "/phone/phone.js",
        SCRIPT,
        include_str!("../../assets/phone/phone.js"),
    ),
    (
        "/phone/inbox.js",
        SCRIPT,
        include_str!("../../assets/phone/inbox.js"),
    ),
    (
        "/phone/sms.js",
        SCRIPT,
        include_str!("../../assets/phone/sms.js"),
    ),
    (
        "/phone/page.js",
        SCRIPT,
        include_str!("../../assets/phone/page.js"),
    ),
    ("/phone/septets.js", SCRIPT, SEPTETS),
];

/// A person of the demo whose phone can be taken up.
#[derive(Clone, Debug)]
pub struct DemoPerson {
    /// Their number.
    pub msisdn: Msisdn,
    /// The network of their line.
    pub network: Network,
    /// Who they are and what to try with them.
    pub description: String,
}

/// The messages of one number, newest first.
pub type Inbox = Arc<dyn Fn(&Msisdn) -> Vec<LedgerEntry> + Send + Sync>;

/// The routes below `/phone`.
pub fn router(people: Vec<DemoPerson>, inbox: Inbox) -> Router {
    let people: Arc<[DemoPerson]> = people.into();
    let mut router = Router::new()
        .route("/phone", get(page).with_state(people))
        .route("/phone/inbox.json", get(messages).with_state(inbox));
    for (path, kind, text) in FILES {
        let file = ([(header::CONTENT_TYPE, kind)], text);
        router = router.route(path, get(move || async move { file }));
    }
    router.layer(axum::middleware::map_response(harden))
}

#[derive(Template)]
#[template(path = "phone.html")]
struct PhonePage<'a> {
    people: &'a [DemoPerson],
    carriers: &'static [Carrier],
    service_code: &'static str,
    callback: String,
    end_callback: String,
    sms_callback: String,
    short_code: &'static str,
    /// A page without script is one message.
    sms_id: MessageId,
    session_seconds: u64,
    answer_seconds: u64,
}

async fn page(State(people): State<Arc<[DemoPerson]>>) -> Response {
    let page = PhonePage {
        people: &people,
        carriers: &CARRIERS,
        service_code: SERVICE_CODE,
        callback: format!("/callbacks/{CHANNEL}/{SECRET}/ussd"),
        end_callback: format!("/callbacks/{CHANNEL}/{SECRET}/ussd-end"),
        sms_callback: format!("/callbacks/{CHANNEL}/{SECRET}/sms"),
        short_code: SHORT_CODE,
        sms_id: MessageId::fresh(),
        session_seconds: LONGEST_SESSION.as_secs(),
        answer_seconds: LONGEST_ANSWER.as_secs(),
    };
    match page.render() {
        Ok(html) => Html(html).into_response(),
        Err(error) => {
            tracing::error!(
                error = &error as &dyn std::error::Error,
                "phone not rendered"
            );
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

#[derive(Deserialize)]
struct Whose {
    #[serde(default)]
    msisdn: String,
}

async fn messages(State(inbox): State<Inbox>, Query(whose): Query<Whose>) -> Response {
    match Msisdn::parse(&whose.msisdn) {
        Ok(msisdn) => Json(inbox(&msisdn).iter().map(as_json).collect::<Vec<_>>()).into_response(),
        Err(error) => {
            let why = json!({ "error": error.to_string() });
            (StatusCode::BAD_REQUEST, Json(why)).into_response()
        }
    }
}

async fn harden(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static(POLICY),
    );
    secure(headers, false);
    response
}

/// As the contract has it; the time as a clock in Kenya shows it.
fn as_json(message: &LedgerEntry) -> serde_json::Value {
    json!({
        "id": message.id,
        "to": message.to,
        "text": message.text,
        "at": format!("{}+03:00", message.at.datetime_in_kenya()),
        "segments": message.segments,
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use axum::body::{Body, to_bytes};
    use axum::http::{HeaderMap, Request};
    use serde_json::Value;
    use tower::ServiceExt;

    use super::*;
    use crate::domain::Timestamp;
    use crate::text;

    fn phone() -> Router {
        let person = DemoPerson {
            msisdn: Msisdn::parse("254700000001").unwrap(),
            network: Network::Airtel,
            description: "<script>alert(1)</script>".into(),
        };
        let inbox = |to: &Msisdn| {
            vec![LedgerEntry {
                id: "m1".into(),
                to: to.clone(),
                text: "Habari".into(),
                at: Timestamp::from_millis(1_791_849_600_000),
                segments: 1,
            }]
        };
        router(vec![person], Arc::new(inbox))
    }

    async fn get(path: &str) -> (StatusCode, HeaderMap, String) {
        let request = Request::get(path).body(Body::empty()).unwrap();
        let response = phone().oneshot(request).await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        let body = to_bytes(response.into_body(), usize::MAX).await.unwrap();
        (status, headers, String::from_utf8(body.to_vec()).unwrap())
    }

    #[tokio::test]
    async fn the_inbox_speaks_the_json_of_the_contract() {
        let (status, _, body) = get("/phone/inbox.json?msisdn=0700000001").await;
        assert_eq!(status, StatusCode::OK);
        let expected = json!([{
            "id": "m1",
            "to": "254700000001",
            "text": "Habari",
            "at": "2026-10-13T03:00:00+03:00",
            "segments": 1,
        }]);
        assert_eq!(serde_json::from_str::<Value>(&body).unwrap(), expected);
    }

    #[tokio::test]
    async fn a_number_that_is_none_has_no_inbox() {
        for query in ["", "?msisdn=", "?msisdn=12", "?other=1"] {
            let (status, _, body) = get(&format!("/phone/inbox.json{query}")).await;
            assert_eq!(status, StatusCode::BAD_REQUEST, "{query}");
            let body: Value = serde_json::from_str(&body).unwrap();
            assert!(body["error"].is_string(), "{query}");
        }
    }

    #[tokio::test]
    async fn the_page_offers_the_people_on_their_own_networks() {
        let (_, _, html) = get("/phone").await;
        assert!(html.contains(r#"<option value="254700000001" data-network="63903">"#));
    }

    #[tokio::test]
    async fn a_description_that_is_markup_stays_a_description() {
        let (_, _, html) = get("/phone").await;
        assert!(!html.contains("<script>"));
    }

    #[tokio::test]
    async fn scripts_and_styles_come_from_the_service_alone() {
        for path in FILES.map(|(path, ..)| path).into_iter().chain(["/phone"]) {
            let (status, headers, _) = get(path).await;
            assert_eq!(status, StatusCode::OK, "{path}");
            let policy = headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
            assert!(policy.contains("script-src 'self';") && !policy.contains("unsafe"));
            assert_eq!(headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
        }
    }

    /// The characters of the string literals in `septets.js` that stand after `name`.
    fn alphabet(name: &str) -> BTreeSet<char> {
        let (_, rest) = SEPTETS.split_once(name).unwrap();
        let (literals, _) = rest.split_once(");").unwrap();
        let plain = literals.replace("\\'", "\u{1}").replace("\\\\", "\u{2}");
        let inside = plain.split('\'').skip(1).step_by(2).collect::<String>();
        let mended = inside
            .replace("\\n", "\n")
            .replace("\\r", "\r")
            .replace("\\f", "\u{c}");
        mended
            .replace('\u{1}', "'")
            .replace('\u{2}', "\\")
            .chars()
            .collect()
    }

    #[test]
    fn the_phone_counts_septets_as_the_service_does() {
        let taking = |count| {
            let all = (0..=0xffff).filter_map(char::from_u32);
            all.filter(|letter| text::septets(&letter.to_string()) == Some(count))
                .collect::<BTreeSet<_>>()
        };
        assert_eq!(alphabet("ALPHABET"), taking(1));
        assert_eq!(alphabet("EXTENSION"), taking(2));
    }
}
