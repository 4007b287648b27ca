//! `/l`: a letter by the code of the SMS, for a browser that is not on the phone. Computers of
//! cyber cafes have many users: each form begins with a browser that knows nothing, and whoever
//! is done closes the letter.

use axum::extract::rejection::FormRejection;
use axum::extract::{Form, State};
use axum::http::{HeaderMap, Method};
use axum::response::{IntoResponse, Redirect, Response};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use crate::actions::{self, ActionError, CodeTried, CodeTyped};
use crate::crypto::{ShortCode, Token};
use crate::intake::{Failed, to_the_end};

use super::app::App;
use super::client::Client;
use super::cookie::Cookie;
use super::download;
use super::letter::{LetterFailed, draw};
use super::links::unavailable;
use super::pages::{LanguageWish, LetterCodePage, LetterCodeState, LetterOpenPage};
use super::site::unreadable;

/// Tells the browser that opened a letter by its code from others.
const BROWSER: Cookie = Cookie {
    name: "cp2_code",
    path: "/l",
};

const OPEN: &str = "/l/open";

/// An empty form, and a cookie that has opened nothing yet: whatever was open to this browser
/// is not any more.
pub(super) async fn form(State(app): State<App>, wish: LanguageWish) -> Response {
    let frame = app.look.frame(wish.settle(None));
    let state = LetterCodeState::Asking;
    let page = LetterCodePage { frame, state }.into_response();
    remember(&app, page, &Token::fresh())
}

#[derive(Deserialize)]
pub(super) struct Typed {
    code: SecretString,
    id_end: SecretString,
}

impl Typed {
    fn read(&self) -> Option<CodeTyped> {
        let id_end = self.id_end.expose_secret().trim();
        let are_digits =
            id_end.len() == actions::ID_DIGITS && id_end.bytes().all(|byte| byte.is_ascii_digit());
        Some(CodeTyped {
            code: ShortCode::parse(self.code.expose_secret())?,
            id_end: are_digits.then(|| id_end.to_owned())?,
        })
    }
}

/// A filled one: opens the letter to this browser.
pub(super) async fn open(
    State(app): State<App>,
    wish: LanguageWish,
    client: Client,
    headers: HeaderMap,
    form: Result<Form<Typed>, FormRejection>,
) -> Response {
    let frame = app.look.frame(wish.settle(None));
    let typed = match form {
        Ok(Form(typed)) => typed,
        Err(refusal) => return unreadable(frame, &refusal),
    };
    let page = |state| LetterCodePage { frame, state }.into_response();
    let Some(browser) = BROWSER.of(&headers) else {
        // Pressed again, the same form comes with the cookie.
        return remember(&app, page(LetterCodeState::NoCookie), &Token::fresh());
    };
    let Some(typed) = typed.read() else {
        return page(LetterCodeState::NoCode);
    };
    let inner = app.clone();
    let tried = to_the_end(async move {
        let (store, tools, now) = (&inner.store, &inner.tools, inner.clock.now());
        actions::try_code(store, tools, &typed, (client.0, &browser), now).await
    });
    match tried.await {
        Ok(CodeTried::Opened) => Redirect::to(&wish.keep(OPEN)).into_response(),
        Ok(CodeTried::Wrong) => page(LetterCodeState::Wrong),
        Ok(CodeTried::Locked(minutes)) => page(LetterCodeState::Locked { minutes }),
        Ok(CodeTried::TooMany(minutes)) => page(LetterCodeState::TooMany { minutes }),
        Err(Failed) => unavailable(frame),
    }
}

/// What to do with a letter that is open to this browser.
pub(super) async fn opened(
    State(app): State<App>,
    wish: LanguageWish,
    headers: HeaderMap,
) -> Response {
    let frame = app.look.frame(wish.settle(None));
    let Some(browser) = BROWSER.of(&headers) else {
        return Redirect::to(&wish.keep("/l")).into_response();
    };
    let (inner, now) = (app.clone(), app.clock.now());
    let found = to_the_end(async move {
        let mut tx = inner.store.begin_read().await?;
        actions::open_to(&mut tx, &browser, now).await
    });
    match found.await {
        Ok(Some(_)) => {
            let minutes = app.tools.policy.link_window_minutes;
            LetterOpenPage { frame, minutes }.into_response()
        }
        Ok(None) => Redirect::to(&wish.keep("/l")).into_response(),
        Err(Failed) => unavailable(frame),
    }
}

/// The letter itself, as often as its window is open, or the rest of it.
pub(super) async fn letter(
    State(app): State<App>,
    wish: LanguageWish,
    (method, headers): (Method, HeaderMap),
) -> Response {
    let again = || Redirect::to(&wish.keep("/l")).into_response();
    let Some(browser) = BROWSER.of(&headers) else {
        return again();
    };
    let inner = app.clone();
    let drawn = to_the_end(async move {
        let mut tx = inner.store.begin_read().await?;
        let found = actions::open_to(&mut tx, &browser, inner.clock.now()).await?;
        drop(tx);
        match found {
            Some(found) => draw(&inner, &found.person, &found.deployment).await,
            None => Ok::<_, LetterFailed>(None),
        }
    });
    match drawn.await {
        Ok(Some(pdf)) => download::letter(&method, &headers, &pdf),
        Ok(None) => again(),
        Err(Failed) => unavailable(app.look.frame(wish.settle(None))),
    }
}

/// Closes it before its time.
pub(super) async fn close(
    State(app): State<App>,
    wish: LanguageWish,
    headers: HeaderMap,
) -> Response {
    if let Some(browser) = BROWSER.of(&headers) {
        let inner = app.clone();
        let closed = to_the_end(async move {
            let mut tx = inner.store.begin().await?;
            actions::close_to(&mut tx, &browser, inner.clock.now()).await?;
            Ok::<_, ActionError>(tx.commit().await?)
        });
        if let Err(Failed) = closed.await {
            return unavailable(app.look.frame(wish.settle(None)));
        }
    }
    let mut response = Redirect::to(&wish.keep("/l")).into_response();
    BROWSER.remove(&mut response, app.https);
    response
}

fn remember(app: &App, mut response: Response, browser: &Token) -> Response {
    let life = app.tools.policy.link_window();
    BROWSER.put(&mut response, browser, life, app.https);
    response
}
