//! A person is erased when they ask for it. What the law wants kept of payments is kept
//! sealed; the audit log keeps what was done, under an id that means nobody any more.

use jiff::civil::{Date, Time};
use serde_json::{Value, json};

use crate::actions::decider::Decider;
use crate::actions::four_eyes::{Joint, wanted_by_two};
use crate::actions::work::{ActionError, Tools, Way};
use crate::crypto::{Keys, Sealed};
use crate::domain::{JointDeed, KraPin, Msisdn, NationalId, PersonId, Timestamp};
use crate::store::deployments::{self, Deployment, State};
use crate::store::people::Person;
use crate::store::personal::{self, KeptWork, PARTS};
use crate::store::{Tx, audit, conversations, people};

/// The purpose of the marks by which kept work is found.
const KEPT: &str = "kept_work";

/// More work than anybody ever had.
const ALL_WORK: usize = 10_000;

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Erased {
    /// Nothing about them is left, but for work that is kept until then.
    Done(Option<Timestamp>),
    /// It is noted; another member of staff must want it too.
    NeedsAnother,
    /// They are posted or invited to work that is not over.
    HasWork,
    /// There is no such person.
    Nobody,
}

/// Erases a person.
pub async fn erase(
    tx: &mut Tx,
    tools: &Tools,
    by: Decider<'_>,
    id: &PersonId,
    now: Timestamp,
) -> Result<Erased, ActionError> {
    people::lock(tx, id).await?;
    let Some(person) = people::by_id(tx, id).await? else {
        return Ok(Erased::Nobody);
    };
    let work = deployments::every_of_person(tx, id, ALL_WORK).await?;
    let today = now.date_in_kenya();
    let is_ahead = |one: &&Deployment| {
        matches!(one.state, State::Posted | State::Invited) && one.ends_on >= today
    };
    if work.iter().any(|one| is_ahead(&one)) {
        return Ok(Erased::HasWork);
    }
    let entry = |what| audit::Entry {
        actor: by.name,
        subject: Some(id),
        what,
        way: by.way.name(),
        detail: None,
    };
    let joint = Joint {
        deed: JointDeed::Erasure,
        subject: id.as_str(),
        about: Some(id),
    };
    if by.way == Way::Operator && !wanted_by_two(tx, &tools.operator, joint, by.name, now).await? {
        return Ok(Erased::NeedsAnother);
    }
    let paid = work.iter().filter(|one| one.state == State::Posted);
    let until = paid
        .map(|one| one.ends_on)
        .max()
        .map(|last| ends(tools, last));
    let until = until.filter(|until| *until > now);
    let kept = match until {
        Some(until) => Some((until, sealed_work(tx, &tools.keys, &person).await?)),
        None => None,
    };
    let mut lines = personal::earlier_lines(tx, id).await?;
    lines.extend(person.msisdn.clone());
    let national_id = person.national_id.as_str().as_bytes();
    let asked = tools.keys.fingerprints("registration", national_id);
    personal::erase(tx, id, &lines, asked).await?;
    for mark in lines.iter().flat_map(|line| tools.keys.line_marks(line)) {
        conversations::erase_of(tx, &mark).await?;
    }
    if let Some((until, sealed)) = kept {
        let work = KeptWork {
            person: id,
            national_id: &tools.keys.fingerprint(KEPT, national_id),
            sealed: &sealed,
            until,
        };
        personal::keep_work(tx, &work).await?;
    }
    audit::add(tx, &entry("person.erased"), now).await?;
    Ok(Erased::Done(until))
}

/// How long work that ended then is kept.
fn ends(tools: &Tools, last: Date) -> Timestamp {
    let end = Timestamp::from_kenya(last.to_datetime(Time::midnight()));
    end.plus(tools.retention.work())
}

/// Who was paid for what, as the law wants it kept.
async fn sealed_work(tx: &mut Tx, keys: &Keys, person: &Person) -> Result<Vec<u8>, ActionError> {
    let mut all = json!({
        "name": person.name.as_str(),
        "national_id": person.national_id.as_str(),
        "kra_pin": person.kra_pin.as_ref().map(KraPin::as_str),
        "phone": person.msisdn.as_ref().map(Msisdn::as_str),
    });
    for part in PARTS
        .iter()
        .filter(|part| ["work", "attendance"].contains(&part.name))
    {
        let rows = personal::part(tx, part, &person.id, "").await?.into_iter();
        all[part.name] = rows.map(|row| super::export::object(part, row)).collect();
    }
    let clear = zeroize::Zeroizing::new(serde_json::to_vec(&all)?);
    Ok(place(person.id.as_str()).seal(keys, &clear))
}

/// The work that is kept of people who were erased and had that ID number.
pub async fn kept_work(
    tx: &mut Tx,
    tools: &Tools,
    by: Decider<'_>,
    id: &NationalId,
    now: Timestamp,
) -> Result<Vec<Value>, ActionError> {
    let mut found = Vec::new();
    for mark in tools.keys.fingerprints(KEPT, id.as_str().as_bytes()) {
        for (row, sealed) in personal::kept_work(tx, &mark).await? {
            let clear = place(&row).open(&tools.keys, &sealed)?;
            found.push(serde_json::from_slice(&clear)?);
        }
    }
    let entry = audit::Entry {
        actor: by.name,
        subject: None,
        what: "kept_work.read",
        way: by.way.name(),
        detail: Some(format!("{} found", found.len())),
    };
    audit::add(tx, &entry, now).await?;
    Ok(found)
}

fn place(row: &str) -> Sealed<'_> {
    Sealed {
        column: "kept_work.sealed",
        row,
    }
}
