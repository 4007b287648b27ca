//! `cp2 api webhook list`, `rotate`, `remove`: where events go, seen and steered by staff.

use std::process::ExitCode;
use std::time::Duration;

use anyhow::bail;
use clap::{Args, Subcommand};
use serde_json::json;

use crate::actions::api::{Endpoint, all_webhooks, remove_any_webhook, rotate_any_webhook};
use crate::cli::{ConfigFile, Listing};
use crate::domain::{Clock, HookUrl, SystemClock, WebhookId};
use crate::service::{existing_store, load_tools};

/// The longest that two secrets sign, in hours: a week.
const LONGEST: u64 = 168;

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum WebhooksCommand {
    /// List the addresses that events are posted to: whose, how they do
    ///
    /// Example: cp2 api webhook list --json
    List(Listing),
    /// Give an address a new secret, which is printed this once; for a while the one before
    /// signs too
    ///
    /// Example: cp2 api webhook rotate 0192f3a1-7b40-7c3e-9a51-2f0c6d1e8b77 --by wanjiku
    Rotate(Rotation),
    /// Post no more events to an address, and forget what waits for it
    ///
    /// Example: cp2 api webhook remove 0192f3a1-7b40-7c3e-9a51-2f0c6d1e8b77 --by wanjiku
    Remove(Known),
}

#[derive(Debug, Args)]
pub(in crate::cli) struct Known {
    #[command(flatten)]
    config: ConfigFile,
    /// Which address, as `cp2 api webhook list` shows it
    #[arg(value_parser = |text: &str| WebhookId::parse(text))]
    id: WebhookId,
    /// Who does it, for the audit log
    #[arg(long, value_name = "NAME")]
    by: String,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct Rotation {
    #[command(flatten)]
    known: Known,
    /// For how many hours the secret before signs too
    #[arg(long, value_name = "HOURS", default_value_t = 24,
        value_parser = clap::value_parser!(u64).range(0..=LONGEST))]
    overlap: u64,
}

pub(super) async fn run(command: &WebhooksCommand) -> anyhow::Result<ExitCode> {
    match command {
        WebhooksCommand::List(listing) => list(listing).await,
        WebhooksCommand::Rotate(rotation) => rotate(rotation).await,
        WebhooksCommand::Remove(known) => remove(known).await,
    }
}

async fn list(listing: &Listing) -> anyhow::Result<ExitCode> {
    let store = existing_store(&listing.config.load()?).await?;
    let mut tx = store.begin_read().await?;
    let all = all_webhooks(&mut tx).await?;
    drop(tx);
    store.close().await;
    if listing.json {
        let all: Vec<_> = all.iter().map(as_value).collect();
        println!("{}", serde_json::Value::Array(all));
    } else {
        all.iter().for_each(print);
    }
    Ok(ExitCode::SUCCESS)
}

async fn rotate(rotation: &Rotation) -> anyhow::Result<ExitCode> {
    let Known { config, id, by } = &rotation.known;
    let config = config.load()?;
    let (store, tools) = (existing_store(&config).await?, load_tools(&config)?);
    let (by, overlap) = (
        format!("operator:{by}"),
        Duration::from_hours(rotation.overlap),
    );
    let mut tx = store.begin().await?;
    let now = SystemClock.now();
    let secret = rotate_any_webhook(&mut tx, &tools, &by, (id, overlap), now).await?;
    tx.commit().await?;
    store.close().await;
    let Some(secret) = secret else {
        return unknown(id);
    };
    eprintln!(
        "the new secret, once; the one before signs too for {} hours:",
        rotation.overlap
    );
    println!("{}", *secret.reveal());
    Ok(ExitCode::SUCCESS)
}

async fn remove(known: &Known) -> anyhow::Result<ExitCode> {
    let store = existing_store(&known.config.load()?).await?;
    let by = format!("operator:{}", known.by);
    let mut tx = store.begin().await?;
    let removed = remove_any_webhook(&mut tx, &by, &known.id, SystemClock.now()).await?;
    tx.commit().await?;
    store.close().await;
    if !removed {
        return unknown(&known.id);
    }
    println!("nothing is posted there any more");
    Ok(ExitCode::SUCCESS)
}

fn unknown(id: &WebhookId) -> anyhow::Result<ExitCode> {
    bail!("there is no address {id}; `cp2 api webhook list` shows them")
}

/// The rest of an address may be a secret of its owner.
fn host(endpoint: &Endpoint) -> String {
    let url = HookUrl::parse(&endpoint.webhook.url, true);
    url.map(|url| url.host().to_owned()).unwrap_or_default()
}

fn print(endpoint: &Endpoint) {
    let webhook = &endpoint.webhook;
    println!(
        "{}  {:<16} {:<8} {} waiting, {} given up  {}",
        webhook.id,
        webhook.client,
        webhook.state(),
        endpoint.waiting,
        endpoint.failed,
        host(endpoint)
    );
}

fn as_value(endpoint: &Endpoint) -> serde_json::Value {
    let webhook = &endpoint.webhook;
    let kinds: Vec<_> = endpoint.kinds.iter().map(|kind| kind.name()).collect();
    json!({
        "id": webhook.id.as_str(),
        "client": webhook.client,
        "host": host(endpoint),
        "state": webhook.state(),
        "events": kinds,
        "waiting": endpoint.waiting,
        "failed": endpoint.failed,
        "old_secret_until": webhook.old.as_ref().map(|old| old.until.as_millis()),
    })
}
