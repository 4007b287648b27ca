//! `cp2 person`: what is kept about one person, handed to them or erased.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, bail};
use clap::{Args, Subcommand};

use crate::actions::personal::{self, Erased};
use crate::actions::{Decider, Tools, Way};
use crate::domain::{Clock, NationalId, PersonId, SystemClock};
use crate::service::{existing_store, load_tools};
use crate::store::{Store, people};

use super::{ConfigFile, private_file};

/// Hand somebody what is kept about them, or erase it
///
/// Example: cp2 person export 90000001 --by wanjiku --to mercy.json
#[derive(Debug, Subcommand)]
pub(super) enum PersonCommand {
    /// Write all that is kept about a person as JSON, for them
    ///
    /// Example: cp2 person export 90000001 --by wanjiku --to mercy.json
    Export(Export),
    /// Erase a person who asks for it. Work that is not over forbids it; work that was paid is
    /// kept sealed as long as the law wants it; the audit log keeps an id that means nobody
    ///
    /// Example: cp2 person erase 90000001 --by wanjiku
    Erase(Whom),
    /// Read the work that is kept of somebody who was erased
    ///
    /// Example: cp2 person kept 90000001 --by wanjiku
    Kept(Whom),
}

#[derive(Debug, Args)]
pub(super) struct Whom {
    #[command(flatten)]
    config: ConfigFile,
    /// Their ID number
    #[arg(value_name = "ID_NUMBER", value_parser = |text: &str| NationalId::parse(text))]
    national_id: NationalId,
    /// Who does it, for the audit log
    #[arg(long, value_name = "NAME")]
    by: String,
}

#[derive(Debug, Args)]
pub(super) struct Export {
    #[command(flatten)]
    whom: Whom,
    /// The file to write, for its owner alone; without it, to standard output
    #[arg(long, value_name = "FILE")]
    to: Option<PathBuf>,
}

/// What it is done with.
struct Desk {
    store: Store,
    tools: Tools,
    by: String,
}

impl Desk {
    async fn open(whom: &Whom) -> anyhow::Result<Self> {
        let config = whom.config.load()?;
        Ok(Self {
            tools: load_tools(&config)?,
            store: existing_store(&config).await?,
            by: format!("operator:{}", whom.by),
        })
    }

    fn decider(&self) -> Decider<'_> {
        Decider {
            name: &self.by,
            way: Way::Operator,
            channel: "",
        }
    }

    async fn find(&self, whom: &Whom) -> anyhow::Result<PersonId> {
        let mut tx = self.store.begin_read().await?;
        let found = people::by_national_id(&mut tx, &whom.national_id).await?;
        let person = found.context("nobody in the register has this ID number")?;
        Ok(person.id)
    }
}

pub(super) async fn run(command: &PersonCommand) -> anyhow::Result<ExitCode> {
    match command {
        PersonCommand::Export(export) => hand_over(export).await,
        PersonCommand::Erase(whom) => erase(whom).await,
        PersonCommand::Kept(whom) => kept(whom).await,
    }
}

async fn hand_over(export: &Export) -> anyhow::Result<ExitCode> {
    let desk = Desk::open(&export.whom).await?;
    let id = desk.find(&export.whom).await?;
    let now = SystemClock.now();
    let mut tx = desk.store.begin().await?;
    let all = personal::export(&mut tx, &desk.tools, desk.decider(), &id, now).await?;
    let all = all.context("nobody in the register has this ID number")?;
    let mut out = private_file::or_stdout(export.to.as_deref())?;
    writeln!(out, "{all:#}")?;
    out.flush()?;
    tx.commit().await?;
    desk.store.close().await;
    Ok(ExitCode::SUCCESS)
}

async fn erase(whom: &Whom) -> anyhow::Result<ExitCode> {
    let desk = Desk::open(whom).await?;
    let id = desk.find(whom).await?;
    let now = SystemClock.now();
    let mut tx = desk.store.begin().await?;
    let erased = personal::erase(&mut tx, &desk.tools, desk.decider(), &id, now).await?;
    match erased {
        Erased::Done(_) | Erased::NeedsAnother => tx.commit().await?,
        Erased::HasWork => bail!("this person has work that is not over: take it back first"),
        Erased::Nobody => bail!("nobody in the register has this ID number"),
    }
    desk.store.leave_no_trace().await?;
    desk.store.close().await;
    match erased {
        Erased::NeedsAnother => println!("Noted; another member of staff must erase them too."),
        Erased::Done(Some(until)) => println!(
            "Erased. What was paid is kept sealed until {}.",
            until.date_in_kenya()
        ),
        _ => println!("Erased."),
    }
    Ok(ExitCode::SUCCESS)
}

async fn kept(whom: &Whom) -> anyhow::Result<ExitCode> {
    let desk = Desk::open(whom).await?;
    let now = SystemClock.now();
    let mut tx = desk.store.begin().await?;
    let by = desk.decider();
    let found = personal::kept_work(&mut tx, &desk.tools, by, &whom.national_id, now).await?;
    tx.commit().await?;
    desk.store.close().await;
    if found.is_empty() {
        bail!("no work is kept of whoever had this ID number");
    }
    println!("{:#}", serde_json::Value::Array(found));
    Ok(ExitCode::SUCCESS)
}
