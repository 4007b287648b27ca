//! `cp2 import`: people, centres and deployments from files.

mod passes;
mod rejects;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, bail};
use clap::{Args, ValueEnum};
use serde_json::json;

use crate::actions::import::{Plan, Tally};
use crate::actions::{Decider, Way};
use crate::domain::{Clock, SystemClock};
use crate::imports::Kind;
use crate::service::{load_tools, open_store};

use super::ConfigFile;
use passes::{Desk, Table};

/// Take over people, centres or deployments from a CSV file
///
/// All of it is read and judged first; nothing is written while a row is rejected, unless
/// --keep-good says so, and the same file twice changes nothing. docs/data.md lists the
/// columns and what becomes of a row.
///
/// Example: cp2 import professionals staff.csv --dry-run
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
    Done,
}

pub(super) async fn run(args: &ImportArgs) -> anyhow::Result<ExitCode> {
    let table = Table::survey(args.kind.into(), &args.file)
        .with_context(|| args.file.display().to_string())?;
    let config = args.config.load()?;
    let tools = load_tools(&config)?;
    let channel = config.channel.first().map_or("", |channel| &channel.name);
    let by = format!("operator:{}", args.by.as_deref().unwrap_or_default());
    let desk = Desk {
        store: open_store(&config).await?,
        tools: &tools,
        by: Decider {
            name: &by,
            way: Way::Operator,
            channel,
        },
        now: SystemClock.now(),
    };
    let plan = Plan {
        writes: false,
        tells: config.policy.notify_deployments && !args.no_notices,
    };
    let rejects = args.rejects.clone().unwrap_or_else(|| beside(&args.file));
    let (tally, ending) = carry_out(args, &desk, &table, plan, &rejects).await?;
    desk.store.close().await;
    report(args, &table, &tally, ending, &rejects);
    let is_clean = tally.rejected == 0 || args.keep_good;
    Ok(if is_clean {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

async fn carry_out(
    args: &ImportArgs,
    desk: &Desk<'_>,
    table: &Table,
    plan: Plan,
    rejects: &Path,
) -> anyhow::Result<(Tally, Ending)> {
    let tally = desk.judge(table, plan, rejects).await?;
    if args.dry_run {
        return Ok((tally, Ending::Dry));
    }
    if tally.rejected > 0 && !args.keep_good {
        return Ok((tally, Ending::Refused));
    }
    if tally.changes_nothing() {
        return Ok((tally, Ending::Done));
    }
    let plan = Plan {
        writes: true,
        ..plan
    };
    match desk.write(table, plan, args.keep_good).await? {
        Some(tally) => Ok((tally, Ending::Done)),
        None => bail!("the register has changed meanwhile; nothing was written, import it again"),
    }
}

/// The list of rejected rows of a file, in its folder.
fn beside(file: &Path) -> PathBuf {
    file.with_extension("rejected.csv")
}

fn report(args: &ImportArgs, table: &Table, tally: &Tally, ending: Ending, rejects: &Path) {
    let is_written = ending == Ending::Done && !tally.changes_nothing();
    if args.json {
        let value = json!({
            "kind": table.kind.name(),
            "read": tally.read,
            "new": tally.new,
            "changed": tally.changed,
            "same": tally.same,
            "rejected": tally.rejected,
            "told": tally.told,
            "rejects": (tally.rejected > 0).then(|| rejects.display().to_string()),
            "columns_not_read": table.unread,
            "written": is_written,
        });
        println!("{value}");
        return;
    }
    println!("{:>9}  rows of {}", tally.read, table.kind.name());
    println!("{:>9}  new", tally.new);
    println!("{:>9}  changed", tally.changed);
    println!("{:>9}  same as before", tally.same);
    println!("{:>9}  rejected", tally.rejected);
    if table.kind == Kind::Deployments {
        println!("{:>9}  people told by SMS", tally.told);
    }
    if !table.unread.is_empty() {
        println!("Columns that are not read: {}", table.unread.join(", "));
    }
    if tally.rejected > 0 {
        println!(
            "Rejected rows, with the reason of each: {}",
            rejects.display()
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
        Ending::Done if is_written => "Written.",
        Ending::Done => "There was nothing to write.",
    }
}
