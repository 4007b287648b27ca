//! Problems that people report, and what became of them.

use crate::domain::{Answer, ProblemKind};
use crate::menus::{ActionSpec, FieldSpec, Kind, OutcomeSpec, SmsSpec, Value};
use crate::store::problems::{self, NewProblem, Problem};
use crate::ussd::Outcome;

use super::super::admission::{admit, admitted_outcomes};
use super::super::choices::{ROLE, WORKED};
use super::super::limits::{DAY, use_once};
use super::super::reference;
use super::super::work::{Action, ActionError, Work};
use super::answer::Answers;
use super::told::Told;

pub(super) const REFERENCE: FieldSpec = FieldSpec::new("reference", Kind::Code(8));
const KIND: FieldSpec = FieldSpec::new("problem_kind", Kind::Code(20));
pub(super) const CENTRE: FieldSpec = FieldSpec::new("worked_centre", Kind::Centre);
pub(super) const NAME: FieldSpec = FieldSpec::new("worked_name", Kind::Name(60));
pub(super) const PAID_LINE: FieldSpec = FieldSpec::new("paid_line", Kind::Msisdn);
pub(super) const WORDS: FieldSpec = FieldSpec::new("problem_words", Kind::Name(60));

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

pub(in super::super) const NOT_DEPLOYED: Action = Action {
    spec: reporting(
        "problem.not_deployed",
        "reports work that nobody was deployed to, with its six facts",
        &[WORKED, CENTRE, NAME, ROLE, PAID_LINE],
    ),
    run: |work| Box::pin(report(work, ProblemKind::NotDeployed)),
};

pub(in super::super) const NOT_PAID: Action = Action {
    spec: reporting(
        "problem.not_paid",
        "reports work that was not paid",
        &[WORKED, CENTRE],
    ),
    run: |work| Box::pin(report(work, ProblemKind::NotPaid)),
};

pub(in super::super) const WRONG_DETAILS: Action = Action {
    spec: reporting(
        "problem.wrong_details",
        "reports what is wrong in the caller's record",
        &[WORDS],
    ),
    run: |work| Box::pin(report(work, ProblemKind::WrongDetails)),
};

pub(in super::super) const LIST: Action = Action {
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
            FieldSpec::new("problem_answer", Kind::Code(Answer::LONGEST)),
        ],
        ..ActionSpec::BLANK
    },
    run: |work| Box::pin(list(work)),
};

pub(in super::super) const TAKEN: SmsSpec = SmsSpec {
    name: "problem_taken",
    fields: &[REFERENCE, KIND, FieldSpec::new("code", Kind::Code(14))],
};

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
    let problem = NewProblem {
        id: &id,
        reference: &reference,
        person: &person.id,
        line: work.caller,
        kind,
        sealed: &told.seal(&work.tools.keys, &id)?,
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
    let items = found.iter().map(|problem| item(work, problem));
    Ok(Outcome::list(items.collect::<Result<_, _>>()?, "none"))
}

fn item(work: &Work<'_>, problem: &Problem) -> Result<Vec<(&'static str, Value)>, ActionError> {
    let kind = problem.kind.shown(work.language).to_owned();
    let state = problem.state.shown(work.language).to_owned();
    let sealed = problem.answer.as_deref();
    let answers = sealed.map(|sealed| Answers::open(&work.tools.keys, &problem.id, sealed));
    let answers = answers.transpose()?;
    let answer = answers
        .as_ref()
        .and_then(|answers| answers.of(work.language));
    let answer = answer.map_or("-", Answer::as_str).to_owned();
    let reported_on = problem.created_at.date_in_kenya();
    Ok(vec![
        ("problem_reference", Value::Code(problem.reference.clone())),
        (KIND.name, Value::Code(kind)),
        ("problem_state", Value::Code(state)),
        ("problem_day", Value::Date(reported_on)),
        ("problem_answer", Value::Code(answer)),
    ])
}
