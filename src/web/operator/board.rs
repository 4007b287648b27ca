//! How the service does just now, all its processes together.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use askama::Template;
use axum::Extension;
use axum::extract::{Query, State};
use axum::response::Response;
use serde::Deserialize;
use tokio::sync::Mutex;
use tokio::time::Instant;

use crate::actions::ActionError;
use crate::actions::staff::{self, Member, Resumed};
use crate::domain::{Duty, Ending, Lane, Timestamp};
use crate::intake::{Failed, to_the_end};
use crate::metrics::Pace;
use crate::standing::{Standing, pace_of};
use crate::store::channel_states::Hold;
use crate::store::conversations;
use crate::store::outbox::{self, Figure, Times};
use crate::web::app::App;
use crate::web::pages::Problem;

use super::chart::{self, Tone};
use super::filled::Filled;
use super::said::{Said, back};
use super::watch::Watch;
use super::{Shell, problem, show, time_of};

const PATH: &str = "/operator/board";

/// How far back messages and sessions are counted.
const DAY: Duration = Duration::from_hours(24);

/// How long the figures of the day are shown again: counting a day takes a while, and many may
/// look at once.
const FRESH: Duration = Duration::from_secs(5);

/// The most screens in a list.
const SCREENS: usize = 15;

/// The figures of the day, as they were counted last, and when.
#[derive(Clone, Default)]
pub(in crate::web) struct Counted(Arc<Mutex<Option<LastCount>>>);

type LastCount = (Instant, Arc<DayFigures>);

/// What became of the messages and sessions of the day.
struct DayFigures {
    counts: Vec<Figure>,
    handed_over: Vec<Times>,
    delivered: Vec<Times>,
    endings: Vec<(String, Ending, u64)>,
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
    arrived: Option<(i64, i64)>,
    cost: BTreeMap<String, f64>,
}

/// A bar with its name and figures beside it.
struct Bar {
    name: String,
    svg: String,
    figures: String,
}

/// A channel of the configuration, or one that is held though it is named no more.
struct ChannelRow<'a> {
    name: String,
    hold: Option<&'a Hold>,
    day: Bar,
}

/// A process that runs.
struct ProcessRow {
    parts: String,
    version: String,
    since: Timestamp,
    worker: String,
    is_this: bool,
}

#[derive(Template)]
#[template(path = "operator/board.html")]
struct BoardPage<'a> {
    shell: Shell<'a>,
    said: Option<&'static str>,
    watch: Watch,
    standing: &'a Standing,
    waiting: String,
    hops: String,
    answers: String,
    pace: String,
    highest: String,
    speeds: Vec<Bar>,
    endings: Vec<Bar>,
    ended: u64,
    lanes: Vec<Bar>,
    rows: Vec<(Place, Row)>,
    reasons: Vec<(String, i64)>,
    channels: Vec<ChannelRow<'a>>,
    processes: Vec<ProcessRow>,
}

/// The board; it comes anew by itself for whoever watches it.
pub(in crate::web) async fn page(
    State(app): State<App>,
    Extension(member): Extension<Member>,
    Query(said): Query<Said>,
) -> Response {
    let now = app.clock.now();
    let inner = app.clone();
    let read = to_the_end(async move { read(&inner, now).await });
    let Ok((standing, day)) = read.await else {
        return problem(&app, Problem::Unavailable);
    };
    let own = (app.process.as_str(), app.metrics.pace());
    let tempo = pace_of(&standing.processes, Some(own), now);
    let hops = tempo.hops_a_second();
    let page = BoardPage {
        shell: app.shell(Some(&member)),
        said: said.line(),
        watch: Watch::of(PATH, 15, &said),
        waiting: waiting(&standing),
        hops: format!("{:.1}", tempo.last_minute()),
        answers: answers(&tempo),
        highest: format!("{:.1}", hops.iter().copied().fold(0.0, f64::max)),
        pace: chart::columns("Hops a second, last five minutes", &hops),
        speeds: speeds(&tempo),
        ended: day.endings.iter().map(|(.., sessions)| sessions).sum(),
        endings: endings(&day.endings),
        lanes: lanes(&day.counts),
        rows: rows(&day),
        reasons: reasons(&day.counts),
        channels: channels(&app, &standing, &day.counts),
        processes: processes(&app, &standing),
        standing: &standing,
    };
    show(&app, &page)
}

async fn read(app: &App, now: Timestamp) -> Result<(Standing, Arc<DayFigures>), ActionError> {
    let mut tx = app.store.begin_read().await?;
    let standing = Standing::read(&mut tx, app.tools.policy.session_life(), now).await?;
    drop(tx);
    // Whoever comes meanwhile waits for the same figures, and holds no connection.
    let mut counted = app.counted().0.lock().await;
    if let Some((at, day)) = counted.as_ref()
        && at.elapsed() < FRESH
    {
        return Ok((standing, Arc::clone(day)));
    }
    let since = now.minus(DAY);
    let mut tx = app.store.begin_read().await?;
    let day = Arc::new(DayFigures {
        counts: outbox::figures(&mut tx, since).await?,
        handed_over: outbox::times_to(&mut tx, "accepted", since).await?,
        delivered: outbox::times_to(&mut tx, "delivered", since).await?,
        endings: conversations::endings(&mut tx, since).await?,
    });
    *counted = Some((Instant::now(), Arc::clone(&day)));
    Ok((standing, day))
}

