//! `cp2 campaign`: one text to many people.

mod made;
mod progress;
mod results;

use std::process::ExitCode;

use anyhow::{Context, bail};
use clap::{Args, Subcommand};

use crate::actions::campaign::{Steered, Step, steer, try_out};
use crate::config::Config;
use crate::domain::{Clock, Msisdn, SystemClock};
use crate::service::{existing_store, load_tools};
use crate::store::campaigns::{self, Campaign};
use crate::store::{Store, Tx};

use super::{ConfigFile, Listing};

/// Send one text to many people
///
/// Make it, look at what it comes to, try it on your own phone, start it. The workers of
/// `cp2 serve` send it; what is urgent goes before it.
///
/// Example: cp2 campaign new "Report early" --series "KCSE 2026" --role INV
///   --en "{name}, report at {centre_name} on {report_day} {report_hour}."
///   --sw "{name}, fika {centre_name} {report_day} {report_hour}." --by wanjiku
#[derive(Debug, Subcommand)]
#[command(verbatim_doc_comment)]
#[expect(clippy::doc_markdown, reason = "terminals show it, as it stands")]
pub(super) enum CampaignCommand {
    /// Make a campaign and say what it comes to; nothing is sent before it is started
    ///
    /// Placeholders: {name}, {code}; for people chosen by their work also {series}, {role},
    /// {centre_code}, {centre_name}, {county}, {report_day}, {report_hour}. Names are cut to
    /// fit; what else can be too long is refused.
    ///
    /// Example: cp2 campaign new "Bring your ID" --series "KCSE 2026" --county Nairobi
    ///   --en "CP2: bring your ID card on {report_day}."
    ///   --sw "CP2: njoo na kitambulisho {report_day}." --by wanjiku
    #[command(verbatim_doc_comment)]
    New(Box<made::New>),
    /// List all campaigns, the newest first
    ///
    /// Example: cp2 campaign list --json
    List(Listing),
    /// Say how far a campaign has come, with the reasons of what did not arrive
    ///
    /// Example: cp2 campaign show C-402718 --watch
    Show(progress::Show),
    /// Send its texts with made-up data to one number, in both languages
    ///
    /// Example: cp2 campaign test C-402718 --to 0712345678 --by wanjiku
    Test(Test),
    /// Start sending
    ///
    /// Example: cp2 campaign start C-402718 --by wanjiku
    Start(Steer),
    /// Hold it; what has been handed to the outbox, two seconds' worth, still leaves
    ///
    /// Example: cp2 campaign pause C-402718 --by wanjiku
    Pause(Steer),
    /// Go on with one that is held
    ///
    /// Example: cp2 campaign resume C-402718 --by wanjiku
    Resume(Steer),
    /// Give it up for good; whoever waits is not sent it
    ///
    /// Example: cp2 campaign cancel C-402718 --by wanjiku
    Cancel(Steer),
    /// Write what became of each person's message as CSV; it holds names and numbers
    ///
    /// Example: cp2 campaign results C-402718 --to results.csv
    Results(results::Results),
}

/// Which campaign, and who says so.
#[derive(Debug, Args)]
pub(in crate::cli) struct Steer {
    #[command(flatten)]
    config: ConfigFile,
    /// The reference of the campaign, such as C-402718
    reference: String,
    /// Who says so, for the audit log
    #[arg(long, value_name = "NAME")]
    by: String,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct Test {
    #[command(flatten)]
    steer: Steer,
    /// The number
    #[arg(long, value_name = "NUMBER")]
    to: String,
}

pub(super) async fn run(command: &CampaignCommand) -> anyhow::Result<ExitCode> {
    match command {
        CampaignCommand::New(new) => made::new(new).await?,
        CampaignCommand::List(listing) => list(listing).await?,
        CampaignCommand::Show(show) => progress::show(show).await?,
        CampaignCommand::Test(test) => send_test(test).await?,
        CampaignCommand::Start(how) => carry_out(how, Step::Start, "is started").await?,
        CampaignCommand::Resume(how) => carry_out(how, Step::Resume, "goes on").await?,
        CampaignCommand::Pause(how) => carry_out(how, Step::Pause, "is held").await?,
        CampaignCommand::Cancel(how) => carry_out(how, Step::Cancel, "is given up").await?,
        CampaignCommand::Results(results) => results::write(results).await?,
    }
    Ok(ExitCode::SUCCESS)
}

/// A configuration and its database.
struct Desk {
    config: Config,
    store: Store,
}

impl Desk {
    async fn open(file: &ConfigFile) -> anyhow::Result<Self> {
        let config = file.load()?;
        let store = existing_store(&config).await?;
        Ok(Self { config, store })
    }
}

async fn find(tx: &mut Tx, reference: &str) -> anyhow::Result<Campaign> {
    let found = campaigns::by_reference(tx, reference).await?;
    found
        .with_context(|| format!("there is no campaign {reference}; `cp2 campaign list` shows all"))
}

async fn list(listing: &Listing) -> anyhow::Result<()> {
    let desk = Desk::open(&listing.config).await?;
    let mut tx = desk.store.begin_read().await?;
    let all = campaigns::all(&mut tx).await?;
    drop(tx);
    desk.store.close().await;
    if listing.json {
        let all = all.iter().map(made::as_value).collect();
        println!("{}", serde_json::Value::Array(all));
    } else {
        for campaign in &all {
            let Campaign {
                reference, name, ..
            } = campaign;
            println!("{reference}  {:<9}  {name}", campaign.stage.name());
        }
    }
    Ok(())
}

async fn send_test(test: &Test) -> anyhow::Result<()> {
    let to = Msisdn::parse(&test.to).context("--to is not a telephone number")?;
    let desk = Desk::open(&test.steer.config).await?;
    let tools = load_tools(&desk.config)?;
    let by = format!("operator:{}", test.steer.by);
    let mut tx = desk.store.begin().await?;
    let campaign = find(&mut tx, &test.steer.reference).await?;
    try_out(&mut tx, &tools, &campaign, &to, &by, SystemClock.now()).await?;
    tx.commit().await?;
    desk.store.close().await;
    println!("two SMS are on their way to {}", to.masked());
    Ok(())
}

async fn carry_out(how: &Steer, step: Step, done: &str) -> anyhow::Result<()> {
    let desk = Desk::open(&how.config).await?;
    let by = format!("operator:{}", how.by);
    let mut tx = desk.store.begin().await?;
    let campaign = find(&mut tx, &how.reference).await?;
    let (rules, by) = (&desk.config.operator, (by.as_str(), SystemClock.now()));
    let steered = steer(&mut tx, rules, &how.reference, step, by).await?;
    tx.commit().await?;
    desk.store.close().await;
    let (reference, stage) = (&how.reference, campaign.stage.name());
    match steered {
        Steered::Done => println!("{reference} {done}"),
        Steered::NeedsAnother => println!("{reference} {}", super::NEEDS_ANOTHER),
        Steered::NotThere => bail!("{reference} is {stage}: that can't be done with it now"),
    }
    Ok(())
}
