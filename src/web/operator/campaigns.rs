//! Campaigns: what they come to, how far they have come, and steering them.

use askama::Template;
use axum::Extension;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, Query, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use crate::actions::campaign::{
    self, COLUMNS, Estimate, PAGE, PlanError, Steered, Step, cells, estimate, steer,
};
use crate::actions::staff::Member;
use crate::actions::{ActionError, has_read};
use crate::domain::{Duty, Msisdn};
use crate::intake::{Failed, to_the_end};
use crate::store::campaigns::{self, Campaign, Stage, Tally};
use crate::web::app::App;
use crate::web::pages::Problem;

use super::filled::Filled;
use super::said::{Said, back};
use super::watch::Watch;
use super::{Shell, TableError, chart, problem, show, time_of};

#[derive(Template)]
#[template(path = "operator/campaigns.html")]
struct CampaignsPage<'a> {
    shell: Shell<'a>,
    campaigns: &'a [Campaign],
}

#[derive(Template)]
#[template(path = "operator/campaign.html")]
struct CampaignPage<'a> {
    shell: Shell<'a>,
    said: Option<&'static str>,
    watch: Option<Watch>,
    campaign: &'a Campaign,
    /// Of one that is not started.
    estimate: Option<Estimate>,
    tally: &'a [Tally],
    left: u64,
    whole: u64,
    bar: String,
    steps: &'static [(&'static str, &'static str)],
}

/// All of them, the newest first.
pub(in crate::web) async fn list(
    State(app): State<App>,
    Extension(member): Extension<Member>,
) -> Response {
    let inner = app.clone();
    let found = to_the_end(async move {
        let mut tx = inner.store.begin_read().await?;
        campaigns::all(&mut tx).await
    });
    let Ok(campaigns) = found.await else {
        return problem(&app, Problem::Unavailable);
    };
    let page = CampaignsPage {
        shell: app.shell(Some(&member)),
        campaigns: &campaigns,
    };
    show(&app, &page)
}

/// One of them; while it is being sent, the page comes anew by itself for whoever watches it.
pub(in crate::web) async fn page(
    State(app): State<App>,
    Extension(member): Extension<Member>,
    reference: Result<Path<String>, PathRejection>,
    Query(said): Query<Said>,
) -> Response {
    let Ok(Path(reference)) = reference else {
        return problem(&app, Problem::NotFound);
    };
    let inner = app.clone();
    let (campaign, estimate, tally) =
        match to_the_end(async move { look(&inner, &reference).await }).await {
            Ok(Some(found)) => found,
            Ok(None) => return problem(&app, Problem::NotFound),
            Err(Failed) => return problem(&app, Problem::Unavailable),
        };
    let sum = |wanted: fn(&Tally) -> bool| {
        let parts = tally.iter().filter(|part| wanted(part));
        parts.map(|part| part.people).sum::<u64>()
    };
    let (left, badly, whole) = (sum(Tally::waits), sum(Tally::has_failed), sum(|_| true));
    let path = format!("/operator/campaigns/{}", campaign.reference);
    let watch = (campaign.stage == Stage::Running).then(|| Watch::of(&path, 5, &said));
    let page = CampaignPage {
        shell: app.shell(Some(&member)),
        said: said.line(),
        watch,
        estimate,
        tally: &tally,
        left,
        whole,
        bar: chart::progress(whole - left - badly, badly, whole),
        steps: steps(campaign.stage),
        campaign: &campaign,
    };
    show(&app, &page)
}

async fn look(
    app: &App,
    reference: &str,
) -> Result<Option<(Campaign, Option<Estimate>, Vec<Tally>)>, ActionError> {
    let mut tx = app.store.begin_read().await?;
    let Some(campaign) = campaigns::by_reference(&mut tx, reference).await? else {
        return Ok(None);
    };
    let sum = if campaign.stage == Stage::Draft {
        let sender = app.senders.get(&campaign.channel);
        let sender = sender.unwrap_or(&campaign.channel);
        Some(estimate(&mut tx, &campaign, sender, app.cents_per_sms).await?)
    } else {
        None
    };
    let tally = campaigns::tally(&mut tx, reference).await?;
    Ok(Some((campaign, sum, tally)))
}

/// What can be done with a campaign that has come so far.
fn steps(stage: Stage) -> &'static [(&'static str, &'static str)] {
    match stage {
        Stage::Draft => &[("start", "Start"), ("cancel", "Give up")],
        Stage::Running => &[("pause", "Hold"), ("cancel", "Give up")],
        Stage::Paused => &[("resume", "Go on"), ("cancel", "Give up")],
        Stage::Done | Stage::Cancelled => &[],
    }
}

#[derive(Deserialize)]
pub(in crate::web) struct Steering {
    step: String,
}

