//! `/forgot`: a new password by SMS, for those with a browser.

use axum::extract::rejection::FormRejection;
use axum::extract::{Form, State};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use crate::actions::{self, Forgotten};
use crate::domain::{Msisdn, Timestamp};
use crate::intake::{Failed, to_the_end};

use super::app::App;
use super::client::Client;
use super::pages::{ErrorPage, ForgotPage, ForgotState, LanguageWish, Problem};
use super::site::unreadable;

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
        language,
        channel: channel.name.clone(),
    };
    let (inner, now) = (app.clone(), app.clock.now());
    let counted = to_the_end(async move {
        actions::count_request(&inner.store, &inner.tools, client.0, now).await
    });
    match counted.await {
        Ok(None) => {
            // The answer does not wait for what tells a registered number from another.
            app.later.spawn(send(app.clone(), asked, now));
            page(ForgotState::Sent)
        }
        Ok(Some(wait)) => page(ForgotState::TooMany {
            minutes: wait.minutes(),
        }),
        Err(Failed) => problem(Problem::Unavailable),
    }
}

async fn send(app: App, asked: Forgotten, now: Timestamp) {
    let inner = app.clone();
    let work = async move { actions::forgotten(&inner.store, &inner.tools, &asked, now).await };
    // A failure stands in the log; whoever gets no SMS asks again.
    if to_the_end(work).await.is_ok() {
        app.ring();
    }
}
