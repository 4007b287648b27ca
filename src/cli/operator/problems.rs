//! `cp2 operator problems`: what people report, looked at and answered.

use std::process::ExitCode;

use anyhow::bail;
use clap::{Args, Subcommand};
use serde_json::{Value, json};

use crate::actions::has_read;
use crate::actions::problem::{Answers, Step, Stepped, Waiting, step, waiting, waiting_one};
use crate::domain::{Answer, CentreCode, Clock, Language, Msisdn, SystemClock};
use crate::service::{existing_store, load_tools};
use crate::store::{StoreError, Tx};

use super::{Choice, Desk, Look, show, time_of};
use crate::cli::ConfigFile;
use crate::cli::by::By;

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum ProblemsCommand {
    /// List the problems that wait for their answer, the oldest first. It shows what people
    /// told: keep it off screens that others see
    ///
    /// Example: cp2 operator problems list --json
    List(Look),
    /// Show one of them
    ///
    /// Example: cp2 operator problems show P-402718
    Show(One),
    /// Say that somebody looks at it; its reporter reads so by phone
    ///
    /// Example: cp2 operator problems take P-402718 --by wanjiku
    Take(Choice),
    /// Answer and close it; its reporter is told by SMS and reads the answer by phone
    ///
    /// Example: cp2 operator problems answer P-402718 --by wanjiku --text-en "You are paid on 3 Dec."
    Answer(Reply),
}

#[derive(Debug, Args)]
pub(in crate::cli) struct One {
    #[command(flatten)]
    config: ConfigFile,
    /// The reference of the report, such as P-402718
    reference: String,
    /// Print JSON: an object
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    by: By,
}

#[derive(Debug, Args)]
#[group(id = "texts", required = true, multiple = true, args = ["text_en", "text_sw"])]
pub(in crate::cli) struct Reply {
    #[command(flatten)]
    choice: Choice,
    /// The answer in English, at most 90 characters
    #[arg(long, value_name = "TEXT", value_parser = Answer::parse)]
    text_en: Option<Answer>,
    /// The answer in Kiswahili, at most 90 characters; whoever reads Kiswahili reads the
    /// other where this is left out, and the other way round
    #[arg(long, value_name = "TEXT", value_parser = Answer::parse)]
    text_sw: Option<Answer>,
}

pub(super) async fn run(command: &ProblemsCommand) -> anyhow::Result<ExitCode> {
    match command {
        ProblemsCommand::List(look) => list(look).await,
        ProblemsCommand::Show(one) => show_one(one).await,
        ProblemsCommand::Take(choice) => go_on(choice, &Step::Take).await,
        ProblemsCommand::Answer(reply) => {
            let answers = Answers {
                en: reply.text_en.clone(),
                sw: reply.text_sw.clone(),
            };
            go_on(&reply.choice, &Step::Answer(answers)).await
        }
    }
}

async fn list(look: &Look) -> anyhow::Result<ExitCode> {
    let config = look.listing.config.load()?;
    let tools = load_tools(&config)?;
    let store = existing_store(&config).await?;
    let mut tx = store.begin().await?;
    let found = waiting(&mut tx, &tools).await?;
    were_read(&mut tx, &look.by, &found).await?;
    tx.commit().await?;
    store.close().await;
    Ok(show(&found, look.listing.json, print, as_value))
}

async fn show_one(one: &One) -> anyhow::Result<ExitCode> {
    let config = one.config.load()?;
    let tools = load_tools(&config)?;
    let store = existing_store(&config).await?;
    let mut tx = store.begin().await?;
    let found = waiting_one(&mut tx, &tools, &one.reference).await?;
    were_read(&mut tx, &one.by, found.as_slice()).await?;
    tx.commit().await?;
    store.close().await;
    let Some(found) = found else {
        return not_waiting(&one.reference);
    };
    if one.json {
        println!("{}", as_value(&found));
    } else {
        print(&found);
    }
    Ok(ExitCode::SUCCESS)
}

/// Writes down who has read them.
async fn were_read(tx: &mut Tx, by: &By, found: &[Waiting]) -> Result<(), StoreError> {
    let people: Vec<_> = found.iter().map(|one| &one.person.id).collect();
    let what = ("problems.read", None);
    has_read(tx, &by.actor(), what, &people, SystemClock.now()).await
}

async fn go_on(choice: &Choice, wanted: &Step) -> anyhow::Result<ExitCode> {
    let desk = Desk::open(choice).await?;
    let mut tx = desk.store.begin().await?;
    let reference = choice.reference.as_str();
    let (by, now) = (desk.decider(), SystemClock.now());
    let stepped = step(&mut tx, &desk.tools, by, (reference, wanted), now).await?;
    // What came to nothing has changed nothing.
    if stepped == Stepped::NotWaiting {
        drop(tx);
    } else {
        tx.commit().await?;
    }
    desk.store.close().await;
    match (stepped, wanted) {
        (Stepped::NotWaiting, _) => return not_waiting(reference),
        (Stepped::DoneUntold, _) => {
            println!("{reference} is answered; its reporter has no line to be told on");
        }
        (Stepped::Done, Step::Take) => println!("{reference} is being looked at"),
        (Stepped::Done, Step::Answer(_)) => {
            println!("{reference} is answered; its reporter is told by SMS");
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn not_waiting(reference: &str) -> anyhow::Result<ExitCode> {
    bail!("no report {reference} waits for that; `cp2 operator problems list` shows them")
}

fn print(one: &Waiting) {
    let Waiting {
        problem,
        told,
        person,
        language,
    } = one;
    println!(
        "{}  {}  {}, {}",
        problem.reference,
        time_of(problem.created_at),
        problem.kind.shown(Language::En),
        problem.state.shown(Language::En),
    );
    println!(
        "  {}, ID {}, line {}, reads {}",
        person.name.as_str(),
        person.national_id.as_str(),
        person.msisdn.as_ref().map_or("-", Msisdn::as_str),
        language.code(),
    );
    if let (Some(worked), Some(centre)) = (told.worked, &told.centre) {
        println!("  {worked} at {}", centre.as_str());
    }
    if let (Some(name), Some(role), Some(line)) = (&told.name, told.role, &told.paid_line) {
        println!("  as {}: {name}, M-PESA {}", role.english(), line.as_str());
    }
    if let Some(words) = &told.words {
        println!("  \"{words}\"");
    }
}

fn as_value(one: &Waiting) -> Value {
    let Waiting {
        problem,
        told,
        person,
        language,
    } = one;
    json!({
        "reference": problem.reference,
        "at": time_of(problem.created_at),
        "kind": problem.kind.code(),
        "state": problem.state.code(),
        "name": person.name.as_str(),
        "national_id": person.national_id.as_str(),
        "line": person.msisdn.as_ref().map(Msisdn::as_str),
        "language": language.code(),
        "series": told.worked.map(|worked| worked.to_string()),
        "centre_code": told.centre.as_ref().map(CentreCode::as_str),
        "worked_as": told.role.map(|role| role.code()),
        "worked_name": told.name,
        "paid_line": told.paid_line.as_ref().map(Msisdn::as_str),
        "words": told.words,
    })
}
