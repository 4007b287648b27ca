//! Problems that people report, and what became of them.

use serde::Serialize;

use crate::crypto::Sealed;
use crate::domain::{CentreCode, Msisdn, ProblemKind, Role, Series};
use crate::menus::{ActionSpec, FieldSpec, Kind, OutcomeSpec, SmsSpec, Value};
use crate::store::problems::{self, NewProblem, Problem};
use crate::ussd::Outcome;

use super::admission::{admit, admitted_outcomes};
use super::choices::{ROLE, WORKED};
use super::limits::{DAY, use_once};
use super::reference;
use super::work::{Action, ActionError, Work};

const REFERENCE: FieldSpec = FieldSpec::new("reference", Kind::Code(8));
const KIND: FieldSpec = FieldSpec::new("problem_kind", Kind::Code(20));
const CENTRE: FieldSpec = FieldSpec::new("worked_centre", Kind::Centre);
const NAME: FieldSpec = FieldSpec::new("worked_name", Kind::Name(60));
const PAID_LINE: FieldSpec = FieldSpec::new("paid_line", Kind::Msisdn);
const WORDS: FieldSpec = FieldSpec::new("problem_words", Kind::Name(60));

const REPORTED: &[OutcomeSpec] = admitted_outcomes![
    OutcomeSpec::new("taken", "it is kept; its reference", &[REFERENCE]),
    OutcomeSpec::new("too_many", "the limit of reports is reached", &[]),
];

const fn reporting(
    name: &'static str,
    about: &'static str,
    inputs: &'static [FieldSpec],
) -> ActionSpec {
    ActionSpec {
        name,
        about,
        writes: true,
        inputs,
        outcomes: REPORTED,
        sends: &[&TAKEN],
        ..ActionSpec::BLANK
    }
}

pub(super) const NOT_DEPLOYED: Action = Action {
    spec: reporting(
        "problem.not_deployed",
        "reports work that nobody was deployed to, with its six facts",
        &[WORKED, CENTRE, NAME, ROLE, PAID_LINE],
    ),
    run: |work| Box::pin(report(work, ProblemKind::NotDeployed)),
};

pub(super) const NOT_PAID: Action = Action {
    spec: reporting(
        "problem.not_paid",
        "reports work that was not paid",
        &[WORKED, CENTRE],
    ),
    run: |work| Box::pin(report(work, ProblemKind::NotPaid)),
};

pub(super) const WRONG_DETAILS: Action = Action {
    spec: reporting(
        "problem.wrong_details",
        "reports what is wrong in the caller's record",
        &[WORDS],
    ),
    run: |work| Box::pin(report(work, ProblemKind::WrongDetails)),
};

pub(super) const LIST: Action = Action {
    spec: ActionSpec {
        name: "problem.list",
        about: "lists the problems that the caller has reported, the newest first",
        outcomes: admitted_outcomes![
            OutcomeSpec::new(ActionSpec::LISTED, "there is at least one", &[]),
            OutcomeSpec::new("none", "there is none", &[]),
        ],
        item: &[
            FieldSpec::new("problem_reference", Kind::Code(8)),
            KIND,
            FieldSpec::new("problem_state", Kind::Code(20)),
            FieldSpec::new("problem_day", Kind::Date),
            FieldSpec::new("problem_answer", Kind::Name(60)),
        ],
        ..ActionSpec::BLANK
    },
    run: |work| Box::pin(list(work)),
};

pub(super) const TAKEN: SmsSpec = SmsSpec {
    name: "problem_taken",
    fields: &[REFERENCE, KIND, FieldSpec::new("code", Kind::Code(14))],
};

/// What is told of a problem; which of it depends on the kind.
#[derive(Serialize, Default)]
struct Told {
    worked: Option<Series>,
    centre: Option<CentreCode>,
    name: Option<String>,
    role: Option<Role>,
    paid_line: Option<Msisdn>,
    words: Option<String>,
}

impl Told {
    fn of(work: &Work<'_>, kind: ProblemKind) -> Result<Self, ActionError> {
        let mut told = Self::default();
        if kind == ProblemKind::WrongDetails {
            told.words = Some(work.name(WORDS.name)?.to_owned());
            return Ok(told);
        }
        let Value::Series(worked) = work.field(WORKED.name)? else {
            return Err(ActionError::NoField(WORKED.name));
        };
        let Value::Centre(centre) = work.field(CENTRE.name)? else {
            return Err(ActionError::NoField(CENTRE.name));
        };
        told.worked = Some(*worked);
        told.centre = Some(centre.clone());
        if kind == ProblemKind::NotDeployed {
            let Value::Role(role) = work.field(ROLE.name)? else {
                return Err(ActionError::NoField(ROLE.name));
            };
            let Value::Msisdn(line) = work.field(PAID_LINE.name)? else {
                return Err(ActionError::NoField(PAID_LINE.name));
            };
            told.name = Some(work.name(NAME.name)?.to_owned());
            told.role = Some(*role);
            told.paid_line = Some(line.clone());
        }
        Ok(told)
    }
}

async fn report(work: &mut Work<'_>, kind: ProblemKind) -> Result<Outcome, ActionError> {
    let told = Told::of(work, kind)?;
    let person = admit!(work, ReportProblem);
    let bucket = format!("problem:{}", person.id.as_str());
    let limit = [(work.tools.policy.reports_in_a_day, DAY)];
    if !use_once(work.tx, &bucket, &limit, work.now).await? {
        return Ok(Outcome::of("too_many"));
    }
    let id = uuid::Uuid::now_v7().to_string();
    let reference = reference::fresh('P');
    let place = Sealed {
        column: "problems.sealed",
        row: &id,
    };
    let problem = NewProblem {
        id: &id,
        reference: &reference,
        person: &person.id,
        line: work.caller,
        kind,
        sealed: &place.seal(&work.tools.keys, &serde_json::to_vec(&told)?),
    };
    problems::insert(work.tx, &problem, work.now).await?;
    let detail = format!("{reference} {}", kind.code());
    work.log(&person, "problem.reported", Some(detail)).await?;
    work.confirm(
        &TAKEN,
        &person,
        vec![
            (REFERENCE.name, Value::Code(reference.clone())),
            (KIND.name, Value::Code(kind.shown(work.language).to_owned())),
        ],
    )
    .await?;
    Ok(Outcome::of("taken")
        .with(REFERENCE.name, Value::Code(reference))
        .having_changed())
}

async fn list(work: &mut Work<'_>) -> Result<Outcome, ActionError> {
    let person = admit!(work, ReportProblem);
    let page = work.page;
    let found = problems::of_person(work.tx, &person.id, page.offset, page.size + 1).await?;
    Ok(Outcome::list(
        found.iter().map(|problem| item(work, problem)).collect(),
        "none",
    ))
}

fn item(work: &Work<'_>, problem: &Problem) -> Vec<(&'static str, Value)> {
    let kind = problem.kind.shown(work.language).to_owned();
    let state = problem.state.shown(work.language).to_owned();
    let answer = problem.answer.as_deref().unwrap_or("-");
    vec![
        ("problem_reference", Value::Code(problem.reference.clone())),
        (KIND.name, Value::Code(kind)),
        ("problem_state", Value::Code(state)),
        (
            "problem_day",
            Value::Date(problem.created_at.date_in_kenya()),
        ),
        ("problem_answer", Value::name(answer)),
    ]
}
