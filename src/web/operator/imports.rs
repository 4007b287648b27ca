//! Files brought into the register: uploaded, judged, decided, written; each step is seen.

use std::io::Seek;

use askama::Template;
use axum::Extension;
use axum::extract::multipart::{Field, MultipartError, MultipartRejection};
use axum::extract::rejection::PathRejection;
use axum::extract::{Multipart, Path, Query, State};
use axum::http::StatusCode;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use tokio::fs::File;
use tokio::io::AsyncWriteExt;

use crate::actions::staff::Member;
use crate::clerk::{ClerkError, Decision, Table};
use crate::imports::{FileError, Kind};
use crate::intake::{Failed, to_the_end};
use crate::store::imports::{self, Import, Reject, Stage};
use crate::store::{StoreError, Tx};
use crate::text::harmless;
use crate::web::app::App;
use crate::web::pages::Problem;

use super::filled::Filled;
use super::said::{Said, back};
use super::watch::Watch;
use super::{Shell, chart, problem, show, time_of};

const PATH: &str = "/operator/imports";

/// The most imports of the list, and rejected rows of a page.
const SHOWN: usize = 50;

/// Rejected rows that are read at a time.
const PAGE: usize = 5_000;

/// The longest name of a file that is kept.
const LONGEST_NAME: usize = 80;

#[derive(Template)]
#[template(path = "operator/imports.html")]
struct ImportsPage<'a> {
    shell: Shell<'a>,
    fault: Option<&'a str>,
    largest_mb: usize,
    imports: &'a [Import],
}

#[derive(Template)]
#[template(path = "operator/import.html")]
struct ImportPage<'a> {
    shell: Shell<'a>,
    said: Option<&'static str>,
    /// While something goes on.
    watch: Option<Watch>,
    import: &'a Import,
    rejects: &'a [Reject],
    bar: String,
}

/// The newest ones, and a form to bring another.
pub(in crate::web) async fn list(
    State(app): State<App>,
    Extension(member): Extension<Member>,
) -> Response {
    list_with(&app, &member, None).await
}

async fn list_with(app: &App, member: &Member, fault: Option<&str>) -> Response {
    let inner = app.clone();
    let found = to_the_end(async move {
        let mut tx = inner.store.begin_read().await?;
        imports::newest(&mut tx, SHOWN).await
    });
    let Ok(imports) = found.await else {
        return problem(app, Problem::Unavailable);
    };
    let page = ImportsPage {
        shell: app.shell(Some(member)),
        fault,
        largest_mb: app.tools.operator.largest_upload_mb,
        imports: &imports,
    };
    let status = match fault {
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
        None => StatusCode::OK,
    };
    app.look.console().respond(status, &page)
}

/// What was uploaded.
struct Upload {
    kind: Kind,
    sheet: Option<String>,
    is_quiet: bool,
    name: String,
    file: std::fs::File,
}

/// Why nothing was.
enum Unread {
    /// No form of ours.
    Unreadable,
    /// More than is allowed.
    TooLarge,
    /// It can't be kept while it is read.
    Fault,
}

impl From<MultipartError> for Unread {
    fn from(error: MultipartError) -> Self {
        match error.status() {
            StatusCode::PAYLOAD_TOO_LARGE => Self::TooLarge,
            _ => Self::Unreadable,
        }
    }
}

impl From<std::io::Error> for Unread {
    fn from(error: std::io::Error) -> Self {
        tracing::error!(error = &error as &dyn std::error::Error, "no upload");
        Self::Fault
    }
}

/// Reads the form; the file, which comes last in it, goes to the disk as it comes and has no
/// name there.
async fn receive(mut form: Multipart) -> Result<Upload, Unread> {
    let (mut kind, mut sheet, mut is_quiet) = (None, None, false);
    while let Some(mut field) = form.next_field().await? {
        match field.name().unwrap_or_default() {
            "kind" => kind = Kind::named(&field.text().await?),
            "sheet" => sheet = Some(field.text().await?.trim().to_owned()),
            "quiet" => is_quiet = field.text().await? == "yes",
            "file" => {
                let name = field.file_name().unwrap_or_default();
                let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
                let name: String = name.chars().take(LONGEST_NAME).collect();
                let file = spool(&mut field).await?;
                return Ok(Upload {
                    kind: kind.ok_or(Unread::Unreadable)?,
                    sheet: sheet.filter(|sheet| !sheet.is_empty()),
                    is_quiet,
                    name,
                    file,
                });
            }
            _ => {}
        }
    }
    Err(Unread::Unreadable)
}

async fn spool(field: &mut Field<'_>) -> Result<std::fs::File, Unread> {
    let mut file = File::from_std(tempfile::tempfile()?);
    while let Some(piece) = field.chunk().await? {
        file.write_all(&piece).await?;
    }
    file.flush().await?;
    let mut file = file.into_std().await;
    file.rewind()?;
    Ok(file)
}

