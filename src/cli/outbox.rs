//! `cp2 outbox`: what became of SMS.

use std::process::ExitCode;

use clap::{Args, Subcommand};
use serde_json::json;

use crate::domain::Msisdn;
use crate::service::open_store;
use crate::store::outbox::{self, DeadLetter};

use super::ConfigFile;

/// See what became of SMS
///
/// Example: cp2 outbox status --config /etc/cp2/cp2.toml
#[derive(Debug, Subcommand)]
pub(super) enum OutboxCommand {
    /// Count the messages in each state
    ///
    /// Example: cp2 outbox status --config /etc/cp2/cp2.toml
    Status(Listing),
    /// List messages that were given up, with the reason, newest first
    ///
    /// Example: cp2 outbox dead --config /etc/cp2/cp2.toml --json
    Dead(Listing),
}

#[derive(Debug, Args)]
pub(super) struct Listing {
    #[command(flatten)]
    config: ConfigFile,
    /// Print JSON: an object of counts, or an array of messages
    #[arg(long)]
    json: bool,
}

/// The most messages in a list.
const LONGEST: usize = 1000;

pub(super) async fn run(command: &OutboxCommand) -> anyhow::Result<ExitCode> {
    let (OutboxCommand::Status(listing) | OutboxCommand::Dead(listing)) = command;
    let store = open_store(&listing.config.load()?).await?;
    let mut tx = store.begin_read().await?;
    match command {
        OutboxCommand::Status(_) => print_tally(outbox::tally(&mut tx).await?, listing.json),
        OutboxCommand::Dead(_) => {
            print_dead(&outbox::dead_letters(&mut tx, LONGEST).await?, listing.json);
        }
    }
    drop(tx);
    store.close().await;
    Ok(ExitCode::SUCCESS)
}

fn print_tally(tally: Vec<(String, i64)>, as_json: bool) {
    if as_json {
        let object: serde_json::Map<_, _> = tally
            .into_iter()
            .map(|(state, count)| (state, count.into()))
            .collect();
        println!("{}", serde_json::Value::Object(object));
        return;
    }
    for (state, count) in tally {
        println!("{state:<10} {count}");
    }
}

fn print_dead(letters: &[DeadLetter], as_json: bool) {
    if as_json {
        let list: Vec<_> = letters.iter().map(as_value).collect();
        println!("{}", serde_json::Value::Array(list));
        return;
    }
    for letter in letters {
        let (at, to) = (time_of(letter), recipient_of(letter));
        let (lane, state, tries) = (letter.lane.name(), &letter.state, letter.attempts);
        let reason = letter.reason.as_deref().unwrap_or("-");
        println!("{at}  {lane:<11} {state:<8} {to}  {tries} tries  {reason}");
    }
}

fn as_value(letter: &DeadLetter) -> serde_json::Value {
    json!({
        "id": letter.id,
        "at": time_of(letter),
        "lane": letter.lane.name(),
        "state": letter.state,
        "to": recipient_of(letter),
        "attempts": letter.attempts,
        "reason": letter.reason,
    })
}

/// As a clock in Kenya shows it.
fn time_of(letter: &DeadLetter) -> String {
    let time = letter.at.datetime_in_kenya();
    time.strftime("%Y-%m-%d %H:%M").to_string()
}

fn recipient_of(letter: &DeadLetter) -> String {
    letter.recipient.as_ref().map_or("-".into(), Msisdn::masked)
}
