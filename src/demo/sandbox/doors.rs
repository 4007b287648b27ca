//! The two doors for an SMS, a form and JSON, and the one for questions about SIM cards.
//! Behind them is one office.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use axum::routing::post;
use axum::{Form, Json, Router};
use http::HeaderMap;
use serde::Deserialize;

use super::office::{Office, Order};

pub(super) fn routes(office: Arc<Office>) -> Router {
    Router::new()
        .route("/version1/messaging", post(classic))
        .route("/version1/messaging/bulk", post(bulk))
        .route("/v1/sim-swap", post(sim_swap))
        .with_state(office)
}

#[derive(Deserialize)]
struct ClassicBody {
    username: String,
    to: String,
    message: String,
}

async fn classic(
    State(office): State<Arc<Office>>,
    headers: HeaderMap,
    Form(body): Form<ClassicBody>,
) -> Response {
    let order = Order {
        username: body.username,
        numbers: body.to.split(',').map(str::to_owned).collect(),
        text: body.message,
    };
    office.receive(&headers, order).await
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct BulkBody {
    username: String,
    phone_numbers: Vec<String>,
    message: String,
}

async fn bulk(
    State(office): State<Arc<Office>>,
    headers: HeaderMap,
    Json(body): Json<BulkBody>,
) -> Response {
    let order = Order {
        username: body.username,
        numbers: body.phone_numbers,
        text: body.message,
    };
    office.receive(&headers, order).await
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct SimSwapBody {
    username: String,
    phone_numbers: Vec<String>,
}

async fn sim_swap(
    State(office): State<Arc<Office>>,
    headers: HeaderMap,
    Json(body): Json<SimSwapBody>,
) -> Response {
    office.ask_about(&headers, &body.username, &body.phone_numbers)
}
