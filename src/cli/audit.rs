//! `cp2 audit`: who did what, and whether anybody has tampered with it.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::bail;
use clap::{Args, Subcommand};
use data_encoding::HEXLOWER;
use serde_json::json;

use crate::actions::audit::{Verified, verify};
use crate::actions::has_read;
use crate::domain::{Clock, SystemClock};
use crate::service::existing_store;
use crate::store::audit::{self, Head, Kept};
use crate::text::harmless;

use super::by::By;
use super::{ConfigFile, private_file};

/// Rows that are read at a time.
const PAGE: usize = 5_000;

/// Look through the audit log
///
/// Example: cp2 audit verify --config /etc/cp2/cp2.toml
#[derive(Debug, Subcommand)]
pub(super) enum AuditCommand {
    /// Find any entry that was changed, taken out or moved since it was chained, and print
    /// the last link. Whoever can write to the database can make the whole chain anew: keep
    /// that link elsewhere, and give it back with --expect
    ///
    /// Example: cp2 audit verify --expect 4711:9f86d0…
    Verify(Verify),
    /// Write the entries that are chained as CSV, in their order
    ///
    /// Example: cp2 audit export --after 4000 --by otieno --to audit.csv
    Export(Export),
}

#[derive(Debug, Args)]
pub(super) struct Verify {
    #[command(flatten)]
    config: ConfigFile,
    /// A link that an earlier run printed: it must still be there
    #[arg(long, value_name = "NUMBER:LINK", value_parser = parse_link)]
    expect: Option<Head>,
    /// Print JSON: the last link and how many entries wait to be chained
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
pub(super) struct Export {
    #[command(flatten)]
    config: ConfigFile,
    /// Only entries after this number
    #[arg(long, value_name = "NUMBER", default_value_t = 0)]
    after: i64,
    /// The file to write; without it, to standard output
    #[arg(long, value_name = "FILE")]
    to: Option<PathBuf>,
    #[command(flatten)]
    by: By,
}

pub(super) async fn run(command: &AuditCommand) -> anyhow::Result<ExitCode> {
    match command {
        AuditCommand::Verify(args) => look_through(args).await,
        AuditCommand::Export(args) => export(args).await,
    }
}

fn parse_link(text: &str) -> Result<Head, &'static str> {
    const SHAPE: &str = "a link is NUMBER:LINK, as `cp2 audit verify` prints it";
    let (number, link) = text.split_once(':').ok_or(SHAPE)?;
    let hash = HEXLOWER.decode(link.as_bytes()).map_err(|_| SHAPE)?;
    Ok(Head {
        number: number.parse().map_err(|_| SHAPE)?,
        hash: hash.try_into().map_err(|_| SHAPE)?,
    })
}

async fn look_through(args: &Verify) -> anyhow::Result<ExitCode> {
    let store = existing_store(&args.config.load()?).await?;
    let mut tx = store.begin_read().await?;
    let verified = verify(&mut tx, args.expect.as_ref()).await?;
    let is_guarded = audit::is_guarded(&mut tx).await?;
    drop(tx);
    store.close().await;
    let (head, waiting) = match verified {
        Verified::Sound { head, waiting } => (head, waiting),
        Verified::Broken { number, fault } => bail!("entry {number} of the audit log: {fault}"),
    };
    if !is_guarded {
        bail!(
            "the triggers that keep the audit log from being changed are gone or disabled: \
             somebody has altered the schema"
        );
    }
    let (number, link) = (head.number, HEXLOWER.encode(&head.hash));
    if args.json {
        let value = json!({"entries": number, "link": link, "waiting": waiting});
        println!("{value}");
    } else {
        println!("{number} entries are as they were chained; {waiting} wait to be");
        println!("{number}:{link}");
    }
    Ok(ExitCode::SUCCESS)
}

async fn export(args: &Export) -> anyhow::Result<ExitCode> {
    let store = existing_store(&args.config.load()?).await?;
    let out = private_file::or_stdout(args.to.as_deref())?;
    let detail = (args.after > 0).then(|| format!("after {}", args.after));
    let (by, what) = (args.by.actor(), ("audit.exported", detail));
    let mut tx = store.begin().await?;
    // The entry about this export is not in it.
    let head = audit::head(&mut tx).await?;
    let last = head.map_or(0, |head| head.number);
    has_read(&mut tx, &by, what, &[], SystemClock.now()).await?;
    tx.commit().await?;
    let mut table = csv::Writer::from_writer(out);
    table.write_record([
        "number", "id", "at", "actor", "subject", "what", "way", "detail", "link",
    ])?;
    let mut tx = store.begin_read().await?;
    let mut after = args.after;
    loop {
        let mut page = audit::chained(&mut tx, after, PAGE).await?;
        page.retain(|entry| entry.number.is_some_and(|number| number <= last));
        for entry in &page {
            table.write_record(cells(entry))?;
        }
        match page.last().and_then(|entry| entry.number) {
            Some(last) => after = last,
            None => break,
        }
    }
    drop(tx);
    table.flush()?;
    store.close().await;
    Ok(ExitCode::SUCCESS)
}

/// The time is in milliseconds since 1970, as the link is over it.
fn cells(entry: &Kept) -> [String; 9] {
    [
        entry.number.unwrap_or_default().to_string(),
        entry.id.clone(),
        entry.at.as_millis().to_string(),
        entry.actor.clone(),
        entry.subject.clone().unwrap_or_default(),
        entry.what.clone(),
        entry.way.clone(),
        entry.detail.clone().unwrap_or_default(),
        HEXLOWER.encode(entry.hash.as_deref().unwrap_or_default()),
    ]
    .map(harmless)
}
