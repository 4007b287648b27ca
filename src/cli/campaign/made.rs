//! Making a campaign.

use anyhow::{Context, bail};
use clap::{Args, ValueEnum};
use serde_json::json;

use crate::actions::campaign::{Estimate, Plan, estimate, make};
use crate::cli::ConfigFile;
use crate::domain::{Clock, County, Role, Series, SystemClock};
use crate::service::sender_of;
use crate::store::campaigns::{Campaign, Class, Selection};
use crate::store::deployments::State;

use super::Desk;

#[derive(Debug, Args)]
pub(in crate::cli) struct New {
    #[command(flatten)]
    config: ConfigFile,
    /// What it is about, for lists
    name: String,
    /// The text in English
    #[arg(long, value_name = "TEXT")]
    en: String,
    /// The text in Kiswahili
    #[arg(long, value_name = "TEXT")]
    sw: String,
    /// To people with work for this series, such as "KCSE 2026"
    #[arg(long)]
    series: Option<String>,
    /// To people with work in this role, such as INV; may be given again
    #[arg(long = "role", value_name = "CODE")]
    roles: Vec<String>,
    /// To people whose work is in this county (chosen without series, role and state: who
    /// live there); may be given again
    #[arg(long = "county", value_name = "NAME")]
    counties: Vec<String>,
    /// To people whose work has come so far; without it, to the posted and the invited
    #[arg(long, value_enum)]
    state: Option<WorkState>,
    /// Promotion: sent in its hours, and not to those who opted out
    #[arg(long)]
    promotion: bool,
    /// The most messages a minute to one county
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(1..))]
    county_pace: Option<u32>,
    /// The most SMS that one text may take
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u8).range(1..=3))]
    segments: u8,
    /// The channel that sends; the first one without it
    #[arg(long)]
    channel: Option<String>,
    /// Who makes it, for the audit log
    #[arg(long, value_name = "NAME")]
    by: String,
    /// Print JSON: the campaign and what it comes to
    #[arg(long)]
    json: bool,
}

/// How far a person's work has come.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum WorkState {
    Posted,
    Invited,
    Declined,
    Cancelled,
}

impl From<WorkState> for State {
    fn from(state: WorkState) -> Self {
        match state {
            WorkState::Posted => Self::Posted,
            WorkState::Invited => Self::Invited,
            WorkState::Declined => Self::Declined,
            WorkState::Cancelled => Self::Cancelled,
        }
    }
}

impl New {
    fn selection(&self) -> anyhow::Result<Selection> {
        let series = self.series.as_deref().map(Series::parse).transpose();
        let role = |code: &String| Role::parse(code).with_context(|| format!("--role {code}"));
        Ok(Selection {
            series: series.context("--series")?,
            roles: self.roles.iter().map(role).collect::<Result<_, _>>()?,
            counties: self.counties.iter().map(county).collect::<Result<_, _>>()?,
            state: self.state.map(State::from),
        })
    }
}

fn county(name: &String) -> anyhow::Result<String> {
    match County::named(name) {
        Some(county) => Ok(county.name.to_owned()),
        None => bail!("--county {name} is none of the 47 counties"),
    }
}

pub(super) async fn new(new: &New) -> anyhow::Result<()> {
    let chosen = new.selection()?;
    let desk = Desk::open(&new.config).await?;
    let channels = &desk.config.channel;
    let channel = match &new.channel {
        None => channels.first(),
        Some(name) => channels.iter().find(|channel| channel.name == *name),
    };
    let channel = channel.context("--channel names none of the configuration")?;
    let plan = Plan {
        name: new.name.clone(),
        class: if new.promotion {
            Class::Promotion
        } else {
            Class::News
        },
        text_en: new.en.clone(),
        text_sw: new.sw.clone(),
        segments: usize::from(new.segments),
        chosen,
        county_pace: new.county_pace.and_then(|pace| usize::try_from(pace).ok()),
        channel: channel.name.clone(),
    };
    let by = format!("operator:{}", new.by);
    let mut tx = desk.store.begin().await?;
    let campaign = make(&mut tx, plan, &by, SystemClock.now()).await?;
    let cents = desk.config.campaign.cents_per_sms;
    let sum = estimate(&mut tx, &campaign, &sender_of(channel), cents).await?;
    tx.commit().await?;
    desk.store.close().await;
    if new.json {
        let mut value = as_value(&campaign);
        value["estimate"] = estimate_as_value(&sum);
        println!("{value}");
    } else {
        print(&campaign, &sum);
    }
    Ok(())
}

fn print(campaign: &Campaign, sum: &Estimate) {
    let reference = &campaign.reference;
    println!("{reference}  {}", campaign.name);
    println!("{:>9}  people in English", sum.english);
    println!("{:>9}  people in Kiswahili", sum.kiswahili);
    println!("{:>9}  have no line and are passed over", sum.without_line);
    println!("{:>9}  opted out and are passed over", sum.opted_out);
    println!(
        "{:>9}  SMS at most, for KES {}",
        sum.sms,
        shillings(sum.cents)
    );
    println!("Nothing is sent yet: cp2 campaign test {reference}, cp2 campaign start {reference}");
}

fn shillings(cents: u64) -> String {
    format!("{}.{:02}", cents / 100, cents % 100)
}

fn estimate_as_value(sum: &Estimate) -> serde_json::Value {
    json!({
        "people_en": sum.english,
        "people_sw": sum.kiswahili,
        "without_line": sum.without_line,
        "opted_out": sum.opted_out,
        "sms_at_most": sum.sms,
        "kes_at_most": shillings(sum.cents),
    })
}

pub(super) fn as_value(campaign: &Campaign) -> serde_json::Value {
    let created_at = campaign.created_at.datetime_in_kenya();
    json!({
        "reference": campaign.reference,
        "name": campaign.name,
        "class": campaign.class.name(),
        "state": campaign.stage.name(),
        "text_en": campaign.text_en,
        "text_sw": campaign.text_sw,
        "to": campaign.chosen,
        "county_pace": campaign.county_pace,
        "channel": campaign.channel,
        "created_by": campaign.created_by,
        "created_at": created_at.strftime("%Y-%m-%d %H:%M").to_string(),
    })
}
