//! The centres of a manager, and how far each is from its distribution centre: asked for
//! before anything else is shown.

use axum::extract::rejection::FormRejection;
use axum::extract::{Form, Path};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use crate::actions::Deed;
use crate::menus::{Ask, Fields};
use crate::ussd::Page;

use super::super::desk::{Desk, Facts, Told};
use super::super::pages::{CentrePage, CentresPage, FormPage, Problem, Question, Typing};
use super::super::site::unreadable;
use super::{Managed, managed};

/// More centres than anybody manages.
const MOST: usize = 50;

#[derive(Deserialize)]
pub(in super::super) struct Far {
    km: String,
}

/// The one centre, or a choice of them.
pub(in super::super) async fn centres(desk: Desk) -> Response {
    let page = Page {
        offset: 0,
        size: MOST,
    };
    let told = match desk.list("centre.list", Fields::new(), page).await {
        Ok(told) => told,
        Err(page) => return page,
    };
    let entry = |centre: &Facts| {
        let path = format!("/centre/{}", centre.hidden("managed"));
        let name = format!(
            "{} {}",
            centre.text("centre_code"),
            centre.text("centre_name")
        );
        (path, name, centre.text("series"))
    };
    let entries: Vec<_> = told.items.iter().map(entry).collect();
    match entries.as_slice() {
        [(path, ..)] => desk.goto(path),
        _ => CentresPage {
            frame: desk.frame(),
            entries,
        }
        .into_response(),
    }
}

/// One centre.
pub(in super::super) async fn page(desk: Desk, id: Managed) -> Response {
    let Ok(Path(id)) = id else {
        return desk.problem(Problem::NotFound);
    };
    let told = match desk.run("centre.describe", managed(&id)).await {
        Ok(told) => told,
        Err(page) => return page,
    };
    if told.text("distance") == "-" {
        return desk.goto(&format!("/centre/{id}/distance"));
    }
    CentrePage {
        frame: desk.frame(),
        path: format!("/centre/{id}"),
        code: told.text("centre_code"),
        name: told.text("centre_name"),
        location: told.text("location"),
        candidates: told.text("candidates"),
        distribution_centre: told.text("distribution_centre"),
        distance: told.text("distance"),
    }
    .into_response()
}

/// Asks how far it is.
pub(in super::super) async fn distance_form(desk: Desk, id: Managed) -> Response {
    let Ok(Path(id)) = id else {
        return desk.problem(Problem::NotFound);
    };
    if let Err(page) = desk.admit(Deed::DescribeCentre).await {
        return page;
    }
    match desk.run("centre.describe", managed(&id)).await {
        Ok(told) => ask(&desk, &id, &told, None),
        Err(page) => page,
    }
}

/// Keeps it.
pub(in super::super) async fn set_distance(
    desk: Desk,
    id: Managed,
    form: Result<Form<Far>, FormRejection>,
) -> Response {
    let Ok(Path(id)) = id else {
        return desk.problem(Problem::NotFound);
    };
    let far = match form {
        Ok(Form(far)) => far,
        Err(refusal) => return unreadable(desk.frame(), &refusal),
    };
    let Some(km) = Ask::Kilometres.read(far.km.trim()) else {
        let line = desk.frame().pick(
            "A number from 1 to 999, please.",
            "Nambari ya 1 hadi 999, tafadhali.",
        );
        return match desk.run("centre.describe", managed(&id)).await {
            Ok(told) => ask(&desk, &id, &told, Some(line.to_owned())),
            Err(page) => page,
        };
    };
    let mut values = managed(&id);
    values.insert("km".to_owned(), km);
    match desk.run("centre.set_distance", values).await {
        Ok(_) => desk.goto(&format!("/centre/{id}")),
        Err(page) => page,
    }
}

fn ask(desk: &Desk, id: &str, told: &Told, error: Option<String>) -> Response {
    let frame = desk.frame();
    let title = frame.pick(
        "How far is the distribution centre?",
        "Kituo cha kusambaza mitihani kiko mbali gani?",
    );
    let centre = format!("{} {}", told.text("centre_code"), told.text("centre_name"));
    let papers = told.text("distribution_centre");
    let label = frame.pick("Whole kilometres, by road", "Kilomita kamili, kwa barabara");
    let path = format!("/centre/{id}/distance");
    FormPage {
        error,
        facts: vec![
            (frame.pick("Exam centre", "Kituo cha mtihani"), centre),
            (
                frame.pick("Distribution centre", "Kituo cha kusambaza"),
                papers,
            ),
        ],
        questions: vec![Question::typed("km", label, Typing::Number, "")],
        ..FormPage::new(frame, title, &path, "/me")
    }
    .into_response()
}
