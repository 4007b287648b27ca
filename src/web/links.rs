//! One-time links to letters. Robots look at links before people do, so looking
//! changes nothing; only the button redeems.

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use tokio::task::spawn_blocking;

use crate::actions::{self, Opened};
use crate::crypto::Token;
use crate::letters::{Check, LetterData};

use super::app::App;
use super::pages::{ErrorPage, LanguageWish, LinkGonePage, LinkPage, Problem};
use super::respond::{Failed, to_the_end};

/// Shows a button, or how to get another link.
pub(super) async fn look(
    State(app): State<App>,
    token: Result<Path<String>, PathRejection>,
    wish: LanguageWish,
) -> Response {
    let language = wish.settle(None);
    let Some(token) = read(token) else {
        return LinkGonePage {
            frame: app.look.frame(language),
        }
        .into_response();
    };
    let inner = app.clone();
    let open = to_the_end(async move {
        let mut tx = inner.store.begin_read().await?;
        actions::behind_link(&mut tx, &token, inner.clock.now()).await
    });
    let frame = app.look.frame(language);
    match open.await {
        Ok(Some(_)) => LinkPage { frame }.into_response(),
        Ok(None) => LinkGonePage { frame }.into_response(),
        Err(Failed) => ErrorPage {
            frame,
            problem: Problem::Unavailable,
        }
        .into_response(),
    }
}

/// Opens the letter, once.
pub(super) async fn redeem(
    State(app): State<App>,
    token: Result<Path<String>, PathRejection>,
    wish: LanguageWish,
) -> Response {
    let language = wish.settle(None);
    let Some(token) = read(token) else {
        return LinkGonePage {
            frame: app.look.frame(language),
        }
        .into_response();
    };
    let opened = to_the_end(open_letter(app.clone(), token));
    let frame = app.look.frame(language);
    match opened.await {
        Ok(Some(pdf)) => {
            let headers = [
                (header::CONTENT_TYPE, "application/pdf"),
                (
                    header::CONTENT_DISPOSITION,
                    "attachment; filename=\"appointment-letter.pdf\"",
                ),
            ];
            (headers, pdf).into_response()
        }
        Ok(None) => LinkGonePage { frame }.into_response(),
        Err(Failed) => ErrorPage {
            frame,
            problem: Problem::Unavailable,
        }
        .into_response(),
    }
}

/// The letter is drawn before its link is used up: a letter that fails costs no link,
/// and no unit of work waits for the drawing.
async fn open_letter(app: App, token: Token) -> Result<Option<Vec<u8>>, RedeemError> {
    let mut tx = app.store.begin_read().await?;
    let opened = actions::behind_link(&mut tx, &token, app.clock.now()).await?;
    drop(tx);
    let Some(opened) = opened else {
        return Ok(None);
    };
    let Some(data) = letter_data(&app, &opened) else {
        return Ok(None);
    };
    let drawer = app.clone();
    let pdf = spawn_blocking(move || drawer.letters.render(&data)).await??;
    let mut tx = app.store.begin().await?;
    let ours = actions::redeem_link(&mut tx, &token, &opened, app.clock.now()).await?;
    tx.commit().await?;
    Ok(ours.then_some(pdf))
}

fn read(token: Result<Path<String>, PathRejection>) -> Option<Token> {
    token.ok().and_then(|Path(token)| Token::parse(&token))
}

#[derive(Debug, thiserror::Error)]
enum RedeemError {
    #[error(transparent)]
    Action(#[from] actions::ActionError),
    #[error(transparent)]
    Store(#[from] crate::store::StoreError),
    #[error(transparent)]
    Letter(#[from] crate::letters::LetterError),
    #[error("the letter was not drawn")]
    Cut(#[from] tokio::task::JoinError),
}

/// None for a person without a line: their links closed when it went.
fn letter_data(app: &App, opened: &Opened) -> Option<LetterData> {
    let Opened { person, deployment } = opened;
    let reports = deployment.reports_at.datetime_in_kenya();
    let series = deployment.series;
    Some(LetterData {
        reference: format!(
            "KNEC/GEN/EA/FA/SI/APP/{}/{}/{}/{:07}",
            series.exam.code(),
            deployment.role.code(),
            series.year,
            deployment.serial
        ),
        serial: deployment.serial,
        issued_on: deployment.issued_on,
        name: person.name.clone(),
        national_id: person.national_id.clone(),
        tsc_number: person.tsc_number.clone(),
        mobile: person.msisdn.clone()?,
        town: person.town.clone(),
        role: deployment.role,
        series,
        centre_code: deployment.centre.code.clone(),
        centre_name: deployment.centre.name.clone(),
        sub_county: deployment.centre.sub_county.clone(),
        county: deployment.centre.county.clone(),
        report_on: reports.date(),
        report_at: reports.time(),
        from: deployment.starts_on,
        to: deployment.ends_on,
        rate_per_day: Some(deployment.rate),
        distribution_centre: Some(deployment.centre.distribution_centre.clone()),
        paper: None,
        reply_by: None,
        check: Check {
            code: app.tools.keys.check_code(deployment.serial),
            place: format!("{}/v", app.tools.public_url),
        },
    })
}
