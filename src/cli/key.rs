//! `cp2 key`: keys.

use std::process::ExitCode;

use anyhow::bail;
use clap::{Args, Subcommand};

use crate::actions::staff::forget_key;
use crate::crypto::MasterKey;
use crate::domain::{Clock, SystemClock};
use crate::service::existing_store;

use super::ConfigFile;

/// Make keys, and forget those that are no longer needed
///
/// Example: cp2 key new > /etc/cp2/secrets/k1
#[derive(Debug, Subcommand)]
pub(super) enum KeyCommand {
    /// Print a new key for [keys.key] of the configuration
    ///
    /// Example: cp2 key new > /etc/cp2/secrets/k1
    New,
    /// Let `cp2 status` and /readyz miss a key no more that was taken out of the configuration
    ///
    /// Example: cp2 key forget k1 --by wanjiku --config /etc/cp2/cp2.toml
    Forget(Forget),
}

#[derive(Debug, Args)]
pub(super) struct Forget {
    /// The name of the key
    name: String,
    /// Who says so, for the audit log
    #[arg(long, value_name = "NAME")]
    by: String,
    #[command(flatten)]
    config: ConfigFile,
}

pub(super) async fn run(command: &KeyCommand) -> anyhow::Result<ExitCode> {
    match command {
        KeyCommand::New => {
            println!("{}", *MasterKey::fresh().to_hex());
            Ok(ExitCode::SUCCESS)
        }
        KeyCommand::Forget(args) => forget(args).await,
    }
}

async fn forget(args: &Forget) -> anyhow::Result<ExitCode> {
    let (config, name) = (args.config.load()?, &args.name);
    if config.keys.key.contains_key(name) {
        bail!("{name} is in the configuration: take it out there first");
    }
    let store = existing_store(&config).await?;
    let mut tx = store.begin().await?;
    let (by, now) = (format!("operator:{}", args.by), SystemClock.now());
    let was_known = forget_key(&mut tx, &by, name, now).await?;
    tx.commit().await?;
    store.close().await;
    if !was_known {
        bail!("the database knows no key {name}; `cp2 status` names those that are missing");
    }
    println!("{name} is forgotten; what it sealed stays closed");
    Ok(ExitCode::SUCCESS)
}
