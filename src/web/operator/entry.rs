//! The way in: a password, the code of a telephone, a password of one's own.

use askama::Template;
use axum::Extension;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use zeroize::Zeroizing;

use crate::actions::staff::{self, Enrolled, Entry, Member, Proof, StaffChosen};
use crate::actions::{ActionError, PasswordFault, Wanted};
use crate::crypto::{RecoveryCode, TotpSecret};
use crate::domain::StaffName;
use crate::intake::{Failed, to_the_end};
use crate::web::app::App;
use crate::web::client::Client;
use crate::web::pages::Problem;

use super::filled::Filled;
use super::square::square;
use super::{COOKIE, Shell, Step, problem, show, to_step};

#[derive(Template)]
#[template(path = "operator/login.html")]
struct LoginPage<'a> {
    shell: Shell<'a>,
    error: Option<String>,
}

#[derive(Template)]
#[template(path = "operator/code.html")]
struct CodePage<'a> {
    shell: Shell<'a>,
    error: Option<String>,
}

#[derive(Template)]
#[template(path = "operator/enrol.html")]
struct EnrolPage<'a> {
    shell: Shell<'a>,
    square: String,
    secret: String,
    error: Option<String>,
}

#[derive(Template)]
#[template(path = "operator/codes.html")]
struct CodesPage<'a> {
    shell: Shell<'a>,
    codes: Vec<String>,
}

#[derive(Template)]
#[template(path = "operator/password.html")]
struct PasswordPage<'a> {
    shell: Shell<'a>,
    error: Option<&'static str>,
}

#[derive(Deserialize)]
pub(in crate::web) struct Credentials {
    user_name: String,
    password: SecretString,
}

#[derive(Deserialize)]
pub(in crate::web) struct Code {
    code: SecretString,
}

#[derive(Deserialize)]
pub(in crate::web) struct Passwords {
    old: SecretString,
    new: SecretString,
    again: SecretString,
}

/// An empty form.
pub(in crate::web) async fn login_form(State(app): State<App>) -> Response {
    login_page(&app, StatusCode::OK, None)
}

/// A filled one.
pub(in crate::web) async fn log_in(
    State(app): State<App>,
    client: Client,
    Filled(credentials): Filled<Credentials>,
) -> Response {
    let password = plain(&credentials.password);
    let name = StaffName::parse(&credentials.user_name);
    let inner = app.clone();
    let entry = to_the_end(async move {
        let now = inner.clock.now();
        let (store, tools) = (&inner.store, &inner.tools);
        if let Some(wait) = staff::count_knock(store, tools, client.0, now).await? {
            return Ok::<_, ActionError>(Entry::Locked(wait.minutes()));
        }
        match name {
            Ok(name) => staff::log_in(store, tools, &name, password, now).await,
            Err(_) => Ok(Entry::Refused),
        }
    });
    match entry.await {
        Ok(Entry::Begun(token)) => {
            let mut response = Redirect::to("/operator").into_response();
            let life = app.tools.policy.login_life();
            COOKIE.put(&mut response, &token, life, app.https);
            response
        }
        Ok(Entry::Refused) => {
            let error = "The user name or the password is not correct.".to_owned();
            login_page(&app, StatusCode::FORBIDDEN, Some(error))
        }
        Ok(Entry::Locked(minutes)) => {
            login_page(&app, StatusCode::TOO_MANY_REQUESTS, Some(locked(minutes)))
        }
        Err(Failed) => problem(&app, Problem::Unavailable),
    }
}

fn login_page(app: &App, status: StatusCode, error: Option<String>) -> Response {
    let shell = app.shell(None);
    app.look
        .console()
        .respond(status, &LoginPage { shell, error })
}

/// Asks for the code of the telephone.
pub(in crate::web) async fn code_form(
    State(app): State<App>,
    Extension(member): Extension<Member>,
) -> Response {
    if member.step != Step::Code {
        return to_step(member.step);
    }
    code_page(&app, &member, None)
}

/// Takes it, or a recovery code.
pub(in crate::web) async fn show_code(
    State(app): State<App>,
    Extension(member): Extension<Member>,
    Filled(typed): Filled<Code>,
) -> Response {
    let (inner, who, code) = (app.clone(), member.clone(), plain(&typed.code));
    let shown = to_the_end(async move {
        let now = inner.clock.now();
        staff::prove(&inner.store, &inner.tools, &who, &code, now).await
    });
    match shown.await {
        Ok(Proof::Right) => Redirect::to("/operator").into_response(),
        Ok(other) => code_page(&app, &member, wrong_code(other)),
        Err(Failed) => problem(&app, Problem::Unavailable),
    }
}

fn code_page(app: &App, member: &Member, error: Option<String>) -> Response {
    let shell = app.shell(Some(member));
    let status = status_of(error.is_some());
    app.look
        .console()
        .respond(status, &CodePage { shell, error })
}

/// Shows the secret that a telephone is to be taught.
pub(in crate::web) async fn enrol_form(
    State(app): State<App>,
    Extension(member): Extension<Member>,
) -> Response {
    enrol_page(&app, &member, None).await
}

