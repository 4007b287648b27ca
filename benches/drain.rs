//! How fast the worker empties the outbox into an aggregator that takes 50 ms to answer,
//! and how long a password waits behind a campaign.
//!
//! `cargo bench --bench drain` runs on SQLite; with `CP2_BENCH_URL=postgres://…/EMPTY` on
//! that database, which must be empty. `CP2_BENCH_MESSAGES` is how many, 20,000 unless set;
//! `CP2__OUTBOX__IN_FLIGHT` and every other setting count as for the service.
#![expect(
    clippy::unwrap_used,
    reason = "a measurement that can't go on should stop where it is"
)]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use axum::routing::post;
use axum::{Form, Json, Router};
use cp2::aggregators::{Channels, Routes};
use cp2::config::{self, Config};
use cp2::crypto::Sealed;
use cp2::domain::{Clock, Lane, MessageId, Msisdn, SystemClock};
use cp2::metrics::Metrics;
use cp2::outbox::{Links, Worker, WorkerSettings};
use cp2::service::{load_keys, open_store};
use cp2::store::Store;
use cp2::store::outbox::{self, NewMessage};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::{Notify, mpsc};
use tokio_util::sync::CancellationToken;

const LATENCY: Duration = Duration::from_millis(50);

/// How often a password is asked for meanwhile.
const ASKED: Duration = Duration::from_millis(500);

/// The number of who asks for passwords; nobody of the campaign has it.
const IMPATIENT: u32 = 999_999;

fn main() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(measure());
}

async fn measure() {
    let folder = tempfile::tempdir().unwrap();
    let sqlite = format!("sqlite:{}/cp2.db", folder.path().display());
    let url = std::env::var("CP2_BENCH_URL").unwrap_or(sqlite);
    let messages = std::env::var("CP2_BENCH_MESSAGES").map_or(20_000, |n| n.parse().unwrap());
    let (base, taken, mut passwords) = aggregator().await;
    let config = configuration(&url, &base);
    let store = open_store(&config).await.unwrap();

    let began = Instant::now();
    enqueue(&store, &config, Lane::Bulk, 0..messages).await;
    let passed = began.elapsed();
    println!(
        "{messages} messages enqueued in {:.1} s",
        passed.as_secs_f64()
    );

    let bell = Arc::new(Notify::new());
    let worker = Worker::new(WorkerSettings {
        links: Links::default(),
        store: store.clone(),
        keys: load_keys(&config).unwrap(),
        channels: Channels::open(&config.channel, &config.server.public_url).unwrap(),
        routes: Routes::default(),
        outbox: config.outbox.clone(),
        metrics: Metrics::default(),
        clock: Arc::new(SystemClock),
        bell: Arc::clone(&bell),
    })
    .unwrap();
    let stop = CancellationToken::new();
    let before = memory();
    let began = Instant::now();
    let working = tokio::spawn(worker.run(stop.clone()));
    let (mut waits, mut most) = (Vec::new(), before);
    while taken.load(Ordering::Relaxed) < messages as usize {
        let asked = Instant::now();
        enqueue(&store, &config, Lane::Credential, IMPATIENT..IMPATIENT + 1).await;
        bell.notify_one();
        let arrived = passwords.recv().await.unwrap();
        waits.push(arrived.duration_since(asked));
        most = most.max(memory());
        tokio::time::sleep(ASKED.saturating_sub(asked.elapsed())).await;
    }
    let passed = began.elapsed().as_secs_f64();
    let sent = taken.load(Ordering::Relaxed);
    #[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
    let rate = sent as f64 / passed;
    waits.sort();
    println!("{sent} sent in {passed:.1} s: {rate:.0} a second");
    println!(
        "a password waited {:?} in the middle and {:?} at most, {} asked for",
        waits[waits.len() / 2],
        waits.last().unwrap(),
        waits.len()
    );
    println!("memory: {before} MB before, {most} MB at most");
    stop.cancel();
    working.await.unwrap();
    store.close().await;
}

/// Takes SMS as Africa's Talking does, 50 ms each; tells of each password that it has.
async fn aggregator() -> (String, Arc<AtomicUsize>, mpsc::UnboundedReceiver<Instant>) {
    let taken = Arc::new(AtomicUsize::new(0));
    let (tell, passwords) = mpsc::unbounded_channel();
    let count = Arc::clone(&taken);
    let take = move |Form(form): Form<Vec<(String, String)>>| async move {
        let to = form
            .iter()
            .find(|(name, _)| name == "to")
            .unwrap()
            .1
            .clone();
        if to.ends_with(&IMPATIENT.to_string()) {
            tell.send(Instant::now()).unwrap();
        }
        tokio::time::sleep(LATENCY).await;
        let number = count.fetch_add(1, Ordering::Relaxed);
        (axum::http::StatusCode::CREATED, Json(accepted(&to, number)))
    };
    let app = Router::new().route("/version1/messaging", post(take));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, app).await });
    (base, taken, passwords)
}

fn accepted(to: &str, number: usize) -> Value {
    let recipient = json!({
        "statusCode": 102,
        "number": to,
        "status": "Success",
        "cost": "KES 0.8000",
        "messageId": format!("ATXid_{number}"),
    });
    json!({"SMSMessageData": {"Message": "Sent to 1/1", "Recipients": [recipient]}})
}

async fn enqueue(store: &Store, config: &Config, lane: Lane, numbers: std::ops::Range<u32>) {
    let keys = load_keys(config).unwrap();
    let now = SystemClock.now();
    let rows: Vec<_> = numbers
        .map(|number| {
            let id = MessageId::fresh();
            let place = Sealed {
                column: "outbox.body",
                row: id.as_str(),
            };
            let text = format!("Dear {number}, please report to your centre on Monday at 7.");
            let body = place.seal(&keys, text.as_bytes());
            let to = Msisdn::parse(&format!("254700{number:06}")).unwrap();
            (id, to, body)
        })
        .collect();
    let messages: Vec<_> = rows
        .iter()
        .map(|(id, to, body)| NewMessage {
            link_id: None,
            id,
            cause: id.as_str(),
            lane,
            channel: "at",
            route: None,
            recipient: to,
            person: None,
            body,
            segments: 1,
            expires_at: now.plus(Duration::from_hours(24)),
        })
        .collect();
    let mut tx = store.begin().await.unwrap();
    outbox::add_many(&mut tx, &messages, now).await.unwrap();
    tx.commit().await.unwrap();
}

/// Resident memory of this process, in megabytes.
fn memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:"));
    let kilobytes = line.unwrap().split_whitespace().nth(1).unwrap();
    kilobytes.parse::<u64>().unwrap() / 1024
}

fn configuration(url: &str, base: &str) -> Config {
    let text = format!(
        r#"
        [database]
        url = "{url}"
        [keys]
        current = "bench"
        [keys.key]
        bench = "{key}"
        [[channel]]
        name = "at"
        kind = "africastalking"
        secret = "a-path-secret-of-benches"
        base_url = "{base}"
        username = "bench"
        api_key = "bench"
        service_codes = ["*384*2026#"]
        sms_per_second = 100000
        "#,
        key = "5a".repeat(32),
    );
    config::parse("bench.toml", &text, std::env::vars()).unwrap()
}