/// Steers one.
pub(in crate::web) async fn take_step(
    State(app): State<App>,
    Extension(member): Extension<Member>,
    reference: Result<Path<String>, PathRejection>,
    Filled(steering): Filled<Steering>,
) -> Response {
    let step = match steering.step.as_str() {
        "start" => Step::Start,
        "pause" => Step::Pause,
        "resume" => Step::Resume,
        "cancel" => Step::Cancel,
        _ => return problem(&app, Problem::Unreadable),
    };
    let Ok(Path(reference)) = reference else {
        return problem(&app, Problem::NotFound);
    };
    let path = format!("/operator/campaigns/{reference}");
    let inner = app.clone();
    let steered = to_the_end(async move {
        let actor = member.name.actor();
        let (rules, by) = (&inner.tools.operator, (actor.as_str(), inner.clock.now()));
        let mut tx = inner.store.begin().await?;
        let steered = steer(&mut tx, rules, &reference, step, by).await?;
        tx.commit().await?;
        Ok::<_, ActionError>(steered)
    });
    match steered.await {
        Ok(Steered::Done) => back(&path, "done"),
        Ok(Steered::NeedsAnother) => back(&path, "first"),
        Ok(Steered::NotThere) => back(&path, "not_waiting"),
        Err(Failed) => problem(&app, Problem::Unavailable),
    }
}

#[derive(Deserialize)]
pub(in crate::web) struct Trial {
    to: String,
}

/// Sends its texts with made-up data to one number.
pub(in crate::web) async fn try_out(
    State(app): State<App>,
    Extension(member): Extension<Member>,
    reference: Result<Path<String>, PathRejection>,
    Filled(trial): Filled<Trial>,
) -> Response {
    let Ok(Path(reference)) = reference else {
        return problem(&app, Problem::NotFound);
    };
    let path = format!("/operator/campaigns/{reference}");
    let Ok(to) = Msisdn::parse(&trial.to) else {
        return back(&path, "no_number");
    };
    let inner = app.clone();
    let tried = to_the_end(async move {
        let (by, now) = (member.name.actor(), inner.clock.now());
        let mut tx = inner.store.begin().await.map_err(ActionError::from)?;
        let found = campaigns::by_reference(&mut tx, &reference).await;
        let Some(campaign) = found.map_err(ActionError::from)? else {
            return Ok(false);
        };
        campaign::try_out(&mut tx, &inner.tools, &campaign, &to, &by, now).await?;
        tx.commit().await.map_err(ActionError::from)?;
        Ok::<_, PlanError>(true)
    });
    match tried.await {
        Ok(true) => {
            app.ring();
            back(&path, "tried")
        }
        Ok(false) => problem(&app, Problem::NotFound),
        Err(Failed) => problem(&app, Problem::Unavailable),
    }
}

/// What became of each person's message, as a table to keep.
pub(in crate::web) async fn results(
    State(app): State<App>,
    Extension(member): Extension<Member>,
    reference: Result<Path<String>, PathRejection>,
) -> Response {
    let Ok(Path(reference)) = reference else {
        return problem(&app, Problem::NotFound);
    };
    let inner = app.clone();
    let table = to_the_end(async move {
        let mut tx = inner.store.begin().await?;
        if campaigns::by_reference(&mut tx, &reference)
            .await?
            .is_none()
        {
            return Ok(None);
        }
        let what = ("campaign.results_read", Some(reference.clone()));
        let by = member.name.actor();
        has_read(&mut tx, &by, what, &[], inner.clock.now()).await?;
        tx.commit().await?;
        table(&inner, &reference).await.map(Some)
    });
    match table.await {
        Ok(Some(table)) => (
            [
                (CONTENT_TYPE, "text/csv; charset=utf-8"),
                (CONTENT_DISPOSITION, "attachment; filename=\"campaign.csv\""),
            ],
            table,
        )
            .into_response(),
        Ok(None) => problem(&app, Problem::NotFound),
        Err(Failed) => problem(&app, Problem::Unavailable),
    }
}

async fn table(app: &App, reference: &str) -> Result<Vec<u8>, TableError> {
    let mut table = csv::Writer::from_writer(Vec::new());
    table.write_record(COLUMNS)?;
    let mut tx = app.store.begin_read().await?;
    let mut after = String::new();
    loop {
        let page = campaigns::outcomes(&mut tx, reference, &after, PAGE).await?;
        for outcome in &page {
            table.write_record(cells(outcome))?;
        }
        match page.last() {
            Some(last) => after.clone_from(&last.person),
            None => break,
        }
    }
    table
        .into_inner()
        .map_err(|error| csv::Error::from(error.into_error()).into())
}

fn shillings(cents: u64) -> String {
    format!("{}.{:02}", cents / 100, cents % 100)
}
