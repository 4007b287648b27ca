//! Looking people up. Each search and each look at a record is written down.

use crate::actions::admission::pin_bucket;
use crate::actions::noted::has_read;
use crate::actions::pin::identity_bucket;
use crate::actions::work::{ActionError, Way};
use crate::domain::{Msisdn, NationalId, PersonId, Timestamp, TscNumber};
use crate::store::audit::{self, Kept};
use crate::store::deployments::{self, Deployment};
use crate::store::links::{self, SentLink};
use crate::store::outbox::{self, Sent};
use crate::store::people::{self, Person};
use crate::store::problems::{self, Problem};
use crate::store::{Tx, guesses, pins};

use super::door::Member;

/// The most people that a search shows.
const FOUND: usize = 30;

/// The most rows of each part of a record.
const ROWS: usize = 50;

/// The fewest letters of a name: with less, everybody is found.
const LETTERS: usize = 3;

/// Everything about one person that staff work with.
pub struct Record {
    /// Who.
    pub person: Person,
    /// Their work, the taken back too.
    pub deployments: Vec<Deployment>,
    /// SMS about them.
    pub messages: Vec<Sent>,
    /// Links to their letters.
    pub links: Vec<SentLink>,
    /// What they have reported.
    pub problems: Vec<Problem>,
    /// What was done to their record.
    pub history: Vec<Kept>,
    /// Whether they have set a PIN.
    pub has_pin: bool,
    /// Until when wrong guesses lock them out.
    pub locked_until: Option<Timestamp>,
}

/// People by any number that they can give, or part of their name.
pub async fn search(
    tx: &mut Tx,
    member: &Member,
    typed: &str,
    now: Timestamp,
) -> Result<Vec<Person>, ActionError> {
    let mut found = Vec::new();
    if let Ok(line) = Msisdn::parse(typed) {
        found.extend(people::by_msisdn(tx, &line).await?);
    }
    if let Ok(id) = NationalId::parse(typed) {
        found.extend(people::by_national_id(tx, &id).await?);
    }
    if let Ok(number) = TscNumber::parse(typed) {
        found.extend(people::by_tsc_number(tx, &number, FOUND).await?);
    }
    let is_name = typed.chars().filter(|sign| sign.is_alphabetic()).count() >= LETTERS;
    if found.is_empty() && is_name {
        found = people::by_part_of_name(tx, typed.trim(), FOUND).await?;
    }
    found.sort_by(|one, other| one.id.cmp(&other.id));
    found.dedup_by(|one, other| one.id == other.id);
    let what = ("people.searched", Some(format!("{} found", found.len())));
    let people: Vec<_> = found.iter().map(|person| &person.id).collect();
    has_read(tx, &member.name.actor(), what, &people, now).await?;
    Ok(found)
}

/// All about one person.
pub async fn record(
    tx: &mut Tx,
    member: &Member,
    id: &PersonId,
    now: Timestamp,
) -> Result<Option<Record>, ActionError> {
    let Some(person) = people::by_id(tx, id).await? else {
        return Ok(None);
    };
    let wanted = audit::Wanted {
        subject: Some(id.as_str().to_owned()),
        ..audit::Wanted::default()
    };
    let record = Record {
        deployments: deployments::every_of_person(tx, id, ROWS).await?,
        messages: outbox::of_person(tx, id, ROWS).await?,
        links: links::of_person(tx, id, ROWS).await?,
        problems: problems::of_person(tx, id, 0, ROWS).await?,
        history: audit::newest(tx, &wanted, ROWS).await?,
        has_pin: pins::of(tx, id).await?.is_some(),
        locked_until: locked_until(tx, &person, now).await?,
        person,
    };
    let entry = audit::Entry {
        actor: &member.name.actor(),
        subject: Some(id),
        what: "person.read",
        way: Way::Operator.name(),
        detail: None,
    };
    audit::add(tx, &entry, now).await?;
    Ok(Some(record))
}

/// Where wrong guesses at a person's secrets are counted.
pub(super) fn buckets(person: &Person) -> [String; 3] {
    let code = format!("code:{}", person.id.as_str());
    [pin_bucket(person), identity_bucket(person), code]
}

async fn locked_until(
    tx: &mut Tx,
    person: &Person,
    now: Timestamp,
) -> Result<Option<Timestamp>, ActionError> {
    let mut until = None;
    for bucket in buckets(person) {
        let guesses = guesses::of(tx, &bucket).await?;
        until = until.max(guesses.map(|guesses| guesses.locked_until));
    }
    Ok(until.filter(|until| *until > now))
}
