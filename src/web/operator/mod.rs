//! `/operator`: the console of the council's staff.
//!
//! Pages are in English, come without a script, and change nothing unless posted to. The
//! door stands before every route but the log-in: it knows the browser, and what a route
//! demands of its role. What staff do about people goes through the same actions as what
//! people do by phone.

mod audit;
mod board;
mod campaign_form;
mod campaigns;
mod chart;
mod entry;
mod exports;
mod filled;
mod imports;
mod map;
mod people;
mod personal;
mod problems;
mod requests;
mod said;
mod sessions;
mod square;
mod staff_accounts;
mod systems;
mod watch;

pub(super) use audit::{file as audit_file, page as audit};
pub(super) use board::{Counted, page as board, resume as resume_channel};
pub(super) use campaign_form::{form as campaign_form, make as make_campaign};
pub(super) use campaigns::{
    list as campaigns, page as campaign, results as campaign_results, take_step as steer_campaign,
    try_out as try_campaign,
};
pub(super) use entry::{
    choose_password, code_form, enrol, enrol_form, log_in, log_out, login_form, password_form,
    show_code,
};
pub(super) use exports::{file as export_file, list as exports};
pub(super) use imports::{
    decide as decide_import, list as imports, page as import, rejected as import_rejected,
    upload as upload_import,
};
pub(super) use map::picture as menu_map;
pub(super) use people::{help, person, search, search_form};
pub(super) use personal::{erase as erase_person, export as export_person};
pub(super) use problems::{page as problems, reply};
pub(super) use requests::{decide_claim, decide_registration, page as requests};
pub(super) use sessions::{end as end_session, page as sessions};
pub(super) use staff_accounts::{add as add_staff, change as change_staff, page as staff_accounts};
pub(super) use systems::{add_key as add_api_key, change as change_system, page as systems};

use askama::Template;
use axum::Extension;
use axum::extract::{Request, State};
use axum::http::{Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};

use crate::actions::staff::{self, Member, Sign, Step};
use crate::actions::{Decider, Way};
use crate::domain::{Duty, Timestamp};
use crate::store::StoreError;

use super::app::App;
use super::cookie::Cookie;
use super::pages::{ErrorPage, Frame, Problem};
use crate::intake::{Failed, to_the_end};

/// Says which member of staff is logged in.
const COOKIE: Cookie = Cookie {
    name: "cp2-staff",
    path: "/operator",
};

/// What stands before a route.
#[derive(Debug, Clone, Copy)]
pub(super) enum Door {
    /// A right password.
    Begun,
    /// Everything that is asked of staff, and a role with this duty.
    To(Duty),
}

/// Lets whoever may through, with who they are noted on the request.
pub(super) async fn door(
    State((app, door)): State<(App, Door)>,
    mut request: Request,
    next: Next,
) -> Response {
    let log_in = || Redirect::to("/operator/login").into_response();
    let Some(token) = COOKIE.of(request.headers()) else {
        return log_in();
    };
    let (inner, sign) = (app.clone(), sign_of(&request));
    let found = to_the_end(async move {
        staff::member(&inner.store, &inner.tools, &token, sign, inner.clock.now()).await
    });
    let member = match found.await {
        Ok(Some(member)) => member,
        Ok(None) => return log_in(),
        Err(Failed) => return problem(&app, Problem::Unavailable),
    };
    match door {
        Door::To(_) if member.step != Step::In => return to_step(member.step),
        Door::To(duty) if !member.role.may(duty) => return problem(&app, Problem::Refused),
        _ => {}
    }
    request.extensions_mut().insert(member);
    next.run(request).await
}

/// A page that comes anew by itself says so in its address: nobody asked for it.
fn sign_of(request: &Request) -> Sign {
    let mut words = request.uri().query().unwrap_or_default().split('&');
    if request.method() == Method::GET && words.any(|word| word == "watching=1") {
        Sign::Watches
    } else {
        Sign::Asks
    }
}

/// Where somebody goes who has not done everything yet that is asked of staff.
fn to_step(step: Step) -> Response {
    let path = match step {
        Step::Code => "/operator/code",
        Step::Enrol => "/operator/enrol",
        Step::Password => "/operator/password",
        Step::In => "/operator",
    };
    Redirect::to(path).into_response()
}

/// The first page: where most of this member's work is.
pub(super) async fn home(State(app): State<App>, Extension(member): Extension<Member>) -> Response {
    let ways = app.shell(Some(&member)).ways();
    let (path, _) = ways.first().copied().unwrap_or_default();
    Redirect::to(path).into_response()
}

/// What stands around the pages of the console.
struct Shell<'a> {
    frame: Frame<'a>,
    /// None at the door.
    member: Option<&'a Member>,
}

impl Shell<'_> {
    /// The ways from each page that this member may go.
    fn ways(&self) -> Vec<(&'static str, &'static str)> {
        const WAYS: [(Duty, &str, &str); 11] = [
            (Duty::SeePeople, "/operator/people", "People"),
            (Duty::Help, "/operator/problems", "Problems"),
            (Duty::Decide, "/operator/requests", "Requests"),
            (Duty::Files, "/operator/imports", "Imports"),
            (Duty::Files, "/operator/exports", "Exports"),
            (Duty::Audit, "/operator/audit", "Audit log"),
            (Duty::Look, "/operator/board", "Board"),
            (Duty::Look, "/operator/campaigns", "Campaigns"),
            (Duty::Accounts, "/operator/staff", "Staff"),
            (Duty::Systems, "/operator/systems", "Systems"),
            (Duty::Look, "/operator/sessions", "My account"),
        ];
        let is_in = |member: &&Member| member.step == Step::In;
        let Some(member) = self.member.filter(is_in) else {
            return Vec::new();
        };
        let open = WAYS.iter().filter(|(duty, ..)| member.role.may(*duty));
        open.map(|(_, path, name)| (*path, *name)).collect()
    }

    /// Whether this member has that duty.
    fn may(&self, duty: Duty) -> bool {
        self.member.is_some_and(|member| member.role.may(duty))
    }
}

impl App {
    fn shell<'a>(&'a self, member: Option<&'a Member>) -> Shell<'a> {
        Shell {
            frame: self.look.console(),
            member,
        }
    }

    /// Whoever decides at the console.
    fn decider<'a>(&'a self, actor: &'a str) -> Decider<'a> {
        let channel = self.channels.iter().next();
        Decider {
            name: actor,
            way: Way::Operator,
            channel: channel.map_or("", |channel| channel.name.as_str()),
        }
    }
}

/// Why a table could not be made.
#[derive(Debug, thiserror::Error)]
enum TableError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("the table could not be written")]
    Written(#[from] csv::Error),
}

fn show(app: &App, page: &impl Template) -> Response {
    app.look.console().respond(StatusCode::OK, page)
}

fn problem(app: &App, problem: Problem) -> Response {
    let frame = app.look.console();
    ErrorPage { frame, problem }.into_response()
}

/// As a clock in Kenya shows it.
#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "templates pass everything by reference"
)]
fn time_of(time: &Timestamp) -> String {
    let local = time.datetime_in_kenya();
    local.strftime("%Y-%m-%d %H:%M:%S").to_string()
}
