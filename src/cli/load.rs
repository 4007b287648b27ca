//! `cp2 load`: many phones at once.

use std::fmt::Write;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, bail};
use clap::Args;
use tokio::net::TcpListener;
use tokio::time::interval;

use crate::demo::handset::{Handset, parse_base};
use crate::demo::{CHANNEL, SECRET, SERVICE_CODE};
use crate::domain::Msisdn;
use crate::load::{Arrivals, Dialogue, Load, LoadSettings, Summary, dialogues, yardstick};
use crate::rehearsal::Script;

use super::progress::Progress;

/// Put load on a service: many phones that dial and answer, and what they were shown when
///
/// It speaks to the service as Africa's Talking does. Each phone of --phones dials again as
/// soon as its session is over; with --rate sessions begin at their times instead, whether
/// the earlier ones are over or not, and the time of a hop runs from when it was due. Without
/// --transcripts each session reads its deployment, goes back and leaves: four hops, nothing
/// is changed. Transcripts do change things: they reset passwords and send SMS.
///
/// With --yardstick it is the other side: a server that answers always the same, to see what this
/// machine and this generator are able to, and how much of that a service takes.
///
/// Ends with 1 when a hop had no answer, or a repeated one another.
///
/// Example: cp2 load --phones 64 --seconds 10
/// Example: cp2 load --rate 120 --think 9 --repeats 2 --drops 3 --seconds 60 --json
/// Example: cp2 load --yardstick 127.0.0.1:9000
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub(super) struct LoadArgs {
    /// Where the service runs
    #[arg(long, value_name = "URL", value_parser = parse_base, default_value = "http://127.0.0.1:8080")]
    url: String,
    /// The channel of that service
    #[arg(long, value_name = "NAME", default_value = CHANNEL)]
    channel: String,
    /// The path secret of that channel
    #[arg(long, value_name = "TEXT", default_value = SECRET, env = "CP2_DIAL_SECRET", hide_env_values = true)]
    secret: String,
    /// The code that the service is known by
    #[arg(long, value_name = "CODE", default_value = SERVICE_CODE)]
    service_code: String,
    /// The first of the numbers that dial; as it stands, the first of the demo's crowd
    #[arg(long, value_name = "MSISDN", value_parser = Msisdn::parse, default_value = "254700001000")]
    from: Msisdn,
    /// How many numbers dial, one after the other from the first
    #[arg(long, value_name = "NUMBER", default_value_t = 1000, value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    people: u64,
    /// So many phones at once, each of which dials again when its session is over
    #[arg(long, value_name = "NUMBER", default_value_t = 64, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    phones: u32,
    /// So many sessions begin a second, instead
    #[arg(long, value_name = "SESSIONS", conflicts_with = "phones", value_parser = rate)]
    rate: Option<f64>,
    /// With --rate: the most sessions at once
    #[arg(long, value_name = "NUMBER", requires = "rate", default_value_t = 50_000, value_parser = clap::value_parser!(u32).range(1..))]
    most: u32,
    /// How long somebody reads and types before an answer, in the mean; 9 makes five hops
    /// take 45 seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 0, value_parser = clap::value_parser!(u16).range(..=120))]
    think: u16,
    /// The sessions of a transcript, or of all in a folder, instead of the reading
    #[arg(long, value_name = "PATH")]
    transcripts: Option<PathBuf>,
    /// Of a hundred hops so many come twice, as when an answer is lost
    #[arg(long, value_name = "PERCENT", default_value_t = 0.0, value_parser = percent)]
    repeats: f64,
    /// After a hundred hops so many sessions break off
    #[arg(long, value_name = "PERCENT", default_value_t = 0.0, value_parser = percent)]
    drops: f64,
    /// Tell the service of the end of each session too; not measured
    #[arg(long)]
    end_notices: bool,
    /// How long nothing is measured
    #[arg(long, value_name = "SECONDS", default_value_t = 2)]
    warm_up: u16,
    /// How long it is measured
    #[arg(long, value_name = "SECONDS", default_value_t = 10, value_parser = clap::value_parser!(u16).range(1..))]
    seconds: u16,
    /// Makes the same choices again
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    seed: u64,
    /// Print JSON
    #[arg(long)]
    json: bool,
    /// Serve the same answer to every hop there, instead, until Ctrl-C
    #[arg(long, value_name = "ADDR")]
    yardstick: Option<SocketAddr>,
}

fn percent(text: &str) -> Result<f64, String> {
    let number = text
        .parse()
        .ok()
        .filter(|number| (0.0..=100.0).contains(number));
    number.ok_or_else(|| "a number from 0 to 100".to_owned())
}

