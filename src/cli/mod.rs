//! The command line: one file a command.
//!
//! Every command exits with 0, with 1 when it failed, with 2 when it was called
//! wrongly; errors go to stderr and say what to do.

mod api;
mod audit;
mod by;
mod campaign;
mod config;
mod db;
mod demo;
mod dial;
mod export;
mod import;
mod key;
mod letters;
mod load;
mod menus;
mod menus_test;
mod operator;
mod outbox;
mod person;
mod private_file;
mod progress;
mod serve;
mod status;
mod stop;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

use crate::{failpoints, telemetry};

/// Self-service by USSD and SMS for an exam council's contracted professionals
///
/// Example: cp2 demo
#[derive(Debug, Parser)]
#[command(name = "cp2", version, arg_required_else_help = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Demo(demo::DemoArgs),
    Dial(dial::DialArgs),
    Export(export::ExportArgs),
    Import(import::ImportArgs),
    Load(load::LoadArgs),
    Serve(serve::ServeArgs),
    Status(status::StatusArgs),
    #[command(subcommand)]
    Api(api::ApiCommand),
    #[command(subcommand)]
    Audit(audit::AuditCommand),
    #[command(subcommand)]
    Campaign(campaign::CampaignCommand),
    #[command(subcommand)]
    Config(config::ConfigCommand),
    #[command(subcommand)]
    Db(db::DbCommand),
    #[command(subcommand)]
    Key(key::KeyCommand),
    #[command(subcommand)]
    Letters(letters::LettersCommand),
    #[command(subcommand)]
    Menus(menus::MenusCommand),
    #[command(subcommand)]
    Operator(operator::OperatorCommand),
    #[command(subcommand)]
    Outbox(outbox::OutboxCommand),
    #[command(subcommand)]
    Person(person::PersonCommand),
}

/// What is said of a deed that two must want, to the first.
const NEEDS_ANOTHER: &str = "is noted; another member of staff must want it too, within a day";

/// Where the configuration is.
#[derive(Debug, Args)]
struct ConfigFile {
    /// The configuration file
    #[arg(
        long = "config",
        value_name = "FILE",
        default_value = "config/cp2.toml"
    )]
    path: PathBuf,
}

impl ConfigFile {
    /// Reads it, with the environment over it.
    fn load(&self) -> anyhow::Result<crate::config::Config> {
        Ok(crate::config::load(&self.path, std::env::vars())?)
    }
}

/// A list, for people or for programs.
#[derive(Debug, Args)]
struct Listing {
    #[command(flatten)]
    config: ConfigFile,
    /// Print JSON: an array
    #[arg(long)]
    json: bool,
}

/// Runs the command that the process was called with.
#[must_use]
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("cp2: the threads can't be started: {error}");
            return ExitCode::FAILURE;
        }
    };
    let _armed = failpoints::arm();
    match runtime.block_on(run(cli.command)) {
        Ok(code) => code,
        Err(error) => {
            telemetry::last_words(&format!("cp2: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

async fn run(command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Demo(args) => demo::run(args).await,
        Command::Dial(args) => dial::run(args).await,
        Command::Export(args) => export::run(&args).await,
        Command::Import(args) => import::run(&args).await,
        Command::Load(args) => load::run(&args).await,
        Command::Serve(args) => serve::run(args).await,
        Command::Api(command) => api::run(&command).await,
        Command::Status(args) => status::run(&args).await,
        Command::Audit(command) => audit::run(&command).await,
        Command::Campaign(command) => campaign::run(&command).await,
        Command::Config(command) => config::run(&command),
        Command::Db(command) => db::run(&command).await,
        Command::Key(command) => key::run(&command).await,
        Command::Letters(command) => Box::pin(letters::run(&command)).await,
        Command::Menus(command) => menus::run(&command).await,
        Command::Operator(command) => operator::run(&command).await,
        Command::Outbox(command) => outbox::run(&command).await,
        Command::Person(command) => person::run(&command).await,
    }
}
