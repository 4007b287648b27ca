//! Whether the service is up, and whether it can work.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

use crate::standing::{Fitness, Verdict, Worker};
use crate::store::channel_states::HoldKind;

use super::app::App;

/// How long the database may take.
const PATIENCE: Duration = Duration::from_secs(1);

/// The process answers.
pub(super) async fn alive() -> &'static str {
    "ok"
}

/// What it takes to work is there, and the service is not about to stop: 200, or 503; with what
/// is amiss besides.
pub(super) async fn ready(State(app): State<App>) -> Response {
    let silent_for = app.worker.as_ref().map(crate::outbox::Worker::silent_for);
    let worker = Worker::of(silent_for);
    let inner = app.clone();
    let asked = tokio::spawn(async move {
        let (keys, channels) = (&inner.tools.keys, &inner.channels);
        Fitness::ask(&inner.store, keys, channels, worker).await
    });
    let fitness = match tokio::time::timeout(PATIENCE, asked).await {
        Ok(Ok(Ok(fitness))) => fitness,
        _ => Fitness::without_database(worker),
    };
    let verdict = fitness.verdict();
    let status = if verdict == Verdict::Unready || app.leaving.is_cancelled() {
        StatusCode::SERVICE_UNAVAILABLE
    } else {
        StatusCode::OK
    };
    let channels = fitness.channels.iter().map(|(name, hold)| {
        let word = hold.map_or("ok", HoldKind::name);
        (name.clone(), word.into())
    });
    let keys = fitness.keys.iter();
    let keys: Map<_, _> = keys
        .map(|(name, fault)| (name.clone(), fault.name().into()))
        .collect();
    let keys = if keys.is_empty() {
        "ok".into()
    } else {
        Value::Object(keys)
    };
    let said = json!({
        "state": verdict.name(),
        "database": if fitness.database { "ok" } else { "failing" },
        "worker": fitness.worker.name(),
        "channels": Value::Object(channels.collect()),
        "keys": keys,
    });
    (status, Json(said)).into_response()
}
