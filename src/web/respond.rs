//! Answers that are nobody's page in particular.

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::app::App;
use super::pages::{ErrorPage, LanguageWish, Problem};

pub(super) async fn no_such_page(State(app): State<App>, wish: LanguageWish) -> Response {
    ErrorPage {
        frame: app.look.frame(wish.settle(None)),
        problem: Problem::NotFound,
    }
    .into_response()
}

pub(super) async fn wrong_method(State(app): State<App>, wish: LanguageWish) -> Response {
    ErrorPage {
        frame: app.look.frame(wish.settle(None)),
        problem: Problem::WrongMethod,
    }
    .into_response()
}

/// The same for an unknown channel and a wrong secret, and nothing to learn from.
pub(super) fn nothing_here() -> Response {
    StatusCode::NOT_FOUND.into_response()
}

/// Lets nothing through that another site's page made the browser send. Our own forms come
/// as `same-origin`; old browsers say nothing, and the cookies are `SameSite=Strict`.
pub(super) async fn no_foreign_forms(
    State(app): State<App>,
    wish: LanguageWish,
    request: Request,
    next: Next,
) -> Response {
    let from = request.headers().get("sec-fetch-site");
    let is_ours = from.is_none_or(|site| site == "same-origin" || site == "none");
    if is_ours || request.method().is_safe() {
        return next.run(request).await;
    }
    ErrorPage {
        frame: app.look.frame(wish.settle(None)),
        problem: Problem::Refused,
    }
    .into_response()
}