fn waiting(standing: &Standing) -> String {
    let queued = standing.open.iter().filter(|open| open.state == "queued");
    let many: i64 = queued.clone().map(|open| open.count).sum();
    match queued.map(|open| open.oldest).min() {
        Some(oldest) => {
            let age = standing.at.since(oldest).as_secs();
            format!("{many}, the oldest for {age} s")
        }
        None => "none".to_owned(),
    }
}

fn answers(pace: &Pace) -> String {
    match (pace.within_s(50), pace.within_s(95)) {
        (Some(half), Some(most)) => format!(
            "half within {:.0} ms, 95 of 100 within {:.0} ms",
            half * 1000.0,
            most * 1000.0
        ),
        _ => "none".to_owned(),
    }
}

/// How many answers took how long.
fn speeds(pace: &Pace) -> Vec<Bar> {
    let answers = pace.answers();
    let most = answers.iter().map(|(_, count)| *count).max().unwrap_or(0);
    let longest = answers.iter().rev().find_map(|(bound, _)| *bound);
    let bar = |(bound, count): (Option<f64>, u32)| {
        let name = match (bound, longest) {
            (Some(bound), _) => format!("up to {:.0} ms", bound * 1000.0),
            (None, Some(longest)) => format!("over {:.0} ms", longest * 1000.0),
            (None, None) => String::new(),
        };
        let tone = match bound {
            Some(bound) if bound <= 1.0 => Tone::Good,
            _ => Tone::Bad,
        };
        Bar {
            svg: chart::stack(&name, &[(tone, count.into())], most.into()),
            figures: count.to_string(),
            name,
        }
    };
    let some = answers.into_iter().filter(|(_, count)| *count > 0);
    some.map(bar).collect()
}

fn tone_of(ending: Ending) -> Tone {
    match ending {
        Ending::Finished => Tone::Good,
        Ending::Left => Tone::Waits,
        Ending::Silent => Tone::Dim,
        Ending::Failed => Tone::Bad,
    }
}

/// Where sessions ended and how: where most were not finished comes first.
fn endings(counted: &[(String, Ending, u64)]) -> Vec<Bar> {
    let mut screens: BTreeMap<&str, BTreeMap<Ending, u64>> = BTreeMap::new();
    for (screen, ending, sessions) in counted {
        *screens
            .entry(screen)
            .or_default()
            .entry(*ending)
            .or_default() += sessions;
    }
    let unfinished = |how: &BTreeMap<Ending, u64>| -> u64 {
        let others = how
            .iter()
            .filter(|(ending, _)| **ending != Ending::Finished);
        others.map(|(_, sessions)| sessions).sum()
    };
    let whole = |how: &BTreeMap<Ending, u64>| how.values().sum::<u64>();
    let mut screens: Vec<_> = screens.into_iter().collect();
    screens.sort_by_key(|(_, how)| std::cmp::Reverse((unfinished(how), whole(how))));
    screens.truncate(SCREENS);
    let most = screens.iter().map(|(_, how)| whole(how)).max().unwrap_or(0);
    let bar = |(screen, how): (&str, BTreeMap<Ending, u64>)| {
        let parts = Ending::ALL.map(|ending| (ending, how.get(&ending).copied().unwrap_or(0)));
        let some = parts.iter().filter(|(_, count)| *count > 0);
        let words = some.map(|(ending, count)| format!("{} {count}", ending.name()));
        let figures = words.collect::<Vec<_>>().join(", ");
        let tones = parts.map(|(ending, count)| (tone_of(ending), count));
        Bar {
            svg: chart::stack(&figures, &tones, most),
            name: screen.to_owned(),
            figures,
        }
    };
    screens.into_iter().map(bar).collect()
}

/// The states of messages as a board tells them apart.
const STATES: [(&str, Tone); 4] = [
    ("delivered", Tone::Good),
    ("sent", Tone::Open),
    ("queued", Tone::Waits),
    ("failed", Tone::Bad),
];

fn place_of(state: &str) -> usize {
    match state {
        "delivered" => 0,
        "queued" | "sending" => 2,
        "failed" | "expired" => 3,
        _ => 1,
    }
}

/// How many messages are in which of [`STATES`].
fn by_state<'a>(counts: impl Iterator<Item = &'a Figure>) -> [u64; 4] {
    let mut sums = [0; 4];
    for one in counts {
        sums[place_of(&one.state)] += one.messages.unsigned_abs();
    }
    sums
}

