//! What is kept about a person, handed to them or erased, when they ask for it.

use axum::Extension;
use axum::extract::Path;
use axum::extract::State;
use axum::extract::rejection::PathRejection;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use crate::actions::ActionError;
use crate::actions::personal::{self, Erased};
use crate::actions::staff::Member;
use crate::intake::{Failed, to_the_end};
use crate::web::app::App;
use crate::web::pages::Problem;

use super::filled::Filled;
use super::people::person_id;
use super::problem;
use super::said::back;

/// All of it, as a file for them.
pub(in crate::web) async fn export(
    State(app): State<App>,
    Extension(member): Extension<Member>,
    id: Result<Path<String>, PathRejection>,
) -> Response {
    let Some(id) = person_id(id) else {
        return problem(&app, Problem::NotFound);
    };
    let inner = app.clone();
    let gathered = to_the_end(async move {
        let actor = member.name.actor();
        let (by, now) = (inner.decider(&actor), inner.clock.now());
        let mut tx = inner.store.begin().await?;
        let all = personal::export(&mut tx, &inner.tools, by, &id, now).await?;
        tx.commit().await?;
        Ok::<_, ActionError>(all)
    });
    match gathered.await {
        Ok(Some(all)) => (
            [
                (CONTENT_TYPE, "application/json"),
                (CONTENT_DISPOSITION, "attachment; filename=\"person.json\""),
            ],
            format!("{all:#}\n"),
        )
            .into_response(),
        Ok(None) => problem(&app, Problem::NotFound),
        Err(Failed) => problem(&app, Problem::Unavailable),
    }
}

/// That it is meant: a slip of the finger erases nobody.
#[derive(Deserialize)]
pub(in crate::web) struct Meant {
    #[serde(default)]
    meant: String,
}

/// Erases them.
pub(in crate::web) async fn erase(
    State(app): State<App>,
    Extension(member): Extension<Member>,
    id: Result<Path<String>, PathRejection>,
    Filled(form): Filled<Meant>,
) -> Response {
    let Some(id) = person_id(id) else {
        return problem(&app, Problem::NotFound);
    };
    let path = format!("/operator/people/{id}");
    if form.meant != "yes" {
        return back(&path, "not_meant");
    }
    let inner = app.clone();
    let erased = to_the_end(async move {
        let actor = member.name.actor();
        let (by, now) = (inner.decider(&actor), inner.clock.now());
        let mut tx = inner.store.begin().await?;
        let erased = personal::erase(&mut tx, &inner.tools, by, &id, now).await?;
        tx.commit().await?;
        if matches!(erased, Erased::Done(_)) {
            inner.store.leave_no_trace().await?;
        }
        Ok::<_, ActionError>(erased)
    });
    match erased.await {
        Ok(Erased::Done(_)) => back("/operator/people", "erased"),
        Ok(Erased::NeedsAnother) => back(&path, "first"),
        Ok(Erased::HasWork) => back(&path, "has_work"),
        Ok(Erased::Nobody) => problem(&app, Problem::NotFound),
        Err(Failed) => problem(&app, Problem::Unavailable),
    }
}