/// Takes the first code of that telephone, and shows the recovery codes.
pub(in crate::web) async fn enrol(
    State(app): State<App>,
    Extension(member): Extension<Member>,
    Filled(typed): Filled<Code>,
) -> Response {
    let (inner, who, code) = (app.clone(), member.clone(), plain(&typed.code));
    let enrolled = to_the_end(async move {
        let now = inner.clock.now();
        staff::enrol(&inner.store, &inner.tools, &who, &code, now).await
    });
    match enrolled.await {
        Ok(Enrolled::Done(codes)) => {
            let codes = codes.iter().map(RecoveryCode::in_groups).collect();
            let shell = app.shell(Some(&member));
            show(&app, &CodesPage { shell, codes })
        }
        Ok(Enrolled::Not(proof)) => enrol_page(&app, &member, wrong_code(proof)).await,
        Err(Failed) => problem(&app, Problem::Unavailable),
    }
}

async fn enrol_page(app: &App, member: &Member, error: Option<String>) -> Response {
    if member.step != Step::Enrol {
        return to_step(member.step);
    }
    let (inner, who) = (app.clone(), member.clone());
    let secret =
        to_the_end(async move { staff::enrolment(&inner.store, &inner.tools, &who).await });
    let Ok(Some(secret)) = secret.await else {
        return problem(app, Problem::Unavailable);
    };
    let status = status_of(error.is_some());
    let page = EnrolPage {
        shell: app.shell(Some(member)),
        square: square(&address(app, member, &secret)),
        secret: secret.to_base32(),
        error,
    };
    app.look.console().respond(status, &page)
}

/// What an authenticator app reads from the square.
fn address(app: &App, member: &Member, secret: &TotpSecret) -> String {
    let host = app.tools.public_url.split("://").last().unwrap_or("cp2");
    let host = host.replace(':', ".");
    let (name, secret) = (member.name.as_str(), secret.to_base32());
    format!("otpauth://totp/{host}:{name}?secret={secret}&issuer={host}")
}

/// Asks for a password of one's own.
pub(in crate::web) async fn password_form(
    State(app): State<App>,
    Extension(member): Extension<Member>,
) -> Response {
    if !may_choose(&member) {
        return to_step(member.step);
    }
    let shell = app.shell(Some(&member));
    show(&app, &PasswordPage { shell, error: None })
}

/// Takes it.
pub(in crate::web) async fn choose_password(
    State(app): State<App>,
    Extension(member): Extension<Member>,
    Filled(typed): Filled<Passwords>,
) -> Response {
    if !may_choose(&member) {
        return to_step(member.step);
    }
    let wanted = Wanted {
        old: plain(&typed.old),
        new: plain(&typed.new),
        again: plain(&typed.again),
    };
    let (inner, who) = (app.clone(), member.clone());
    let chosen = to_the_end(async move {
        let now = inner.clock.now();
        staff::choose_own_password(&inner.store, &inner.tools, &who, wanted, now).await
    });
    match chosen.await {
        Ok(StaffChosen::Kept) => Redirect::to("/operator").into_response(),
        Ok(StaffChosen::Not(fault)) => {
            let shell = app.shell(Some(&member));
            let error = Some(fault_of(fault));
            let page = PasswordPage { shell, error };
            app.look
                .console()
                .respond(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
        Err(Failed) => problem(&app, Problem::Unavailable),
    }
}

/// The second factor comes first: whoever knows the password alone must not replace it.
fn may_choose(member: &Member) -> bool {
    matches!(member.step, Step::Password | Step::In)
}

/// Ends the visit.
pub(in crate::web) async fn log_out(
    State(app): State<App>,
    Extension(member): Extension<Member>,
) -> Response {
    let inner = app.clone();
    let left = to_the_end(async move {
        let mut tx = inner.store.begin().await?;
        staff::leave(&mut tx, &member, inner.clock.now()).await?;
        Ok::<_, ActionError>(tx.commit().await?)
    });
    if let Err(Failed) = left.await {
        return problem(&app, Problem::Unavailable);
    }
    let mut response = Redirect::to("/operator/login").into_response();
    COOKIE.remove(&mut response, app.https);
    response
}

fn plain(secret: &SecretString) -> Zeroizing<String> {
    Zeroizing::new(secret.expose_secret().to_owned())
}

fn status_of(is_wrong: bool) -> StatusCode {
    if is_wrong {
        StatusCode::FORBIDDEN
    } else {
        StatusCode::OK
    }
}

fn locked(minutes: u64) -> String {
    let unit = if minutes == 1 { "minute" } else { "minutes" };
    format!("Too many tries. Wait {minutes} {unit}, then try again.")
}

fn wrong_code(proof: Proof) -> Option<String> {
    match proof {
        Proof::Right => None,
        Proof::Wrong => Some("That code is not right, or was used before.".to_owned()),
        Proof::Locked(minutes) => Some(locked(minutes)),
    }
}

fn fault_of(fault: PasswordFault) -> &'static str {
    match fault {
        PasswordFault::WrongOld => "The password you have now is not correct.",
        PasswordFault::Differ => "The new password was not typed the same twice.",
        PasswordFault::Short => "The new password has fewer than 8 characters.",
        PasswordFault::Guessable => "The new password is too easy to guess.",
        PasswordFault::Same => "The new password is the one you have now.",
    }
}
