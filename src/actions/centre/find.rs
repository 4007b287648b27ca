//! Which centres a person manages.

use crate::menus::{ActionSpec, FieldSpec, Kind, OutcomeSpec, Value};
use crate::store::deployments::{self, Deployment};
use crate::store::people::Person;
use crate::ussd::Outcome;

use super::super::admission::{admit, admitted_outcomes};
use super::super::work::{Action, ActionError, Work};
use super::claims::any_waits;
use super::{MANAGED, NOT_MANAGER};

/// The fields of one centre.
const FIELDS: &[FieldSpec] = &[
    MANAGED,
    FieldSpec::new("series", Kind::Series),
    FieldSpec::new("centre_code", Kind::Centre),
    FieldSpec::new("centre_name", Kind::Name(60)),
    // Whether somebody who works there asks for the place of a lost line.
    FieldSpec::new("claims_wait", Kind::Flag),
];

pub(in super::super) const FIND: Action = Action {
    spec: ActionSpec {
        name: "centre.find",
        about: "looks up the centres that the caller manages",
        outcomes: admitted_outcomes![
            OutcomeSpec::new("one", "there is exactly one", FIELDS),
            OutcomeSpec::new("several", "there are more, to choose from", &[]),
            NOT_MANAGER,
        ],
        ..ActionSpec::BLANK
    },
    run: |work| Box::pin(find(work)),
};

pub(in super::super) const LIST: Action = Action {
    spec: ActionSpec {
        name: "centre.list",
        about: "lists the centres that the caller manages, by exam",
        outcomes: admitted_outcomes![
            OutcomeSpec::new(ActionSpec::LISTED, "there is at least one", &[]),
            NOT_MANAGER,
        ],
        item: FIELDS,
        ..ActionSpec::BLANK
    },
    run: |work| Box::pin(list(work)),
};

async fn find(work: &mut Work<'_>) -> Result<Outcome, ActionError> {
    let person = admit!(work, SeeDeployment);
    let found = deployments::managed_by(work.tx, &person.id, 0, 2).await?;
    Ok(match found.as_slice() {
        [] => Outcome::of(NOT_MANAGER.name),
        [one] => Outcome {
            fields: fields(work, &person, one).await?,
            ..Outcome::of("one")
        },
        _ => Outcome::of("several"),
    })
}

async fn list(work: &mut Work<'_>) -> Result<Outcome, ActionError> {
    let person = admit!(work, SeeDeployment);
    let page = work.page;
    let found = deployments::managed_by(work.tx, &person.id, page.offset, page.size + 1).await?;
    let mut items = Vec::new();
    for deployment in &found {
        items.push(fields(work, &person, deployment).await?);
    }
    Ok(Outcome::list(items, NOT_MANAGER.name))
}

async fn fields(
    work: &mut Work<'_>,
    person: &Person,
    deployment: &Deployment,
) -> Result<Vec<(&'static str, Value)>, ActionError> {
    let claims_wait = any_waits(work, person, deployment).await?;
    Ok(vec![
        ("managed", Value::Hidden(deployment.id.as_str().to_owned())),
        ("series", Value::Series(deployment.series)),
        ("centre_code", Value::Centre(deployment.centre.code.clone())),
        ("centre_name", Value::name(&deployment.centre.name)),
        ("claims_wait", Value::Flag(claims_wait)),
    ])
}
