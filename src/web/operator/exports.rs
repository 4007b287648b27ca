//! Tables taken out as CSV, a page at a time: a slow line holds nobody up.

use std::io;

use askama::Template;
use axum::Extension;
use axum::body::Body;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, Query, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use serde::Deserialize;

use crate::actions::staff::Member;
use crate::clerk::{Export, ExportError};
use crate::domain::{CentreCode, Series};
use crate::intake::{Failed, to_the_end};
use crate::store::StoreError;
use crate::store::exports::{self, Filter, TABLES, Table};
use crate::web::app::App;
use crate::web::pages::Problem;

use super::{Shell, problem};

#[derive(Template)]
#[template(path = "operator/exports.html")]
struct ExportsPage<'a> {
    shell: Shell<'a>,
    tables: [&'static Table; 7],
}

/// What can be taken out.
pub(in crate::web) async fn list(
    State(app): State<App>,
    Extension(member): Extension<Member>,
) -> Response {
    let page = ExportsPage {
        shell: app.shell(Some(&member)),
        tables: TABLES,
    };
    super::show(&app, &page)
}

/// What a table is narrowed to; neither is anything personal.
#[derive(Default, Deserialize)]
pub(in crate::web) struct Narrowed {
    #[serde(default)]
    series: String,
    #[serde(default)]
    centre: String,
}

impl Narrowed {
    /// None where it can't be read.
    fn filter(&self, table: &Table) -> Option<Filter> {
        let given = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        let series = given(&self.series).filter(|_| table.is_by_work);
        let centre = given(&self.centre).filter(|_| table.is_by_work);
        Some(Filter {
            series: series.map(|text| Series::parse(&text)).transpose().ok()?,
            centre: centre
                .map(|text| CentreCode::parse(&text))
                .transpose()
                .ok()?,
        })
    }
}

/// A table; who took it stands in the audit log before the first row leaves.
pub(in crate::web) async fn file(
    State(app): State<App>,
    Extension(member): Extension<Member>,
    name: Result<Path<String>, PathRejection>,
    Query(narrowed): Query<Narrowed>,
) -> Response {
    let table = name
        .ok()
        .and_then(|Path(name)| exports::named(name.strip_suffix(".csv")?));
    let Some(table) = table else {
        return problem(&app, Problem::NotFound);
    };
    let Some(filter) = narrowed.filter(table) else {
        return problem(&app, Problem::Unreadable);
    };
    let (inner, export) = (app.clone(), Export::new(table, filter));
    let signed = to_the_end(async move {
        let mut tx = inner.store.begin().await?;
        let (by, now) = (member.name.actor(), inner.clock.now());
        export.sign(&mut tx, &by, now).await?;
        tx.commit().await?;
        Ok::<_, StoreError>(export)
    });
    let Ok(export) = signed.await else {
        return problem(&app, Problem::Unavailable);
    };
    let rows = stream::unfold(Some(export), move |export| next(app.clone(), export));
    let disposition = format!("attachment; filename=\"{}.csv\"", table.name);
    (
        [
            (CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
            (CONTENT_DISPOSITION, disposition),
        ],
        Body::from_stream(rows),
    )
        .into_response()
}

/// The next rows. A table that breaks off is a download that fails, not one that looks whole.
async fn next(
    app: App,
    export: Option<Export>,
) -> Option<(Result<Vec<u8>, io::Error>, Option<Export>)> {
    let mut export = export?;
    let page = to_the_end(async move {
        let mut tx = app.store.begin_read().await?;
        let rows = export.next(&mut tx).await?;
        Ok::<_, ExportError>(rows.map(|rows| (rows, export)))
    });
    match page.await {
        Ok(Some((rows, export))) => Some((Ok(rows), Some(export))),
        Ok(None) => None,
        Err(Failed) => Some((Err(io::ErrorKind::BrokenPipe.into()), None)),
    }
}
