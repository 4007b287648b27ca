//! How the service does just now.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use askama::Template;
use axum::Extension;
use axum::extract::{Query, State};
use axum::response::Response;
use serde::Deserialize;

use crate::actions::ActionError;
use crate::actions::staff::{self, Member};
use crate::domain::{Duty, Lane, Timestamp};
use crate::intake::{Failed, to_the_end};
use crate::metrics::Pace;
use crate::store::channel_states::{self, Hold};
use crate::store::outbox::{self, Figure, Times};
use crate::store::sessions;
use crate::web::app::App;
use crate::web::pages::Problem;

use super::filled::Filled;
use super::said::{Said, back};
use super::{Shell, chart, problem, show, time_of};

const PATH: &str = "/operator/board";

/// How far back messages are counted.
const DAY: Duration = Duration::from_hours(24);

/// A session without a hop for so long has most likely ended: networks cut it off.
const SESSION: Duration = Duration::from_mins(3);

/// What a board is drawn from.
struct Figures {
    sessions: i64,
    counts: Vec<Figure>,
    handed_over: Vec<Times>,
    delivered: Vec<Times>,
    holds: BTreeMap<String, Hold>,
}

/// A channel, network and lane.
type Place = (String, String, &'static str);

/// What became of the messages of one place.
#[derive(Default)]
struct Row {
    queued: i64,
    sent: i64,
    delivered: i64,
    failed: i64,
    handed_over: String,
    arrived: String,
    cost: BTreeMap<String, f64>,
}

#[derive(Template)]
#[template(path = "operator/board.html")]
struct BoardPage<'a> {
    shell: Shell<'a>,
    said: Option<&'static str>,
    sessions: i64,
    hops: String,
    answers: String,
    chart: String,
    rows: Vec<(Place, Row)>,
    states: Vec<(&'static str, BTreeMap<String, i64>)>,
    reasons: Vec<(String, i64)>,
    channels: Vec<(String, Option<&'a Hold>)>,
}

/// The board; it comes anew by itself.
pub(in crate::web) async fn page(
    State(app): State<App>,
    Extension(member): Extension<Member>,
    Query(said): Query<Said>,
) -> Response {
    let inner = app.clone();
    let read = to_the_end(async move { read(&inner, inner.clock.now()).await });
    let Ok(figures) = read.await else {
        return problem(&app, Problem::Unavailable);
    };
    let tempo = app.metrics.pace();
    let hops = tempo.hops_a_second();
    let last_minute = hops.iter().rev().take(12).sum::<f64>() / 12.0;
    let page = BoardPage {
        shell: app.shell(Some(&member)),
        said: said.line(),
        sessions: figures.sessions,
        hops: format!("{last_minute:.1}"),
        answers: answers(&tempo),
        chart: chart::bars("Hops a second, last five minutes", &hops),
        rows: rows(&figures),
        states: states(&figures.counts),
        reasons: reasons(&figures.counts),
        channels: channels(&app, &figures.holds),
    };
    show(&app, &page)
}

async fn read(app: &App, now: Timestamp) -> Result<Figures, ActionError> {
    let mut tx = app.store.begin_read().await?;
    let since = now.minus(DAY);
    Ok(Figures {
        sessions: sessions::active(&mut tx, now.minus(SESSION)).await?,
        counts: outbox::figures(&mut tx, since).await?,
        handed_over: outbox::times_to(&mut tx, "accepted", since).await?,
        delivered: outbox::times_to(&mut tx, "delivered", since).await?,
        holds: channel_states::all(&mut tx).await?.into_iter().collect(),
    })
}

fn answers(pace: &Pace) -> String {
    match (pace.p50_s, pace.p95_s) {
        (Some(half), Some(most)) => format!(
            "half within {:.0} ms, 95 of 100 within {:.0} ms",
            half * 1000.0,
            most * 1000.0
        ),
        _ => "none".to_owned(),
    }
}

fn rows(figures: &Figures) -> Vec<(Place, Row)> {
    let mut rows: BTreeMap<Place, Row> = BTreeMap::new();
    for one in &figures.counts {
        let place = (one.channel.clone(), one.network.clone(), one.lane.name());
        rows.entry(place).or_default().add(one);
    }
    let words = |times: &Times| format!("{} / {} ms", times.p50_ms, times.p95_ms);
    let place = |times: &Times| {
        (
            times.channel.clone(),
            times.network.clone(),
            times.lane.name(),
        )
    };
    for times in &figures.handed_over {
        rows.entry(place(times)).or_default().handed_over = words(times);
    }
    for times in &figures.delivered {
        rows.entry(place(times)).or_default().arrived = words(times);
    }
    rows.into_iter().collect()
}

impl Row {
    fn add(&mut self, one: &Figure) {
        let count = match one.state.as_str() {
            "queued" | "sending" => &mut self.queued,
            "delivered" => &mut self.delivered,
            "failed" | "expired" => &mut self.failed,
            _ => &mut self.sent,
        };
        *count += one.messages;
        let price = one.cost.as_deref().and_then(|cost| cost.split_once(' '));
        let price = price.and_then(|(currency, each)| Some((currency, each.parse::<f64>().ok()?)));
        if let Some((currency, each)) = price {
            let many = f64::from(i32::try_from(one.messages).unwrap_or(i32::MAX));
            *self.cost.entry(currency.to_owned()).or_default() += each * many;
        }
    }

    fn price(&self) -> String {
        let prices = self.cost.iter();
        let words = prices.map(|(currency, sum)| format!("{currency} {sum:.2}"));
        words.collect::<Vec<_>>().join(", ")
    }
}

/// By lane, how many messages are in each state.
fn states(counts: &[Figure]) -> Vec<(&'static str, BTreeMap<String, i64>)> {
    let of = |lane: Lane| {
        let mut states = BTreeMap::new();
        for one in counts.iter().filter(|one| one.lane == lane) {
            *states.entry(one.state.clone()).or_default() += one.messages;
        }
        (lane.name(), states)
    };
    let lanes = Lane::ALL.into_iter().map(of);
    lanes.filter(|(_, states)| !states.is_empty()).collect()
}

/// Why messages failed, the most frequent reason first.
fn reasons(counts: &[Figure]) -> Vec<(String, i64)> {
    let failed = |one: &&Figure| one.state == "failed" || one.state == "expired";
    let mut reasons: BTreeMap<&str, i64> = BTreeMap::new();
    for one in counts.iter().filter(failed) {
        let reason = one.reason.as_deref().unwrap_or("no reason given");
        *reasons.entry(reason).or_default() += one.messages;
    }
    let mut reasons: Vec<_> = reasons.into_iter().collect();
    reasons.sort_by_key(|(_, count)| -count);
    let words = reasons.into_iter().take(20);
    words
        .map(|(reason, count)| (reason.to_owned(), count))
        .collect()
}

/// Every channel of the configuration, and those that are held though it names them no more.
fn channels<'a>(app: &App, holds: &'a BTreeMap<String, Hold>) -> Vec<(String, Option<&'a Hold>)> {
    let configured = app.channels.iter().map(|channel| channel.name.clone());
    let names: BTreeSet<_> = configured.chain(holds.keys().cloned()).collect();
    let held = |name: String| (name.clone(), holds.get(&name));
    names.into_iter().map(held).collect()
}

#[derive(Deserialize)]
pub(in crate::web) struct Which {
    channel: String,
}

/// Lets a channel send again that was parked or stopped.
pub(in crate::web) async fn resume(
    State(app): State<App>,
    Extension(member): Extension<Member>,
    Filled(which): Filled<Which>,
) -> Response {
    let inner = app.clone();
    let resumed = to_the_end(async move {
        let (by, now) = (member.name.actor(), inner.clock.now());
        let mut tx = inner.store.begin().await?;
        let resumed = staff::resume_channel(&mut tx, &by, &which.channel, now).await?;
        tx.commit().await?;
        Ok::<_, ActionError>(resumed)
    });
    match resumed.await {
        Ok(true) => back(PATH, "done"),
        Ok(false) => back(PATH, "nothing"),
        Err(Failed) => problem(&app, Problem::Unavailable),
    }
}
