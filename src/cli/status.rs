//! `cp2 status`: how the service stands, in the terminal.

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, bail};
use bytes::Bytes;
use clap::Args;
use http::Request;
use serde_json::{Value, json};

use crate::config::Config;
use crate::domain::{Clock, Lane, SystemClock, Timestamp};
use crate::outbox::Transport;
use crate::service::{load_keys, store_as_it_is};
use crate::standing::{KeyFault, Standing, key_faults, pace_of};
use crate::store::milestones::BACKUP;

use super::ConfigFile;

/// How long a service may take that is asked itself.
const PATIENCE: Duration = Duration::from_secs(5);

/// Say how the service stands: processes, sessions, SMS that wait, channels, keys, the last
/// backup. Exits with 1 when it is not ready
///
/// Example: cp2 status --config /etc/cp2/cp2.toml
#[derive(Debug, Args)]
pub(super) struct StatusArgs {
    #[command(flatten)]
    config: ConfigFile,
    /// Ask one process itself whether it is ready, instead of the database about all of them
    #[arg(long, value_name = "URL", num_args = 0..=1, default_missing_value = "")]
    url: Option<String>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(args: &StatusArgs) -> anyhow::Result<ExitCode> {
    match &args.url {
        Some(url) => ask(args, url).await,
        None => look(args).await,
    }
}

/// Asks a process whether it is ready; without an address, the one that the configuration
/// names.
async fn ask(args: &StatusArgs, url: &str) -> anyhow::Result<ExitCode> {
    let base = if url.is_empty() {
        format!("http://{}", args.config.load()?.server.listen)
    } else {
        url.trim_end_matches('/').to_owned()
    };
    let request = Request::get(format!("{base}/readyz")).body(Bytes::new())?;
    let answer = Transport::new(PATIENCE)?.send(request).await;
    let answer = answer.with_context(|| format!("{base} does not answer"))?;
    println!("{}", String::from_utf8_lossy(&answer.body));
    Ok(if answer.status.is_success() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

async fn look(args: &StatusArgs) -> anyhow::Result<ExitCode> {
    let config = args.config.load()?;
    let keys = load_keys(&config)?;
    let store = store_as_it_is(&config).await?;
    let mut tx = store.begin_read().await?;
    let life = config.policy.session_life();
    let standing = Standing::read(&mut tx, life, SystemClock.now()).await;
    let standing =
        standing.context("the database can't be read; `cp2 db migrate` mends its schema")?;
    let keys = key_faults(&mut tx, &keys).await?;
    drop(tx);
    store.close().await;
    let faults = faults(&standing, &keys);
    if args.json {
        println!("{}", as_value(&config, &standing, &keys, &faults));
    } else {
        print(&config, &standing, &keys);
    }
    if faults.is_empty() {
        return Ok(ExitCode::SUCCESS);
    }
    if args.json {
        return Ok(ExitCode::FAILURE);
    }
    bail!("not ready: {}", faults.join("; "))
}

/// What keeps the service from doing its work.
fn faults(standing: &Standing, keys: &BTreeMap<String, KeyFault>) -> Vec<String> {
    let (answers, sends) = standing.works();
    let mut faults = Vec::new();
    if !answers {
        faults.push("no process answers callbacks and pages".to_owned());
    }
    if !sends {
        faults.push("no process sends SMS".to_owned());
    }
    let wrong = keys.iter().filter(|(_, fault)| **fault == KeyFault::Wrong);
    faults.extend(wrong.map(|(name, _)| format!("the key {name} is another one than before")));
    faults
}

/// Messages in one state, by lane.
fn by_lane(standing: &Standing, state: &str) -> Vec<(&'static str, i64, Option<Timestamp>)> {
    let of = |lane: Lane| {
        let open = standing.open.iter();
        let mut open = open
            .filter(|open| open.lane == lane && open.state == state)
            .peekable();
        open.peek()?;
        let (mut count, mut oldest) = (0, None::<Timestamp>);
        for one in open {
            count += one.count;
            oldest = Some(oldest.map_or(one.oldest, |before| before.min(one.oldest)));
        }
        Some((lane.name(), count, oldest))
    };
    Lane::ALL.into_iter().filter_map(of).collect()
}

fn print(config: &Config, standing: &Standing, keys: &BTreeMap<String, KeyFault>) {
    let ago = |then: Timestamp| words(standing.at.since(then));
    let line = |name: &str, said: &str| println!("{name:<10} {said}");
    if standing.processes.is_empty() {
        line("processes", "none runs");
    }
    for process in &standing.processes {
        let worker = match process.silent_s {
            Some(silent) => format!("; worker's last round {silent} s before that"),
            None => String::new(),
        };
        let (parts, version) = (&process.parts, &process.version);
        let (since, seen) = (ago(process.started_at), ago(process.seen_at));
        line(
            "process",
            &format!("{parts}, version {version}, for {since}, seen {seen} ago{worker}"),
        );
    }
    let pace = pace_of(&standing.processes, None, standing.at);
    let answers = match (pace.within_s(50), pace.within_s(95)) {
        (Some(half), Some(most)) => {
            let (half, most) = (half * 1000.0, most * 1000.0);
            format!(", answered within {half:.0} ms (half), {most:.0} ms (95 of 100)")
        }
        _ => String::new(),
    };
    let (sessions, hops) = (standing.sessions, pace.last_minute());
    line(
        "sessions",
        &format!("{sessions} going on, {hops:.1} hops a second{answers}"),
    );
    for state in ["queued", "sending", "unknown"] {
        for (lane, count, oldest) in by_lane(standing, state) {
            let age = oldest.map(|oldest| format!(", the oldest for {}", ago(oldest)));
            line(
                "SMS",
                &format!("{count} {lane} {state}{}", age.unwrap_or_default()),
            );
        }
    }
    if standing.open.is_empty() {
        line("SMS", "none waits");
    }
    for channel in &config.channel {
        let found = standing.held.iter().find(|(name, _)| *name == channel.name);
        let state = match found {
            Some((_, hold)) => {
                let (kind, since) = (hold.kind.name(), ago(hold.since));
                format!("{kind} for {since}: {}", hold.reason)
            }
            None => "sends".to_owned(),
        };
        line("channel", &format!("{} {state}", channel.name));
    }
    for (name, fault) in keys {
        line("key", &format!("{name} is {}", fault.name()));
    }
    if keys.is_empty() {
        line("keys", "as the database knows them");
    }
    line(
        "to do",
        &format!(
            "{} SMS of people to read, {} campaigns being sent, {} audit entries to chain",
            standing.inbound, standing.campaigns, standing.unchained
        ),
    );
    match standing.last(BACKUP) {
        Some(backup) => line("backup", &format!("{} ago", ago(backup.at))),
        None => line("backup", "none by `cp2 db backup`"),
    }
    for done in standing
        .milestones
        .iter()
        .filter(|done| done.what != BACKUP)
    {
        let (what, rows) = (&done.what, done.sum);
        line(
            "last",
            &format!(
                "{what} {} ago; {} runs, {rows} rows in all",
                ago(done.at),
                done.runs
            ),
        );
    }
}

fn as_value(
    config: &Config,
    standing: &Standing,
    keys: &BTreeMap<String, KeyFault>,
    faults: &[String],
) -> Value {
    let pace = pace_of(&standing.processes, None, standing.at);
    let processes = standing.processes.iter().map(|process| {
        json!({
            "runs": process.parts,
            "version": process.version,
            "started_at": at(process.started_at),
            "seen_at": at(process.seen_at),
            "worker_silent_s": process.silent_s,
        })
    });
    let open = standing.open.iter().map(|open| {
        json!({
            "channel": open.channel,
            "network": open.network,
            "lane": open.lane.name(),
            "state": open.state,
            "count": open.count,
            "oldest_s": standing.at.since(open.oldest).as_secs(),
        })
    });
    let channels = config.channel.iter().map(|channel| {
        let found = standing.held.iter().find(|(name, _)| *name == channel.name);
        let value = match found {
            Some((_, hold)) => json!({
                "state": hold.kind.name(), "reason": hold.reason, "since": at(hold.since)
            }),
            None => json!({"state": "sends"}),
        };
        (channel.name.clone(), value)
    });
    let channels: serde_json::Map<_, _> = channels.collect();
    let keys = keys
        .iter()
        .map(|(name, fault)| (name.clone(), fault.name().into()));
    let keys: serde_json::Map<_, _> = keys.collect();
    let done = standing.milestones.iter().map(
        |done| json!({"what": done.what, "at": at(done.at), "runs": done.runs, "rows": done.sum}),
    );
    json!({
        "ready": faults.is_empty(),
        "faults": faults,
        "processes": processes.collect::<Vec<_>>(),
        "sessions": standing.sessions,
        "hops_a_second": pace.last_minute(),
        "answers_p50_s": pace.within_s(50),
        "answers_p95_s": pace.within_s(95),
        "messages": open.collect::<Vec<_>>(),
        "channels": channels,
        "key_faults": keys,
        "unread_sms": standing.inbound,
        "campaigns_running": standing.campaigns,
        "audit_unchained": standing.unchained,
        "done": done.collect::<Vec<_>>(),
    })
}

/// As a clock in Kenya shows it.
fn at(moment: Timestamp) -> String {
    let time = moment.datetime_in_kenya();
    time.strftime("%Y-%m-%d %H:%M:%S").to_string()
}

fn words(time: Duration) -> String {
    let s = time.as_secs();
    match s {
        ..120 => format!("{s} s"),
        120..7_200 => format!("{} min", s / 60),
        7_200..172_800 => format!("{} h", s / 3600),
        _ => format!("{} days", s / 86_400),
    }
}
