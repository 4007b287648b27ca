//! `/me/details`: one's own record, looked at and changed one detail at a time.

use std::collections::BTreeMap;

use axum::extract::rejection::{FormRejection, PathRejection, QueryRejection};
use axum::extract::{Form, Path, Query};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use crate::actions::Deed;
use crate::domain::{County, Qualification};
use crate::menus::{Ask, Fields, Value};

use super::desk::{Desk, fields};
use super::pages::{DetailsPage, FormPage, Notice, Problem, Question, Typing};
use super::site::unreadable;

/// What people change about themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Detail {
    KraPin,
    Qualification,
    Workstation,
    Place,
    Email,
}

/// What a form says, by name.
type Typed = BTreeMap<String, String>;

/// The record.
pub(super) async fn page(desk: Desk) -> Response {
    let told = match desk.run("details.find", Fields::new()).await {
        Ok(told) => told,
        Err(page) => return page,
    };
    DetailsPage {
        frame: desk.frame(),
        name: told.text("name"),
        line: told.text("line"),
        kra_pin: told.text("kra_pin_state"),
        qualification: told.text("my_qualification"),
        workstation: told.text("my_workstation"),
        place: told.text("my_place"),
        email: told.text("my_email"),
    }
    .into_response()
}

/// The form of one detail.
pub(super) async fn form(
    desk: Desk,
    detail: Result<Path<Detail>, PathRejection>,
    typed: Result<Query<Typed>, QueryRejection>,
) -> Response {
    let Ok(Path(detail)) = detail else {
        return desk.problem(Problem::NotFound);
    };
    if let Err(page) = desk.admit(Deed::ChangeRecord).await {
        return page;
    }
    let Query(typed) = typed.unwrap_or_default();
    ask(&desk, detail, &typed, None)
}

/// A filled one.
pub(super) async fn change(
    desk: Desk,
    detail: Result<Path<Detail>, PathRejection>,
    form: Result<Form<Typed>, FormRejection>,
) -> Response {
    let Ok(Path(detail)) = detail else {
        return desk.problem(Problem::NotFound);
    };
    let typed = match form {
        Ok(Form(typed)) => typed,
        Err(refusal) => return unreadable(desk.frame(), &refusal),
    };
    let Some(values) = detail.read(&typed) else {
        let line = detail.complaint(&desk);
        return ask(&desk, detail, &typed, Some(line.to_owned()));
    };
    match desk.run(detail.action(), values).await {
        Ok(_) => desk.say(&Notice::Saved, "/me/details"),
        Err(page) => page,
    }
}

impl Detail {
    fn action(self) -> &'static str {
        match self {
            Self::KraPin => "kra_pin.change",
            Self::Qualification => "profile.set_qualification",
            Self::Workstation => "profile.set_workstation",
            Self::Place => "profile.set_place",
            Self::Email => "profile.set_email",
        }
    }

    fn path(self) -> &'static str {
        match self {
            Self::KraPin => "/me/details/kra_pin",
            Self::Qualification => "/me/details/qualification",
            Self::Workstation => "/me/details/workstation",
            Self::Place => "/me/details/place",
            Self::Email => "/me/details/email",
        }
    }

    /// What was typed or chosen, held to what the phone takes.
    fn read(self, typed: &Typed) -> Option<Fields> {
        let text = |name: &str| typed.get(name).map_or("", String::as_str).trim();
        Some(match self {
            Self::KraPin => fields([("kra_pin", Ask::KraPin.read(text("kra_pin"))?)]),
            Self::Email => fields([("email", Ask::Email.read(text("email"))?)]),
            Self::Workstation => fields([("workstation", Ask::Words.read(text("workstation"))?)]),
            Self::Qualification => {
                let chosen = Qualification::parse(text("qualification"))?.code();
                fields([("qualification", Value::Hidden(chosen.to_owned()))])
            }
            Self::Place => {
                let county = County::named(text("county"))?;
                let wanted = text("sub_county");
                let part = county.sub_counties.iter().find(|name| **name == wanted)?;
                fields([
                    ("place_county", Value::name(county.name)),
                    ("place_sub_county", Value::name(part)),
                ])
            }
        })
    }

    fn complaint(self, desk: &Desk) -> &'static str {
        let pick = |en, sw| desk.frame().pick(en, sw);
        match self {
            Self::KraPin => pick(
                "That is not a personal KRA PIN.",
                "Hiyo si PIN ya KRA ya mtu.",
            ),
            Self::Email => pick(
                "That is not an e-mail address.",
                "Hiyo si anwani ya barua pepe.",
            ),
            Self::Workstation => pick(
                "At most 60 letters, please.",
                "Herufi zisizidi 60, tafadhali.",
            ),
            Self::Qualification | Self::Place => {
                pick("Choose one of the list.", "Chagua moja kwenye orodha.")
            }
        }
    }
}

fn ask(desk: &Desk, detail: Detail, typed: &Typed, error: Option<String>) -> Response {
    let frame = desk.frame();
    let text = |name: &str| typed.get(name).map_or("", String::as_str);
    let empty = |title| FormPage::new(frame, title, detail.path(), "/me/details");
    let form = match detail {
        Detail::KraPin => {
            let title = frame.pick("KRA PIN", "PIN ya KRA");
            let hint = frame.pick(
                "Letter A, 9 digits, 1 letter.",
                "Herufi A, tarakimu 9, herufi 1.",
            );
            let question = Question {
                hint: Some(hint),
                ..Question::typed("kra_pin", title, Typing::Letters, text("kra_pin"))
            };
            FormPage {
                questions: vec![question],
                ..empty(title)
            }
        }
        Detail::Email => {
            let title = frame.pick("E-mail address", "Barua pepe");
            FormPage {
                questions: vec![Question::typed(
                    "email",
                    title,
                    Typing::Email,
                    text("email"),
                )],
                ..empty(title)
            }
        }
        Detail::Workstation => {
            let title = frame.pick("School or office", "Shule au ofisi");
            let value = text("workstation");
            FormPage {
                questions: vec![Question::typed("workstation", title, Typing::Words, value)],
                ..empty(title)
            }
        }
        Detail::Qualification => {
            let title = frame.pick("Highest qualification", "Kiwango cha elimu");
            let all = Qualification::ALL.iter();
            let choices = all.map(|it| (it.code(), it.shown(desk.language))).collect();
            FormPage {
                questions: vec![Question::choice("qualification", title, choices)],
                ..empty(title)
            }
        }
        Detail::Place => place(desk, text("county")),
    };
    FormPage { error, ..form }.into_response()
}

/// The county, and then its part.
fn place<'a>(desk: &'a Desk, county: &str) -> FormPage<'a> {
    let frame = desk.frame();
    let empty = |title| FormPage::new(frame, title, Detail::Place.path(), "/me/details");
    let county_is = frame.pick("County", "Kaunti");
    if let Some(county) = County::named(county) {
        let title = frame.pick("Sub-county", "Kaunti ndogo");
        let choices = county.sub_counties.iter().map(|name| (*name, *name));
        return FormPage {
            facts: vec![(county_is, county.name.to_owned())],
            carried: vec![("county", county.name.to_owned())],
            questions: vec![Question::choice("sub_county", title, choices.collect())],
            ..empty(title)
        };
    }
    let choices = County::all()
        .iter()
        .map(|county| (county.name, county.name));
    FormPage {
        is_search: true,
        questions: vec![Question::choice("county", county_is, choices.collect())],
        button: frame.pick("Go on", "Endelea"),
        ..empty(county_is)
    }
}
