//! For the tests: an account and requests as Africa's Talking sends them.

use http::header::{CONTENT_TYPE, HeaderValue};
use http::{HeaderMap, Method};
use zeroize::Zeroizing;

use super::{AfricasTalking, Endpoint, Settings};
use crate::aggregators::RawRequest;

pub(super) fn settings() -> Settings {
    Settings {
        base_url: "https://api.africastalking.com".to_owned(),
        username: "council".to_owned(),
        api_key: Zeroizing::new("atsk_0123456789abcdef".to_owned()),
        sender_id: Some("COUNCIL".to_owned()),
        endpoint: Endpoint::Classic,
    }
}

pub(super) fn account() -> AfricasTalking {
    AfricasTalking::open(settings()).unwrap()
}

/// Posts a form to the account's reader.
pub(super) fn posted<T>(body: &str, read: impl FnOnce(&AfricasTalking, &RawRequest<'_>) -> T) -> T {
    let kind = HeaderValue::from_static("application/x-www-form-urlencoded");
    let headers = HeaderMap::from_iter([(CONTENT_TYPE, kind)]);
    let request = RawRequest {
        method: &Method::POST,
        path: "/",
        rest: "",
        query: None,
        headers: &headers,
        body: body.as_bytes(),
    };
    read(&account(), &request)
}
