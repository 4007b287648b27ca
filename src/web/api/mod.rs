//! The API for the council's own systems, by key.
//!
//! An endpoint translates and nothing more: rows go the way of an import, a log-in is checked
//! as the site checks it, notices go to the outbox. `docs/api.md` says how it is called;
//! `openapi` writes the document from the same types that read and write.

mod centres;
mod credentials;
mod deployments;
mod endpoint;
mod hooks;
mod messages;
mod notices;
mod openapi;
mod paging;
mod people;
mod problem;
mod rows;
mod whole;

use axum::Router;
use axum::extract::rejection::RawPathParamsRejection;
use axum::extract::{DefaultBodyLimit, RawPathParams, Request, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodFilter, get, on};
use tower_http::catch_panic::CatchPanicLayer;

use crate::domain::Scope;

use super::app::App;
use endpoint::{Endpoint, LARGEST_BODY, serve};
use openapi::Operation;
use problem::{Kind, Problem};

pub(super) use centres::{ListCentres, PutCentres, ReadCentre};
pub(super) use credentials::VerifyCredential;
pub(super) use deployments::{
    ListChangedDeployments, ListDeployments, PutDeployments, ReadDeployment,
};
pub(super) use hooks::{
    EnableWebhook, ListWebhooks, MakeWebhook, PingWebhook, ReadWebhook, RemoveWebhook,
    RotateWebhook,
};
pub(super) use messages::{ListMessages, ReadMessage};
pub(super) use notices::SendNotice;
pub(super) use people::{ListChangedPeople, ListPeople, PutPeople, ReadPerson, SearchPeople};

/// Where all of it is.
pub(super) const BASE: &str = "/api/v1";

/// The routes of the API, each with its page in the document.
#[derive(Default)]
pub struct Routes {
    router: Router<App>,
    operations: Vec<Operation>,
}

impl Routes {
    /// Something that is read, by keys of that scope.
    pub(super) fn get<E: Endpoint>(self, path: &'static str, scope: Scope) -> Self {
        self.route::<E>(MethodFilter::GET, "get", path, scope)
    }

    /// Something that is done.
    pub(super) fn post<E: Endpoint>(self, path: &'static str, scope: Scope) -> Self {
        self.route::<E>(MethodFilter::POST, "post", path, scope)
    }

    /// Something that is removed.
    pub(super) fn delete<E: Endpoint>(self, path: &'static str, scope: Scope) -> Self {
        self.route::<E>(MethodFilter::DELETE, "delete", path, scope)
    }

    fn route<E: Endpoint>(
        mut self,
        filter: MethodFilter,
        method: &'static str,
        path: &'static str,
        scope: Scope,
    ) -> Self {
        let handler =
            move |State(app): State<App>,
                  path: Result<RawPathParams, RawPathParamsRejection>,
                  request: Request| serve::<E>(app, scope, path, request);
        self.router = self.router.route(path, on(filter, handler));
        self.operations
            .push(Operation::of::<E>(method, path, scope));
        self
    }

    /// The document that says all of it, as OpenAPI 3.1.
    #[must_use]
    pub fn document(&self) -> String {
        openapi::document(&self.operations)
    }

    /// As a part of the service.
    pub(super) fn into_router(self) -> Router<App> {
        let document = self.document();
        let page = get(async move || ([("content-type", "application/json")], document));
        let api = self
            .router
            .route("/openapi.json", page)
            .fallback(async || Problem::new(Kind::NotFound, "no such path"))
            .method_not_allowed_fallback(async || {
                Problem::new(Kind::WrongMethod, "see /api/v1/openapi.json")
            })
            .layer(DefaultBodyLimit::max(LARGEST_BODY))
            .layer(CatchPanicLayer::custom(|_| fault()));
        Router::new().nest(BASE, api)
    }
}

/// The answer of an endpoint that panicked. What it said may hold anything, so it is not
/// logged.
fn fault() -> Response {
    tracing::error!("an endpoint broke off");
    Problem::new(Kind::Fault, "it is written down").into_response()
}