fn rate(text: &str) -> Result<f64, String> {
    let number = text
        .parse()
        .ok()
        .filter(|number| (0.01..=1e6).contains(number));
    number.ok_or_else(|| "a number above 0".to_owned())
}

impl LoadArgs {
    fn settings(&self) -> anyhow::Result<LoadSettings> {
        let arrivals = match self.rate {
            None => Arrivals::Closed(self.phones as usize),
            Some(rate) => Arrivals::Open {
                rate,
                most: self.most as usize,
            },
        };
        Ok(LoadSettings {
            handset: Handset::new(&self.url, &self.channel, &self.secret, &self.service_code)?,
            first: self.from.as_str().parse()?,
            people: self.people,
            dialogues: match &self.transcripts {
                None => vec![Dialogue::reading()],
                Some(path) => read(path)?,
            },
            arrivals,
            think: Duration::from_secs(self.think.into()),
            repeats: self.repeats,
            drops: self.drops,
            notices: self.end_notices,
            warm_up: Duration::from_secs(self.warm_up.into()),
            duration: Duration::from_secs(self.seconds.into()),
            seed: self.seed,
        })
    }
}

/// The sessions of a transcript, or of those in a folder.
fn read(path: &Path) -> anyhow::Result<Vec<Dialogue>> {
    let mut files = Vec::new();
    if path.is_dir() {
        for entry in std::fs::read_dir(path)? {
            files.push(entry?.path());
        }
        files.retain(|file| file.extension().is_some_and(|it| it == "txt"));
        files.sort();
    } else {
        files.push(path.to_owned());
    }
    let mut found = Vec::new();
    for file in files {
        let name = file.display().to_string();
        let text = std::fs::read_to_string(&file).with_context(|| name.clone())?;
        found.extend(dialogues(&Script::parse(&name, &text)?));
    }
    if found.is_empty() {
        bail!("{}: no transcript there dials", path.display());
    }
    Ok(found)
}

pub(super) async fn run(args: &LoadArgs) -> anyhow::Result<ExitCode> {
    if let Some(addr) = args.yardstick {
        let listener = TcpListener::bind(addr).await;
        let listener = listener.with_context(|| format!("can't listen on {addr}"))?;
        yardstick(listener).await?;
        return Ok(ExitCode::SUCCESS);
    }
    let load = Load::of(args.settings()?).context("there is nothing to dial")?;
    let whole = u64::from(args.warm_up) + u64::from(args.seconds);
    let watching = tokio::spawn(watch(Arc::clone(&load), whole));
    let summary = load.run().await;
    watching.abort();
    if args.json {
        println!("{}", serde_json::to_string(&summary)?);
    } else {
        print!("{}", shown(&summary));
    }
    Ok(if summary.is_clean() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Shows each second how far it is.
async fn watch(load: Arc<Load>, whole: u64) -> anyhow::Result<()> {
    let mut progress = Progress::of(whole, "load", "hops")?;
    let mut seconds = interval(Duration::from_secs(1));
    for second in 0..=whole {
        seconds.tick().await;
        progress.show(second, load.hops());
    }
    progress.finish();
    Ok(())
}

fn shown(summary: &Summary) -> String {
    let mut text = String::new();
    let Summary {
        hops,
        hops_per_second,
        sessions,
        sessions_completed,
        most_sessions_at_once,
        repeats,
        repeats_answered_otherwise,
        ..
    } = summary;
    let times = &summary.latency_ms;
    // Writing to a string can't fail.
    let _ = writeln!(
        text,
        "hops      {hops:>10}  {hops_per_second:.0} a second, {:.0} s",
        summary.seconds
    );
    let _ = writeln!(
        text,
        "sessions  {sessions:>10}  {:.0} a second, {sessions_completed} ended by the service, {most_sessions_at_once} at once",
        summary.sessions_per_second
    );
    let _ = writeln!(
        text,
        "answers   p50 {:.2} ms, p95 {:.2} ms, p99 {:.2} ms, max {:.2} ms",
        times.p50, times.p95, times.p99, times.max
    );
    if summary.busy > 0 {
        let _ = writeln!(
            text,
            "busy      {:>10}  screens; no other answer for {:.1} s at most",
            summary.busy,
            summary.longest_gap_ms / 1000.0
        );
    }
    if *repeats > 0 {
        let _ = writeln!(
            text,
            "repeats   {repeats:>10}  {repeats_answered_otherwise} answered otherwise"
        );
    }
    if summary.errors.is_empty() {
        text.push_str("errors             0\n");
    }
    for (what, count) in &summary.errors {
        let _ = writeln!(text, "errors    {count:>10}  {what}");
    }
    text
}
