//! Forms of the console, read.

use axum::extract::{Form, FromRequest, Request};
use axum::response::Response;
use serde::de::DeserializeOwned;

use crate::web::app::App;
use crate::web::site::unreadable;

/// What was filled in; whoever sends what can't be read gets a page that says so.
pub(in crate::web) struct Filled<T>(pub(super) T);

impl<T: DeserializeOwned> FromRequest<App> for Filled<T> {
    type Rejection = Response;

    async fn from_request(request: Request, app: &App) -> Result<Self, Response> {
        match Form::from_request(request, app).await {
            Ok(Form(filled)) => Ok(Self(filled)),
            Err(refusal) => Err(unreadable(app.look.console(), &refusal)),
        }
    }
}
