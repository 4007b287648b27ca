//! The doors of the thin site: log in with what SMS delivered, log out.

use axum::extract::rejection::FormRejection;
use axum::extract::{Form, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use zeroize::Zeroizing;

use crate::actions::{self, ActionError, LogIn};
use crate::domain::{PersonId, UserName};
use crate::intake::{Failed, to_the_end};

use super::app::App;
use super::pages::{ErrorPage, Frame, HomePage, LanguageWish, LoginError, LoginPage, Problem};
use super::visit::{COOKIE, remember};

/// What the service is.
pub(super) async fn home(State(app): State<App>, wish: LanguageWish) -> Response {
    HomePage {
        frame: app.look.frame(wish.settle(None)),
    }
    .into_response()
}

/// The crest, which browsers keep: another one has another address.
pub(super) async fn crest(State(app): State<App>) -> Response {
    kept("image/svg+xml", app.look.crest())
}

/// The stylesheet of the console; kept as the crest is.
pub(super) async fn console_sheet(State(app): State<App>) -> Response {
    kept("text/css; charset=utf-8", app.look.console_sheet())
}

fn kept(kind: &'static str, content: &str) -> Response {
    let headers = [
        (header::CONTENT_TYPE, kind),
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
    ];
    (headers, content.to_owned()).into_response()
}

/// An empty form.
pub(super) async fn login_form(State(app): State<App>, wish: LanguageWish) -> Response {
    let frame = app.look.frame(wish.settle(None));
    LoginPage {
        frame,
        user_name: "",
        error: None,
    }
    .into_response()
}

#[derive(Deserialize)]
pub(super) struct Credentials {
    user_name: String,
    password: SecretString,
}

/// A filled one.
pub(super) async fn log_in(
    State(app): State<App>,
    wish: LanguageWish,
    form: Result<Form<Credentials>, FormRejection>,
) -> Response {
    let frame = app.look.frame(wish.settle(None));
    let credentials = match form {
        Ok(Form(credentials)) => credentials,
        Err(refusal) => return unreadable(frame, &refusal),
    };
    let user = UserName::parse(&credentials.user_name);
    let own_page = match user {
        Some(UserName::Centre(_)) => "/centre",
        _ => "/me",
    };
    let page = |error| {
        LoginPage {
            frame,
            user_name: &credentials.user_name,
            error: Some(error),
        }
        .into_response()
    };
    let password = Zeroizing::new(credentials.password.expose_secret().to_owned());
    let inner = app.clone();
    let logged_in = to_the_end(async move {
        let (store, tools, now) = (&inner.store, &inner.tools, inner.clock.now());
        if let Some(user) = &user
            && let Some(wait) = actions::count_log_in(store, tools, user, now).await?
        {
            return Ok(Err(wait));
        }
        actions::log_in(store, tools, user, password, now)
            .await
            .map(Ok)
    });
    match logged_in.await {
        Ok(Err(wait)) => page(LoginError::Wait {
            minutes: wait.minutes(),
        }),
        Ok(Ok(LogIn::Done(token))) => {
            let response = Redirect::to(&wish.keep(own_page)).into_response();
            remember(&app, response, &token)
        }
        Ok(Ok(LogIn::Refused(known))) => {
            if let Some(person) = known {
                app.later.spawn(refused(app.clone(), person));
            }
            page(LoginError::Mismatch)
        }
        Err(Failed) => ErrorPage {
            frame,
            problem: Problem::Unavailable,
        }
        .into_response(),
    }
}

async fn refused(app: App, person: PersonId) {
    let now = app.clock.now();
    // A failure stands in the log.
    let _ = to_the_end(async move { actions::log_in_failed(&app.store, &person, None, now).await })
        .await;
}

pub(super) fn unreadable(frame: Frame<'_>, refusal: &FormRejection) -> Response {
    let problem = match refusal.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Problem::TooLarge,
        _ => Problem::Unreadable,
    };
    ErrorPage { frame, problem }.into_response()
}

/// What a button to log out says.
#[derive(Default, Deserialize)]
pub(super) struct Leaving {
    everywhere: Option<String>,
}

/// Ends the visit.
pub(super) async fn log_out(
    State(app): State<App>,
    wish: LanguageWish,
    headers: HeaderMap,
    form: Result<Form<Leaving>, FormRejection>,
) -> Response {
    if let Some(token) = COOKIE.of(&headers) {
        let Form(leaving) = form.unwrap_or_default();
        let everywhere = leaving.everywhere.is_some();
        let inner = app.clone();
        let ended = to_the_end(async move {
            let mut tx = inner.store.begin().await?;
            actions::log_out(&mut tx, &token, everywhere, inner.clock.now()).await?;
            Ok::<_, ActionError>(tx.commit().await?)
        });
        if let Err(Failed) = ended.await {
            return ErrorPage {
                frame: app.look.frame(wish.settle(None)),
                problem: Problem::Unavailable,
            }
            .into_response();
        }
    }
    let mut response = Redirect::to(&wish.keep("/login")).into_response();
    COOKIE.remove(&mut response, app.https);
    response
}
