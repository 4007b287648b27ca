//! What surrounds every request: an id, one log line, limits, time-outs, headers.

use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::{DefaultBodyLimit, MatchedPath, Request, State};
use axum::http::{HeaderName, StatusCode};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use tower::ServiceBuilder;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::request_id::{
    MakeRequestId, PropagateRequestIdLayer, RequestId, SetRequestIdLayer,
};
use tower_http::timeout::{RequestBodyTimeoutLayer, TimeoutLayer};
use tower_http::trace::TraceLayer;
use tracing::field::Empty;
use tracing::{Level, Span};

use crate::domain::Language;
use crate::metrics::Metrics;

use super::app::App;
use super::pages::{ErrorPage, Problem, secure};

/// A callback is a form of a few hundred bytes.
const LARGEST_BODY: usize = 16 * 1024;

/// The longest pause within a body.
const BODY_PAUSE: Duration = Duration::from_secs(5);

/// Longer than an aggregator waits; nothing of ours takes as long.
const LONGEST_REQUEST: Duration = Duration::from_secs(15);

/// A file of the largest size on a line of half a megabit.
const LONGEST_UPLOAD: Duration = Duration::from_mins(20);

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// What people and aggregators send is small.
pub(super) fn forms(router: Router) -> Router {
    patient(limited(router, LARGEST_BODY), LONGEST_REQUEST)
}

/// What the council's own systems send; the API says itself how much that may be.
pub(super) fn systems(router: Router) -> Router {
    patient(router, LONGEST_REQUEST)
}

/// Files for the console.
pub(super) fn files(router: Router, app: &App) -> Router {
    let largest = app.tools.operator.largest_upload_mb << 20;
    patient(limited(router, largest), LONGEST_UPLOAD)
}

fn limited(router: Router, largest: usize) -> Router {
    router.layer(
        ServiceBuilder::new()
            .layer(RequestBodyLimitLayer::new(largest))
            .layer(DefaultBodyLimit::disable()),
    )
}

fn patient(router: Router, longest: Duration) -> Router {
    router.layer(
        ServiceBuilder::new()
            .layer(TimeoutLayer::with_status_code(
                StatusCode::SERVICE_UNAVAILABLE,
                longest,
            ))
            .layer(RequestBodyTimeoutLayer::new(BODY_PAUSE)),
    )
}

/// The first layer is the outermost: it sees a request first and its answer last. All are one
/// stack, for each `layer` of a router is a box that every request clones with all within.
pub(super) fn around(router: Router, app: &App) -> Router {
    let https = app.https;
    let (fault, counting) = (app.clone(), app.metrics.clone());
    router.layer(
        ServiceBuilder::new()
            .map_request(forget_id)
            .layer(SetRequestIdLayer::new(REQUEST_ID, FreshId))
            .layer(
                TraceLayer::new_for_http()
                    .make_span_with(span)
                    .on_request(())
                    .on_response(log)
                    .on_failure(()),
            )
            .layer(PropagateRequestIdLayer::new(REQUEST_ID))
            .map_response(move |mut response: Response| {
                secure(response.headers_mut(), https);
                response
            })
            .layer(from_fn_with_state(counting, count))
            .layer(CatchPanicLayer::custom(move |_| look_after(&fault))),
    )
}

/// Counts the request under its route, which holds no secret.
async fn count(State(metrics): State<Metrics>, request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>().cloned();
    let began = Instant::now();
    let response = next.run(request).await;
    let route = route.as_ref().map_or("none", MatchedPath::as_str);
    metrics.answered(route, response.status().as_u16(), began.elapsed());
    response
}

/// Ids are ours: one that came with the request could be anything, and stands in logs.
fn forget_id(mut request: Request) -> Request {
    request.headers_mut().remove(REQUEST_ID);
    request
}

#[derive(Clone, Copy)]
struct FreshId;

impl MakeRequestId for FreshId {
    fn make_request_id<B>(&mut self, _: &axum::http::Request<B>) -> Option<RequestId> {
        uuid::Uuid::now_v7()
            .to_string()
            .parse()
            .ok()
            .map(RequestId::new)
    }
}

/// The route as it is written on the page of routes: a path holds secrets and tokens.
fn span(request: &Request) -> Span {
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or("-", MatchedPath::as_str);
    let id = request
        .extensions()
        .get::<RequestId>()
        .and_then(|id| id.header_value().to_str().ok());
    tracing::span!(
        Level::INFO,
        "request",
        id,
        method = request.method().as_str(),
        route,
        status = Empty
    )
}

/// The answer of a handler that panicked. What it said may hold anything, so it is not
/// logged.
fn look_after(app: &App) -> Response {
    tracing::error!("a handler broke off");
    ErrorPage {
        frame: app.look.frame(Language::default()),
        problem: Problem::Fault,
    }
    .into_response()
}

fn log(response: &Response, latency: Duration, span: &Span) {
    // A number of 128 bits would be logged as text.
    let duration_ms = u64::try_from(latency.as_millis()).unwrap_or(u64::MAX);
    let status = response.status().as_u16();
    tracing::info!(status, duration_ms, "answered");
    // For a trace: the line has it already.
    span.record("status", status);
}
