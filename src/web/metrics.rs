//! The figures for operators.

use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::http::{Extensions, HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};

use crate::config::Exposure;
use crate::store::{StoreError, channel_states, outbox};

use super::app::App;
use super::client::Peer;
use super::pages::LanguageWish;
use super::respond::no_such_page;

const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// What Prometheus scrapes. Strangers find no such page.
pub(super) async fn scrape(
    State(app): State<App>,
    extensions: Extensions,
    headers: HeaderMap,
    wish: LanguageWish,
) -> Response {
    let peer = extensions.get::<Peer>();
    let is_near = peer.is_some_and(|peer| peer.0.to_canonical().is_loopback())
        && !headers.contains_key("x-forwarded-for");
    let is_shown = match app.metrics_exposure {
        Exposure::Open => true,
        Exposure::Loopback => is_near,
        Exposure::Off => false,
    };
    if !is_shown {
        return no_such_page(State(app), wish).await;
    }
    let counting = app.clone();
    let counted = tokio::spawn(async move { count(&counting).await }).await;
    if !matches!(counted, Ok(Ok(()))) {
        tracing::warn!("what waits could not be counted");
    }
    match app.metrics.scrape() {
        Ok(said) => ([(CONTENT_TYPE, OPEN_METRICS)], said).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

/// Counts what only the database knows, and what is so just now.
async fn count(app: &App) -> Result<(), StoreError> {
    let metrics = &app.metrics;
    let (open, idle) = app.store.connections();
    metrics.connections(open, idle);
    if let Some(worker) = &app.worker {
        metrics.worker_silent_for(worker.silent_for());
    }
    metrics.recount();
    let mut tx = app.store.begin_read().await?;
    for row in outbox::waiting(&mut tx).await? {
        metrics.queued(&row.channel, &row.network, row.lane, row.count);
    }
    for (channel, hold) in channel_states::all(&mut tx).await? {
        metrics.held(&channel, hold.kind.name());
    }
    Ok(())
}
