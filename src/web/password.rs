//! `/me/password`: a password of one's own, instead of the one that came by SMS or of the
//! one before.

use std::sync::Arc;

use axum::extract::rejection::FormRejection;
use axum::extract::{Form, State};
use axum::response::{IntoResponse, Redirect, Response};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use zeroize::Zeroizing;

use crate::actions::{self, Chosen, Visitor, Wanted};
use crate::domain::{Msisdn, UserName};
use crate::intake::{Failed, to_the_end};

use super::app::App;
use super::desk::errands;
use super::pages::{ErrorPage, LanguageWish, PasswordPage, PasswordState, Problem};
use super::site::unreadable;
use super::visit::{Visit, remember};

#[derive(Deserialize)]
pub(super) struct Typed {
    #[serde(default)]
    old: SecretString,
    new: SecretString,
    again: SecretString,
}

impl From<Typed> for Wanted {
    fn from(typed: Typed) -> Self {
        let plain = |secret: SecretString| Zeroizing::new(secret.expose_secret().to_owned());
        Self {
            old: plain(typed.old),
            new: plain(typed.new),
            again: plain(typed.again),
        }
    }
}

/// An empty form.
pub(super) async fn form(
    State(app): State<App>,
    wish: LanguageWish,
    Visit(visitor): Visit,
) -> Response {
    page(&app, wish, &visitor, PasswordState::Asking)
}

/// A filled one.
pub(super) async fn choose(
    State(app): State<App>,
    wish: LanguageWish,
    Visit(visitor): Visit,
    form: Result<Form<Typed>, FormRejection>,
) -> Response {
    let frame = app.look.frame(wish.settle(None));
    let wanted = match form {
        Ok(Form(typed)) => Wanted::from(typed),
        Err(refusal) => return unreadable(frame, &refusal),
    };
    let visitor = Arc::new(visitor);
    // The old password may be guessed at here no more often than at the door.
    let guessed = visitor
        .person
        .msisdn
        .clone()
        .filter(|_| !visitor.must_change)
        .map(UserName::Line);
    let (inner, chooser) = (app.clone(), Arc::clone(&visitor));
    let language = wish.settle(None);
    let chosen = to_the_end(async move {
        let (store, tools, now) = (&inner.store, &inner.tools, inner.clock.now());
        if let Some(user) = &guessed
            && let Some(wait) = actions::count_log_in(store, tools, user, now).await?
        {
            return Ok(Err(wait));
        }
        let errands = errands(&inner, &chooser, language)?;
        let chosen = actions::choose_password(&errands, wanted).await;
        chosen.map(Ok)
    });
    match chosen.await {
        Ok(Err(wait)) => page(
            &app,
            wish,
            &visitor,
            PasswordState::Wait {
                minutes: wait.minutes(),
            },
        ),
        Ok(Ok(Chosen::Kept(token))) => {
            let response = Redirect::to(&wish.keep("/me")).into_response();
            remember(&app, response, &token)
        }
        Ok(Ok(Chosen::Not(fault))) => page(&app, wish, &visitor, PasswordState::Faulty(fault)),
        Ok(Ok(Chosen::Overtaken)) => Redirect::to(&wish.keep("/login")).into_response(),
        Err(Failed) => {
            let problem = Problem::Unavailable;
            ErrorPage { frame, problem }.into_response()
        }
    }
}

fn page(app: &App, wish: LanguageWish, visitor: &Visitor, state: PasswordState) -> Response {
    PasswordPage {
        frame: app.look.frame(wish.settle(None)),
        user_name: visitor.person.msisdn.as_ref().map_or("", Msisdn::as_str),
        is_first: visitor.must_change,
        state,
    }
    .into_response()
}
