//! Approving and refusing, by an operator.

use crate::actions::decider::Decider;
use crate::actions::sms::Note;
use crate::actions::work::{ActionError, Tools, Work};
use crate::domain::{PersonId, Timestamp};
use crate::menus::{FieldSpec, Kind, SmsSpec, Value};
use crate::store::outbox::Lane;
use crate::store::people::Person;
use crate::store::registrations::{self, Registration};
use crate::store::{Tx, audit, people};

use super::REFERENCE;
use super::applicant::Applicant;

pub(crate) const APPROVED: SmsSpec = SmsSpec {
    name: "registration_approved",
    fields: &[FieldSpec::new("code", Kind::Code(14))],
};

pub(crate) const REFUSED: SmsSpec = SmsSpec {
    name: "registration_refused",
    fields: &[REFERENCE],
};

/// The most people who are shown as alike.
const ALIKE: usize = 5;

/// A request that waits, as an operator sees it.
pub struct Waiting {
    /// The request.
    pub request: Registration,
    /// What its person told.
    pub applicant: Applicant,
    /// Who is registered with that ID number already.
    pub same_id_as: Option<Person>,
    /// Who is registered with that TSC number.
    pub same_tsc_as: Vec<Person>,
    /// Who holds the line by now.
    pub line_of: Option<Person>,
    /// How many open requests name that ID number, this one among them.
    pub same_id: usize,
}

impl Waiting {
    /// Whether somebody with that ID number is registered already.
    #[must_use]
    pub fn id_is_known(&self) -> bool {
        self.same_id_as.is_some()
    }
}

/// What an operator decides.
pub enum Decision<'a> {
    /// The person is registered.
    Approve,
    /// They are not, for a reason that stays with the council: it may tell of somebody else.
    Refuse(&'a str),
}

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decided {
    /// It is done, and told by SMS.
    Done,
    /// No request of that reference waits.
    NotWaiting,
    /// Somebody with that ID number is registered already.
    IdIsKnown,
    /// Somebody holds that line by now.
    LineIsHeld,
}

/// Every request that waits, the oldest first.
pub async fn waiting(tx: &mut Tx, tools: &Tools) -> Result<Vec<Waiting>, ActionError> {
    let open = registrations::open(tx).await?;
    let same = |id: &[u8]| open.iter().filter(|one| one.national_id == id).count();
    let mut list = Vec::new();
    for request in &open {
        let applicant = Applicant::open(&tools.keys, &request.id, &request.sealed)?;
        let same_tsc_as = match &applicant.tsc_number {
            Some(number) => people::by_tsc_number(tx, number, ALIKE).await?,
            None => Vec::new(),
        };
        list.push(Waiting {
            same_id: same(&request.national_id),
            same_id_as: people::by_national_id(tx, &applicant.national_id).await?,
            same_tsc_as,
            line_of: people::by_msisdn(tx, &request.line).await?,
            request: request.clone(),
            applicant,
        });
    }
    Ok(list)
}

impl Waiting {
    /// The people in the register whose records stand beside it.
    pub fn people(&self) -> impl Iterator<Item = &PersonId> {
        let one = self.same_id_as.iter().chain(&self.line_of);
        one.chain(&self.same_tsc_as).map(|person| &person.id)
    }
}

/// Decides a request by its reference and tells its line.
pub async fn decide(
    tx: &mut Tx,
    tools: &Tools,
    by: Decider<'_>,
    (reference, decision): (&str, Decision<'_>),
    now: Timestamp,
) -> Result<Decided, ActionError> {
    let Some(request) = registrations::by_reference(tx, reference).await? else {
        return Ok(Decided::NotWaiting);
    };
    let mut work = Work {
        language: request.language,
        actor: Some(by.name),
        ..Work::of_nobody(tx, tools, &request.line, (by.way, by.channel), now)
    };
    match decision {
        Decision::Approve => approve(&mut work, &request, by.name).await,
        Decision::Refuse(reason) => refuse(&mut work, &request, by.name, reason).await,
    }
}

async fn approve(
    work: &mut Work<'_>,
    request: &Registration,
    operator: &str,
) -> Result<Decided, ActionError> {
    let applicant = Applicant::open(&work.tools.keys, &request.id, &request.sealed)?;
    if people::by_national_id(work.tx, &applicant.national_id)
        .await?
        .is_some()
    {
        return Ok(Decided::IdIsKnown);
    }
    if work.person().await?.is_some() {
        return Ok(Decided::LineIsHeld);
    }
    // It closes first, so that of two operators at once one finds it closed.
    if !registrations::close(work.tx, &request.id, "approved", operator, None, work.now).await? {
        return Ok(Decided::NotWaiting);
    }
    let person = applicant.into_person(&request.line);
    people::insert(work.tx, &person, work.now).await?;
    let entry = audit::Entry {
        actor: operator,
        subject: Some(&person.id),
        what: "registration.approved",
        way: work.way.name(),
        detail: Some(request.reference.clone()),
    };
    audit::add(work.tx, &entry, work.now).await?;
    let note = Note {
        spec: &APPROVED,
        to: &request.line,
        about: Some(&person.id),
        lane: Lane::Notice,
    };
    let code = Value::Code(work.tools.service_code.clone());
    work.send_note(note, vec![("code", code)]).await?;
    Ok(Decided::Done)
}

async fn refuse(
    work: &mut Work<'_>,
    request: &Registration,
    operator: &str,
    reason: &str,
) -> Result<Decided, ActionError> {
    let reason = Some(reason);
    if !registrations::close(work.tx, &request.id, "refused", operator, reason, work.now).await? {
        return Ok(Decided::NotWaiting);
    }
    let entry = audit::Entry {
        actor: operator,
        subject: None,
        what: "registration.refused",
        way: work.way.name(),
        detail: Some(request.reference.clone()),
    };
    audit::add(work.tx, &entry, work.now).await?;
    let note = Note {
        spec: &REFUSED,
        to: &request.line,
        about: None,
        lane: Lane::Notice,
    };
    let reference = Value::Code(request.reference.clone());
    work.send_note(note, vec![(REFERENCE.name, reference)])
        .await?;
    Ok(Decided::Done)
}
