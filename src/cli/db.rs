//! `cp2 db`: the database.

use std::process::ExitCode;

use clap::Subcommand;

use crate::service::open_store;

use super::ConfigFile;

/// Look after the database
///
/// Example: cp2 db migrate --config /etc/cp2/cp2.toml
#[derive(Debug, Subcommand)]
pub(super) enum DbCommand {
    /// Bring the schema up to what this program needs
    ///
    /// Example: cp2 db migrate --config /etc/cp2/cp2.toml
    Migrate(ConfigFile),
}

pub(super) async fn run(command: &DbCommand) -> anyhow::Result<ExitCode> {
    let DbCommand::Migrate(file) = command;
    open_store(&file.load()?).await?.close().await;
    println!("the schema is up to date");
    Ok(ExitCode::SUCCESS)
}
