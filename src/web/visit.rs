//! The browser of somebody who is logged in.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Redirect, Response};

use crate::actions::{self, Visitor};
use crate::crypto::Token;
use crate::intake::{Failed, to_the_end};

use super::app::App;
use super::cookie::Cookie;
use super::pages::{ErrorPage, LanguageWish, Problem};

/// Says who is logged in.
pub(super) const COOKIE: Cookie = Cookie {
    name: "cp2",
    path: "/",
};

/// Whoever is logged in; all others are sent to the form.
pub(super) struct Visit(pub(super) Visitor);

/// The same, once their password is one of their own; until then they are sent to choose
/// one.
pub(super) struct SettledVisit(pub(super) Visitor);

impl FromRequestParts<App> for Visit {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        let Ok(wish) = LanguageWish::from_request_parts(parts, app).await;
        let log_in = || Redirect::to(&wish.keep("/login")).into_response();
        let token = COOKIE.of(&parts.headers).ok_or_else(log_in)?;
        let inner = app.clone();
        let found = to_the_end(async move {
            let policy = &inner.tools.policy;
            actions::visitor(&inner.store, policy, &token, inner.clock.now()).await
        });
        let visitor = found.await.map_err(|Failed| {
            let frame = app.look.frame(wish.settle(None));
            let problem = Problem::Unavailable;
            ErrorPage { frame, problem }.into_response()
        })?;
        visitor.map(Self).ok_or_else(log_in)
    }
}

impl FromRequestParts<App> for SettledVisit {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        let Visit(visitor) = Visit::from_request_parts(parts, app).await?;
        if visitor.must_change {
            let Ok(wish) = LanguageWish::from_request_parts(parts, app).await;
            return Err(Redirect::to(&wish.keep("/me/password")).into_response());
        }
        Ok(Self(visitor))
    }
}

/// Lets the browser keep the visit that has begun.
pub(super) fn remember(app: &App, mut response: Response, token: &Token) -> Response {
    COOKIE.put(
        &mut response,
        token,
        app.tools.policy.login_life(),
        app.https,
    );
    response
}
