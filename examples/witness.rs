//! A witness for trials in which machines fail: people who each reset their password once, at
//! a service that runs, and the aggregator that gets the SMS and keeps a ledger of them. At
//! the end it says what was promised and did not come, and what came with two passwords.
//!
//! `cargo run --example witness -- cp2.toml http://127.0.0.1:8080 --people 600 --seconds 60`
//!
//! The file is the one that the service runs with; its channel `at` must name an address of
//! this machine as `base_url`, where the witness listens. `deploy/ha/try` puts it to use.
#![expect(
    clippy::unwrap_used,
    reason = "a trial that can't go on should stop where it is"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use clap::Parser;
use cp2::config::{self, Config};
use cp2::crypto::Hasher;
use cp2::demo::handset::{Call, Handset};
use cp2::demo::sandbox::{LedgerEntry, Sandbox, SandboxSettings};
use cp2::demo::{CARRIERS, seed};
use cp2::domain::{Clock, Msisdn, SystemClock};
use cp2::service::{load_keys, open_store};
use cp2::store::outbox;
use secrecy::ExposeSecret;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio::time::{Instant, interval, sleep, timeout};
use zeroize::Zeroizing;

/// The first of the crowd that the demo's people live among.
const FIRST: u64 = 254_700_001_000;

/// How long somebody tries, and how long SMS may take once all have asked.
const THROUGH_ALL: Duration = Duration::from_mins(4);

const CONFIRMED: &str = "Your new password is on its way";

#[derive(Parser)]
struct Args {
    /// The configuration of the service
    config: PathBuf,
    /// Where the service answers
    url: String,
    /// How many people reset their password, one after the other in even steps
    #[arg(long, default_value_t = 600)]
    people: u32,
    /// Over how long
    #[arg(long, default_value_t = 60)]
    seconds: u32,
    /// How many people there are besides, for `cp2 load`
    #[arg(long, default_value_t = 1000)]
    others: u32,
    /// Where the ledger is kept
    #[arg(long)]
    ledger: PathBuf,
    /// Only puts the people into the database
    #[arg(long)]
    only_seed: bool,
}

#[tokio::main]
async fn main() -> ExitCode {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let args = Args::parse();
    let config = config::load(&args.config, std::env::vars()).unwrap();
    if args.only_seed {
        settle(&config, args.people + args.others).await;
        return ExitCode::SUCCESS;
    }
    let sandbox = aggregator(&config, &args).await;
    let phone = Arc::new(handset(&config, &args.url));
    println!("the witness is there");
    let confirmed = everybody_resets(&phone, &args).await;
    nothing_waits(&config).await;
    let verdict = Verdict::of(&confirmed, &sandbox.messages());
    println!("{verdict}");
    ExitCode::from(u8::from(!verdict.is_good()))
}

async fn settle(config: &Config, people: u32) {
    let (store, keys) = (
        open_store(config).await.unwrap(),
        load_keys(config).unwrap(),
    );
    let (hasher, now) = (Hasher::new(1).unwrap(), SystemClock.now());
    let seeded = seed::seed(&store, &keys, &hasher, people, seed::CALENDAR, now);
    seeded.await.unwrap();
    store.close().await;
}

async fn aggregator(config: &Config, args: &Args) -> Sandbox {
    let channel = &config.channel[0];
    let base = channel.base_url.as_deref().unwrap();
    let place = base.strip_prefix("http://").unwrap();
    let secret = channel.secret.expose_secret();
    let settings = SandboxSettings {
        username: channel.username.clone().unwrap(),
        api_key: Zeroizing::new(channel.api_key.as_ref().unwrap().expose_secret().to_owned()),
        callbacks: Some(format!("{}/callbacks/{}/{secret}", args.url, channel.name)),
        report_delay: Duration::from_secs(1),
        report_sent: true,
        ledger_file: Some(args.ledger.clone()),
        clock: Arc::new(SystemClock),
    };
    Sandbox::start(TcpListener::bind(place).await.unwrap(), settings).unwrap()
}

fn handset(config: &Config, url: &str) -> Handset {
    let channel = &config.channel[0];
    let secret = channel.secret.expose_secret();
    Handset::new(url, &channel.name, secret, &channel.service_codes[0]).unwrap()
}

