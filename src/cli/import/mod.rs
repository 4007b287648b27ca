//! `cp2 import`: people, centres and deployments from files.

mod rejects;

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context, bail};
use clap::{Args, ValueEnum};
use serde_json::json;

use crate::actions::{Decider, Way};
use crate::clerk::{Clerk, Decision, Judged, Table};
use crate::domain::SystemClock;
use crate::imports::Kind;
use crate::service::{load_tools, open_store};
use crate::store::imports::Sums;

use super::ConfigFile;
use super::progress::Progress;
use rejects::Rejects;

/// Take over people, centres or deployments from a CSV file or a workbook (.xlsx)
///
/// All of it is read and judged first; nothing is written while a row is rejected, unless
/// --keep-good says so, and the same file twice changes nothing. docs/data.md lists the
/// columns and what becomes of a row.
///
/// Example: cp2 import professionals staff.xlsx --dry-run
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a switch of the command line"
)]
pub(super) struct ImportArgs {
    #[command(flatten)]
    config: ConfigFile,
    /// What the file lists
    #[arg(value_enum)]
    kind: FileKind,
    /// The file
    file: PathBuf,
    /// Which sheet of a workbook; without it, the first one whose header fits
    #[arg(long, value_name = "NAME")]
    sheet: Option<String>,
    /// Say what would change, and stop there
    #[arg(long)]
    dry_run: bool,
    /// Take the good rows although others are rejected
    #[arg(long)]
    keep_good: bool,
    /// Where rejected rows are listed; without it, beside the file
    #[arg(long, value_name = "FILE")]
    rejects: Option<PathBuf>,
    /// Tell nobody about their deployment
    #[arg(long)]
    no_notices: bool,
    /// Who imports, for the audit log
    #[arg(long, value_name = "NAME", required_unless_present = "dry_run")]
    by: Option<String>,
    /// Print JSON: what it comes to
    #[arg(long)]
    json: bool,
}

/// What a file lists.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum FileKind {
    Centres,
    Professionals,
    Deployments,
}

impl From<FileKind> for Kind {
    fn from(kind: FileKind) -> Self {
        match kind {
            FileKind::Centres => Self::Centres,
            FileKind::Professionals => Self::Professionals,
            FileKind::Deployments => Self::Deployments,
        }
    }
}

/// How an import has ended.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ending {
    Dry,
    Refused,
    /// But for so many rows, which something has overtaken.
    Done {
        overtaken: u64,
    },
}

