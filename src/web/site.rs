//! The thin site: log in with what SMS delivered, see one's work, log out.

use axum::extract::rejection::FormRejection;
use axum::extract::{Form, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use zeroize::Zeroizing;

use crate::actions::{self, ActionError};
use crate::domain::{Language, Msisdn, clock_time, long_date};
use crate::store::deployments::Deployment;

use super::app::App;
use super::cookie::Cookie;
use super::pages::{
    DeploymentCard, ErrorPage, Frame, HomePage, LanguageWish, LoginError, LoginPage, MePage,
    Problem,
};
use super::respond::{Failed, to_the_end};

/// Says who is logged in.
const VISIT: Cookie = Cookie {
    name: "cp2",
    path: "/",
};

/// What the service is.
pub(super) async fn home(State(app): State<App>, wish: LanguageWish) -> Response {
    HomePage {
        frame: app.look.frame(wish.settle(None)),
    }
    .into_response()
}

/// An empty form.
pub(super) async fn login_form(State(app): State<App>, wish: LanguageWish) -> Response {
    let frame = app.look.frame(wish.settle(None));
    LoginPage {
        frame,
        user_name: "",
        error: None,
    }
    .into_response()
}

#[derive(Deserialize)]
pub(super) struct Credentials {
    user_name: String,
    password: SecretString,
}

/// A filled one.
pub(super) async fn log_in(
    State(app): State<App>,
    wish: LanguageWish,
    headers: HeaderMap,
    form: Result<Form<Credentials>, FormRejection>,
) -> Response {
    let frame = app.look.frame(wish.settle(None));
    let credentials = match form {
        Ok(Form(credentials)) => credentials,
        Err(refusal) => return unreadable(frame, &refusal),
    };
    if is_foreign(&headers) {
        return ErrorPage {
            frame,
            problem: Problem::Refused,
        }
        .into_response();
    }
    let user = Msisdn::parse(&credentials.user_name).ok();
    let page = |error| {
        LoginPage {
            frame,
            user_name: &credentials.user_name,
            error: Some(error),
        }
        .into_response()
    };
    if let Some(user) = &user
        && let Err(minutes) = app.guard().may_log_in(user)
    {
        return page(LoginError::Wait { minutes });
    }
    let password = Zeroizing::new(credentials.password.expose_secret().to_owned());
    let inner = app.clone();
    let logged_in = to_the_end(async move {
        actions::log_in(
            &inner.store,
            &inner.tools,
            user,
            password,
            inner.clock.now(),
        )
        .await
    });
    match logged_in.await {
        Ok(Some(token)) => {
            let life = app.tools.policy.login_life();
            let mut response = Redirect::to(&wish.keep("/me")).into_response();
            VISIT.put(&mut response, &token, life, app.https);
            response
        }
        Ok(None) => page(LoginError::Mismatch),
        Err(Failed) => ErrorPage {
            frame,
            problem: Problem::Unavailable,
        }
        .into_response(),
    }
}

pub(super) fn unreadable(frame: Frame<'_>, refusal: &FormRejection) -> Response {
    let problem = match refusal.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Problem::TooLarge,
        _ => Problem::Unreadable,
    };
    ErrorPage { frame, problem }.into_response()
}

/// A person's own page.
pub(super) async fn me(State(app): State<App>, wish: LanguageWish, headers: HeaderMap) -> Response {
    let Some(token) = VISIT.of(&headers) else {
        return Redirect::to(&wish.keep("/login")).into_response();
    };
    let inner = app.clone();
    let found = to_the_end(async move {
        let mut tx = inner.store.begin_read().await?;
        actions::visitor(&mut tx, &token, inner.clock.now()).await
    });
    let language = wish.settle(None);
    let frame = app.look.frame(language);
    match found.await {
        Ok(Some(visitor)) => {
            let cards: Vec<_> = visitor
                .deployments
                .iter()
                .map(|deployment| card(deployment, language))
                .collect();
            let user_name = visitor.person.msisdn.as_ref().map_or("", Msisdn::as_str);
            MePage {
                frame,
                name: visitor.person.name.as_str(),
                user_name,
                deployments: &cards,
            }
            .into_response()
        }
        Ok(None) => Redirect::to(&wish.keep("/login")).into_response(),
        Err(Failed) => ErrorPage {
            frame,
            problem: Problem::Unavailable,
        }
        .into_response(),
    }
}

/// Ends the visit.
pub(super) async fn log_out(
    State(app): State<App>,
    wish: LanguageWish,
    headers: HeaderMap,
) -> Response {
    if let Some(token) = VISIT.of(&headers).filter(|_| !is_foreign(&headers)) {
        let inner = app.clone();
        let ended = to_the_end(async move {
            let mut tx = inner.store.begin().await?;
            actions::log_out(&mut tx, &token).await?;
            Ok::<_, ActionError>(tx.commit().await?)
        });
        if let Err(Failed) = ended.await {
            return ErrorPage {
                frame: app.look.frame(wish.settle(None)),
                problem: Problem::Unavailable,
            }
            .into_response();
        }
    }
    let mut response = Redirect::to(&wish.keep("/login")).into_response();
    VISIT.remove(&mut response, app.https);
    response
}

fn card(deployment: &Deployment, language: Language) -> DeploymentCard {
    let reports = deployment.reports_at.datetime_in_kenya();
    let role = match language {
        Language::En => deployment.role.english().to_owned(),
        Language::Sw => format!(
            "{} ({})",
            deployment.role.kiswahili(),
            deployment.role.code()
        ),
    };
    DeploymentCard {
        series: deployment.series.to_string(),
        role,
        centre_code: deployment.centre.code.as_str().to_owned(),
        centre_name: deployment.centre.name.clone(),
        sub_county: deployment.centre.sub_county.clone(),
        report: format!(
            "{}, {}",
            long_date(reports.date(), language),
            clock_time(reports.time())
        ),
        from: long_date(deployment.starts_on, language),
        to: long_date(deployment.ends_on, language),
        rate: deployment.rate.to_string(),
        distribution_centre: deployment.centre.distribution_centre.clone(),
    }
}

/// Whether another site's page made the browser ask. Our own forms come as
/// `same-origin`; old browsers say nothing, and the cookie is `SameSite=Strict`.
pub(super) fn is_foreign(headers: &HeaderMap) -> bool {
    headers
        .get("sec-fetch-site")
        .is_some_and(|site| site != "same-origin" && site != "none")
}
