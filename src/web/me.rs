//! `/me`: what a person sees of themselves, and their letters.

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, Method};
use axum::response::{IntoResponse, Response};

use crate::actions::{self, Visitor, Way, Work};
use crate::domain::{DeploymentId, Language, Msisdn, clock_time, long_date};
use crate::intake::{Failed, to_the_end};
use crate::menus::Fields;
use crate::store::deployments::Deployment;

use super::app::App;
use super::desk::Desk;
use super::download;
use super::letter::{LetterFailed, draw};
use super::pages::{DeploymentCard, ErrorPage, LanguageWish, MePage, Problem};
use super::visit::SettledVisit;

/// A person's own page.
pub(super) async fn page(desk: Desk) -> Response {
    let (app, id) = (desk.app.clone(), desk.visitor.person.id.clone());
    let found = to_the_end(async move {
        let mut tx = app.store.begin_read().await?;
        actions::work_of(&mut tx, &id).await
    });
    let Ok(work) = found.await else {
        return desk.unavailable();
    };
    let known = match desk.run("caller.recognise", Fields::new()).await {
        Ok(known) => known,
        Err(page) => return page,
    };
    let person = &desk.visitor.person;
    let cards: Vec<_> = work.iter().map(|work| card(work, desk.language)).collect();
    MePage {
        frame: desk.frame(),
        name: person.name.as_str(),
        user_name: person.msisdn.as_ref().map_or("", Msisdn::as_str),
        is_invited: known.is("invited"),
        is_manager: known.is("manager"),
        deployments: &cards,
    }
    .into_response()
}

/// The letter of one of their deployments, as often as they like; each time is written down.
pub(super) async fn letter(
    State(app): State<App>,
    wish: LanguageWish,
    SettledVisit(visitor): SettledVisit,
    deployment: Result<Path<String>, PathRejection>,
    (method, headers): (Method, HeaderMap),
) -> Response {
    let frame = app.look.frame(wish.settle(None));
    let problem = |problem| ErrorPage { frame, problem }.into_response();
    let deployment = deployment.ok().map(|Path(id)| DeploymentId::parse(&id));
    let Some(Ok(deployment)) = deployment else {
        return problem(Problem::NotFound);
    };
    match to_the_end(own_letter(app.clone(), visitor, deployment)).await {
        Ok(Some(pdf)) => download::letter(&method, &headers, &pdf),
        Ok(None) => problem(Problem::ByPhone),
        Err(Failed) => problem(Problem::Unavailable),
    }
}

async fn own_letter(
    app: App,
    visitor: Visitor,
    deployment: DeploymentId,
) -> Result<Option<Vec<u8>>, LetterFailed> {
    let Some(line) = visitor.person.msisdn else {
        return Ok(None);
    };
    let Some(channel) = app.channels.iter().next() else {
        return Ok(None);
    };
    let way = (Way::Web, channel.name.as_str());
    let mut tx = app.store.begin().await?;
    let work = Work::of_nobody(&mut tx, &app.tools, &line, way, app.clock.now());
    let found = actions::own_letter(work, &deployment).await?;
    tx.commit().await?;
    match found {
        Some((person, deployment)) => draw(&app, &person, &deployment).await,
        None => Ok(None),
    }
}

fn card(deployment: &Deployment, language: Language) -> DeploymentCard {
    let reports = deployment.reports_at.datetime_in_kenya();
    let role = match language {
        Language::En => deployment.role.english().to_owned(),
        Language::Sw => format!(
            "{} ({})",
            deployment.role.kiswahili(),
            deployment.role.code()
        ),
    };
    DeploymentCard {
        letter: format!("/me/letters/{}", deployment.id),
        series: deployment.series.to_string(),
        role,
        centre_code: deployment.centre.code.as_str().to_owned(),
        centre_name: deployment.centre.name.clone(),
        sub_county: deployment.centre.sub_county.clone(),
        report: format!(
            "{}, {}",
            long_date(reports.date(), language),
            clock_time(reports.time())
        ),
        from: long_date(deployment.starts_on, language),
        to: long_date(deployment.ends_on, language),
        rate: deployment.rate.to_string(),
        distribution_centre: deployment.centre.distribution_centre.clone(),
    }
}
