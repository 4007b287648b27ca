//! `cp2 config`: the configuration.

use std::process::ExitCode;

use clap::Subcommand;

use crate::aggregators::Channels;
use crate::service::{StartError, load_keys, load_letters, load_menus};
use crate::telemetry;

use super::ConfigFile;

/// Check the configuration, or print one
///
/// Example: cp2 config check --config /etc/cp2/cp2.toml
#[derive(Debug, Subcommand)]
pub(super) enum ConfigCommand {
    /// Read the configuration, the environment, the menus and the letters, and say what is wrong
    ///
    /// Example: cp2 config check --config /etc/cp2/cp2.toml
    Check(ConfigFile),
    /// Print a configuration with every setting, its default and its meaning
    ///
    /// Example: cp2 config sample > cp2.toml
    Sample,
}

pub(super) fn run(command: &ConfigCommand) -> anyhow::Result<ExitCode> {
    match command {
        ConfigCommand::Check(file) => {
            let config = file.load()?;
            telemetry::filter(&config.logging)?;
            load_keys(&config)?;
            Channels::open(&config.channel, &config.server.public_url)
                .map_err(StartError::Channel)?;
            load_letters(&config)?;
            let menu = load_menus(&config)?.menu;
            let channels: Vec<_> = config
                .channel
                .iter()
                .map(|channel| channel.name.as_str())
                .collect();
            println!(
                "{}: in order; channels: {}; {} screens",
                file.path.display(),
                channels.join(", "),
                menu.screens.len()
            );
        }
        ConfigCommand::Sample => print!("{}", crate::config::SAMPLE),
    }
    Ok(ExitCode::SUCCESS)
}
