//! Bytes as callbacks of Africa's Talking: each is read or refused, and a screen can be
//! written for every turn that was read.
#![no_main]

use std::sync::LazyLock;

use cp2::aggregators::africastalking::{AfricasTalking, Endpoint, Settings};
use cp2::aggregators::{Aggregator, Hop, RawRequest, SimCards, Ussd};
use cp2::ussd::Screen;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderValue, Method};
use libfuzzer_sys::fuzz_target;
use zeroize::Zeroizing;

static ACCOUNT: LazyLock<AfricasTalking> = LazyLock::new(|| {
    AfricasTalking::open(Settings {
        base_url: "https://api.africastalking.com".to_owned(),
        username: "fuzz".to_owned(),
        api_key: Zeroizing::new("key-of-fuzz".to_owned()),
        sender_id: None,
        endpoint: Endpoint::Classic,
    })
    .expect("the settings are in order")
});

fuzz_target!(|bytes: &[u8]| {
    let Some((which, body)) = bytes.split_first() else {
        return;
    };
    let mut headers = HeaderMap::new();
    let form = HeaderValue::from_static("application/x-www-form-urlencoded");
    headers.insert(CONTENT_TYPE, form);
    let request = RawRequest {
        method: &Method::POST,
        path: "/",
        rest: "",
        query: None,
        headers: &headers,
        body,
    };
    match which % 6 {
        0 => {
            if let Ok(Hop::Turn(turn)) = ACCOUNT.read_hop(&request) {
                let text = "Habari".to_owned();
                let screen = Screen { text, end: false };
                assert_eq!(ACCOUNT.write_screen(&screen, &turn, &request).body(), "CON Habari");
            }
        }
        1 => drop(ACCOUNT.read_session_end(&request)),
        2 => drop(ACCOUNT.read_inbound(&request)),
        3 => drop(ACCOUNT.read_reports(&request)),
        4 => drop(ACCOUNT.read_opt_out(&request)),
        _ => drop(ACCOUNT.read_sim_swap(&request)),
    }
});
