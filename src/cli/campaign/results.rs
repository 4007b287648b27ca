//! What became of each person's message, as a table.

use std::path::PathBuf;

use clap::Args;

use crate::cli::{ConfigFile, private_file};
use crate::store::campaigns::{self, Outcome};
use crate::text::harmless;

use super::{Desk, find};

/// Rows that are read at a time.
const PAGE: usize = 5_000;

#[derive(Debug, Args)]
pub(in crate::cli) struct Results {
    #[command(flatten)]
    config: ConfigFile,
    /// The reference of the campaign, such as C-402718
    reference: String,
    /// The file to write; without it, to standard output
    #[arg(long, value_name = "FILE")]
    to: Option<PathBuf>,
}

pub(super) async fn write(results: &Results) -> anyhow::Result<()> {
    let desk = Desk::open(&results.config).await?;
    let out = private_file::or_stdout(results.to.as_deref())?;
    let mut table = csv::Writer::from_writer(out);
    table.write_record(["name", "line", "county", "state", "reason", "at"])?;
    let mut tx = desk.store.begin_read().await?;
    find(&mut tx, &results.reference).await?;
    let mut after = String::new();
    loop {
        let page = campaigns::outcomes(&mut tx, &results.reference, &after, PAGE).await?;
        for outcome in &page {
            table.write_record(cells(outcome))?;
        }
        match page.last() {
            Some(last) => after.clone_from(&last.person),
            None => break,
        }
    }
    drop(tx);
    table.flush()?;
    desk.store.close().await;
    Ok(())
}

fn cells(outcome: &Outcome) -> [String; 6] {
    let at = outcome.at.map(|at| {
        let local = at.datetime_in_kenya();
        local.strftime("%Y-%m-%d %H:%M:%S").to_string()
    });
    [
        outcome.name.clone().unwrap_or_default(),
        outcome.line.clone().unwrap_or_default(),
        outcome.county.clone(),
        outcome.state.clone(),
        outcome.reason.clone().unwrap_or_default(),
        at.unwrap_or_default(),
    ]
    .map(harmless)
}