pub(super) async fn run(args: &ImportArgs) -> anyhow::Result<ExitCode> {
    let at_file = || args.file.display().to_string();
    let file = File::open(&args.file).with_context(at_file)?;
    let table = Table::survey(args.kind.into(), file, args.sheet.as_deref());
    let table = table.with_context(at_file)?;
    let (kind, unread) = (table.kind, table.unread.clone());
    let config = args.config.load()?;
    let tools = load_tools(&config)?;
    let channel = config.channel.first().map_or("", |channel| &channel.name);
    let by = format!("operator:{}", args.by.as_deref().unwrap_or_default());
    let by = Decider {
        name: &by,
        way: Way::Operator,
        channel,
    };
    let store = open_store(&config).await?;
    let clerk = Clerk::new(store.clone(), tools, Arc::new(SystemClock));
    let tells = config.policy.notify_deployments && !args.no_notices;
    if !args.dry_run {
        carry_on(&clerk).await?;
    }
    let rejects = args.rejects.clone().unwrap_or_else(|| beside(&args.file));
    let (sums, ending) = take(args, &clerk, table, tells, by, &rejects).await?;
    store.close().await;
    report(args, (kind, &unread), &sums, ending, &rejects);
    let is_whole = sums.rejected == 0 && !matches!(ending, Ending::Done { overtaken: 1.. });
    let is_clean = is_whole || args.keep_good;
    Ok(if is_clean {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Writes what was decided earlier and broke off, before anything new.
async fn carry_on(clerk: &Clerk) -> anyhow::Result<()> {
    for import in clerk.abandoned().await? {
        let (file, left) = (&import.file, import.sums.moving() - import.written);
        eprintln!("{file} was decided and not written to its end: {left} rows are left");
        write(clerk, &import.id, import.sums.moving()).await?;
    }
    Ok(())
}

async fn take(
    args: &ImportArgs,
    clerk: &Clerk,
    table: Table,
    tells: bool,
    by: Decider<'_>,
    rejects: &Path,
) -> anyhow::Result<(Sums, Ending)> {
    let name = args.file.file_name().unwrap_or_default().to_string_lossy();
    let id = if args.dry_run {
        None
    } else {
        Some(clerk.open(&table, &name, tells, by).await?)
    };
    let mut list = Rejects::into(rejects);
    let mut progress = Progress::of(table.bytes(), "judging", "rows")?;
    let watch = |judged: &Judged<'_>| {
        progress.show(judged.place, judged.sums.read);
        list.add(judged.rejected).map_err(io::Error::other)
    };
    let judged = clerk.judge(table, id.as_deref(), tells, by, watch).await;
    progress.finish();
    let judged = judged.with_context(|| args.file.display().to_string());
    let Some(id) = id else {
        list.finish()?;
        return Ok((judged?, Ending::Dry));
    };
    let listed = list.finish();
    let ended = match &judged {
        Ok(sums) if sums.rejected > 0 && !args.keep_good => Some(Ending::Refused),
        Ok(sums) if sums.moving() == 0 => Some(Ending::Done { overtaken: 0 }),
        Ok(_) if listed.is_ok() => None,
        _ => Some(Ending::Refused),
    };
    if ended.is_some() {
        clerk.forget(&id).await?;
    }
    let sums = judged?;
    listed?;
    if let Some(ending) = ended {
        return Ok((sums, ending));
    }
    let decision = if args.keep_good {
        Decision::Good
    } else {
        Decision::Whole
    };
    if !clerk.decide(&id, decision, true, by).await? {
        bail!("somebody else has given the import up");
    }
    let overtaken = write(clerk, &id, sums.moving()).await?;
    Ok((sums, Ending::Done { overtaken }))
}

/// Writes what was decided; says how many rows something had overtaken.
async fn write(clerk: &Clerk, id: &str, rows: u64) -> anyhow::Result<u64> {
    let mut progress = Progress::of(rows, "writing", "rows")?;
    let written = clerk
        .write(id, |written| progress.show(written.rows, written.rows))
        .await
        .context("it is decided, and the service or the next import writes the rest")?;
    progress.finish();
    Ok(written.refused)
}

/// The list of rejected rows of a file, in its folder.
fn beside(file: &Path) -> PathBuf {
    file.with_extension("rejected.csv")
}

fn report(
    args: &ImportArgs,
    (kind, unread): (Kind, &[String]),
    sums: &Sums,
    ending: Ending,
    rejects: &Path,
) {
    let is_written = matches!(ending, Ending::Done { .. }) && sums.moving() > 0;
    if args.json {
        let value = json!({
            "kind": kind.name(),
            "read": sums.read,
            "new": sums.new,
            "changed": sums.changed,
            "same": sums.same,
            "rejected": sums.rejected,
            "told": sums.told,
            "rejects": (sums.rejected > 0).then(|| rejects.display().to_string()),
            "columns_not_read": unread,
            "written": is_written,
        });
        println!("{value}");
        return;
    }
    println!("{:>9}  rows of {}", sums.read, kind.name());
    println!("{:>9}  new", sums.new);
    println!("{:>9}  changed", sums.changed);
    println!("{:>9}  same as before", sums.same);
    println!("{:>9}  rejected", sums.rejected);
    if kind == Kind::Deployments {
        println!("{:>9}  people told by SMS", sums.told);
    }
    if !unread.is_empty() {
        println!("Columns that are not read: {}", unread.join(", "));
    }
    if sums.rejected > 0 {
        println!(
            "Rejected rows, with the reason of each: {}",
            rejects.display()
        );
    }
    if let Ending::Done { overtaken: 1.. } = ending {
        println!(
            "Some rows no longer fitted when they were to be written: somebody has changed the \
             register meanwhile. Import the file again to see which."
        );
    }
    println!("{}", last_word(ending, is_written));
}

fn last_word(ending: Ending, is_written: bool) -> &'static str {
    match ending {
        Ending::Dry => "Nothing is written: this was a dry run.",
        Ending::Refused => {
            "Nothing is written: mend the rejected rows, or take the others with --keep-good."
        }
        Ending::Done { .. } if is_written => "Written.",
        Ending::Done { .. } => "There was nothing to write.",
    }
}