fn bar_of(name: &str, sums: [u64; 4], most: u64) -> Bar {
    let parts: Vec<_> = STATES.iter().zip(sums).collect();
    let some = parts.iter().filter(|(_, count)| *count > 0);
    let words = some.map(|((state, _), count)| format!("{state} {count}"));
    let figures = words.collect::<Vec<_>>().join(", ");
    let tones: Vec<_> = parts
        .iter()
        .map(|((_, tone), count)| (*tone, *count))
        .collect();
    Bar {
        name: name.to_owned(),
        svg: chart::stack(&figures, &tones, most),
        figures,
    }
}

/// By lane, how many messages are in each state.
fn lanes(counts: &[Figure]) -> Vec<Bar> {
    let of = |lane: Lane| by_state(counts.iter().filter(move |one| one.lane == lane));
    let sums = Lane::ALL.map(|lane| (lane, of(lane)));
    let whole = |sums: &[u64; 4]| sums.iter().sum::<u64>();
    let most = sums.iter().map(|(_, sums)| whole(sums)).max().unwrap_or(0);
    let some = sums.into_iter().filter(|(_, sums)| whole(sums) > 0);
    some.map(|(lane, sums)| bar_of(lane.name(), sums, most))
        .collect()
}

fn rows(day: &DayFigures) -> Vec<(Place, Row)> {
    let mut rows: BTreeMap<Place, Row> = BTreeMap::new();
    for one in &day.counts {
        let place = (one.channel.clone(), one.network.clone(), one.lane.name());
        rows.entry(place).or_default().add(one);
    }
    let place = |times: &Times| {
        (
            times.channel.clone(),
            times.network.clone(),
            times.lane.name(),
        )
    };
    for times in &day.handed_over {
        let words = format!("{} / {}", in_words(times.p50_ms), in_words(times.p95_ms));
        rows.entry(place(times)).or_default().handed_over = words;
    }
    for times in &day.delivered {
        let both = (times.p50_ms, times.p95_ms);
        rows.entry(place(times)).or_default().arrived = Some(both);
    }
    rows.into_iter().collect()
}

/// A time as people say it.
fn in_words(ms: i64) -> String {
    let (s, min) = (ms / 1000, ms / 60_000);
    match ms {
        ..1_000 => format!("{ms} ms"),
        1_000..10_000 => format!("{s}.{} s", ms % 1000 / 100),
        10_000..120_000 => format!("{s} s"),
        120_000..7_200_000 => format!("{min} min"),
        _ => format!("{} h", min / 60),
    }
}

impl Row {
    fn add(&mut self, one: &Figure) {
        let counts = [
            &mut self.delivered,
            &mut self.sent,
            &mut self.queued,
            &mut self.failed,
        ];
        for (place, count) in counts.into_iter().enumerate() {
            if place == place_of(&one.state) {
                *count += one.messages;
            }
        }
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

    fn arrival(&self) -> String {
        let Some((half, most)) = self.arrived else {
            return String::new();
        };
        format!("{} / {}", in_words(half), in_words(most))
    }

    fn arrival_chart(&self) -> String {
        let chart = |(half, most)| chart::times(&self.arrival(), half, most);
        self.arrived.map(chart).unwrap_or_default()
    }
}

/// Why messages failed, the most frequent reason first.
fn reasons(counts: &[Figure]) -> Vec<(String, i64)> {
    let failed = |one: &&Figure| place_of(&one.state) == 3;
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

fn channels<'a>(app: &App, standing: &'a Standing, counts: &[Figure]) -> Vec<ChannelRow<'a>> {
    let held: BTreeMap<_, _> = standing
        .held
        .iter()
        .map(|(name, hold)| (name, hold))
        .collect();
    let configured = app.channels.iter().map(|channel| channel.name.clone());
    let names: BTreeSet<_> = configured
        .chain(held.keys().map(|name| (*name).clone()))
        .collect();
    let row = |name: String| {
        let sums = by_state(counts.iter().filter(|one| one.channel == name));
        ChannelRow {
            hold: held.get(&name).copied(),
            day: bar_of(&name, sums, sums.iter().sum()),
            name,
        }
    };
    names.into_iter().map(row).collect()
}

fn processes(app: &App, standing: &Standing) -> Vec<ProcessRow> {
    let row = |process: &crate::store::processes::Process| ProcessRow {
        parts: process.parts.clone(),
        version: process.version.clone(),
        since: process.started_at,
        worker: match process.silent_s {
            Some(silent) => format!("last round {silent} s before"),
            None => "none".to_owned(),
        },
        is_this: process.id == app.process,
    };
    standing.processes.iter().map(row).collect()
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
        let rules = &inner.tools.operator;
        let mut tx = inner.store.begin().await?;
        let resumed = staff::resume_channel(&mut tx, rules, &by, &which.channel, now).await?;
        tx.commit().await?;
        Ok::<_, ActionError>(resumed)
    });
    match resumed.await {
        Ok(Resumed::Done) => back(PATH, "done"),
        Ok(Resumed::NeedsAnother) => back(PATH, "first"),
        Ok(Resumed::NotHeld) => back(PATH, "nothing"),
        Err(Failed) => problem(&app, Problem::Unavailable),
    }
}
