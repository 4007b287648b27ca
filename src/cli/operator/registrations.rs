//! `cp2 operator registrations`: who is registered.

use std::process::ExitCode;

use anyhow::bail;
use clap::{Args, Subcommand};
use serde_json::json;

use crate::actions::has_read;
use crate::actions::registration::{Decided, Decision, Waiting, decide, waiting};
use crate::domain::{Clock, SystemClock, TscNumber};
use crate::service::{existing_store, load_tools};

use super::{Choice, Desk, Look, show, time_of};

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum RegistrationsCommand {
    /// List the requests that wait, the oldest first. It shows what people told about
    /// themselves: keep it off screens that others see
    ///
    /// Example: cp2 operator registrations list --json
    List(Look),
    /// Register the person and tell them by SMS
    ///
    /// Example: cp2 operator registrations approve R-402718 --by wanjiku
    Approve(Choice),
    /// Refuse a request and tell its line by SMS; the reason is kept and not sent
    ///
    /// Example: cp2 operator registrations refuse R-402718 --by wanjiku --reason "no TSC record"
    Refuse(Refusal),
}

#[derive(Debug, Args)]
pub(in crate::cli) struct Refusal {
    #[command(flatten)]
    choice: Choice,
    /// Why
    #[arg(long, default_value = "")]
    reason: String,
}

pub(super) async fn run(command: &RegistrationsCommand) -> anyhow::Result<ExitCode> {
    match command {
        RegistrationsCommand::List(look) => list(look).await,
        RegistrationsCommand::Approve(choice) => settle(choice, Decision::Approve).await,
        RegistrationsCommand::Refuse(refusal) => {
            settle(&refusal.choice, Decision::Refuse(&refusal.reason)).await
        }
    }
}

async fn list(look: &Look) -> anyhow::Result<ExitCode> {
    let config = look.listing.config.load()?;
    let tools = load_tools(&config)?;
    let store = existing_store(&config).await?;
    let mut tx = store.begin().await?;
    let found = waiting(&mut tx, &tools).await?;
    let people: Vec<_> = found.iter().flat_map(Waiting::people).collect();
    let (by, what) = (look.by.actor(), ("requests.read", None));
    has_read(&mut tx, &by, what, &people, SystemClock.now()).await?;
    tx.commit().await?;
    store.close().await;
    Ok(show(&found, look.listing.json, print, as_value))
}

async fn settle(choice: &Choice, decision: Decision<'_>) -> anyhow::Result<ExitCode> {
    let desk = Desk::open(choice).await?;
    let mut tx = desk.store.begin().await?;
    let wanted = (choice.reference.as_str(), decision);
    let by = desk.decider();
    let decided = decide(&mut tx, &desk.tools, by, wanted, SystemClock.now()).await?;
    // What was not decided has changed nothing.
    if decided == Decided::Done {
        tx.commit().await?;
    } else {
        drop(tx);
    }
    desk.store.close().await;
    let reference = &choice.reference;
    match decided {
        Decided::Done => println!("{reference} is decided; its line is told by SMS"),
        Decided::NotWaiting => {
            bail!("no request {reference} waits; `cp2 operator registrations list` shows them")
        }
        Decided::IdIsKnown => {
            bail!(
                "somebody with that ID number is registered already: refuse {reference}, or mend that record"
            )
        }
        Decided::LineIsHeld => {
            bail!("somebody holds that line by now: refuse {reference}, or move that person first")
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn print(one: &Waiting) {
    let applicant = &one.applicant;
    println!(
        "{}  {}",
        one.request.reference,
        time_of(one.request.created_at)
    );
    println!(
        "  {}, ID {}, TSC {}, born {}, {}",
        applicant.name.as_str(),
        applicant.national_id.as_str(),
        tsc_of(one).unwrap_or("-"),
        applicant.birth_year,
        applicant.gender,
    );
    println!(
        "  {}, {}; wants to be {}; line {}",
        applicant.sub_county,
        applicant.county,
        applicant.role.english(),
        one.request.line.as_str(),
    );
    if one.id_is_known() {
        println!("  this ID number is registered already");
    }
    if one.same_id > 1 {
        println!("  {} requests name this ID number", one.same_id);
    }
}

fn as_value(one: &Waiting) -> serde_json::Value {
    json!({
        "reference": one.request.reference,
        "at": time_of(one.request.created_at),
        "line": one.request.line.as_str(),
        "name": one.applicant.name.as_str(),
        "national_id": one.applicant.national_id.as_str(),
        "tsc_number": tsc_of(one),
        "birth_year": one.applicant.birth_year,
        "gender": one.applicant.gender,
        "county": one.applicant.county,
        "sub_county": one.applicant.sub_county,
        "role": one.applicant.role.code(),
        "id_is_known": one.id_is_known(),
        "requests_with_this_id": one.same_id,
    })
}

fn tsc_of(one: &Waiting) -> Option<&str> {
    one.applicant.tsc_number.as_ref().map(TscNumber::as_str)
}
