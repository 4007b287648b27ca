//! Traces, by setting: sent to a collector over real HTTP, and nobody is in them.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::routing::post;
use tokio::net::TcpListener;

use crate::command_line::{configured, with_config};
use crate::harness::program::Program;
use crate::harness::service::{client, happens};

/// What a collector was sent.
type Sent = Arc<Mutex<Vec<u8>>>;

async fn take(State(sent): State<Sent>, headers: HeaderMap, body: Bytes) {
    assert_eq!(headers["content-type"], "application/x-protobuf");
    sent.lock().unwrap().extend_from_slice(&body);
}

async fn collector() -> (Sent, String) {
    let sent = Sent::default();
    let routes = Router::new().route("/v1/traces", post(take));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}/v1/traces", listener.local_addr().unwrap());
    let routes = routes.with_state(Arc::clone(&sent));
    tokio::spawn(async move { axum::serve(listener, routes).await.unwrap() });
    (sent, endpoint)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn spans_of_a_hop_reach_the_collector_and_name_nobody() {
    let (sent, endpoint) = collector().await;
    let (_folder, config) = configured("[keys]", "[keys]");
    let mut command = with_config(&["serve"], &config);
    command.env("CP2__TELEMETRY__OTLP_ENDPOINT", endpoint);
    let mut service = Program::start(&mut command);
    let line = service.line_with("ready");
    let (_, address) = line.split_once("addr=").unwrap();
    let address = address.split(' ').next().unwrap();
    let hop = |text: &str| {
        client()
            .post(format!("http://{address}/callbacks/at/a-path-secret-of-tests/ussd"))
            .header("content-type", "application/x-www-form-urlencoded")
            .body(format!(
                "sessionId=traced-1&serviceCode=*384*2026%23&phoneNumber=%2B254700000001&text={text}"
            ))
            .send()
    };
    assert_eq!(hop("").await.unwrap().status(), 200);
    assert_eq!(hop("2*1*90000001*500001*1980").await.unwrap().status(), 200);
    // What is left is sent at the end, at the latest.
    assert_eq!(service.stop().code(), Some(0));
    let text = || String::from_utf8_lossy(&sent.lock().unwrap()).into_owned();
    assert!(
        happens(async || text().contains("commit")).await,
        "{}",
        service.said()
    );
    let text = text();
    for said in [
        "request",
        "turn",
        "action",
        "caller.recognise",
        "/callbacks/{channel}/{secret}/ussd",
    ] {
        assert!(text.contains(said), "{said}: {text}");
    }
    for hidden in [
        "700000001",
        "90000001",
        "500001",
        "a-path-secret",
        "traced-1",
    ] {
        assert!(!text.contains(hidden), "{hidden}");
    }
}
