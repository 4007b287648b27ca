//! `cp2 key`: keys.

use std::process::ExitCode;

use clap::Subcommand;

use crate::crypto::MasterKey;

/// Make keys
///
/// Example: cp2 key new > /etc/cp2/secrets/k1
#[derive(Debug, Subcommand)]
pub(super) enum KeyCommand {
    /// Print a new key for [keys.key] of the configuration
    ///
    /// Example: cp2 key new > /etc/cp2/secrets/k1
    New,
}

pub(super) fn run(command: &KeyCommand) -> ExitCode {
    let KeyCommand::New = command;
    println!("{}", *MasterKey::fresh().to_hex());
    ExitCode::SUCCESS
}