/// Takes a file; it is judged after the answer, and its page says how far that is.
pub(in crate::web) async fn upload(
    State(app): State<App>,
    Extension(member): Extension<Member>,
    form: Result<Multipart, MultipartRejection>,
) -> Response {
    let upload = match form {
        Ok(form) => receive(form).await,
        Err(_) => Err(Unread::Unreadable),
    };
    let upload = match upload {
        Ok(upload) => upload,
        Err(Unread::Unreadable) => return problem(&app, Problem::Unreadable),
        Err(Unread::TooLarge) => return problem(&app, Problem::TooLarge),
        Err(Unread::Fault) => return problem(&app, Problem::Fault),
    };
    let Upload {
        kind,
        sheet,
        is_quiet,
        name,
        file,
    } = upload;
    let surveyed = tokio::task::spawn_blocking(move || Table::survey(kind, file, sheet.as_deref()));
    let table = match surveyed.await {
        Ok(Ok(table)) => table,
        Ok(Err(FileError::Io(_))) | Err(_) => return problem(&app, Problem::Fault),
        Ok(Err(error)) => return list_with(&app, &member, Some(&error.to_string())).await,
    };
    let tells = app.tools.policy.notify_deployments && !is_quiet;
    let (inner, actor) = (app.clone(), member.name.actor());
    let opened = to_the_end(async move {
        let by = inner.decider(&actor);
        let id = inner.clerk.open(&table, &name, tells, by).await?;
        Ok::<_, ClerkError>((id, table))
    });
    let Ok((id, table)) = opened.await else {
        return problem(&app, Problem::Unavailable);
    };
    let path = format!("{PATH}/{id}");
    // Not waited for: when the service stops meanwhile, the file is given up and says so.
    tokio::spawn(judge(app, member, id, table, tells));
    Redirect::to(&Watch::address(&path)).into_response()
}

async fn judge(app: App, member: Member, id: String, table: Table, tells: bool) {
    let actor = member.name.actor();
    let by = app.decider(&actor);
    let judged = app.clerk.judge(table, Some(&id), tells, by, |_| Ok(()));
    let Err(error) = judged.await else { return };
    let fault = match &error {
        ClerkError::File(error) => error.to_string(),
        other => {
            tracing::error!(error = other as &dyn std::error::Error, "a file broke off");
            "the file could not be read to its end; bring it again".to_owned()
        }
    };
    // Where this can't be kept either, it is given up for its silence.
    let _ = app.clerk.give_up(&id, &fault).await;
}

/// One of them; while something goes on, the page comes anew by itself for whoever watches it.
pub(in crate::web) async fn page(
    State(app): State<App>,
    Extension(member): Extension<Member>,
    id: Result<Path<String>, PathRejection>,
    Query(said): Query<Said>,
) -> Response {
    let Ok(Path(id)) = id else {
        return problem(&app, Problem::NotFound);
    };
    let inner = app.clone();
    let found = to_the_end(async move {
        let mut tx = inner.store.begin_read().await?;
        let Some(import) = imports::by_id(&mut tx, &id).await? else {
            return Ok(None);
        };
        let rejects = imports::rejects(&mut tx, &id, 0, SHOWN).await?;
        Ok::<_, StoreError>(Some((import, rejects)))
    });
    let (import, rejects) = match found.await {
        Ok(Some(found)) => found,
        Ok(None) => return problem(&app, Problem::NotFound),
        Err(Failed) => return problem(&app, Problem::Unavailable),
    };
    let goes_on = matches!(import.stage, Stage::Judging | Stage::Writing);
    let path = format!("{PATH}/{}", import.id);
    let page = ImportPage {
        watch: goes_on.then(|| Watch::of(&path, 2, &said)),
        shell: app.shell(Some(&member)),
        said: said.line(),
        bar: match import.stage {
            Stage::Judging => chart::progress(import.place, 0, import.whole),
            _ => chart::progress(import.written, import.refused, import.sums.moving()),
        },
        import: &import,
        rejects: &rejects,
    };
    show(&app, &page)
}

#[derive(Deserialize)]
pub(in crate::web) struct Ruling {
    decision: String,
}

/// Decides whether a file is written.
pub(in crate::web) async fn decide(
    State(app): State<App>,
    Extension(member): Extension<Member>,
    id: Result<Path<String>, PathRejection>,
    Filled(ruling): Filled<Ruling>,
) -> Response {
    let decision = match ruling.decision.as_str() {
        "whole" => Decision::Whole,
        "good" => Decision::Good,
        "nothing" => Decision::Nothing,
        _ => return problem(&app, Problem::Unreadable),
    };
    let Ok(Path(id)) = id else {
        return problem(&app, Problem::NotFound);
    };
    let path = format!("{PATH}/{id}");
    let inner = app.clone();
    let decided = to_the_end(async move {
        let actor = member.name.actor();
        let by = inner.decider(&actor);
        inner.clerk.decide(&id, decision, false, by).await
    });
    match decided.await {
        Ok(true) => back(&path, "done"),
        Ok(false) => back(&path, "not_waiting"),
        Err(Failed) => problem(&app, Problem::Unavailable),
    }
}

/// Every rejected row with its reason, as a table to mend the file by.
pub(in crate::web) async fn rejected(
    State(app): State<App>,
    id: Result<Path<String>, PathRejection>,
) -> Response {
    let Ok(Path(id)) = id else {
        return problem(&app, Problem::NotFound);
    };
    let inner = app.clone();
    let table = to_the_end(async move {
        let mut tx = inner.store.begin_read().await?;
        table_of(&mut tx, &id).await
    });
    match table.await {
        Ok(table) => (
            [
                (CONTENT_TYPE, "text/csv; charset=utf-8"),
                (CONTENT_DISPOSITION, "attachment; filename=\"rejected.csv\""),
            ],
            table,
        )
            .into_response(),
        Err(Failed) => problem(&app, Problem::Unavailable),
    }
}

async fn table_of(tx: &mut Tx, id: &str) -> Result<Vec<u8>, super::TableError> {
    let mut table = csv::Writer::from_writer(Vec::new());
    table.write_record(["row", "column", "value", "reason"])?;
    let mut after = 0;
    loop {
        let rejects = imports::rejects(tx, id, after, PAGE).await?;
        let Some(last) = rejects.last() else { break };
        after = last.row;
        for one in rejects {
            table.write_record([
                one.row.to_string(),
                one.column,
                harmless(one.value),
                one.reason,
            ])?;
        }
    }
    let table = table.into_inner();
    Ok(table.map_err(|error| csv::Error::from(error.into_error()))?)
}
