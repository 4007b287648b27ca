//! `cp2 export`: what is known, as CSV.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::bail;
use clap::{Args, ValueEnum};

use crate::domain::{CentreCode, Lane, Series, Timestamp};
use crate::service::existing_store;
use crate::store::exports::{self, Cell, Filter, Mark, Table};
use crate::text::harmless;

use super::{ConfigFile, private_file};

/// Rows that are read at a time.
const PAGE: usize = 5_000;

/// Write a table of what is known as CSV, to read it or to import it again
///
/// It holds names and numbers: keep it where only those who need it can read it.
///
/// Example: cp2 export attendance --series "KCSE 2026" --to attendance.csv
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub(super) struct ExportArgs {
    #[command(flatten)]
    config: ConfigFile,
    /// Which table
    #[arg(value_enum)]
    table: TableName,
    /// Only what belongs to this series, such as "KCSE 2026"
    #[arg(long, value_parser = |text: &str| Series::parse(text))]
    series: Option<Series>,
    /// Only what belongs to the centre of this code
    #[arg(long, value_name = "CODE", value_parser = |text: &str| CentreCode::parse(text))]
    centre: Option<CentreCode>,
    /// The file to write; without it, to standard output
    #[arg(long, value_name = "FILE")]
    to: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum TableName {
    /// People; can be imported
    Professionals,
    /// Centres; can be imported
    Centres,
    /// Deployments; can be imported
    Deployments,
    /// Who is expected where
    Roster,
    /// Who was there on how many days, for payment
    Attendance,
    /// Reported problems that nobody has answered
    Problems,
    /// What became of every SMS
    Deliveries,
}

impl TableName {
    fn table(self) -> &'static Table {
        match self {
            Self::Professionals => &exports::PROFESSIONALS,
            Self::Centres => &exports::CENTRES,
            Self::Deployments => &exports::DEPLOYMENTS,
            Self::Roster => &exports::ROSTER,
            Self::Attendance => &exports::ATTENDANCE,
            Self::Problems => &exports::PROBLEMS,
            Self::Deliveries => &exports::DELIVERIES,
        }
    }
}

pub(super) async fn run(args: &ExportArgs) -> anyhow::Result<ExitCode> {
    let table = args.table.table();
    let filter = Filter {
        series: args.series,
        centre: args.centre.clone(),
    };
    if !table.is_by_work && (filter.series.is_some() || filter.centre.is_some()) {
        bail!("this table can't be narrowed to a series or a centre");
    }
    let store = existing_store(&args.config.load()?).await?;
    let out = private_file::or_stdout(args.to.as_deref())?;
    let mut writer = csv::Writer::from_writer(out);
    writer.write_record(table.columns.iter().map(|(name, _)| name))?;
    let mut tx = store.begin_read().await?;
    let mut mark = Mark::default();
    while let Some((rows, next)) = exports::page(&mut tx, table, &filter, &mark, PAGE).await? {
        for row in rows {
            let cells = row.into_iter().zip(table.columns);
            writer.write_record(cells.map(|(cell, (_, kind))| shown(*kind, cell)))?;
        }
        mark = next;
    }
    drop(tx);
    writer.flush()?;
    store.close().await;
    Ok(ExitCode::SUCCESS)
}

fn shown(kind: Cell, cell: Option<String>) -> String {
    let text = cell.unwrap_or_default();
    let moment = |format| {
        let millis = text.parse().map(Timestamp::from_millis);
        let local = millis.map(|moment| moment.datetime_in_kenya().strftime(format).to_string());
        local.unwrap_or_default()
    };
    match kind {
        Cell::Text => harmless(text),
        Cell::Moment => moment("%Y-%m-%d %H:%M"),
        Cell::Day => moment("%Y-%m-%d"),
        Cell::Hour => moment("%H:%M"),
        Cell::Lane => {
            let number = text.parse::<usize>().ok();
            let lane = number.and_then(|number| Lane::ALL.get(number));
            lane.map_or(text.clone(), |lane| lane.name().to_owned())
        }
    }
}
