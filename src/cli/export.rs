//! `cp2 export`: what is known, as CSV.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::bail;
use clap::Args;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};

use crate::clerk::Export;
use crate::domain::{CentreCode, Clock, Series, SystemClock};
use crate::service::existing_store;
use crate::store::exports::{self, Filter, TABLES, Table};

use super::by::By;
use super::{ConfigFile, private_file};

/// Write a table of what is known as CSV, to read it or to import it again
///
/// It holds names and numbers: keep it where only those who need it can read it. The audit
/// log keeps who took it.
///
/// Example: cp2 export attendance --series "KCSE 2026" --by wanjiku --to attendance.csv
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub(super) struct ExportArgs {
    #[command(flatten)]
    config: ConfigFile,
    /// Which table
    #[arg(value_parser = tables())]
    table: &'static Table,
    /// Only what belongs to this series, such as "KCSE 2026"
    #[arg(long, value_parser = |text: &str| Series::parse(text))]
    series: Option<Series>,
    /// Only what belongs to the centre of this code
    #[arg(long, value_name = "CODE", value_parser = |text: &str| CentreCode::parse(text))]
    centre: Option<CentreCode>,
    /// The file to write; without it, to standard output
    #[arg(long, value_name = "FILE")]
    to: Option<PathBuf>,
    #[command(flatten)]
    by: By,
}

/// The names of the tables, and which one is meant.
fn tables() -> impl TypedValueParser<Value = &'static Table> {
    let value = |table: &&'static Table| PossibleValue::new(table.name).help(table.about);
    let names = PossibleValuesParser::new(TABLES.iter().map(value));
    names.try_map(|name| exports::named(&name).ok_or("no such table"))
}

pub(super) async fn run(args: &ExportArgs) -> anyhow::Result<ExitCode> {
    let filter = Filter {
        series: args.series,
        centre: args.centre.clone(),
    };
    if !args.table.is_by_work && (filter.series.is_some() || filter.centre.is_some()) {
        bail!("this table can't be narrowed to a series or a centre");
    }
    let store = existing_store(&args.config.load()?).await?;
    let mut out = private_file::or_stdout(args.to.as_deref())?;
    let mut export = Export::new(args.table, filter);
    let mut tx = store.begin().await?;
    let by = args.by.actor();
    export.sign(&mut tx, &by, SystemClock.now()).await?;
    tx.commit().await?;
    let mut tx = store.begin_read().await?;
    while let Some(rows) = export.next(&mut tx).await? {
        out.write_all(&rows)?;
    }
    drop(tx);
    out.flush()?;
    store.close().await;
    Ok(ExitCode::SUCCESS)
}
