//! One-time links to letters. Robots look at links before people do, so looking
//! changes nothing; only the button redeems.

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, Method};
use axum::response::{IntoResponse, Response};

use crate::actions;
use crate::crypto::Token;
use crate::intake::{Failed, to_the_end};

use super::app::App;
use super::cookie::Cookie;
use super::download;
use super::letter::{LetterFailed, draw};
use super::pages::{ErrorPage, Frame, LanguageWish, LinkGonePage, LinkPage, Problem};

/// Tells the browser that redeemed a link from others. It is given before anything is
/// redeemed, so that a second click comes from the same browser as the first. One for all
/// links: their tokens stay out of it.
const BROWSER: Cookie = Cookie {
    name: "cp2_link",
    path: "/l/",
};

/// Shows a button, or how to get another link; the letter to the browser that has
/// redeemed the link, which may go on with a download.
pub(super) async fn look(
    State(app): State<App>,
    token: Result<Path<String>, PathRejection>,
    wish: LanguageWish,
    (method, headers): (Method, HeaderMap),
) -> Response {
    let browser = BROWSER.of(&headers);
    let found = match read(token) {
        Some(token) => to_the_end(find(app.clone(), token, browser.clone())).await,
        None => Ok(Found::Nothing),
    };
    let frame = app.look.frame(wish.settle(None));
    match found {
        Ok(Found::Letter(pdf)) => download::letter(&method, &headers, &pdf),
        Ok(Found::Button) => {
            let minutes = app.tools.policy.link_window_minutes;
            let page = LinkPage { frame, minutes }.into_response();
            remember(&app, page, &browser.unwrap_or_else(Token::fresh))
        }
        Ok(Found::Nothing) => LinkGonePage { frame }.into_response(),
        Err(Failed) => unavailable(frame),
    }
}

/// Opens the letter, to one browser.
pub(super) async fn redeem(
    State(app): State<App>,
    token: Result<Path<String>, PathRejection>,
    wish: LanguageWish,
    headers: HeaderMap,
) -> Response {
    let browser = BROWSER.of(&headers).unwrap_or_else(Token::fresh);
    let opened = match read(token) {
        Some(token) => to_the_end(open(app.clone(), token, browser.clone())).await,
        None => Ok(None),
    };
    let frame = app.look.frame(wish.settle(None));
    match opened {
        Ok(Some(pdf)) => {
            let letter = download::letter(&Method::POST, &headers, &pdf);
            remember(&app, letter, &browser)
        }
        Ok(None) => LinkGonePage { frame }.into_response(),
        Err(Failed) => unavailable(frame),
    }
}

fn remember(app: &App, mut response: Response, browser: &Token) -> Response {
    let life = app.tools.policy.link_window();
    BROWSER.put(&mut response, browser, life, app.https);
    response
}

pub(super) fn unavailable(frame: Frame<'_>) -> Response {
    let problem = Problem::Unavailable;
    ErrorPage { frame, problem }.into_response()
}

/// What a browser finds that only looks.
enum Found {
    Letter(Vec<u8>),
    Button,
    Nothing,
}

async fn find(app: App, token: Token, browser: Option<Token>) -> Result<Found, LetterFailed> {
    let mut tx = app.store.begin_read().await?;
    let opened = actions::behind_link(&mut tx, &token, browser.as_ref(), app.clock.now()).await?;
    drop(tx);
    Ok(match opened {
        Some(opened) if opened.redeemed => {
            let pdf = draw(&app, &opened.person, &opened.deployment).await?;
            pdf.map_or(Found::Nothing, Found::Letter)
        }
        Some(_) => Found::Button,
        None => Found::Nothing,
    })
}

/// The letter is drawn before its link is used up: a letter that fails costs no link,
/// and no unit of work waits for the drawing.
async fn open(app: App, token: Token, browser: Token) -> Result<Option<Vec<u8>>, LetterFailed> {
    let mut tx = app.store.begin_read().await?;
    let opened = actions::behind_link(&mut tx, &token, Some(&browser), app.clock.now()).await?;
    drop(tx);
    let Some(opened) = opened else {
        return Ok(None);
    };
    let pdf = draw(&app, &opened.person, &opened.deployment).await?;
    if opened.redeemed || pdf.is_none() {
        return Ok(pdf);
    }
    let mut tx = app.store.begin().await?;
    let policy = &app.tools.policy;
    let ours = actions::redeem_link(&mut tx, policy, &token, &browser, app.clock.now()).await?;
    tx.commit().await?;
    Ok(pdf.filter(|_| ours))
}

fn read(token: Result<Path<String>, PathRejection>) -> Option<Token> {
    token.ok().and_then(|Path(token)| Token::parse(&token))
}
