//! Looking people up, and helping them.

use askama::Template;
use axum::Extension;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use serde::Deserialize;

use crate::actions::ActionError;
use crate::actions::staff::{self, Help, Helped, Member, Record};
use crate::domain::{
    DeploymentId, Duty, Ending, KraPin, Language, Msisdn, NationalId, PersonId, StaffRole,
    Timestamp, TscNumber,
};
use crate::intake::{Failed, to_the_end};
use crate::store::conversations::{self, Told};
use crate::store::people::Person;
use crate::store::{StoreError, Tx};
use crate::web::app::App;
use crate::web::pages::Problem;

use super::filled::Filled;
use super::said::{Said, back};
use super::{Shell, problem, show, time_of};

/// The most sessions of a line that are shown.
const SESSIONS: usize = 30;

#[derive(Template)]
#[template(path = "operator/people.html")]
struct PeoplePage<'a> {
    shell: Shell<'a>,
    said: Option<&'static str>,
    typed: &'a str,
    /// None before a search.
    found: Option<Vec<Shown>>,
}

/// A person, as far as the role of the reader shows them.
struct Shown {
    id: String,
    name: String,
    national_id: String,
    tsc_number: String,
    kra_pin: String,
    line: String,
}

#[derive(Template)]
#[template(path = "operator/person.html")]
struct PersonPage<'a> {
    shell: Shell<'a>,
    said: Option<&'static str>,
    who: Shown,
    record: &'a Record,
    sessions: &'a [Told],
    now: Timestamp,
}

impl Shown {
    /// Viewers see no number whole: they need none to tell people where they are deployed.
    fn to(member: &Member, person: &Person) -> Self {
        let masks = member.role == StaffRole::Viewer;
        let tail = |number: &str| {
            let shown = number.len().saturating_sub(2);
            format!("…{}", &number[shown..])
        };
        let number = |number: Option<&str>| match number {
            Some(number) if masks => tail(number),
            Some(number) => number.to_owned(),
            None => "–".to_owned(),
        };
        let national_id: &NationalId = &person.national_id;
        Self {
            id: person.id.to_string(),
            name: person.name.as_str().to_owned(),
            national_id: number(Some(national_id.as_str())),
            tsc_number: number(person.tsc_number.as_ref().map(TscNumber::as_str)),
            kra_pin: number(person.kra_pin.as_ref().map(KraPin::as_str)),
            line: number(person.msisdn.as_ref().map(Msisdn::as_str)),
        }
    }
}

/// An empty search.
pub(in crate::web) async fn search_form(
    State(app): State<App>,
    Extension(member): Extension<Member>,
    Query(said): Query<Said>,
) -> Response {
    let page = PeoplePage {
        shell: app.shell(Some(&member)),
        said: said.line(),
        typed: "",
        found: None,
    };
    show(&app, &page)
}

#[derive(Deserialize)]
pub(in crate::web) struct Search {
    number: String,
}

/// A filled one. It is posted: what stands in an address is kept by browsers and proxies.
pub(in crate::web) async fn search(
    State(app): State<App>,
    Extension(member): Extension<Member>,
    Filled(search): Filled<Search>,
) -> Response {
    let (inner, who, typed) = (app.clone(), member.clone(), search.number.clone());
    let found = to_the_end(async move {
        let mut tx = inner.store.begin().await?;
        let found = staff::search(&mut tx, &who, &typed, inner.clock.now()).await?;
        tx.commit().await?;
        Ok::<_, ActionError>(found)
    });
    let Ok(found) = found.await else {
        return problem(&app, Problem::Unavailable);
    };
    let found = found.iter().map(|person| Shown::to(&member, person));
    let page = PeoplePage {
        shell: app.shell(Some(&member)),
        said: None,
        typed: &search.number,
        found: Some(found.collect()),
    };
    show(&app, &page)
}

