//! Short lists to choose from that are the same for everybody.

use crate::domain::{Exam, Gender, Qualification, Role, Series};
use crate::menus::{ActionSpec, FieldSpec, Kind, OutcomeSpec, Value};
use crate::ussd::{Outcome, Page};

use super::work::{Action, ActionError, Work};

pub(super) const LISTED: OutcomeSpec = OutcomeSpec::new(ActionSpec::LISTED, "here they are", &[]);

pub(super) const QUALIFICATION: FieldSpec = FieldSpec::new("qualification", Kind::Hidden);
pub(super) const GENDER: FieldSpec = FieldSpec::new("gender_chosen", Kind::Hidden);
pub(super) const ROLE: FieldSpec = FieldSpec::new("role_chosen", Kind::Role);

pub(super) const WORKED: FieldSpec = FieldSpec::new("worked", Kind::Series);

/// How many years back work can still be told of.
const YEARS_BACK: i16 = 10;

pub(super) const EXAMS: Action = Action {
    spec: ActionSpec {
        name: "choices.exams",
        about: "lists the exams of a year that was typed",
        inputs: &[FieldSpec::new("worked_year", Kind::Number(4))],
        outcomes: &[
            LISTED,
            OutcomeSpec::new("none", "the year lies ahead or too far back", &[]),
        ],
        item: &[WORKED],
        ..ActionSpec::BLANK
    },
    run: |work| Box::pin(async move { exams(work) }),
};

pub(super) const QUALIFICATIONS: Action = Action {
    spec: ActionSpec {
        name: "choices.qualifications",
        about: "lists the qualifications, the highest last",
        outcomes: &[LISTED],
        item: &[
            QUALIFICATION,
            FieldSpec::new("qualification_name", Kind::Code(11)),
        ],
        ..ActionSpec::BLANK
    },
    run: |work| Box::pin(async move { Ok(qualifications(work)) }),
};

pub(super) const GENDERS: Action = Action {
    spec: ActionSpec {
        name: "choices.genders",
        about: "lists the genders",
        outcomes: &[LISTED],
        item: &[GENDER, FieldSpec::new("gender_name", Kind::Code(6))],
        ..ActionSpec::BLANK
    },
    run: |work| Box::pin(async move { Ok(genders(work)) }),
};

pub(super) const ROLES: Action = Action {
    spec: ActionSpec {
        name: "choices.roles",
        about: "lists the roles that people are contracted for",
        outcomes: &[LISTED],
        item: &[ROLE],
        ..ActionSpec::BLANK
    },
    run: |work| Box::pin(async move { Ok(roles(work)) }),
};

/// One field of an item, by name.
type Item = Vec<(&'static str, Value)>;

/// The page of a list that is wanted, and one item more where it goes on.
pub(super) fn listed(page: Page, items: impl Iterator<Item = Item>) -> Outcome {
    Outcome {
        items: items.skip(page.offset).take(page.size + 1).collect(),
        ..Outcome::of(ActionSpec::LISTED)
    }
}

fn qualifications(work: &Work<'_>) -> Outcome {
    let items = Qualification::ALL.iter().map(|it| {
        let shown = it.shown(work.language).to_owned();
        vec![
            (QUALIFICATION.name, Value::Hidden(it.code().to_owned())),
            ("qualification_name", Value::Code(shown)),
        ]
    });
    listed(work.page, items)
}

fn exams(work: &Work<'_>) -> Result<Outcome, ActionError> {
    let Value::Number(typed) = work.field("worked_year")? else {
        return Err(ActionError::NoField("worked_year"));
    };
    let this_year = work.now.date_in_kenya().year();
    let years = (this_year - YEARS_BACK)..=this_year;
    let year = i16::try_from(*typed)
        .ok()
        .filter(|year| years.contains(year));
    let Some(year) = year.and_then(|year| u16::try_from(year).ok()) else {
        return Ok(Outcome::of("none"));
    };
    let items = Exam::ALL.map(|exam| vec![(WORKED.name, Value::Series(Series { exam, year }))]);
    Ok(listed(work.page, items.into_iter()))
}

fn genders(work: &Work<'_>) -> Outcome {
    let items = Gender::ALL.iter().map(|it| {
        let shown = it.shown(work.language).to_owned();
        vec![
            (GENDER.name, Value::Hidden(it.code().to_owned())),
            ("gender_name", Value::Code(shown)),
        ]
    });
    listed(work.page, items)
}

fn roles(work: &Work<'_>) -> Outcome {
    let items = Role::ALL.map(|role| vec![(ROLE.name, Value::Role(role))]);
    listed(work.page, items.into_iter())
}
