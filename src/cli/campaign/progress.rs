//! How far a campaign has come.

use std::time::Duration;

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;

use crate::cli::ConfigFile;
use crate::store::campaigns::{self, Campaign, Stage, Tally};

use super::{Desk, find, made};

/// Between looks while somebody watches.
const EVERY: Duration = Duration::from_secs(1);

#[derive(Debug, Args)]
pub(in crate::cli) struct Show {
    #[command(flatten)]
    config: ConfigFile,
    /// The reference of the campaign, such as C-402718
    reference: String,
    /// Follow it until everybody's message has left
    #[arg(long)]
    watch: bool,
    /// Print JSON: the campaign and the people in each state
    #[arg(long, conflicts_with = "watch")]
    json: bool,
}

pub(super) async fn show(show: &Show) -> anyhow::Result<()> {
    let desk = Desk::open(&show.config).await?;
    let (campaign, tally) = if show.watch {
        watch(&desk, &show.reference).await?
    } else {
        look(&desk, &show.reference).await?
    };
    desk.store.close().await;
    if show.json {
        let mut value = made::as_value(&campaign);
        value["people"] = tally.iter().map(as_value).collect();
        println!("{value}");
        return Ok(());
    }
    println!(
        "{}  {}  {}",
        campaign.reference,
        campaign.stage.name(),
        campaign.name
    );
    for part in &tally {
        let reason = part.reason.as_deref().unwrap_or_default();
        println!("{:>9}  {}  {reason}", part.people, part.state);
    }
    Ok(())
}

async fn look(desk: &Desk, reference: &str) -> anyhow::Result<(Campaign, Vec<Tally>)> {
    let mut tx = desk.store.begin_read().await?;
    let campaign = find(&mut tx, reference).await?;
    let tally = campaigns::tally(&mut tx, reference).await?;
    Ok((campaign, tally))
}

/// Draws a bar until nobody waits any more, or nobody sends.
async fn watch(desk: &Desk, reference: &str) -> anyhow::Result<(Campaign, Vec<Tally>)> {
    let style = "{bar:30} {pos} of {len} people, {per_sec}, {eta} left  {msg}";
    let bar = ProgressBar::new(0).with_style(ProgressStyle::with_template(style)?);
    loop {
        let (campaign, tally) = look(desk, reference).await?;
        let all: u64 = tally.iter().map(|part| part.people).sum();
        let left: u64 = tally
            .iter()
            .filter(|part| part.waits())
            .map(|part| part.people)
            .sum();
        bar.set_length(all);
        bar.set_position(all - left);
        bar.set_message(campaign.stage.name());
        if left == 0 && campaign.stage != Stage::Running || campaign.stage == Stage::Cancelled {
            bar.finish_and_clear();
            return Ok((campaign, tally));
        }
        tokio::time::sleep(EVERY).await;
    }
}

fn as_value(part: &Tally) -> serde_json::Value {
    json!({"state": part.state, "reason": part.reason, "people": part.people})
}
