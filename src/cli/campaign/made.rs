//! Making a campaign.

use clap::Args;
use clap::builder::PossibleValuesParser;
use serde_json::json;

use crate::actions::campaign::{Asked, Estimate, estimate, make};
use crate::cli::ConfigFile;
use crate::domain::{Clock, SystemClock};
use crate::service::sender_of;
use crate::store::campaigns::Campaign;
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
    #[arg(long, value_name = "STATE", value_parser = state_names())]
    state: Option<String>,
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

impl New {
    fn asked(&self) -> Asked {
        Asked {
            name: self.name.clone(),
            text_en: self.en.clone(),
            text_sw: self.sw.clone(),
            series: self.series.clone().unwrap_or_default(),
            roles: self.roles.clone(),
            counties: self.counties.clone(),
            state: self.state.as_deref().and_then(State::named),
            promotion: self.promotion,
            segments: usize::from(self.segments),
            county_pace: self.county_pace.and_then(|pace| usize::try_from(pace).ok()),
            channel: self.channel.clone().unwrap_or_default(),
        }
    }
}

/// Reads one of the states, and lists them in the help.
fn state_names() -> PossibleValuesParser {
    PossibleValuesParser::new(State::ALL.map(State::name))
}

pub(super) async fn new(new: &New) -> anyhow::Result<()> {
    let desk = Desk::open(&new.config).await?;
    let channels = &desk.config.channel;
    let plan = new
        .asked()
        .plan(channels.iter().map(|it| it.name.as_str()))?;
    let channel = channels.iter().find(|channel| channel.name == plan.channel);
    let sender = channel.map(sender_of).unwrap_or_default();
    let by = format!("operator:{}", new.by);
    let mut tx = desk.store.begin().await?;
    let campaign = make(&mut tx, plan, &by, SystemClock.now()).await?;
    let cents = desk.config.campaign.cents_per_sms;
    let sum = estimate(&mut tx, &campaign, &sender, cents).await?;
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
