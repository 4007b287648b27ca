//! Who is deployed to a centre.

use crate::domain::{Language, Msisdn};
use crate::menus::{ActionSpec, FieldSpec, Kind, OutcomeSpec, Value};
use crate::store::roster::{self, Member};
use crate::ussd::Outcome;

use super::super::admission::{admit, admitted_outcomes};
use super::super::work::{Action, ActionError, Work};
use super::{GONE, MANAGED, MEMBER, NOT_MANAGER, managed, place};

const FIELDS: &[FieldSpec] = &[
    FieldSpec::new("member_name", Kind::Name(60)),
    FieldSpec::new("member_role", Kind::Role),
    FieldSpec::new("gender", Kind::Code(2)),
    FieldSpec::new("member_line", Kind::Code(12)),
    // Where the council shows it to managers.
    FieldSpec::new("member_id", Kind::Code(9)),
];

pub(in super::super) const LIST: Action = Action {
    spec: ActionSpec {
        name: "roster.list",
        about: "lists who is deployed to a centre that the caller manages, by name",
        inputs: &[MANAGED],
        outcomes: admitted_outcomes![
            OutcomeSpec::new(ActionSpec::LISTED, "there is somebody", &[]),
            NOT_MANAGER,
        ],
        item: &[MEMBER, FIELDS[0], FIELDS[1]],
        ..ActionSpec::BLANK
    },
    run: |work| Box::pin(list(work)),
};

pub(in super::super) const SHOW: Action = Action {
    spec: ActionSpec {
        name: "roster.show",
        about: "looks up one who is deployed to a centre that the caller manages",
        inputs: &[MANAGED, MEMBER],
        outcomes: admitted_outcomes![
            OutcomeSpec::new("found", "here they are", FIELDS),
            GONE,
            NOT_MANAGER,
        ],
        ..ActionSpec::BLANK
    },
    run: |work| Box::pin(show(work)),
};

pub(in super::super) const TABLE: Action = Action {
    spec: ActionSpec {
        name: "roster.table",
        about: "lists who is deployed to a centre that the caller manages, with all that is \
                shown of each",
        inputs: &[MANAGED],
        outcomes: admitted_outcomes![
            OutcomeSpec::new(ActionSpec::LISTED, "there is somebody", &[]),
            NOT_MANAGER,
        ],
        item: FIELDS,
        ..ActionSpec::BLANK
    },
    run: |work| Box::pin(table(work)),
};

async fn list(work: &mut Work<'_>) -> Result<Outcome, ActionError> {
    let person = admit!(work, SeeRoster);
    let managed = managed!(work, &person);
    let page = work.page;
    let found = roster::of(work.tx, place(&managed), page.offset, page.size + 1).await?;
    // Past the last page: the manager is one of them.
    Ok(Outcome::list(
        found.iter().map(item).collect(),
        NOT_MANAGER.name,
    ))
}

pub(super) fn item(member: &Member) -> Vec<(&'static str, Value)> {
    vec![
        (
            "member",
            Value::Hidden(member.deployment.as_str().to_owned()),
        ),
        ("member_name", Value::name(&member.name)),
        ("member_role", Value::Role(member.role)),
    ]
}

async fn show(work: &mut Work<'_>) -> Result<Outcome, ActionError> {
    let member = work.deployment("member")?;
    let person = admit!(work, SeeRoster);
    let managed = managed!(work, &person);
    let found = match member {
        Some(member) => roster::one(work.tx, place(&managed), &member).await?,
        None => None,
    };
    let Some(member) = found else {
        return Ok(Outcome::of(GONE.name));
    };
    Ok(Outcome {
        fields: shown(work, &member),
        ..Outcome::of("found")
    })
}

async fn table(work: &mut Work<'_>) -> Result<Outcome, ActionError> {
    let person = admit!(work, SeeRoster);
    let managed = managed!(work, &person);
    let page = work.page;
    let found = roster::of(work.tx, place(&managed), page.offset, page.size + 1).await?;
    let items = found.iter().map(|member| shown(work, member)).collect();
    Ok(Outcome::list(items, NOT_MANAGER.name))
}

/// What a manager sees of somebody.
fn shown(work: &Work<'_>, member: &Member) -> Vec<(&'static str, Value)> {
    let gender = match (member.gender.as_deref(), work.language) {
        (Some("F"), Language::Sw) => "KE",
        (Some("M"), Language::Sw) => "ME",
        (Some("F"), Language::En) => "F",
        (Some("M"), Language::En) => "M",
        _ => "-",
    };
    let line = member.msisdn.as_ref().map_or("-".into(), Msisdn::masked);
    let id = if work.tools.policy.roster_shows_national_id {
        member.national_id.as_str()
    } else {
        "-"
    };
    vec![
        ("member_name", Value::name(&member.name)),
        ("member_role", Value::Role(member.role)),
        ("gender", Value::Code(gender.to_owned())),
        ("member_line", Value::Code(line)),
        ("member_id", Value::Code(id.to_owned())),
    ]
}
