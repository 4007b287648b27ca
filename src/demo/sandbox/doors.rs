//! The two doors for an SMS: a form and JSON. Behind them is one office.

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
