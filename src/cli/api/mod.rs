//! `cp2 api`: the API for the council's own systems, its keys and its document.

mod keys;
mod webhooks;

use std::process::ExitCode;

use clap::Subcommand;

use crate::web;

/// The API for the council's own systems: its keys, where events go, and what it can do
///
/// Example: cp2 api key add portal --scope credentials:verify --by wanjiku
#[derive(Debug, Subcommand)]
pub(super) enum ApiCommand {
    /// Make, list and take back keys
    ///
    /// Example: cp2 api key list
    #[command(subcommand)]
    Key(keys::KeysCommand),
    /// List the addresses that events are posted to, give them new secrets, remove them
    ///
    /// Example: cp2 api webhook list
    #[command(subcommand)]
    Webhook(webhooks::WebhooksCommand),
    /// Print the document that describes the API, as OpenAPI 3.1
    ///
    /// Example: cp2 api openapi > openapi.json
    Openapi,
}

pub(super) async fn run(command: &ApiCommand) -> anyhow::Result<ExitCode> {
    match command {
        ApiCommand::Key(command) => keys::run(command).await,
        ApiCommand::Webhook(command) => webhooks::run(command).await,
        ApiCommand::Openapi => {
            print!("{}", web::api().document());
            Ok(ExitCode::SUCCESS)
        }
    }
}
