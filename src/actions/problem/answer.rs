//! The council's staff look at a problem and answer it; its reporter is told by SMS.

use serde::{Deserialize, Serialize};

use crate::crypto::{Keys, Sealed};
use crate::domain::{Answer, Language, Msisdn, ProblemState, Timestamp};
use crate::menus::{FieldSpec, Kind, SmsSpec, Value};
use crate::store::outbox::Lane;
use crate::store::people::Person;
use crate::store::problems::{self, OpenProblem};
use crate::store::{Tx, lines, people};

use super::super::decider::Decider;
use super::super::sms::Letterbox;
use super::super::work::{ActionError, Tools, Work};
use super::report::REFERENCE;
use super::told::Told;

pub(in super::super) const ANSWERED: SmsSpec = SmsSpec {
    name: "problem_answered",
    fields: &[REFERENCE, FieldSpec::new("code", Kind::Code(14))],
};

/// What is answered, in one language or in both.
#[derive(Serialize, Deserialize)]
pub struct Answers {
    /// In English.
    pub en: Option<Answer>,
    /// In Kiswahili.
    pub sw: Option<Answer>,
}

impl Answers {
    /// The words for a reader of a language: theirs, or else what there is.
    pub(super) fn of(&self, language: Language) -> Option<&Answer> {
        let (first, second) = match language {
            Language::En => (&self.en, &self.sw),
            Language::Sw => (&self.sw, &self.en),
        };
        first.as_ref().or(second.as_ref())
    }

    fn seal(&self, keys: &Keys, row: &str) -> Result<Vec<u8>, ActionError> {
        Ok(place(row).seal(keys, &serde_json::to_vec(self)?))
    }

    pub(super) fn open(keys: &Keys, row: &str, sealed: &[u8]) -> Result<Self, ActionError> {
        Ok(serde_json::from_slice(&place(row).open(keys, sealed)?)?)
    }
}

fn place(row: &str) -> Sealed<'_> {
    Sealed {
        column: "problems.answer",
        row,
    }
}

/// A problem that waits for its answer, as an operator sees it.
pub struct Waiting {
    /// The problem.
    pub problem: OpenProblem,
    /// What its reporter told.
    pub told: Told,
    /// Who reported it.
    pub person: Person,
    /// What they read.
    pub language: Language,
}

/// Every problem that waits for its answer, the oldest first.
pub async fn waiting(tx: &mut Tx, tools: &Tools) -> Result<Vec<Waiting>, ActionError> {
    let mut list = Vec::new();
    for problem in problems::open(tx).await? {
        list.extend(look_at(tx, tools, problem).await?);
    }
    Ok(list)
}

/// The one of that reference, if it waits for its answer.
pub async fn waiting_one(
    tx: &mut Tx,
    tools: &Tools,
    reference: &str,
) -> Result<Option<Waiting>, ActionError> {
    match problems::by_reference(tx, reference).await? {
        Some(problem) => look_at(tx, tools, problem).await,
        None => Ok(None),
    }
}

async fn look_at(
    tx: &mut Tx,
    tools: &Tools,
    problem: OpenProblem,
) -> Result<Option<Waiting>, ActionError> {
    let Some(person) = people::by_id(tx, &problem.person).await? else {
        return Ok(None);
    };
    let language = match &person.msisdn {
        Some(line) => lines::language(tx, line).await?,
        None => None,
    };
    Ok(Some(Waiting {
        told: Told::open(&tools.keys, &problem.id, &problem.sealed)?,
        problem,
        person,
        language: language.unwrap_or_default(),
    }))
}

/// What staff do with a problem.
pub enum Step {
    /// Somebody looks at it.
    Take,
    /// It is answered and closed.
    Answer(Answers),
}

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stepped {
    /// It is done, and its reporter reads it by phone; of an answer an SMS tells.
    Done,
    /// The same, but the reporter has no line that an SMS could go to.
    DoneUntold,
    /// No problem of that reference waits for it.
    NotWaiting,
}

/// Takes a problem a step on.
pub async fn step(
    tx: &mut Tx,
    tools: &Tools,
    by: Decider<'_>,
    (reference, step): (&str, &Step),
    now: Timestamp,
) -> Result<Stepped, ActionError> {
    let Some(one) = waiting_one(tx, tools, reference).await? else {
        return Ok(Stepped::NotWaiting);
    };
    let id = &one.problem.id;
    let (to, answer, what) = match step {
        Step::Take => (ProblemState::Taken, None, "problem.taken"),
        Step::Answer(answers) => {
            let sealed = answers.seal(&tools.keys, id)?;
            (ProblemState::Closed, Some(sealed), "problem.answered")
        }
    };
    // Of two operators at once, the second finds it where the first has put it.
    if !problems::step(tx, id, to, answer.as_deref(), now).await? {
        return Ok(Stepped::NotWaiting);
    }
    let line = one.person.msisdn.as_ref();
    let mut work = Work {
        language: one.language,
        actor: Some(by.name),
        ..Work::of_nobody(
            tx,
            tools,
            line.unwrap_or(&one.problem.line),
            (by.way, by.channel),
            now,
        )
    };
    work.log(&one.person, what, Some(reference.to_owned()))
        .await?;
    match (answer, line) {
        (None, _) => Ok(Stepped::Done),
        // The line it came from may be somebody else's by now.
        (Some(_), None) => Ok(Stepped::DoneUntold),
        (Some(_), Some(line)) => {
            tell(&mut work, &one.person, line, reference).await?;
            Ok(Stepped::Done)
        }
    }
}

async fn tell(
    work: &mut Work<'_>,
    person: &Person,
    line: &Msisdn,
    reference: &str,
) -> Result<(), ActionError> {
    let sms = Letterbox {
        spec: &ANSWERED,
        to: line,
        about: person,
        lane: Lane::Notice,
    };
    let code = Value::Code(work.tools.service_code.clone());
    let fields = vec![
        (REFERENCE.name, Value::Code(reference.to_owned())),
        ("code", code),
    ];
    work.send(sms, fields).await
}
