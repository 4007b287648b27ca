//! `cp2 outbox`: what became of SMS.

use std::process::ExitCode;
use std::time::Duration;

use clap::{Args, Subcommand};
use serde_json::json;

use crate::actions::staff::{Resumed, resume_channel};
use crate::config::Operator;
use crate::domain::{Clock, Msisdn, SystemClock, Timestamp};
use crate::service::existing_store;
use crate::store::Store;
use crate::store::channel_states::{self, Hold};
use crate::store::outbox::{self, DeadLetter, Event, Times, Waiting};

use super::ConfigFile;

/// See what became of SMS
///
/// Example: cp2 outbox status --config /etc/cp2/cp2.toml
#[derive(Debug, Subcommand)]
pub(super) enum OutboxCommand {
    /// Count the messages in each state, with channels that are held and how long SMS took
    ///
    /// Example: cp2 outbox status --config /etc/cp2/cp2.toml
    Status(Listing),
    /// List messages that were given up, with the reason, newest first
    ///
    /// Example: cp2 outbox dead --config /etc/cp2/cp2.toml --json
    Dead(Listing),
    /// Print what happened to one message, and why
    ///
    /// Example: cp2 outbox show 01a2b3c4-… --config /etc/cp2/cp2.toml
    Show(Show),
    /// Let a channel send again that was parked or stopped
    ///
    /// Example: cp2 outbox resume at --by wanjiku --config /etc/cp2/cp2.toml
    Resume(Resume),
}

#[derive(Debug, Args)]
pub(super) struct Show {
    /// The message, as `cp2 outbox dead --json` and the journal name it
    id: String,
    #[command(flatten)]
    listing: Listing,
}

#[derive(Debug, Args)]
pub(super) struct Resume {
    /// The name of the channel
    channel: String,
    /// Who says so, for the audit log
    #[arg(long, value_name = "NAME")]
    by: String,
    #[command(flatten)]
    config: ConfigFile,
}

#[derive(Debug, Args)]
pub(super) struct Listing {
    #[command(flatten)]
    config: ConfigFile,
    /// Print JSON: an object of counts, or an array of messages
    #[arg(long)]
    json: bool,
}

/// How far back times are counted.
const DAY: Duration = Duration::from_hours(24);

/// The most messages in a list.
const LONGEST: usize = 1000;

pub(super) async fn run(command: &OutboxCommand) -> anyhow::Result<ExitCode> {
    let config = match command {
        OutboxCommand::Status(listing) | OutboxCommand::Dead(listing) => &listing.config,
        OutboxCommand::Show(show) => &show.listing.config,
        OutboxCommand::Resume(resume) => &resume.config,
    };
    let config = config.load()?;
    let store = existing_store(&config).await?;
    let done = answer(command, &store, &config.operator).await;
    store.close().await;
    done
}

