//! `cp2 operator add`, `reset`, `disable`, `enable`, `list`: accounts of the council's staff.

use std::process::ExitCode;

use anyhow::bail;
use clap::Args;
use serde_json::json;

use crate::actions::staff::{self, Made};
use crate::cli::{ConfigFile, Listing};
use crate::domain::{Clock, StaffName, StaffRole, SystemClock};
use crate::service::{existing_store, load_tools};
use crate::store::staff::{Member, all};

use super::show;

#[derive(Debug, Args)]
pub(in crate::cli) struct Account {
    #[command(flatten)]
    config: ConfigFile,
    /// The user name, such as wanjiku
    #[arg(value_parser = StaffName::parse)]
    name: StaffName,
    /// Who does it, for the audit log
    #[arg(long, value_name = "NAME")]
    by: String,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct New {
    #[command(flatten)]
    account: Account,
    /// What they are there for: viewer, help-desk, data, manager or auditor
    #[arg(long, value_parser = StaffRole::parse)]
    role: StaffRole,
}

impl Account {
    fn actor(&self) -> String {
        format!("operator:{}", self.by)
    }

    fn of<'a>(&'a self, by: &'a str) -> staff::Account<'a> {
        let name = &self.name;
        staff::Account { name, by }
    }
}

pub(super) async fn add(new: &New) -> anyhow::Result<ExitCode> {
    let account = &new.account;
    let config = account.config.load()?;
    let (tools, store) = (load_tools(&config)?, existing_store(&config).await?);
    let (by, now) = (account.actor(), SystemClock.now());
    let added = staff::add(&store, &tools, account.of(&by), new.role, now).await?;
    store.close().await;
    match added {
        Made::Not => bail!("{} has an account already", account.name.as_str()),
        Made::Done(password) => Ok(tell(account, &password)),
        Made::NeedsAnother => Ok(needs_another(account)),
    }
}

pub(super) async fn reset(account: &Account) -> anyhow::Result<ExitCode> {
    let config = account.config.load()?;
    let (tools, store) = (load_tools(&config)?, existing_store(&config).await?);
    let (by, now) = (account.actor(), SystemClock.now());
    let reset = staff::reset(&store, &tools, account.of(&by), now).await?;
    store.close().await;
    match reset {
        Made::Done(password) => Ok(tell(account, &password)),
        Made::Not => unknown(account),
        Made::NeedsAnother => Ok(needs_another(account)),
    }
}

pub(super) async fn set_disabled(account: &Account, is_disabled: bool) -> anyhow::Result<ExitCode> {
    let store = existing_store(&account.config.load()?).await?;
    let mut tx = store.begin().await?;
    let (by, now) = (account.actor(), SystemClock.now());
    let found = staff::set_disabled(&mut tx, account.of(&by), is_disabled, now).await?;
    tx.commit().await?;
    store.close().await;
    if !found {
        return unknown(account);
    }
    let word = if is_disabled { "closed" } else { "open" };
    println!("the account of {} is {word}", account.name.as_str());
    Ok(ExitCode::SUCCESS)
}

pub(super) async fn list(listing: &Listing) -> anyhow::Result<ExitCode> {
    let store = existing_store(&listing.config.load()?).await?;
    let mut tx = store.begin_read().await?;
    let found = all(&mut tx).await?;
    drop(tx);
    store.close().await;
    Ok(show(&found, listing.json, print, as_value))
}

/// The password stands on standard output alone, and nowhere else ever.
fn tell(account: &Account, password: &str) -> ExitCode {
    eprintln!(
        "the password of {}, once and for the first log-in at /operator alone:",
        account.name.as_str()
    );
    println!("{password}");
    ExitCode::SUCCESS
}

fn needs_another(account: &Account) -> ExitCode {
    println!("{} {}", account.name.as_str(), crate::cli::NEEDS_ANOTHER);
    ExitCode::SUCCESS
}

fn unknown(account: &Account) -> anyhow::Result<ExitCode> {
    let name = account.name.as_str();
    bail!("{name} has no account; `cp2 operator list` shows them")
}

fn state_of(member: &Member) -> &'static str {
    match (member.is_disabled, member.is_enrolled) {
        (true, _) => "closed",
        (false, true) => "open",
        (false, false) => "open, without second factor",
    }
}

fn print(member: &Member) {
    let (name, role) = (member.name.as_str(), member.role.name());
    println!("{name:<16} {role:<10} {}", state_of(member));
}

fn as_value(member: &Member) -> serde_json::Value {
    json!({
        "name": member.name.as_str(),
        "role": member.role.name(),
        "is_disabled": member.is_disabled,
        "has_second_factor": member.is_enrolled,
    })
}
