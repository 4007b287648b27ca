//! `/forgot`: a new password by SMS, for those with a browser.

use std::time::Duration;

use axum::extract::rejection::FormRejection;
use axum::extract::{Form, State};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use crate::actions::{self, Forgotten};
use crate::domain::Msisdn;

use super::app::App;
use super::client::Client;
use super::pages::{ErrorPage, ForgotPage, ForgotState, LanguageWish, Problem};
use super::respond::{Failed, to_the_end};
use super::site::unreadable;

/// Every answer takes at least this long, which is longer than the work does: nobody
/// learns from the time whether a number is registered.
const ALWAYS: Duration = Duration::from_millis(400);

#[derive(Deserialize)]
pub(super) struct Asked {
    user_name: String,
}

/// An empty form.
pub(super) async fn form(State(app): State<App>, wish: LanguageWish) -> Response {
    ForgotPage {
        frame: app.look.frame(wish.settle(None)),
        user_name: "",
        state: ForgotState::Asking,
    }
    .into_response()
}

/// A filled one.
pub(super) async fn ask(
    State(app): State<App>,
    wish: LanguageWish,
    client: Client,
    form: Result<Form<Asked>, FormRejection>,
) -> Response {
    let language = wish.settle(None);
    let frame = app.look.frame(language);
    let typed = match form {
        Ok(Form(asked)) => asked.user_name,
        Err(refusal) => return unreadable(frame, &refusal),
    };
    let problem = |problem| {
        let frame = app.look.frame(language);
        ErrorPage { frame, problem }.into_response()
    };
    let page = |state| {
        ForgotPage {
            frame: app.look.frame(language),
            user_name: &typed,
            state,
        }
        .into_response()
    };
    let Ok(line) = Msisdn::parse(&typed) else {
        return page(ForgotState::NoNumber);
    };
    let Some(channel) = app.channels.iter().next() else {
        return problem(Problem::Unavailable);
    };
    let asked = Forgotten {
        line,
        address: client.0,
        language,
        channel: channel.name.clone(),
    };
    let inner = app.clone();
    let work = to_the_end(async move {
        actions::forgotten(&inner.store, &inner.tools, &asked, inner.clock.now()).await
    });
    let (done, ()) = tokio::join!(work, tokio::time::sleep(ALWAYS));
    match done {
        Ok(true) => {
            app.dialogue.bell.notify_one();
            page(ForgotState::Sent)
        }
        Ok(false) => page(ForgotState::TooMany),
        Err(Failed) => problem(Problem::Unavailable),
    }
}
