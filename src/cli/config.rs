//! `cp2 config`: the configuration.

use std::fs;
use std::process::ExitCode;

use clap::{Args, Subcommand};
use serde_json::json;
use textwrap::{Options, fill};

use crate::aggregators::Channels;
use crate::config::{Setting, explain};
use crate::service::{StartError, load_keys, load_letters, load_menus};
use crate::telemetry;

use super::ConfigFile;

/// Check the configuration, or print one
///
/// Example: cp2 config check --config /etc/cp2/cp2.toml
#[derive(Debug, Subcommand)]
pub(super) enum ConfigCommand {
    /// Read the configuration, the environment, the menus and the letters; say what is wrong, or what
    /// setting is, what it means and where it comes from. Secrets are only said to be set
    ///
    /// Example: cp2 config check --config /etc/cp2/cp2.toml
    Check(Check),
    /// Print a configuration with every setting, its default and its meaning
    ///
    /// Example: cp2 config sample > cp2.toml
    Sample,
}

#[derive(Debug, Args)]
pub(super) struct Check {
    #[command(flatten)]
    file: ConfigFile,
    /// Print JSON: an array of settings
    #[arg(long)]
    json: bool,
    /// Only say whether it is in order
    #[arg(long, conflicts_with = "json")]
    brief: bool,
}

pub(super) fn run(command: &ConfigCommand) -> anyhow::Result<ExitCode> {
    match command {
        ConfigCommand::Check(args) => check(args),
        ConfigCommand::Sample => {
            print!("{}", crate::config::SAMPLE);
            Ok(ExitCode::SUCCESS)
        }
    }
}

fn check(args: &Check) -> anyhow::Result<ExitCode> {
    let file = &args.file;
    let config = file.load()?;
    telemetry::filter(&config.logging)?;
    load_keys(&config)?;
    Channels::open(&config.channel, &config.server.public_url).map_err(StartError::Channel)?;
    load_letters(&config)?;
    let menu = load_menus(&config)?.menu;
    let path = file.path.display();
    let text = fs::read_to_string(&file.path)?;
    let settings = explain(&path.to_string(), &text, std::env::vars())?;
    if args.json {
        println!("{}", json!(settings));
        return Ok(ExitCode::SUCCESS);
    }
    if !args.brief {
        let mut about = "";
        for setting in &settings {
            print_one(setting, about);
            about = &setting.about;
        }
    }
    let channels = config.channel.iter();
    let channels: Vec<_> = channels.map(|channel| channel.name.as_str()).collect();
    println!(
        "{path}: in order; channels: {}; {} screens",
        channels.join(", "),
        menu.screens.len()
    );
    Ok(ExitCode::SUCCESS)
}

/// What several settings have in common is said before the first of them.
fn print_one(setting: &Setting, said: &str) {
    if !setting.about.is_empty() && setting.about != said {
        let margin = Options::new(96)
            .initial_indent("# ")
            .subsequent_indent("# ");
        println!("\n{}", fill(&setting.about, margin));
    }
    let from = match &setting.default {
        Some(default) if *default != setting.value => {
            format!("{}; the default is {default}", setting.from)
        }
        _ => setting.from.clone(),
    };
    println!("{} = {}  ({from})", setting.name, setting.value);
}
