//! Clients that say too little, too slowly or too much are cut off, and nobody waits
//! for them.

use std::time::Duration;

use cp2::config::Config;
use futures_util::future::join_all;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::harness::alone::Alone;
use crate::harness::program::PATIENCE;
use crate::harness::service::{SECRET, happens};
use crate::harness::{Database, TestService};

const UNFINISHED: &str = "POST /login HTTP/1.1\r\nhost: cp2\r\nx-slow: ";

/// The body is sent when the service says that it reads it.
const BODY_TO_COME: &str = "POST /login HTTP/1.1\r\nhost: cp2\r\nexpect: 100-continue\r\n\
    content-type: application/x-www-form-urlencoded\r\ncontent-length: 200\r\n\r\n";

async fn start() -> TestService {
    let impatient = |config: &mut Config| config.server.headers_within_s = 1;
    TestService::start_with(Database::sqlite(), impatient).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn headers_that_never_end_are_cut_off_while_others_are_served() {
    let service = start().await;
    let silent = (0..100).map(|_| async {
        let mut client = Client::connect(&service).await;
        client.is_cut_off().await
    });
    let unfinished = (0..100).map(|_| async {
        let mut client = Client::connect(&service).await;
        client.say(UNFINISHED).await;
        client.is_cut_off().await
    });
    let dripping = (0..100).map(|_| async {
        let mut client = Client::connect(&service).await;
        client.say(UNFINISHED).await;
        happens(async || !client.say("a").await).await
    });
    let served = async {
        for number in 1..=7 {
            let screen = service.phone(number).dial().await;
            assert!(screen.starts_with("CON "), "{screen}");
        }
    };
    let (silent, unfinished, dripping, ()) = tokio::join!(
        join_all(silent),
        join_all(unfinished),
        join_all(dripping),
        served
    );
    for cut_off in [silent, unfinished, dripping] {
        assert!(cut_off.into_iter().all(|client| client));
    }
    service.stop().await;
}

/// It waits for a request that is on its way; whoever tells it twice does not want that.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_service_that_is_told_to_stop_twice_waits_for_nobody() {
    let service = Alone::start(Database::sqlite(), "exec \"$0\" \"$@\"", &[]).await;
    let mut client = Client::to(&service.place).await;
    client.say(BODY_TO_COME).await;
    assert_eq!(client.hears().await, "HTTP/1.1 100 Continue\r\n\r\n");
    let (code, said) = service.told_twice().await;
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("told twice"), "{said}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_body_that_stalls_or_drips_is_cut_off_and_nothing_is_kept() {
    let service = start().await;
    let head = format!(
        "POST /callbacks/at/{SECRET}/ussd HTTP/1.1\r\nhost: cp2\r\n\
         content-type: application/x-www-form-urlencoded\r\ncontent-length: 200\r\n\r\n\
         sessionId=ATUid_slow&serviceCode=%2A384%2A2026%23&phoneNumber=%2B254700000001&text="
    );
    let stalls = async {
        let mut client = Client::connect(&service).await;
        client.say(&head).await;
        client.answer().await
    };
    let drips = async {
        let mut client = Client::connect(&service).await;
        client.say(&head).await;
        happens(async || {
            tokio::time::sleep(Duration::from_millis(500)).await;
            !client.say("1").await
        })
        .await
    };
    let served = async { service.phone(1).dial().await };
    let (stalls, drips, served) = tokio::join!(stalls, drips, served);
    assert!(stalls.starts_with("HTTP/1.1 4"), "{stalls}");
    assert!(drips, "a body may drip for ever");
    assert!(served.starts_with("CON "), "{served}");
    let sessions = service.count("SELECT COUNT(*) FROM sessions").await;
    assert_eq!(sessions, 1, "only the patient phone's");
    service.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_body_or_a_head_that_is_too_large_is_refused() {
    let service = start().await;
    let long = "x".repeat(17 * 1024);
    for path in [format!("/callbacks/at/{SECRET}/ussd"), "/login".to_owned()] {
        let fields = [("text", long.as_str())];
        assert_eq!(service.post(&path, &fields).await.status(), 413, "{path}");
        // The same without a word about its length.
        let mut client = Client::connect(&service).await;
        let chunked = format!(
            "POST {path} HTTP/1.1\r\nhost: cp2\r\ntransfer-encoding: chunked\r\n\
             content-type: application/x-www-form-urlencoded\r\n\r\n{:x}\r\n{long}\r\n",
            long.len()
        );
        client.say(&chunked).await;
        let answer = client.answer().await;
        assert!(answer.starts_with("HTTP/1.1 413"), "{path}: {answer}");
    }
    let mut client = Client::connect(&service).await;
    client.say(UNFINISHED).await;
    client.say(&long.repeat(3)).await;
    let answer = client.answer().await;
    assert!(answer.starts_with("HTTP/1.1 431"), "{answer}");
    let screen = service.phone(1).dial().await;
    assert!(screen.starts_with("CON "), "{screen}");
    service.stop().await;
}

/// A client that does not know how to behave.
struct Client(TcpStream);

impl Client {
    async fn connect(service: &TestService) -> Self {
        Self::to(service.base.strip_prefix("http://").unwrap()).await
    }

    async fn to(address: &str) -> Self {
        Self(TcpStream::connect(address).await.unwrap())
    }

    /// False when nobody listens any more.
    async fn say(&mut self, words: &str) -> bool {
        self.0.write_all(words.as_bytes()).await.is_ok()
    }

    /// What the server says next.
    async fn hears(&mut self) -> String {
        let mut said = vec![0; 1024];
        let read = timeout(PATIENCE, self.0.read(&mut said)).await;
        said.truncate(read.unwrap().unwrap());
        String::from_utf8(said).unwrap()
    }

    /// Everything the server says until it hangs up.
    async fn answer(&mut self) -> String {
        let mut answer = Vec::new();
        let hangs_up = happens(async || {
            let _ = self.0.read_to_end(&mut answer).await;
            true
        });
        assert!(hangs_up.await, "the connection stays open");
        String::from_utf8_lossy(&answer).into_owned()
    }

    async fn is_cut_off(&mut self) -> bool {
        happens(async || matches!(self.0.read(&mut [0; 64]).await, Ok(0) | Err(_))).await
    }
}
