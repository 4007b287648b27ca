//! `cp2 api key add`, `list`, `revoke`: keys of the council's own systems.

use std::process::ExitCode;
use std::time::Duration;

use anyhow::bail;
use clap::{Args, Subcommand};
use serde_json::json;

use crate::actions::api::{LONGEST_LIFE_DAYS, add_key, revoke_key};
use crate::cli::{ConfigFile, Listing};
use crate::domain::{ClientName, Clock, Scope, SystemClock, Timestamp};
use crate::service::existing_store;
use crate::store::api_keys::{self, KeyRecord};

#[derive(Debug, Subcommand)]
pub(in crate::cli) enum KeysCommand {
    /// Make a key for a system; it is printed this once
    ///
    /// Example: cp2 api key add portal --scope credentials:verify --scope people:read --by wanjiku
    Add(New),
    /// List keys: whose, what they open, until when, when last used
    ///
    /// Example: cp2 api key list --json
    List(Listing),
    /// Take a key back; it opens nothing from then on
    ///
    /// Example: cp2 api key revoke 4k7m2q9x --by wanjiku
    Revoke(Known),
}

#[derive(Debug, Args)]
pub(in crate::cli) struct New {
    #[command(flatten)]
    config: ConfigFile,
    /// What the system is called, such as portal
    #[arg(value_parser = ClientName::parse)]
    client: ClientName,
    /// What the key opens; may stand several times
    #[arg(long = "scope", value_name = "SCOPE", required = true, value_parser = Scope::parse)]
    scopes: Vec<Scope>,
    /// After how many days it opens nothing any more
    #[arg(long, value_name = "DAYS", default_value_t = 365,
        value_parser = clap::value_parser!(u64).range(1..=LONGEST_LIFE_DAYS))]
    days: u64,
    /// Who makes it, for the audit log
    #[arg(long, value_name = "NAME")]
    by: String,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct Known {
    #[command(flatten)]
    config: ConfigFile,
    /// The part of the key behind cp2_, as `cp2 api key list` shows it
    id: String,
    /// Who takes it back, for the audit log
    #[arg(long, value_name = "NAME")]
    by: String,
}

pub(super) async fn run(command: &KeysCommand) -> anyhow::Result<ExitCode> {
    match command {
        KeysCommand::Add(new) => add(new).await,
        KeysCommand::List(listing) => list(listing).await,
        KeysCommand::Revoke(known) => revoke(known).await,
    }
}

async fn add(new: &New) -> anyhow::Result<ExitCode> {
    let store = existing_store(&new.config.load()?).await?;
    let mut scopes = new.scopes.clone();
    scopes.sort_unstable();
    scopes.dedup();
    let (life, now) = (Duration::from_hours(24 * new.days), SystemClock.now());
    let by = format!("operator:{}", new.by);
    let mut tx = store.begin().await?;
    let key = add_key(&mut tx, (&new.client, &scopes), life, &by, now).await?;
    tx.commit().await?;
    store.close().await;
    eprintln!(
        "the key of {}, once; it holds until {}:",
        new.client.as_str(),
        day_of(now.plus(life))
    );
    println!("{}", *key.reveal());
    Ok(ExitCode::SUCCESS)
}

async fn list(listing: &Listing) -> anyhow::Result<ExitCode> {
    let store = existing_store(&listing.config.load()?).await?;
    let mut tx = store.begin_read().await?;
    let keys = api_keys::all(&mut tx).await?;
    drop(tx);
    store.close().await;
    let now = SystemClock.now();
    if listing.json {
        let keys: Vec<_> = keys.iter().map(|key| as_value(key, now)).collect();
        println!("{}", serde_json::Value::Array(keys));
    } else {
        for key in &keys {
            print(key, now);
        }
    }
    Ok(ExitCode::SUCCESS)
}

async fn revoke(known: &Known) -> anyhow::Result<ExitCode> {
    let store = existing_store(&known.config.load()?).await?;
    // Whoever pastes the whole key means it.
    let id = known.id.trim_start_matches("cp2_");
    let id = id.split('_').next().unwrap_or(id);
    let by = format!("operator:{}", known.by);
    let mut tx = store.begin().await?;
    let revoked = revoke_key(&mut tx, id, &by, SystemClock.now()).await?;
    tx.commit().await?;
    store.close().await;
    if !revoked {
        bail!("there is no key {id} that could be taken back; `cp2 api key list` shows them");
    }
    println!("the key {id} opens nothing any more");
    Ok(ExitCode::SUCCESS)
}

fn day_of(time: Timestamp) -> String {
    time.date_in_kenya().to_string()
}

fn print(key: &KeyRecord, now: Timestamp) {
    let scopes: Vec<_> = key.scopes.iter().map(|scope| scope.name()).collect();
    println!(
        "{}  {:<16} {:<8} until {}  last used {}  {}",
        key.id,
        key.client.as_str(),
        key.state(now),
        day_of(key.expires_at),
        key.last_used_at.map_or("never".to_owned(), day_of),
        scopes.join(" ")
    );
}

fn as_value(key: &KeyRecord, now: Timestamp) -> serde_json::Value {
    let scopes: Vec<_> = key.scopes.iter().map(|scope| scope.name()).collect();
    json!({
        "id": key.id,
        "client": key.client.as_str(),
        "state": key.state(now),
        "scopes": scopes,
        "created_by": key.created_by,
        "created_at": key.created_at.as_millis(),
        "expires_at": key.expires_at.as_millis(),
        "last_used_at": key.last_used_at.map(Timestamp::as_millis),
    })
}
