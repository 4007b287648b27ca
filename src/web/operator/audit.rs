//! The audit log, for auditors: looked through by who, whom, what and when, and taken along.

use askama::Template;
use axum::Extension;
use axum::extract::{Query, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use jiff::ToSpan;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::actions::staff::Member;
use crate::actions::{ActionError, has_read};
use crate::domain::Timestamp;
use crate::intake::to_the_end;
use crate::store::audit::{self, Kept, Wanted};
use crate::text::harmless;
use crate::web::app::App;
use crate::web::pages::Problem;

use super::{Shell, problem, show, time_of};

/// The most entries on a page: what fits into 14 KB.
const SHOWN: usize = 25;

/// The most entries in a file; `cp2 audit export` writes all of them.
const TAKEN: usize = 50_000;

const COLUMNS: [&str; 8] = ["number", "time", "by", "what", "about", "way", "more", "id"];

#[derive(Template)]
#[template(path = "operator/audit.html")]
struct AuditPage<'a> {
    shell: Shell<'a>,
    search: &'a Search,
    entries: &'a [Kept],
    is_misread: bool,
    /// The same search as an address, and from where on the next page goes.
    query: String,
    before: Option<String>,
}

/// What is looked for; names and ids that nobody types are no secrets in an address.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(in crate::web) struct Search {
    #[serde(default)]
    actor: String,
    #[serde(default)]
    subject: String,
    #[serde(default)]
    what: String,
    /// The first day, in Kenya.
    #[serde(default)]
    from: String,
    /// The last day.
    #[serde(default)]
    to: String,
    #[serde(default, skip_serializing)]
    before: String,
}

impl Search {
    /// None where a day is none.
    fn wanted(&self) -> Option<Wanted> {
        let text = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        let day = |typed: &str| match typed.trim() {
            "" => Some(None),
            typed => typed.parse::<Date>().ok().map(Some),
        };
        let start = |day: Date| Timestamp::from_kenya(day.at(0, 0, 0, 0));
        let to = match day(&self.to)? {
            Some(day) => Some(day.checked_add(1.day()).ok()?),
            None => None,
        };
        Some(Wanted {
            actor: text(&self.actor),
            subject: text(&self.subject),
            what: text(&self.what),
            since: day(&self.from)?.map(start),
            until: to.map(start),
            before: self.before(),
        })
    }

    fn before(&self) -> Option<(Timestamp, String)> {
        let (at, id) = self.before.split_once('.')?;
        Some((Timestamp::from_millis(at.parse().ok()?), id.to_owned()))
    }
}

/// The newest entries that were looked for.
pub(in crate::web) async fn page(
    State(app): State<App>,
    Extension(member): Extension<Member>,
    Query(search): Query<Search>,
) -> Response {
    let wanted = search.wanted();
    let is_misread = wanted.is_none();
    let Ok(entries) = look(&app, &member, wanted, "audit.read", SHOWN).await else {
        return problem(&app, Problem::Unavailable);
    };
    let last = entries.last().filter(|_| entries.len() == SHOWN);
    let page = AuditPage {
        shell: app.shell(Some(&member)),
        before: last.map(|entry| format!("{}.{}", entry.at.as_millis(), entry.id)),
        query: serde_urlencoded::to_string(&search).unwrap_or_default(),
        search: &search,
        entries: &entries,
        is_misread,
    };
    show(&app, &page)
}

/// The same as a table.
pub(in crate::web) async fn file(
    State(app): State<App>,
    Extension(member): Extension<Member>,
    Query(search): Query<Search>,
) -> Response {
    let Some(wanted) = search.wanted() else {
        return problem(&app, Problem::Unreadable);
    };
    let Ok(entries) = look(&app, &member, Some(wanted), "audit.exported", TAKEN).await else {
        return problem(&app, Problem::Unavailable);
    };
    let Ok(table) = table(&entries) else {
        return problem(&app, Problem::Fault);
    };
    let headers = [
        (CONTENT_TYPE, "text/csv; charset=utf-8"),
        (CONTENT_DISPOSITION, "attachment; filename=\"audit.csv\""),
    ];
    (headers, table).into_response()
}

async fn look(
    app: &App,
    member: &Member,
    wanted: Option<Wanted>,
    what: &'static str,
    limit: usize,
) -> Result<Vec<Kept>, crate::intake::Failed> {
    let Some(wanted) = wanted else {
        return Ok(Vec::new());
    };
    let (inner, who) = (app.clone(), member.clone());
    to_the_end(async move {
        let mut tx = inner.store.begin().await?;
        let found = audit::newest(&mut tx, &wanted, limit).await?;
        let by = who.name.actor();
        has_read(&mut tx, &by, (what, None), &[], inner.clock.now()).await?;
        tx.commit().await?;
        Ok::<_, ActionError>(found)
    })
    .await
}

fn table(entries: &[Kept]) -> Result<Vec<u8>, csv::Error> {
    let mut table = csv::Writer::from_writer(Vec::new());
    table.write_record(COLUMNS)?;
    for entry in entries {
        let number = entry.number.map(|number| number.to_string());
        let cells = [
            number.unwrap_or_default(),
            time_of(&entry.at),
            entry.actor.clone(),
            entry.what.clone(),
            entry.subject.clone().unwrap_or_default(),
            entry.way.clone(),
            entry.detail.clone().unwrap_or_default(),
            entry.id.clone(),
        ];
        table.write_record(cells.map(harmless))?;
    }
    table
        .into_inner()
        .map_err(|error| error.into_error().into())
}
