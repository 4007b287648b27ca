//! `cp2 operator`: the council's staff, and what they decide.

mod accounts;
mod numbers;
mod problems;
mod registrations;

use std::process::ExitCode;

use anyhow::Context;
use clap::{Args, Subcommand};
use serde_json::Value;

use crate::actions::{Decider, Tools, Way};
use crate::domain::Timestamp;
use crate::service::{existing_store, load_tools};
use crate::store::Store;

use super::by::By;
use super::{ConfigFile, Listing};

/// Accounts of the council's staff, and what they decide
///
/// Example: cp2 operator registrations list --config /etc/cp2/cp2.toml
#[derive(Debug, Subcommand)]
pub(super) enum OperatorCommand {
    /// Make an account for the console; prints a password for the first log-in
    ///
    /// Example: cp2 operator add wanjiku --role help-desk --by otieno
    Add(accounts::New),
    /// Let somebody in anew who lost password or telephone; prints a password
    ///
    /// Example: cp2 operator reset wanjiku --by otieno
    Reset(accounts::Account),
    /// Close an account and log it out
    ///
    /// Example: cp2 operator disable wanjiku --by otieno
    Disable(accounts::Account),
    /// Open an account that was closed
    ///
    /// Example: cp2 operator enable wanjiku --by otieno
    Enable(accounts::Account),
    /// List accounts
    ///
    /// Example: cp2 operator list --json
    List(Listing),
    /// Decide who is registered
    ///
    /// Example: cp2 operator registrations approve R-402718 --by wanjiku
    #[command(subcommand)]
    Registrations(registrations::RegistrationsCommand),
    /// Decide who takes over from a line that is lost
    ///
    /// Example: cp2 operator numbers approve N-402718 --by wanjiku
    #[command(subcommand)]
    Numbers(numbers::NumbersCommand),
    /// Look at what people report, and answer it
    ///
    /// Example: cp2 operator problems list
    #[command(subcommand)]
    Problems(problems::ProblemsCommand),
}

/// A list that shows what is known of people.
#[derive(Debug, Args)]
pub(super) struct Look {
    #[command(flatten)]
    listing: Listing,
    #[command(flatten)]
    by: By,
}

#[derive(Debug, Args)]
pub(super) struct Choice {
    #[command(flatten)]
    config: ConfigFile,
    /// The reference of the request, such as R-402718
    reference: String,
    /// Who decides, for the audit log
    #[arg(long, value_name = "NAME")]
    by: String,
}

pub(super) async fn run(command: &OperatorCommand) -> anyhow::Result<ExitCode> {
    match command {
        OperatorCommand::Add(new) => accounts::add(new).await,
        OperatorCommand::Reset(account) => accounts::reset(account).await,
        OperatorCommand::Disable(account) => accounts::set_disabled(account, true).await,
        OperatorCommand::Enable(account) => accounts::set_disabled(account, false).await,
        OperatorCommand::List(listing) => accounts::list(listing).await,
        OperatorCommand::Registrations(command) => registrations::run(command).await,
        OperatorCommand::Numbers(command) => numbers::run(command).await,
        OperatorCommand::Problems(command) => problems::run(command).await,
    }
}

/// Prints what waits, each for people or all of it as a JSON array.
fn show<T>(found: &[T], as_json: bool, print: fn(&T), as_value: fn(&T) -> Value) -> ExitCode {
    if as_json {
        println!("{}", Value::Array(found.iter().map(as_value).collect()));
    } else {
        found.iter().for_each(print);
    }
    ExitCode::SUCCESS
}

/// As a clock in Kenya shows it.
fn time_of(time: Timestamp) -> String {
    let local = time.datetime_in_kenya();
    local.strftime("%Y-%m-%d %H:%M").to_string()
}

/// What a decision is made with.
struct Desk {
    tools: Tools,
    channel: String,
    store: Store,
    /// Who decides, as the audit log calls them.
    operator: String,
}

impl Desk {
    async fn open(choice: &Choice) -> anyhow::Result<Self> {
        let config = choice.config.load()?;
        let channel = config.channel.first().context("there is no [[channel]]")?;
        Ok(Self {
            tools: load_tools(&config)?,
            channel: channel.name.clone(),
            store: existing_store(&config).await?,
            operator: format!("operator:{}", choice.by),
        })
    }

    fn decider(&self) -> Decider<'_> {
        Decider {
            name: &self.operator,
            way: Way::Operator,
            channel: &self.channel,
        }
    }
}
