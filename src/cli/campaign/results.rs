//! What became of each person's message, as a table.

use std::path::PathBuf;

use clap::Args;

use crate::actions::campaign::{COLUMNS, PAGE, cells};
use crate::actions::has_read;
use crate::cli::by::By;
use crate::cli::{ConfigFile, private_file};
use crate::domain::{Clock, SystemClock};
use crate::store::campaigns;

use super::{Desk, find};

#[derive(Debug, Args)]
pub(in crate::cli) struct Results {
    #[command(flatten)]
    config: ConfigFile,
    /// The reference of the campaign, such as C-402718
    reference: String,
    /// The file to write; without it, to standard output
    #[arg(long, value_name = "FILE")]
    to: Option<PathBuf>,
    #[command(flatten)]
    by: By,
}

pub(super) async fn write(results: &Results) -> anyhow::Result<()> {
    let desk = Desk::open(&results.config).await?;
    let out = private_file::or_stdout(results.to.as_deref())?;
    let mut table = csv::Writer::from_writer(out);
    table.write_record(COLUMNS)?;
    let mut tx = desk.store.begin().await?;
    find(&mut tx, &results.reference).await?;
    let what = ("campaign.results_read", Some(results.reference.clone()));
    has_read(&mut tx, &results.by.actor(), what, &[], SystemClock.now()).await?;
    tx.commit().await?;
    let mut tx = desk.store.begin_read().await?;
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