/// All about one person.
pub(in crate::web) async fn person(
    State(app): State<App>,
    Extension(member): Extension<Member>,
    id: Result<Path<String>, PathRejection>,
    Query(said): Query<Said>,
) -> Response {
    let Some(id) = person_id(id) else {
        return problem(&app, Problem::NotFound);
    };
    let (inner, who) = (app.clone(), member.clone());
    let found = to_the_end(async move {
        let mut tx = inner.store.begin().await?;
        let found = staff::record(&mut tx, &who, &id, inner.clock.now()).await?;
        let line = found
            .as_ref()
            .and_then(|found| found.person.msisdn.as_ref());
        let sessions = sessions(&inner, &mut tx, line).await?;
        tx.commit().await?;
        Ok::<_, ActionError>(found.map(|found| (found, sessions)))
    });
    let (record, sessions) = match found.await {
        Ok(Some(found)) => found,
        Ok(None) => return problem(&app, Problem::NotFound),
        Err(Failed) => return problem(&app, Problem::Unavailable),
    };
    let page = PersonPage {
        shell: app.shell(Some(&member)),
        said: said.line(),
        who: Shown::to(&member, &record.person),
        record: &record,
        sessions: &sessions,
        now: app.clock.now(),
    };
    show(&app, &page)
}

/// The newest sessions of a line: those that go on in this process, and those that are over.
async fn sessions(app: &App, tx: &mut Tx, line: Option<&Msisdn>) -> Result<Vec<Told>, StoreError> {
    let Some(line) = line else {
        return Ok(Vec::new());
    };
    let open = app
        .intake
        .dialogue
        .diary
        .as_ref()
        .map(|diary| diary.open_of(line));
    let open = open.unwrap_or_default();
    let mut found: Vec<_> = open.into_iter().map(Told::from).collect();
    for mark in app.tools.keys.line_marks(line) {
        found.extend(conversations::of_line(tx, &mark, SESSIONS).await?);
    }
    found.sort_by_key(|told| std::cmp::Reverse(told.last_at));
    found.truncate(SESSIONS);
    Ok(found)
}

fn way_through(told: &Told) -> String {
    told.screens.replace(' ', " › ")
}

#[derive(Deserialize)]
pub(in crate::web) struct Deed {
    deed: String,
    /// Which deployment or link.
    #[serde(default)]
    which: String,
}

impl Deed {
    fn read(&self) -> Option<Help> {
        Some(match self.deed.as_str() {
            "password" => Help::SendPassword,
            "letter" => Help::SendLink(DeploymentId::parse(&self.which).ok()?),
            "unlock" => Help::Unlock,
            "revoke" => {
                let hash = data_encoding::HEXLOWER.decode(self.which.as_bytes());
                Help::RevokeLink(hash.ok()?)
            }
            _ => return None,
        })
    }
}

/// Helps them.
pub(in crate::web) async fn help(
    State(app): State<App>,
    Extension(member): Extension<Member>,
    id: Result<Path<String>, PathRejection>,
    Filled(deed): Filled<Deed>,
) -> Response {
    let (Some(id), Some(deed)) = (person_id(id), deed.read()) else {
        return problem(&app, Problem::Unreadable);
    };
    let path = format!("/operator/people/{id}");
    let inner = app.clone();
    let helped = to_the_end(async move {
        let actor = member.name.actor();
        let (by, now) = (inner.decider(&actor), inner.clock.now());
        staff::help(&inner.store, &inner.tools, by, (&id, &deed), now).await
    });
    let word = match helped.await {
        Ok(Helped::Done) => "done",
        Ok(Helped::Nothing) => "nothing",
        Ok(Helped::NoLine) => "no_line",
        Ok(Helped::Refused(word)) => word,
        Ok(Helped::Nobody) => return problem(&app, Problem::NotFound),
        Err(Failed) => return problem(&app, Problem::Unavailable),
    };
    app.ring();
    back(&path, word)
}

pub(super) fn person_id(id: Result<Path<String>, PathRejection>) -> Option<PersonId> {
    PersonId::parse(&id.ok()?.0).ok()
}

fn hex(hash: &[u8]) -> String {
    data_encoding::HEXLOWER.encode(hash)
}
