//! `cp2 operator numbers`: who takes over from a line that is lost.

use std::process::ExitCode;

use anyhow::bail;
use clap::Subcommand;
use serde_json::json;

use crate::actions::{Claim, Decided, Decision, claims, decide_claim, has_read};
use crate::domain::{Clock, Msisdn, SystemClock, TscNumber};
use crate::service::existing_store;

use super::{Choice, Desk, Look, show};

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum NumbersCommand {
    /// List the requests that wait, the oldest first. It shows what is known of people:
    /// keep it off screens that others see
    ///
    /// Example: cp2 operator numbers list --json
    List(Look),
    /// Make the new line the person's and tell both lines; credentials and letters wait a
    /// while before they follow
    ///
    /// Example: cp2 operator numbers approve N-402718 --by wanjiku
    Approve(Choice),
    /// Refuse a request and tell the new line
    ///
    /// Example: cp2 operator numbers refuse N-402718 --by wanjiku
    Refuse(Choice),
}

pub(super) async fn run(command: &NumbersCommand) -> anyhow::Result<ExitCode> {
    match command {
        NumbersCommand::List(look) => list(look).await,
        NumbersCommand::Approve(choice) => settle(choice, Decision::Approve).await,
        NumbersCommand::Refuse(choice) => settle(choice, Decision::Refuse).await,
    }
}

async fn list(look: &Look) -> anyhow::Result<ExitCode> {
    let store = existing_store(&look.listing.config.load()?).await?;
    let now = SystemClock.now();
    let mut tx = store.begin().await?;
    let found = claims(&mut tx, now).await?;
    let people: Vec<_> = found.iter().map(|claim| &claim.person.id).collect();
    has_read(
        &mut tx,
        &look.by.actor(),
        ("requests.read", None),
        &people,
        now,
    )
    .await?;
    tx.commit().await?;
    store.close().await;
    Ok(show(&found, look.listing.json, print, as_value))
}

async fn settle(choice: &Choice, decision: Decision) -> anyhow::Result<ExitCode> {
    let desk = Desk::open(choice).await?;
    let mut tx = desk.store.begin().await?;
    let wanted = (choice.reference.as_str(), decision);
    let by = desk.decider();
    let decided = decide_claim(&mut tx, &desk.tools, by, wanted, SystemClock.now()).await?;
    // What was not decided has changed nothing.
    if decided == Decided::NotWaiting {
        drop(tx);
    } else {
        tx.commit().await?;
    }
    desk.store.close().await;
    let reference = &choice.reference;
    match (decided, decision) {
        (Decided::NotWaiting, _) => {
            bail!("no request {reference} waits; `cp2 operator numbers list` shows them")
        }
        (Decided::Refused, Decision::Approve) => {
            bail!("somebody holds the new line by now, so {reference} is refused")
        }
        (Decided::NeedsAnother, _) => {
            println!("{reference} is approved by you; another operator must approve it too");
        }
        _ => println!("{reference} is decided; the lines are told by SMS"),
    }
    Ok(ExitCode::SUCCESS)
}

fn print(one: &Claim) {
    let Claim { change, person } = one;
    println!(
        "{}  {}, ID {}, TSC {}",
        change.reference,
        person.name.as_str(),
        person.national_id.as_str(),
        tsc_of(one).unwrap_or("-"),
    );
    println!(
        "  from {} to {}",
        person.msisdn.as_ref().map_or("no line", Msisdn::as_str),
        change.new_line.as_str(),
    );
}

fn as_value(one: &Claim) -> serde_json::Value {
    let Claim { change, person } = one;
    json!({
        "reference": change.reference,
        "name": person.name.as_str(),
        "national_id": person.national_id.as_str(),
        "tsc_number": tsc_of(one),
        "old_line": person.msisdn.as_ref().map(Msisdn::as_str),
        "new_line": change.new_line.as_str(),
    })
}

fn tsc_of(one: &Claim) -> Option<&str> {
    one.person.tsc_number.as_ref().map(TscNumber::as_str)
}
