//! People as systems of the council read them. Each look is written down.

use crate::actions::noted::note;
use crate::actions::work::{ActionError, Way};
use crate::domain::{Msisdn, NationalId, PersonId, Timestamp, TscNumber};
use crate::store::Tx;
use crate::store::changed::{Changed, From};
use crate::store::people::{self, Person};

use super::{Caller, write_down};

/// The most people that share a TSC number and are found by it.
const FOUND: usize = 30;

/// What somebody is looked up by.
#[derive(Debug, Clone, Default)]
pub struct Numbers {
    /// Their ID number.
    pub national_id: Option<NationalId>,
    /// Their line.
    pub phone: Option<Msisdn>,
    /// Their TSC number.
    pub tsc_number: Option<TscNumber>,
}

impl Numbers {
    /// Whether there is nothing to look for.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.national_id.is_none() && self.phone.is_none() && self.tsc_number.is_none()
    }
}

/// A person's record.
pub async fn read_person(
    tx: &mut Tx,
    caller: &Caller,
    id: &PersonId,
    now: Timestamp,
) -> Result<Option<Person>, ActionError> {
    let person = people::by_id(tx, id).await?;
    if person.is_some() {
        write_down(tx, caller, ("person.read", Some(id)), None, now).await?;
    }
    Ok(person)
}

/// People who have all of these numbers.
pub async fn search_people(
    tx: &mut Tx,
    caller: &Caller,
    numbers: &Numbers,
    now: Timestamp,
) -> Result<Vec<Person>, ActionError> {
    let mut found = match numbers {
        Numbers {
            national_id: Some(id),
            ..
        } => people::by_national_id(tx, id).await?.into_iter().collect(),
        Numbers {
            phone: Some(line), ..
        } => people::by_msisdn(tx, line).await?.into_iter().collect(),
        Numbers {
            tsc_number: Some(number),
            ..
        } => people::by_tsc_number(tx, number, FOUND).await?,
        _ => Vec::new(),
    };
    found.retain(|person: &Person| {
        let has = |wanted: Option<bool>| wanted.unwrap_or(true);
        has(numbers
            .phone
            .as_ref()
            .map(|line| person.msisdn.as_ref() == Some(line)))
            && has(numbers
                .tsc_number
                .as_ref()
                .map(|number| person.tsc_number.as_ref() == Some(number)))
    });
    let many = Some(format!("{} found", found.len()));
    let about: Vec<_> = found.iter().map(|person| &person.id).collect();
    let who = (&*caller.actor(), Way::Api);
    note(tx, who, ("people.searched", many), &about, now).await?;
    Ok(found)
}

/// People after that one, in the order in which they came to be known.
pub async fn list_people(
    tx: &mut Tx,
    caller: &Caller,
    after: Option<&PersonId>,
    limit: usize,
    now: Timestamp,
) -> Result<Vec<Person>, ActionError> {
    let found = people::after(tx, after, limit).await?;
    let from = after.map_or("the first", PersonId::as_str);
    let many = Some(format!("{} after {from}", found.len()));
    write_down(tx, caller, ("people.listed", None), many, now).await?;
    Ok(found)
}

/// People whose records have changed from then on, in the order of the changes.
pub async fn list_changed_people(
    tx: &mut Tx,
    caller: &Caller,
    from: &From<'_>,
    limit: usize,
    now: Timestamp,
) -> Result<Vec<Changed<Person>>, ActionError> {
    let found = people::changed(tx, from, limit).await?;
    let many = format!("{} changed since {}", found.len(), from.at.as_millis());
    write_down(tx, caller, ("people.listed", None), Some(many), now).await?;
    Ok(found)
}
