//! The attendance register of a centre: marked by the page, signed off by the day.

use std::collections::BTreeMap;

use axum::extract::rejection::{FormRejection, PathRejection, QueryRejection};
use axum::extract::{Form, Path, Query};
use axum::response::{IntoResponse, Response};
use jiff::civil::Date;
use serde::Deserialize;

use crate::domain::long_date;
use crate::menus::{Fields, Value};
use crate::ussd::Page;

use super::super::desk::{Desk, Facts, Told};
use super::super::pages::{DaysPage, FormPage, Marked, Notice, Problem, RegisterPage};
use super::super::site::unreadable;
use super::{Managed, managed};

/// How many people are marked at once: what fits into a page of 14 KB.
const PAGE: usize = 15;

/// A centre and a day.
type Day = Result<Path<(String, Date)>, PathRejection>;

/// Where in the list.
#[derive(Debug, Default, Deserialize)]
pub(in super::super) struct Wanted {
    #[serde(default)]
    from: usize,
}

/// The days that are open.
pub(in super::super) async fn days(desk: Desk, id: Managed) -> Response {
    let Ok(Path(id)) = id else {
        return desk.problem(Problem::NotFound);
    };
    let page = Page { offset: 0, size: 2 };
    let told = match desk.list("attendance.days", managed(&id), page).await {
        Ok(told) => told,
        Err(page) => return page,
    };
    if told.name == "closed" {
        return closed(&desk, &id, &told);
    }
    let day = |open: &Facts| match open.value("day") {
        Some(Value::Date(day)) => {
            let path = format!("/centre/{id}/attendance/{day}");
            Some((path, long_date(*day, desk.language)))
        }
        _ => None,
    };
    DaysPage {
        frame: desk.frame(),
        path: format!("/centre/{id}"),
        days: told.items.iter().filter_map(day).collect(),
    }
    .into_response()
}

/// Who is expected on a day, with their marks.
pub(in super::super) async fn register(
    desk: Desk,
    day: Day,
    wanted: Result<Query<Wanted>, QueryRejection>,
) -> Response {
    let Ok(Path((id, day))) = day else {
        return desk.problem(Problem::NotFound);
    };
    let Query(Wanted { from }) = wanted.unwrap_or_default();
    let counts = match desk.run("attendance.day", on(&id, day)).await {
        Ok(told) if told.name == "closed" => return closed(&desk, &id, &told),
        Ok(told) => told,
        Err(page) => return page,
    };
    let page = Page {
        offset: from,
        size: PAGE,
    };
    let listed = match desk.list("attendance.list", on(&id, day), page).await {
        // Past its end.
        Ok(told) if told.name == "closed" => return desk.problem(Problem::NotFound),
        Ok(told) => told,
        Err(page) => return page,
    };
    let people: Vec<_> = listed.items.iter().take(PAGE).map(marked).collect();
    RegisterPage {
        frame: desk.frame(),
        path: format!("/centre/{id}/attendance/{day}"),
        back: format!("/centre/{id}/attendance"),
        day: long_date(day, desk.language),
        is_signed: counts.name == "signed",
        present: counts.text("present"),
        absent: counts.text("absent"),
        unmarked: counts.text("unmarked"),
        people: &people,
        from,
        next: (listed.items.len() > PAGE).then_some(from.saturating_add(PAGE)),
    }
    .into_response()
}

/// Keeps the marks of a page.
pub(in super::super) async fn mark(
    desk: Desk,
    day: Day,
    wanted: Result<Query<Wanted>, QueryRejection>,
    form: Result<Form<BTreeMap<String, String>>, FormRejection>,
) -> Response {
    let Ok(Path((id, day))) = day else {
        return desk.problem(Problem::NotFound);
    };
    let marks = match form {
        Ok(Form(marks)) => marks,
        Err(refusal) => return unreadable(desk.frame(), &refusal),
    };
    for (member, mark) in marks.into_iter().take(PAGE) {
        let action = match mark.as_str() {
            "P" => "attendance.mark_present",
            "Ab" => "attendance.mark_absent",
            _ => return desk.problem(Problem::Unreadable),
        };
        let mut values = on(&id, day);
        values.insert("member".to_owned(), Value::Hidden(member));
        match desk.run(action, values).await {
            Ok(told) if told.name == "closed" => return closed(&desk, &id, &told),
            Ok(told) if told.name == "signed" => break,
            Ok(_) => {}
            Err(page) => return page,
        }
    }
    let Query(Wanted { from }) = wanted.unwrap_or_default();
    desk.goto(&format!("/centre/{id}/attendance/{day}?from={from}"))
}

/// Whether the manager is sure to sign.
pub(in super::super) async fn sign_form(desk: Desk, day: Day) -> Response {
    let Ok(Path((id, day))) = day else {
        return desk.problem(Problem::NotFound);
    };
    match desk.run("attendance.day", on(&id, day)).await {
        Ok(told) if told.name == "closed" => closed(&desk, &id, &told),
        Ok(told) => ask(&desk, (&id, day), &told, None),
        Err(page) => page,
    }
}

/// Signs the day off.
pub(in super::super) async fn sign(desk: Desk, day: Day) -> Response {
    let Ok(Path((id, day))) = day else {
        return desk.problem(Problem::NotFound);
    };
    match desk.run("attendance.sign_off", on(&id, day)).await {
        Ok(told) if told.name == "closed" => closed(&desk, &id, &told),
        Ok(told) if told.name == "incomplete" => {
            let line = desk.frame().pick(
                "Somebody is not marked yet.",
                "Kuna ambaye bado hajawekwa alama.",
            );
            ask(&desk, (&id, day), &told, Some(line.to_owned()))
        }
        Ok(_) => desk.goto(&format!("/centre/{id}/attendance/{day}")),
        Err(page) => page,
    }
}

fn ask(desk: &Desk, (id, day): (&str, Date), told: &Told, error: Option<String>) -> Response {
    let frame = desk.frame();
    let title = frame.pick("Sign off the day?", "Ufunge siku?");
    let lead = frame.pick(
        "It can't be changed afterwards.",
        "Baadaye haiwezi kubadilishwa.",
    );
    let register = format!("/centre/{id}/attendance/{day}");
    let path = format!("{register}/sign");
    FormPage {
        lead: Some(lead.to_owned()),
        error,
        facts: vec![
            (frame.pick("Day", "Siku"), long_date(day, desk.language)),
            (frame.pick("Present", "Waliopo"), told.text("present")),
            (frame.pick("Absent", "Hawapo"), told.text("absent")),
            (
                frame.pick("Not marked", "Bila alama"),
                told.text("unmarked"),
            ),
        ],
        button: frame.pick("Sign off", "Funga"),
        ..FormPage::new(frame, title, &path, &register)
    }
    .into_response()
}

fn on(id: &str, day: Date) -> Fields {
    let mut values = managed(id);
    values.insert("day".to_owned(), Value::Date(day));
    values
}

fn closed(desk: &Desk, id: &str, told: &Told) -> Response {
    let notice = Notice::RegisterClosed(told.days());
    desk.say(&notice, &format!("/centre/{id}"))
}

fn marked(facts: &Facts) -> Marked {
    Marked {
        member: facts.hidden("member"),
        name: facts.text("member_name"),
        role: facts.text("member_role"),
        mark: facts.text("mark"),
    }
}
