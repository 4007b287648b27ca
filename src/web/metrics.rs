//! The figures for operators.

use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::http::{Extensions, HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};

use crate::config::Exposure;
use crate::standing::{Standing, key_faults};
use crate::store::StoreError;

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
    let (open, idle, most) = app.store.connections();
    metrics.connections(open, idle, most);
    let (busy, waiting, at_once) = app.tools.hasher.load();
    metrics.hashing(busy, waiting, at_once);
    if let Some(worker) = &app.worker {
        metrics.worker_silent_for(worker.silent_for());
    }
    let now = app.clock.now();
    let mut tx = app.store.begin_read().await?;
    let stands = Standing::read(&mut tx, app.tools.policy.session_life(), now).await?;
    let keys = key_faults(&mut tx, &app.tools.keys).await?;
    drop(tx);
    // Only now: a scrape without the database keeps what the last one knew.
    metrics.recount();
    for open in &stands.open {
        let queue = (open.channel.as_str(), open.network.as_str(), open.lane);
        metrics.open(queue, (&open.state, open.count), now.since(open.oldest));
    }
    for (channel, hold) in &stands.held {
        metrics.held(channel, hold.kind.name());
    }
    for (key, fault) in &keys {
        metrics.key_fault(key, fault.name());
    }
    for process in &stands.processes {
        metrics.process(&process.parts, &process.version);
    }
    for one in &stands.milestones {
        metrics.milestone(&one.what, one.at.as_millis() / 1000, (one.runs, one.sum));
    }
    metrics.going_on(
        stands.sessions,
        stands.inbound,
        stands.unchained,
        stands.campaigns,
    );
    Ok(())
}
