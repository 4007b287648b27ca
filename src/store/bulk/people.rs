//! Many people at once.

use std::collections::HashMap;

use crate::domain::{Email, KraPin, Language, Msisdn, NationalId, PersonId, Timestamp, TscNumber};
use crate::store::changes::Change;
use crate::store::people::{Person, select};
use crate::store::rows::Rows;
use crate::store::tx::decode;
use crate::store::{StoreError, Tx};

/// The people of these ID numbers, held until the unit of work is done where it may write.
pub async fn of_national_ids(
    tx: &mut Tx,
    ids: &[&NationalId],
    hold: bool,
) -> Result<Vec<Person>, StoreError> {
    const HEAD: &str = select!("WHERE national_id IN (SELECT r.national_id FROM ");
    // In one order, so that no two wait for each other. SQLite lets one write at a time.
    let tail = match tx {
        Tx::Postgres(_) if hold => ") ORDER BY id FOR UPDATE",
        Tx::Postgres(_) | Tx::Sqlite(_) => ")",
    };
    let ids = Rows::of(ids).text("national_id", |id| id.as_str());
    ids.fetch(tx, HEAD, tail).await
}

/// Who holds these lines.
pub async fn holders(
    tx: &mut Tx,
    lines: &[&Msisdn],
) -> Result<HashMap<String, PersonId>, StoreError> {
    const HEAD: &str = "SELECT msisdn, id FROM people WHERE msisdn IN (SELECT r.line FROM ";
    let lines = Rows::of(lines).text("line", |line| line.as_str());
    let rows: Vec<(String, String)> = lines.fetch(tx, HEAD, ")").await?;
    let read = |(line, id): (String, String)| Ok((line, PersonId::parse(&id).map_err(decode)?));
    rows.into_iter().map(read).collect()
}

/// The languages chosen on these lines.
pub async fn languages(
    tx: &mut Tx,
    lines: &[&Msisdn],
) -> Result<HashMap<String, Language>, StoreError> {
    const HEAD: &str = "SELECT msisdn, language FROM lines WHERE msisdn IN (SELECT r.line FROM ";
    let lines = Rows::of(lines).text("line", |line| line.as_str());
    let rows: Vec<(String, String)> = lines.fetch(tx, HEAD, ")").await?;
    let read = |(line, code): (String, String)| Ok((line, Language::parse(&code).map_err(decode)?));
    rows.into_iter().map(read).collect()
}

/// Adds people who are new and keeps the records of those who are not. `Duplicate` when
/// somebody else took a line in this very moment.
pub async fn put(tx: &mut Tx, people: &[Person], now: Timestamp) -> Result<(), StoreError> {
    const HEAD: &str = "INSERT INTO people (id, national_id, tsc_number, name, town, msisdn, \
        kra_pin, birth_year, gender, qualification, workstation, county, sub_county, email, \
        created_at, updated_at) SELECT r.id, r.national_id, r.tsc_number, r.name, r.town, r.line, \
        r.kra_pin, r.birth_year, r.gender, r.qualification, r.workstation, r.county, \
        r.sub_county, r.email, $1, $1 FROM ";
    const TAIL: &str = " WHERE TRUE ON CONFLICT (id) DO UPDATE SET \
        tsc_number = excluded.tsc_number, \
        name = excluded.name, town = excluded.town, msisdn = excluded.msisdn, \
        kra_pin = excluded.kra_pin, birth_year = excluded.birth_year, gender = excluded.gender, \
        qualification = excluded.qualification, workstation = excluded.workstation, \
        county = excluded.county, sub_county = excluded.sub_county, email = excluded.email, \
        updated_at = excluded.updated_at";
    Rows::of(people)
        .with_number(now.as_millis())
        .text("id", |person| person.id.as_str())
        .text("national_id", |person| person.national_id.as_str())
        .text("tsc_number", |person| {
            person.tsc_number.as_ref().map(TscNumber::as_str)
        })
        .text("name", |person| person.name.as_str())
        .text("town", |person| person.town.as_deref())
        .text("line", |person| person.msisdn.as_ref().map(Msisdn::as_str))
        .text("kra_pin", |person| {
            person.kra_pin.as_ref().map(KraPin::as_str)
        })
        .number("birth_year", |person| {
            person.profile.birth_year.map(i64::from)
        })
        .text("gender", |person| person.profile.gender.as_deref())
        .text("qualification", |person| {
            person.profile.qualification.as_deref()
        })
        .text("workstation", |person| {
            person.profile.workstation.as_deref()
        })
        .text("county", |person| person.profile.county.as_deref())
        .text("sub_county", |person| person.profile.sub_county.as_deref())
        .text("email", |person| {
            person.profile.email.as_ref().map(Email::as_str)
        })
        .execute(tx, HEAD, TAIL)
        .await
        .map(drop)
}

/// Keeps changes of records.
pub async fn add_changes(
    tx: &mut Tx,
    changes: &[Change<'_>],
    now: Timestamp,
) -> Result<(), StoreError> {
    const HEAD: &str = "INSERT INTO changes (id, person_id, at, way, field, old, new, actor) \
        SELECT r.id, r.person, $1, r.way, r.field, r.old, r.new, r.actor FROM ";
    Rows::of(changes)
        .with_number(now.as_millis())
        .text("id", |change| change.id)
        .text("person", |change| change.person.as_str())
        .text("way", |change| change.way)
        .text("field", |change| change.field)
        .bytes("old", |change| change.old)
        .bytes("new", |change| change.new)
        .text("actor", |change| change.actor)
        .execute(tx, HEAD, "")
        .await
        .map(drop)
}
