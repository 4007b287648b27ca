//! Browsers that are logged in: one's own, and for managers everybody's.

use askama::Template;
use axum::Extension;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use crate::actions::ActionError;
use crate::actions::staff::{self, Member};
use crate::intake::{Failed, to_the_end};
use crate::store::staff_sessions::StaffSession;
use crate::web::app::App;
use crate::web::pages::Problem;

use super::filled::Filled;
use super::{Shell, problem, show, time_of};

#[derive(Template)]
#[template(path = "operator/sessions.html")]
struct SessionsPage<'a> {
    shell: Shell<'a>,
    member: &'a Member,
    sessions: &'a [StaffSession],
}

/// Lists them.
pub(in crate::web) async fn page(
    State(app): State<App>,
    Extension(member): Extension<Member>,
) -> Response {
    let (inner, who) = (app.clone(), member.clone());
    let found = to_the_end(async move {
        let mut tx = inner.store.begin_read().await?;
        staff::sessions(&mut tx, &who, inner.clock.now()).await
    });
    match found.await {
        Ok(sessions) => show(
            &app,
            &SessionsPage {
                shell: app.shell(Some(&member)),
                member: &member,
                sessions: &sessions,
            },
        ),
        Err(Failed) => problem(&app, Problem::Unavailable),
    }
}

#[derive(Deserialize)]
pub(in crate::web) struct Which {
    session: String,
}

/// Logs one out.
pub(in crate::web) async fn end(
    State(app): State<App>,
    Extension(member): Extension<Member>,
    Filled(which): Filled<Which>,
) -> Response {
    let inner = app.clone();
    let ended = to_the_end(async move {
        let mut tx = inner.store.begin().await?;
        let now = inner.clock.now();
        let ended = staff::end_session(&mut tx, &member, &which.session, now).await?;
        tx.commit().await?;
        Ok::<_, ActionError>(ended)
    });
    match ended.await {
        Ok(true) => Redirect::to("/operator/sessions").into_response(),
        Ok(false) => problem(&app, Problem::NotFound),
        Err(Failed) => problem(&app, Problem::Unavailable),
    }
}
