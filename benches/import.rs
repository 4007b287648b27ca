//! How fast files of the council's size are taken into the register, how much memory that
//! takes, and how long somebody waits meanwhile who wants to write: a password, a hop.
//!
//! `cargo bench --bench import` runs on SQLite; with `CP2_BENCH_URL=postgres://…/EMPTY` on
//! that database, which must be empty. `CP2_BENCH_ROWS` is how many people, 286,000 unless
//! set.
#![expect(
    clippy::unwrap_used,
    reason = "a measurement that can't go on should stop where it is"
)]

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use cp2::actions::{Decider, Way};
use cp2::clerk::{Clerk, Decision, Table};
use cp2::config::{self, Config};
use cp2::domain::{Clock, SystemClock};
use cp2::imports::Kind;
use cp2::service::{load_tools, open_store};
use cp2::store::{Store, guesses};
use tokio::sync::oneshot;

/// How often somebody else writes meanwhile.
const EVERY: Duration = Duration::from_millis(50);

fn main() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(measure());
}

async fn measure() {
    let folder = tempfile::tempdir().unwrap();
    let sqlite = format!("sqlite:{}/cp2.db", folder.path().display());
    let url = std::env::var("CP2_BENCH_URL").unwrap_or(sqlite);
    let rows = std::env::var("CP2_BENCH_ROWS").map_or(286_000, |n| n.parse().unwrap());
    let config = configuration(&url);
    let store = open_store(&config).await.unwrap();
    // Somebody else is another process, as the service is to the command.
    let others = open_store(&config).await.unwrap();
    let tools = load_tools(&config).unwrap();
    let clerk = Clerk::new(store.clone(), tools, Arc::new(SystemClock));
    for kind in Kind::ALL {
        let file = folder.path().join(kind.name());
        write(kind, rows, &file);
        for time in ["the first time", "once more"] {
            take(&clerk, &others, kind, &file, time).await;
        }
        fs::remove_file(file).unwrap();
    }
    println!("{} KiB of memory at most", peak());
}

async fn take(clerk: &Clerk, others: &Store, kind: Kind, file: &Path, time: &str) {
    let (stop, stopped) = oneshot::channel();
    let waiting = tokio::spawn(writes_meanwhile(others.clone(), stopped));
    let by = Decider {
        name: "operator:bench",
        way: Way::Operator,
        channel: "at",
    };
    let began = Instant::now();
    let table = Table::survey(kind, File::open(file).unwrap(), None).unwrap();
    let id = clerk.open(&table, "bench.csv", false, by).await.unwrap();
    let judged = clerk.judge(table, Some(&id), false, by, |_| Ok(())).await;
    let sums = judged.unwrap();
    let judged = began.elapsed();
    assert!(clerk.decide(&id, Decision::Whole, true, by).await.unwrap());
    let written = clerk.write(&id, |_| ()).await.unwrap();
    let passed = began.elapsed();
    stop.send(()).unwrap();
    let mut waits = waiting.await.unwrap();
    waits.sort_unstable();
    assert_eq!((sums.rejected, written.refused), (0, 0));
    println!(
        "{} {}, {time}: {:.1} s, of which judging {:.1} s; {} new, {} same; \
         somebody else waited {:.0} ms at p99 and {:.0} ms at most",
        sums.read,
        kind.name(),
        passed.as_secs_f64(),
        judged.as_secs_f64(),
        sums.new,
        sums.same,
        waits[waits.len() * 99 / 100].as_secs_f64() * 1e3,
        waits.last().unwrap().as_secs_f64() * 1e3,
    );
}

/// Writes a row now and then, as a hop does; how long each took.
async fn writes_meanwhile(store: Store, mut stopped: oneshot::Receiver<()>) -> Vec<Duration> {
    let mut waits = Vec::new();
    while stopped.try_recv().is_err() {
        let began = Instant::now();
        let mut tx = store.begin().await.unwrap();
        let used = guesses::count_use(&mut tx, "bench", SystemClock.now()).await;
        used.unwrap();
        tx.commit().await.unwrap();
        waits.push(began.elapsed());
        tokio::time::sleep(EVERY).await;
    }
    waits
}

/// A file of synthetic rows, as the council might send it.
fn write(kind: Kind, rows: u32, to: &Path) {
    let mut out = BufWriter::new(File::create(to).unwrap());
    match kind {
        Kind::Centres => {
            writeln!(out, "Centre Code,School,County,Sub County,Container").unwrap();
            for centre in 0..rows.div_ceil(20) {
                let code = 99_000_000 + centre;
                writeln!(
                    out,
                    "{code},Mfano School {centre},Nairobi,Westlands,Westlands"
                )
                .unwrap();
            }
        }
        Kind::Professionals => {
            writeln!(
                out,
                "ID No,Full Names,Mobile No,TSC No,Gender,Year of Birth,Workstation,County,Sub County"
            )
            .unwrap();
            for person in 0..rows {
                let (id, phone, tsc) =
                    (10_000_000 + person, 700_000_000 + person, 100_000 + person);
                writeln!(
                    out,
                    "{id},Mtu Fulani Wa {},0{phone},{tsc},F,1985,Mfano School {},Nairobi,Westlands",
                    word(person),
                    person / 20
                )
                .unwrap();
            }
        }
        Kind::Deployments => {
            writeln!(
                out,
                "ID No,Centre Code,Series,Role,Reporting Date,Reporting Time,From,To,Daily Rate"
            )
            .unwrap();
            for person in 0..rows {
                let (id, code) = (10_000_000 + person, 99_000_000 + person / 20);
                writeln!(
                    out,
                    "{id},{code},KCSE 2026,INV,16/10/2026,7:00am,19/10/2026,20/11/2026,550"
                )
                .unwrap();
            }
        }
    }
    out.flush().unwrap();
}

/// Letters for a number, since names have no digits.
fn word(mut number: u32) -> String {
    let mut word = String::from("K");
    while number > 0 {
        word.push(char::from(b'a' + (number % 20) as u8));
        number /= 20;
    }
    word
}

fn configuration(url: &str) -> Config {
    let text = format!(
        "[database]\nurl = \"{url}\"\n[keys]\ncurrent = \"bench\"\n[keys.key]\nbench = \"{}\"\n\
         [[channel]]\nname = \"at\"\nkind = \"africastalking\"\nsecret = \"bench-bench-bench\"\n\
         username = \"bench\"\napi_key = \"bench\"\nservice_codes = [\"*384*2026#\"]\n",
        "5a".repeat(32),
    );
    config::parse("bench.toml", &text, []).unwrap()
}

/// The most memory that this process has had, in KiB.
fn peak() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:"));
    let number = line.and_then(|line| line.split_whitespace().nth(1));
    number.unwrap().parse().unwrap()
}
