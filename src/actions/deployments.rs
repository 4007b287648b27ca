//! Where a person works, as screens show it.

use crate::menus::{ActionSpec, FieldSpec, Kind, OutcomeSpec, Value};
use crate::store::deployments::{self, Deployment};
use crate::store::people::Person;
use crate::ussd::Outcome;

use super::admission::{admit, admitted_outcomes};
use super::work::{Action, ActionError, Work};

/// The fields of one deployment.
pub(super) const FIELDS: &[FieldSpec] = &[
    FieldSpec::new("deployment", Kind::Hidden),
    FieldSpec::new("series", Kind::Series),
    FieldSpec::new("role", Kind::Role),
    FieldSpec::new("centre_code", Kind::Centre),
    FieldSpec::new("centre_name", Kind::Name(60)),
    FieldSpec::new("sub_county", Kind::Name(40)),
    FieldSpec::new("distribution_centre", Kind::Name(60)),
    FieldSpec::new("report_day", Kind::Date),
    FieldSpec::new("report_hour", Kind::Time),
    FieldSpec::new("starts", Kind::Date),
    FieldSpec::new("ends", Kind::Date),
    FieldSpec::new("rate", Kind::Money),
];

const NONE: OutcomeSpec = OutcomeSpec::new("none", "there is no deployment", &[]);

pub(super) const FIND: Action = Action {
    spec: ActionSpec {
        name: "deployments.find",
        about: "looks up the caller's deployments",
        outcomes: admitted_outcomes![
            OutcomeSpec::new("one", "there is exactly one", FIELDS),
            OutcomeSpec::new("several", "there are more, to choose from", &[]),
            NONE,
        ],
        ..ActionSpec::BLANK
    },
    run: |work| Box::pin(find(work)),
};

pub(super) const LIST: Action = Action {
    spec: ActionSpec {
        name: "deployments.list",
        about: "lists the caller's deployments, the first to report to first",
        outcomes: admitted_outcomes![
            OutcomeSpec::new(ActionSpec::LISTED, "there is at least one", &[]),
            NONE,
        ],
        item: FIELDS,
        ..ActionSpec::BLANK
    },
    run: |work| Box::pin(list(work)),
};

async fn find(work: &mut Work<'_>) -> Result<Outcome, ActionError> {
    let person = admit!(work, SeeDeployment);
    let found = posted(work, &person, 0, 2).await?;
    Ok(match found.as_slice() {
        [] => Outcome::of(NONE.name),
        [one] => Outcome {
            fields: fields(one),
            ..Outcome::of("one")
        },
        _ => Outcome::of("several"),
    })
}

async fn list(work: &mut Work<'_>) -> Result<Outcome, ActionError> {
    let person = admit!(work, SeeDeployment);
    let page = work.page;
    let found = posted(work, &person, page.offset, page.size + 1).await?;
    Ok(Outcome::list(found.iter().map(fields).collect(), NONE.name))
}

/// A part of somebody's settled deployments, as they were seen beforehand or are now.
async fn posted(
    work: &mut Work<'_>,
    person: &Person,
    offset: usize,
    limit: usize,
) -> Result<Vec<Deployment>, ActionError> {
    let seen = work.prepared.caller.as_mut();
    if let Some(all) = seen.and_then(|seen| seen.work.take()) {
        return Ok(all.into_iter().skip(offset).take(limit).collect());
    }
    Ok(deployments::of_person(work.tx, &person.id, offset, limit).await?)
}

pub(super) fn fields(deployment: &Deployment) -> Vec<(&'static str, Value)> {
    let reports = deployment.reports_at.datetime_in_kenya();
    let centre = &deployment.centre;
    vec![
        (
            "deployment",
            Value::Hidden(deployment.id.as_str().to_owned()),
        ),
        ("series", Value::Series(deployment.series)),
        ("role", Value::Role(deployment.role)),
        ("centre_code", Value::Centre(centre.code.clone())),
        ("centre_name", Value::name(&centre.name)),
        ("sub_county", Value::name(&centre.sub_county)),
        (
            "distribution_centre",
            Value::name(&centre.distribution_centre),
        ),
        ("report_day", Value::Date(reports.date())),
        ("report_hour", Value::Time(reports.time())),
        ("starts", Value::Date(deployment.starts_on)),
        ("ends", Value::Date(deployment.ends_on)),
        ("rate", Value::Money(deployment.rate)),
    ]
}