fn line(index: u32, args: &Args) -> Msisdn {
    // Behind those that `cp2 load` dials with.
    let number = FIRST + u64::from(args.others + index);
    Msisdn::parse(&number.to_string()).unwrap()
}

/// The lines whose reset was confirmed on the phone.
async fn everybody_resets(phone: &Arc<Handset>, args: &Args) -> BTreeSet<Msisdn> {
    let mut ticks = interval(Duration::from_secs(args.seconds.into()) / args.people);
    let mut people = JoinSet::new();
    for index in 0..args.people {
        ticks.tick().await;
        let (phone, line) = (Arc::clone(phone), line(index, args));
        people.spawn(async move { resets(&phone, &line).await.then_some(line) });
    }
    people.join_all().await.into_iter().flatten().collect()
}

/// Dials until the reset is confirmed, and repeats each hop that has no answer, as a network
/// does. False when there was none for too long.
async fn resets(phone: &Handset, line: &Msisdn) -> bool {
    let until = Instant::now() + THROUGH_ALL;
    'sessions: while Instant::now() < until {
        let mut call = Call::new(line.clone(), &CARRIERS[0], "");
        for answer in [None, Some("3"), Some("1")] {
            if let Some(answer) = answer {
                call.answer(answer);
            }
            let mut reply = phone.hop(&mut call).await;
            while reply.is_err() && Instant::now() < until {
                sleep(Duration::from_millis(200)).await;
                reply = phone.again(&call).await;
            }
            match reply {
                Ok(reply) if reply.text.starts_with(CONFIRMED) => return true,
                Ok(reply) if !reply.end => {}
                // Busy, or a session that was lost: they dial again.
                _ => {
                    sleep(Duration::from_secs(1)).await;
                    continue 'sessions;
                }
            }
        }
    }
    false
}

/// Waits until the outbox has nothing more to do.
async fn nothing_waits(config: &Config) {
    let store = open_store(config).await.unwrap();
    let settled = async {
        loop {
            if let Ok(mut tx) = store.begin_read().await
                && let Ok(states) = outbox::tally(&mut tx).await
                && states.iter().all(|(state, _)| state == "delivered")
            {
                return;
            }
            sleep(Duration::from_millis(500)).await;
        }
    };
    if timeout(THROUGH_ALL, settled).await.is_err() {
        println!("some SMS are still under way");
    }
    store.close().await;
}

/// What people were promised and what they got.
struct Verdict {
    confirmed: usize,
    lost: usize,
    two_passwords: usize,
    same_text_again: usize,
    without_a_promise: usize,
}

impl Verdict {
    fn of(confirmed: &BTreeSet<Msisdn>, ledger: &[LedgerEntry]) -> Self {
        let mut texts: BTreeMap<&Msisdn, Vec<&str>> = BTreeMap::new();
        for sms in ledger.iter().filter(|sms| sms.text.contains("password")) {
            texts.entry(&sms.to).or_default().push(&sms.text);
        }
        let different = |texts: &Vec<&str>| texts.iter().collect::<BTreeSet<_>>().len();
        Self {
            confirmed: confirmed.len(),
            lost: confirmed
                .iter()
                .filter(|line| !texts.contains_key(line))
                .count(),
            two_passwords: texts.values().filter(|texts| different(texts) > 1).count(),
            same_text_again: texts.values().filter(|t| t.len() > different(t)).count(),
            without_a_promise: texts
                .keys()
                .filter(|line| !confirmed.contains(line))
                .count(),
        }
    }

    fn is_good(&self) -> bool {
        self.confirmed > 0 && self.lost == 0 && self.two_passwords == 0
    }
}

impl std::fmt::Display for Verdict {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "resets confirmed on the phone   {:>6}", self.confirmed)?;
        writeln!(f, "  without their SMS: lost       {:>6}", self.lost)?;
        writeln!(
            f,
            "  with two passwords: doubled   {:>6}",
            self.two_passwords
        )?;
        writeln!(
            f,
            "  the same text twice           {:>6}",
            self.same_text_again
        )?;
        write!(
            f,
            "SMS without a confirmed screen  {:>6}",
            self.without_a_promise
        )
    }
}
