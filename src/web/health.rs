//! Whether the service is up, and whether it can work.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::app::App;

/// A worker that has ended no round for this long is stuck or has no database.
const SILENT: Duration = Duration::from_secs(30);
const PATIENCE: Duration = Duration::from_secs(1);

/// The process answers.
pub(super) async fn alive() -> &'static str {
    "ok"
}

/// The database and the worker answer too, and the service is not about to stop.
pub(super) async fn ready(State(app): State<App>) -> Response {
    let store = app.store.clone();
    let ping = tokio::spawn(async move { store.ping().await });
    let database = matches!(tokio::time::timeout(PATIENCE, ping).await, Ok(Ok(Ok(()))));
    let worker = app
        .worker
        .as_ref()
        .map(|worker| worker.silent_for() < SILENT);
    let stays = !app.leaving.is_cancelled();
    let status = if database && worker != Some(false) && stays {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    let word = |well| match well {
        Some(true) => "ok",
        Some(false) => "failing",
        None => "elsewhere",
    };
    (
        status,
        Json(json!({ "database": word(Some(database)), "worker": word(worker) })),
    )
        .into_response()
}
