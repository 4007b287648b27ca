//! `/v`: whether a printed letter is genuine, for anybody who holds it.

use axum::extract::rejection::{PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use crate::actions::{self, Verdict};
use crate::domain::CheckCode;
use crate::intake::{Failed, to_the_end};

use super::app::App;
use super::pages::{CheckPage, CheckState, Checked, ErrorPage, LanguageWish, Problem};

#[derive(Deserialize)]
pub(super) struct Typed {
    #[serde(default)]
    code: String,
}

/// A form for the code; a filled one leads to the page that the QR code leads to.
pub(super) async fn form(
    State(app): State<App>,
    wish: LanguageWish,
    typed: Result<Query<Typed>, QueryRejection>,
) -> Response {
    let language = wish.settle(None);
    let frame = app.look.frame(language);
    let typed = typed.map_or_else(|_| String::new(), |Query(typed)| typed.code);
    if typed.is_empty() {
        let state = CheckState::Asking;
        return CheckPage { frame, state }.into_response();
    }
    let Some(code) = CheckCode::parse(&typed) else {
        let state = CheckState::NoCode;
        return CheckPage { frame, state }.into_response();
    };
    let place = format!("/v/{}?lang={}", code.as_str(), language.code());
    Redirect::to(&place).into_response()
}

/// What a code comes to.
pub(super) async fn verdict(
    State(app): State<App>,
    wish: LanguageWish,
    code: Result<Path<String>, PathRejection>,
) -> Response {
    let language = wish.settle(None);
    let frame = app.look.frame(language);
    let code = code.ok().and_then(|Path(code)| CheckCode::parse(&code));
    let Some(code) = code else {
        let state = CheckState::NoCode;
        return CheckPage { frame, state }.into_response();
    };
    let inner = app.clone();
    let verdict = to_the_end(async move {
        let mut tx = inner.store.begin_read().await?;
        actions::check_letter(&mut tx, &inner.tools.keys, &code).await
    });
    let state = match verdict.await {
        Ok(Verdict::Genuine(letter)) => {
            let work = &letter.deployment;
            CheckState::Genuine(Checked {
                series: work.series,
                role: work.role,
                centre: format!("{} {}", work.centre.code.as_str(), work.centre.name),
                starts_on: work.starts_on,
                ends_on: work.ends_on,
                id_end: letter.id_end.clone(),
            })
        }
        Ok(Verdict::Withdrawn) => CheckState::Withdrawn,
        Ok(Verdict::Forged) => CheckState::Forged,
        Err(Failed) => {
            let problem = Problem::Unavailable;
            return ErrorPage { frame, problem }.into_response();
        }
    };
    CheckPage { frame, state }.into_response()
}
