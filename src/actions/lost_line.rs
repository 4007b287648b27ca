//! The line is lost: a new one asks for the person's place, and somebody decides.
//!
//! Whoever asks gets one answer with a reference, whether or not what they typed is right.
//! The old line is told at once and can object; once approved, credentials and letters
//! wait before they follow.

use std::time::Duration;

use crate::crypto::Keys;
use crate::domain::{JointDeed, NationalId, PersonId, Timestamp};
use crate::menus::{ActionSpec, FieldSpec, Kind, OutcomeSpec, SmsSpec, Value};
use crate::store::deployments::{self, Deployment};
use crate::store::number_changes::{self, NumberChange, Way as AskedBy};
use crate::store::outbox::{self, Lane};
use crate::store::people::Person;
use crate::store::{Tx, audit, conversations, lines, people};
use crate::ussd::Outcome;

use super::caller::STRANGER;
use super::decider::Decider;
use super::four_eyes::{Joint, first_to_want, wanted_by_two};
use super::guessing::Guess;
use super::limits::{DAY, private_bucket, use_once};
use super::msisdn::move_to;
use super::reference;
use super::sms::Letterbox;
use super::work::{Action, ActionError, Tools, Way, Work};

/// How long a request waits for somebody to decide.
const OPEN: Duration = Duration::from_hours(14 * 24);

const REFERENCE: FieldSpec = FieldSpec::new("reference", Kind::Code(8));
const NEW_LINE: FieldSpec = FieldSpec::new("new_line", Kind::Msisdn);

pub(super) const CLAIM: Action = Action {
    spec: ActionSpec {
        name: "line.claim",
        about: "asks for the place of somebody whose line is lost; the answer tells nothing",
        writes: true,
        inputs: &[
            FieldSpec::new("typed_id", Kind::Secret),
            FieldSpec::new("typed_tsc", Kind::Secret),
            FieldSpec::new("typed_year", Kind::Secret),
        ],
        outcomes: &[
            OutcomeSpec::new("noted", "if all was right, somebody decides", &[REFERENCE]),
            OutcomeSpec::new("too_many", "this line has asked too often today", &[]),
            OutcomeSpec::new("known", "the line is registered already", &[]),
        ],
        sends: &[&CLAIMED],
        ..ActionSpec::BLANK
    },
    run: |work| Box::pin(claim(work)),
};

pub(super) const OBJECT: Action = Action {
    spec: ActionSpec {
        name: "line.object",
        about: "stops a request to move the caller's place to another line",
        writes: true,
        outcomes: &[
            OutcomeSpec::new("stopped", "nobody can approve it any more", &[]),
            OutcomeSpec::new("none", "there is no such request", &[]),
            STRANGER,
        ],
        ..ActionSpec::BLANK
    },
    run: |work| Box::pin(object(work)),
};

pub(super) const CLAIMED: SmsSpec = SmsSpec {
    name: "line_claimed",
    fields: &[NEW_LINE, FieldSpec::new("code", Kind::Code(14))],
};

pub(super) const REFUSED: SmsSpec = SmsSpec {
    name: "line_refused",
    fields: &[REFERENCE],
};

async fn claim(work: &mut Work<'_>) -> Result<Outcome, ActionError> {
    let typed = [
        work.secret("typed_id")?,
        work.secret("typed_tsc")?,
        work.secret("typed_year")?,
    ];
    if work.person().await?.is_some() {
        return Ok(Outcome::of("known"));
    }
    let line = work.caller.as_str().as_bytes();
    let bucket = private_bucket(&work.tools.keys, "claims", line);
    let limit = [(work.tools.policy.claims_in_a_day, DAY)];
    if !use_once(work.tx, &bucket, &limit, work.now).await? {
        return Ok(Outcome::of("too_many"));
    }
    let reference = reference::fresh('N');
    note(work, &typed, &reference).await?;
    Ok(Outcome::of("noted")
        .with("reference", Value::Code(reference))
        .having_changed())
}

