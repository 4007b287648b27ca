//! The map of the menus, coloured by how many sessions went where.

use axum::extract::State;
use axum::http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};

use crate::domain::Language;
use crate::intake::to_the_end;
use crate::menus::{Graph, Visits};
use crate::store::traffic;
use crate::web::app::App;
use crate::web::pages::Problem;

use super::problem;

/// A picture, and not part of a page: it brings its own style.
pub(in crate::web) async fn picture(State(app): State<App>) -> Response {
    let inner = app.clone();
    let seen = to_the_end(async move {
        let mut tx = inner.store.begin_read().await?;
        traffic::since(&mut tx, None).await
    });
    let Ok(seen) = seen.await else {
        return problem(&app, Problem::Unavailable);
    };
    let edition = app.tools.menu.get();
    let map = Graph::of(&edition.menu, &edition.files, Language::En);
    let map = map.with_traffic(|screen| {
        let tally = seen.get(screen).copied().unwrap_or_default();
        Visits {
            sessions: tally.sessions,
            ended: tally.ended,
        }
    });
    let policy = "default-src 'none'; style-src 'unsafe-inline'";
    let headers = [
        (CONTENT_TYPE, "image/svg+xml"),
        (CONTENT_SECURITY_POLICY, policy),
    ];
    (headers, map.svg()).into_response()
}
