//! The audit log, for auditors.

use askama::Template;
use axum::Extension;
use axum::extract::{Query, State};
use axum::response::Response;
use serde::Deserialize;

use crate::actions::ActionError;
use crate::actions::staff::{self, Member};
use crate::intake::to_the_end;
use crate::store::audit::{self, Kept, Wanted};
use crate::web::app::App;
use crate::web::pages::Problem;

use super::{Shell, problem, show, time_of};

/// The most entries on a page.
const SHOWN: usize = 200;

#[derive(Template)]
#[template(path = "operator/audit.html")]
struct AuditPage<'a> {
    shell: Shell<'a>,
    search: &'a Search,
    entries: &'a [Kept],
    /// Where the next page begins.
    before: Option<i64>,
}

/// What is looked for; names and ids that nobody types are no secrets in an address.
#[derive(Debug, Clone, Default, Deserialize)]
pub(in crate::web) struct Search {
    #[serde(default)]
    actor: String,
    #[serde(default)]
    subject: String,
    #[serde(default)]
    what: String,
    #[serde(default)]
    before: Option<i64>,
}

impl Search {
    fn wanted(&self) -> Wanted {
        let text = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        Wanted {
            actor: text(&self.actor),
            subject: text(&self.subject),
            what: text(&self.what),
            before: self.before.map(crate::domain::Timestamp::from_millis),
        }
    }
}

/// The newest entries that were looked for.
pub(in crate::web) async fn page(
    State(app): State<App>,
    Extension(member): Extension<Member>,
    Query(search): Query<Search>,
) -> Response {
    let (inner, who, wanted) = (app.clone(), member.clone(), search.wanted());
    let found = to_the_end(async move {
        let mut tx = inner.store.begin().await?;
        let found = audit::newest(&mut tx, &wanted, SHOWN).await?;
        staff::has_read(&mut tx, &who, "audit.read", inner.clock.now()).await?;
        tx.commit().await?;
        Ok::<_, ActionError>(found)
    });
    let Ok(entries) = found.await else {
        return problem(&app, Problem::Unavailable);
    };
    let last = entries.last().filter(|_| entries.len() == SHOWN);
    let page = AuditPage {
        shell: app.shell(Some(&member)),
        search: &search,
        before: last.map(|entry| entry.at.as_millis()),
        entries: &entries,
    };
    show(&app, &page)
}