/// Keeps the request, if what was typed is right, and tells the old line. An ID number
/// that nobody has is the same work as one of somebody about whom the rest is wrong.
async fn note(
    work: &mut Work<'_>,
    [id, tsc, year]: &[String; 3],
    reference: &str,
) -> Result<(), ActionError> {
    let Ok(id) = NationalId::parse(id) else {
        return Ok(());
    };
    let found = people::by_national_id(work.tx, &id).await?;
    let subject = found.as_ref().map(|person| person.id.clone());
    people::lock(work.tx, &subject.clone().unwrap_or_else(PersonId::fresh)).await?;
    // A bucket of its own: strangers must not lock the holder of the line out.
    let bucket = private_bucket(&work.tools.keys, "claim", id.as_str().as_bytes());
    let is_right = || found.as_ref().is_some_and(|person| fits(person, tsc, year));
    let guess = work.guess(&bucket, is_right).await?;
    let (Some(person), Guess::Right) = (found, guess) else {
        let entry = audit::Entry {
            actor: STRANGER.name,
            subject: subject.as_ref(),
            what: "line.claim_failed",
            way: work.way.name(),
            detail: None,
        };
        return Ok(audit::add(work.tx, &entry, work.now).await?);
    };
    let change = NumberChange {
        id: uuid::Uuid::now_v7().to_string(),
        reference: reference.to_owned(),
        person: person.id.clone(),
        new_line: work.caller.clone(),
        code_mac: None,
        expires_at: work.now.plus(OPEN),
        asked_at: work.now,
    };
    number_changes::open(work.tx, &change, AskedBy::LostLine, work.now).await?;
    let detail = format!("{reference}: {}", work.caller.masked());
    work.log(&person, "line.claimed", Some(detail)).await?;
    let Some(old_line) = person.msisdn.clone() else {
        return Ok(());
    };
    let sms = Letterbox {
        spec: &CLAIMED,
        to: &old_line,
        about: &person,
        lane: Lane::Transaction,
    };
    let fields = vec![
        ("new_line", Value::Msisdn(work.caller.clone())),
        ("code", Value::Code(work.tools.service_code.clone())),
    ];
    work.send(sms, fields).await
}

/// Whether a TSC number and a year of birth are those of a person.
fn fits(person: &Person, tsc: &str, year: &str) -> bool {
    let known = (person.tsc_number.as_ref(), person.profile.birth_year);
    matches!(known, (Some(known_tsc), Some(known_year))
        if known_tsc.as_str() == tsc && known_year.to_string() == year)
}

async fn object(work: &mut Work<'_>) -> Result<Outcome, ActionError> {
    let Some(person) = work.person_held().await? else {
        return Ok(Outcome::of(STRANGER.name));
    };
    let open = number_changes::open_of(work.tx, &person.id, AskedBy::LostLine, work.now).await?;
    let Some(open) = open else {
        return Ok(Outcome::of("none"));
    };
    let by = person.id.as_str();
    number_changes::close(work.tx, &open.id, "objected", by, work.now).await?;
    work.log(&person, "line.objected", Some(open.reference))
        .await?;
    Ok(Outcome::of("stopped").having_changed())
}

/// What an operator or the manager of the person's centre decides on a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// The new line becomes theirs.
    Approve,
    /// It does not.
    Refuse,
}

/// A request that waits to be decided.
pub struct Claim {
    /// The request.
    pub change: NumberChange,
    /// Whose place it is about.
    pub person: Person,
}

/// What speaks for and against a request.
pub struct Evidence {
    /// When it was asked for.
    pub asked_at: Timestamp,
    /// Where the person works now.
    pub work: Vec<Deployment>,
    /// When the old line dialled last, as far as that is kept.
    pub old_line_dialled: Option<Timestamp>,
    /// When an SMS reached the old line last.
    pub old_line_reached: Option<Timestamp>,
    /// How many other people's places the new line has asked for in a month.
    pub others_asked_for: u64,
    /// Which member of staff has approved it, where it takes two.
    pub approved_by: Option<String>,
}