async fn answer(
    command: &OutboxCommand,
    store: &Store,
    rules: &Operator,
) -> anyhow::Result<ExitCode> {
    match command {
        OutboxCommand::Status(listing) => status(store, listing.json).await?,
        OutboxCommand::Dead(listing) => {
            let mut tx = store.begin_read().await?;
            print_dead(&outbox::dead_letters(&mut tx, LONGEST).await?, listing.json);
        }
        OutboxCommand::Show(show) => {
            let mut tx = store.begin_read().await?;
            let events = outbox::history(&mut tx, &show.id).await?;
            if events.is_empty() {
                anyhow::bail!(
                    "no message has the id {}; `cp2 outbox dead --json` lists ids",
                    show.id
                );
            }
            print_history(&events, show.listing.json);
        }
        OutboxCommand::Resume(resume) => {
            let mut tx = store.begin().await?;
            let (by, now) = (format!("operator:{}", resume.by), SystemClock.now());
            let name = &resume.channel;
            let resumed = resume_channel(&mut tx, rules, &by, name, now).await?;
            tx.commit().await?;
            match resumed {
                Resumed::Done => println!("{name} sends again within a second"),
                Resumed::NeedsAnother => println!("{name} {}", super::NEEDS_ANOTHER),
                Resumed::NotHeld => println!(
                    "{name} was not held back; `cp2 outbox status` lists channels that are"
                ),
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// The states of messages and the channels that are held back.
async fn status(store: &Store, as_json: bool) -> anyhow::Result<()> {
    let mut tx = store.begin_read().await?;
    let tally = outbox::tally(&mut tx).await?;
    let held = channel_states::all(&mut tx).await?;
    let since = SystemClock.now().minus(DAY);
    let handed_over = outbox::times_to(&mut tx, "accepted", since).await?;
    let delivered = outbox::times_to(&mut tx, "delivered", since).await?;
    let waiting = outbox::waiting(&mut tx).await?;
    drop(tx);
    if as_json {
        let held: serde_json::Map<_, _> = held
            .into_iter()
            .map(|(channel, hold)| (channel, held_as_value(&hold)))
            .collect();
        let messages: serde_json::Map<_, _> = tally
            .into_iter()
            .map(|(state, count)| (state, count.into()))
            .collect();
        let times = |times: &[Times]| times.iter().map(times_as_value).collect::<Vec<_>>();
        let status = json!({
            "messages": messages,
            "held_channels": held,
            "waiting": waiting.iter().map(waiting_as_value).collect::<Vec<_>>(),
            "handed_over_in_24_hours": times(&handed_over),
            "delivered_in_24_hours": times(&delivered),
        });
        println!("{status}");
        return Ok(());
    }
    for (state, count) in tally {
        println!("{state:<10} {count}");
    }
    for (channel, hold) in held {
        let (kind, since) = (hold.kind.name(), time_of(hold.since));
        println!("channel {channel} is {kind} since {since}: {}", hold.reason);
    }
    for (word, times) in [("handed over", &handed_over), ("delivered", &delivered)] {
        for Times {
            channel,
            network,
            lane,
            count,
            p50_ms,
            p95_ms,
        } in times
        {
            let lane = lane.name();
            println!(
                "24 hours  {channel} {network} {lane}: {count} {word}, p50 {p50_ms} ms, p95 {p95_ms} ms"
            );
        }
    }
    Ok(())
}

fn waiting_as_value(waiting: &Waiting) -> serde_json::Value {
    json!({
        "channel": waiting.channel,
        "network": waiting.network,
        "lane": waiting.lane.name(),
        "count": waiting.count,
    })
}

fn times_as_value(times: &Times) -> serde_json::Value {
    json!({
        "channel": times.channel,
        "network": times.network,
        "lane": times.lane.name(),
        "count": times.count,
        "p50_ms": times.p50_ms,
        "p95_ms": times.p95_ms,
    })
}

fn held_as_value(hold: &Hold) -> serde_json::Value {
    json!({
        "state": hold.kind.name(),
        "since": time_of(hold.since),
        "reason": hold.reason,
    })
}

fn print_history(events: &[Event], as_json: bool) {
    if as_json {
        let list: Vec<_> = events.iter().map(event_as_value).collect();
        println!("{}", serde_json::Value::Array(list));
        return;
    }
    for event in events {
        let (at, state, channel) = (time_of(event.at), &event.state, &event.channel);
        let (attempt, reason) = (event.attempt, event.reason.as_deref().unwrap_or(""));
        let line = format!("{at}  {state:<10} attempt {attempt}  {channel}  {reason}");
        println!("{}", line.trim_end());
    }
}

fn event_as_value(event: &Event) -> serde_json::Value {
    json!({
        "at": time_of(event.at),
        "state": event.state,
        "attempt": event.attempt,
        "channel": event.channel,
        "reason": event.reason,
    })
}

fn print_dead(letters: &[DeadLetter], as_json: bool) {
    if as_json {
        let list: Vec<_> = letters.iter().map(as_value).collect();
        println!("{}", serde_json::Value::Array(list));
        return;
    }
    for letter in letters {
        let (at, to) = (time_of(letter.at), recipient_of(letter));
        let (lane, state, tries) = (letter.lane.name(), &letter.state, letter.attempts);
        let reason = letter.reason.as_deref().unwrap_or("-");
        println!("{at}  {lane:<11} {state:<8} {to}  {tries} tries  {reason}");
    }
}

fn as_value(letter: &DeadLetter) -> serde_json::Value {
    json!({
        "id": letter.id,
        "at": time_of(letter.at),
        "lane": letter.lane.name(),
        "state": letter.state,
        "to": recipient_of(letter),
        "attempts": letter.attempts,
        "reason": letter.reason,
    })
}

/// As a clock in Kenya shows it.
fn time_of(moment: Timestamp) -> String {
    let time = moment.datetime_in_kenya();
    time.strftime("%Y-%m-%d %H:%M:%S").to_string()
}

fn recipient_of(letter: &DeadLetter) -> String {
    letter.recipient.as_ref().map_or("-".into(), Msisdn::masked)
}
