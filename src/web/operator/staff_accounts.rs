//! Accounts of staff, for managers: made, reset, closed, given another role. Nobody changes
//! their own, so that one manager is always left.

use askama::Template;
use axum::Extension;
use axum::extract::{Query, State};
use axum::response::Response;
use serde::Deserialize;

use crate::actions::ActionError;
use crate::actions::staff::{self, Account, Changed, Made, Member};
use crate::domain::{StaffName, StaffRole};
use crate::intake::{Failed, to_the_end};
use crate::store::staff as rows;
use crate::web::app::App;
use crate::web::pages::Problem;

use super::filled::Filled;
use super::said::{Said, back};
use super::{Shell, problem, show};

const PATH: &str = "/operator/staff";

#[derive(Template)]
#[template(path = "operator/staff.html")]
struct StaffPage<'a> {
    shell: Shell<'a>,
    said: Option<&'static str>,
    /// Whose password this is; shown once.
    fresh: Option<(&'a str, &'a str)>,
    member: &'a Member,
    accounts: &'a [rows::Member],
}

/// Everybody who has an account.
pub(in crate::web) async fn page(
    State(app): State<App>,
    Extension(member): Extension<Member>,
    Query(said): Query<Said>,
) -> Response {
    list(&app, &member, said.line(), None).await
}

async fn list(
    app: &App,
    member: &Member,
    said: Option<&'static str>,
    fresh: Option<(&str, &str)>,
) -> Response {
    let inner = app.clone();
    let found = to_the_end(async move {
        let mut tx = inner.store.begin_read().await?;
        rows::all(&mut tx).await
    });
    let Ok(accounts) = found.await else {
        return problem(app, Problem::Unavailable);
    };
    let page = StaffPage {
        shell: app.shell(Some(member)),
        said,
        fresh,
        member,
        accounts: &accounts,
    };
    show(app, &page)
}

#[derive(Deserialize)]
pub(in crate::web) struct Wanted {
    name: String,
    #[serde(default)]
    role: String,
    #[serde(default)]
    deed: String,
}

/// Makes an account, and shows its password once.
pub(in crate::web) async fn add(
    State(app): State<App>,
    Extension(member): Extension<Member>,
    Filled(wanted): Filled<Wanted>,
) -> Response {
    let Ok(name) = StaffName::parse(&wanted.name) else {
        return back(PATH, "no_name");
    };
    let Ok(role) = StaffRole::parse(&wanted.role) else {
        return problem(&app, Problem::Unreadable);
    };
    let (inner, by, whom) = (app.clone(), member.name.actor(), name.clone());
    let made = to_the_end(async move {
        let account = Account {
            name: &whom,
            by: &by,
        };
        let now = inner.clock.now();
        staff::add(&inner.store, &inner.tools, account, role, now).await
    });
    told(&app, &member, &name, made.await, "taken").await
}

/// A password is shown by the answer itself: an address would be kept.
async fn told(
    app: &App,
    member: &Member,
    name: &StaffName,
    made: Result<Made, Failed>,
    otherwise: &'static str,
) -> Response {
    match made {
        Ok(Made::Done(password)) => {
            let fresh = Some((name.as_str(), password.as_str()));
            list(app, member, None, fresh).await
        }
        Ok(Made::Not) => back(PATH, otherwise),
        Ok(Made::NeedsAnother) => back(PATH, "first"),
        Err(Failed) => problem(app, Problem::Unavailable),
    }
}

/// Changes an account of somebody else.
pub(in crate::web) async fn change(
    State(app): State<App>,
    Extension(member): Extension<Member>,
    Filled(wanted): Filled<Wanted>,
) -> Response {
    let Ok(name) = StaffName::parse(&wanted.name) else {
        return back(PATH, "no_name");
    };
    if name == member.name {
        return back(PATH, "own_account");
    }
    let (inner, by, whom) = (app.clone(), member.name.actor(), name.clone());
    match wanted.deed.as_str() {
        "reset" => {
            let reset = to_the_end(async move {
                let account = Account {
                    name: &whom,
                    by: &by,
                };
                staff::reset(&inner.store, &inner.tools, account, inner.clock.now()).await
            });
            told(&app, &member, &name, reset.await, "nothing").await
        }
        "disable" | "enable" => {
            let is_disabled = wanted.deed == "disable";
            let done = to_the_end(async move {
                let account = Account {
                    name: &whom,
                    by: &by,
                };
                let mut tx = inner.store.begin().await?;
                let now = inner.clock.now();
                let found = staff::set_disabled(&mut tx, account, is_disabled, now).await?;
                tx.commit().await?;
                Ok::<_, ActionError>(found)
            });
            match done.await {
                Ok(true) => back(PATH, "done"),
                Ok(false) => back(PATH, "nothing"),
                Err(Failed) => problem(&app, Problem::Unavailable),
            }
        }
        "role" => {
            let Ok(role) = StaffRole::parse(&wanted.role) else {
                return problem(&app, Problem::Unreadable);
            };
            let changed = to_the_end(async move {
                let account = Account {
                    name: &whom,
                    by: &by,
                };
                let mut tx = inner.store.begin().await?;
                let now = inner.clock.now();
                let changed = staff::set_role(&mut tx, &inner.tools, account, role, now).await?;
                tx.commit().await?;
                Ok::<_, ActionError>(changed)
            });
            match changed.await {
                Ok(Changed::Done) => back(PATH, "done"),
                Ok(Changed::Nobody) => back(PATH, "nothing"),
                Ok(Changed::NeedsAnother) => back(PATH, "first"),
                Err(Failed) => problem(&app, Problem::Unavailable),
            }
        }
        _ => problem(&app, Problem::Unreadable),
    }
}

fn state_of(account: &rows::Member) -> &'static str {
    match (account.is_disabled, account.is_enrolled) {
        (true, _) => "closed",
        (false, true) => "open",
        (false, false) => "open, no telephone yet",
    }
}