/// The most deployments that are looked at.
const WORK: usize = 3;

/// How long a line's other requests speak against it.
const MONTH: Duration = Duration::from_hours(30 * 24);

/// Looks up what speaks for and against a request.
pub async fn evidence(
    tx: &mut Tx,
    keys: &Keys,
    claim: &Claim,
    now: Timestamp,
) -> Result<Evidence, ActionError> {
    let (mut dialled, mut reached) = (None, None);
    if let Some(old) = &claim.person.msisdn {
        reached = outbox::last_delivered_to(tx, old).await?;
        for mark in keys.line_marks(old) {
            let newest = conversations::of_line(tx, &mark, 1).await?;
            dialled = dialled.max(newest.first().map(|seen| seen.last_at));
        }
    }
    let change = &claim.change;
    Ok(Evidence {
        asked_at: change.asked_at,
        work: deployments::every_of_person(tx, &claim.person.id, WORK).await?,
        old_line_dialled: dialled,
        old_line_reached: reached,
        others_asked_for: number_changes::others_asked_for(tx, change, now.minus(MONTH)).await?,
        approved_by: first_to_want(tx, JointDeed::LostLine, &change.reference, now).await?,
    })
}

/// The requests that wait, the oldest first.
pub async fn claims(tx: &mut Tx, now: Timestamp) -> Result<Vec<Claim>, ActionError> {
    let mut claims = Vec::new();
    for change in number_changes::waiting(tx, AskedBy::LostLine, now).await? {
        if let Some(person) = people::by_id(tx, &change.person).await? {
            claims.push(Claim { change, person });
        }
    }
    Ok(claims)
}

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decided {
    /// The new line is the person's.
    Made,
    /// It is not.
    Refused,
    /// No request of that reference waits.
    NotWaiting,
    /// It is noted; another member of staff must approve it too.
    NeedsAnother,
}

/// Decides a request by its reference and tells the lines. A line that became somebody's
/// in the meantime stays theirs: the request is refused.
pub async fn decide_claim(
    tx: &mut Tx,
    tools: &Tools,
    by: Decider<'_>,
    (reference, decision): (&str, Decision),
    now: Timestamp,
) -> Result<Decided, ActionError> {
    let Some(open) = number_changes::by_reference(tx, reference, AskedBy::LostLine, now).await?
    else {
        return Ok(Decided::NotWaiting);
    };
    people::lock(tx, &open.person).await?;
    let Some(person) = people::by_id(tx, &open.person).await? else {
        return Ok(Decided::NotWaiting);
    };
    let language = lines::language(tx, &open.new_line).await?;
    let is_taken = people::by_msisdn(tx, &open.new_line).await?.is_some();
    let approves = decision == Decision::Approve && !is_taken;
    if approves && by.way == Way::Operator {
        let joint = Joint {
            deed: JointDeed::LostLine,
            subject: reference,
            about: Some(&person.id),
        };
        if !wanted_by_two(tx, &tools.operator, joint, by.name, now).await? {
            return Ok(Decided::NeedsAnother);
        }
    }
    let state = if approves { "made" } else { "refused" };
    if !number_changes::close(tx, &open.id, state, by.name, now).await? {
        return Ok(Decided::NotWaiting);
    }
    let mut work = Work {
        language: language.unwrap_or_default(),
        actor: Some(by.name),
        ..Work::of_nobody(tx, tools, &open.new_line, (by.way, by.channel), now)
    };
    let what = format!("line.{state}");
    work.log(&person, &what, Some(reference.to_owned())).await?;
    if approves {
        let until = now.plus(tools.policy.lost_line_wait());
        move_to(&mut work, &person, &open.new_line, Some(until)).await?;
        return Ok(Decided::Made);
    }
    let sms = Letterbox {
        spec: &REFUSED,
        to: &open.new_line,
        about: &person,
        lane: Lane::Transaction,
    };
    let fields = vec![("reference", Value::Code(reference.to_owned()))];
    work.send(sms, fields).await?;
    Ok(Decided::Refused)
}
