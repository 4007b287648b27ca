//! Who is deployed to a centre: on a page, on paper, in a file.

use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use crate::domain::Role;
use crate::menus::{Format, Value};
use crate::text::{fold, harmless};
use crate::ussd::Page;

use super::super::desk::{Desk, Facts};
use super::super::pages::{Member, Problem, RosterPage};
use super::{Managed, managed};

/// More people than work at any centre.
const EVERYBODY: usize = 2_000;

/// Who fits into a page of 14 KB.
const PAGE: usize = 25;

/// Who is wanted.
#[derive(Debug, Default, Deserialize)]
pub(in super::super) struct Wanted {
    #[serde(default)]
    name: String,
    #[serde(default)]
    role: String,
    #[serde(default)]
    from: usize,
    print: Option<String>,
}

type Asked = Result<Query<Wanted>, QueryRejection>;

/// A page of them, or all of them to be printed.
pub(in super::super) async fn page(desk: Desk, id: Managed, wanted: Asked) -> Response {
    let Ok(Path(id)) = id else {
        return desk.problem(Problem::NotFound);
    };
    let Query(wanted) = wanted.unwrap_or_default();
    let all = match members(&desk, &id, &wanted).await {
        Ok(all) => all,
        Err(page) => return page,
    };
    let (count, is_print) = (all.len(), wanted.print.is_some());
    let members = if is_print {
        all
    } else {
        all.into_iter().skip(wanted.from).take(PAGE).collect()
    };
    let next = wanted.from.saturating_add(PAGE);
    let centre = match centre(&desk, &id, is_print).await {
        Ok(centre) => centre,
        Err(page) => return page,
    };
    RosterPage {
        frame: desk.frame(),
        centre,
        path: format!("/centre/{id}"),
        members: &members,
        count,
        name: &wanted.name,
        role: &wanted.role,
        next: (!is_print && next < count).then_some(next),
        is_print,
    }
    .into_response()
}

/// Which centre it is, for paper: there, no address tells.
async fn centre(desk: &Desk, id: &str, is_print: bool) -> Result<Option<String>, Response> {
    if !is_print {
        return Ok(None);
    }
    let told = desk.run("centre.describe", managed(id)).await?;
    let (code, name) = (told.text("centre_code"), told.text("centre_name"));
    Ok(Some(format!("{code} {name}")))
}

/// All of them as CSV.
pub(in super::super) async fn file(desk: Desk, id: Managed, wanted: Asked) -> Response {
    let Ok(Path(id)) = id else {
        return desk.problem(Problem::NotFound);
    };
    let Query(wanted) = wanted.unwrap_or_default();
    let members = match members(&desk, &id, &wanted).await {
        Ok(members) => members,
        Err(page) => return page,
    };
    let Ok(text) = written(&members) else {
        return desk.problem(Problem::Fault);
    };
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (
            header::CONTENT_DISPOSITION,
            "attachment; filename=\"roster.csv\"",
        ),
    ];
    (headers, text).into_response()
}

fn written(members: &[Member]) -> Result<Vec<u8>, csv::Error> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(["name", "role", "gender", "phone", "national_id"])?;
    for member in members {
        let cells = [
            &member.name,
            &member.role_code,
            &member.gender,
            &member.line,
            &member.national_id,
        ];
        writer.write_record(cells.map(|cell| match cell.as_str() {
            "-" => String::new(),
            _ => harmless(cell.clone()),
        }))?;
    }
    Ok(writer
        .into_inner()
        .map_err(csv::IntoInnerError::into_error)?)
}

async fn members(desk: &Desk, id: &str, wanted: &Wanted) -> Result<Vec<Member>, Response> {
    let page = Page {
        offset: 0,
        size: EVERYBODY,
    };
    let told = desk.list("roster.table", managed(id), page).await?;
    let role = Role::parse(&wanted.role).ok();
    let letters = fold(wanted.name.trim()).to_lowercase();
    let is_wanted = |member: &&Facts| {
        let is_role =
            role.is_none_or(|role| member.value("member_role") == Some(&Value::Role(role)));
        is_role && member.text("member_name").to_lowercase().contains(&letters)
    };
    Ok(told.items.iter().filter(is_wanted).map(member).collect())
}

fn member(facts: &Facts) -> Member {
    Member {
        name: facts.text("member_name"),
        role: facts.text("member_role"),
        role_code: facts.shown("member_role", Format::Short),
        gender: facts.text("gender"),
        line: facts.text("member_line"),
        national_id: facts.text("member_id"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_no_formula_and_nothing_is_an_empty_cell() {
        let member = Member {
            name: "=1+1".into(),
            role: "Invigilator".into(),
            role_code: "INV".into(),
            gender: "F".into(),
            line: "25470****001".into(),
            national_id: "-".into(),
        };
        let text = String::from_utf8(written(&[member]).unwrap()).unwrap();
        assert_eq!(
            text,
            "name,role,gender,phone,national_id\n'=1+1,INV,F,25470****001,\n"
        );
    }
}
