//! Many people at once.

use std::collections::HashMap;

use crate::domain::{Email, KraPin, Language, Msisdn, NationalId, PersonId, Timestamp, TscNumber};
use crate::store::changes::Change;
use crate::store::people::{Person, select};
use crate::store::tx::{decode, in_time};
use crate::store::{StoreError, Tx};

use super::{array, texts, with_arrays, with_rows, with_texts};

/// The people of these ID numbers, held until the unit of work is done where it may write.
pub async fn of_national_ids(
    tx: &mut Tx,
    ids: &[&NationalId],
    hold: bool,
) -> Result<Vec<Person>, StoreError> {
    const HOLD: &str = "SELECT id FROM people WHERE national_id IN \
        (SELECT value FROM json_array_elements_text($1::json) AS rows (value)) \
        ORDER BY id FOR UPDATE";
    with_texts!(
        sql,
        tx,
        select!("WHERE national_id IN (SELECT value FROM "),
        ")"
    );
    let ids = texts(ids.iter().map(|id| id.as_str()));
    if let (Tx::Postgres(tx), true) = (&mut *tx, hold) {
        in_time(sqlx::query(HOLD).bind(&ids).execute(tx.open().await?)).await?;
    }
    on!(tx, conn => sqlx::query_as(sql).bind(ids).fetch_all(conn).await)
}

/// Who holds these lines.
pub async fn holders(
    tx: &mut Tx,
    lines: &[&Msisdn],
) -> Result<HashMap<String, PersonId>, StoreError> {
    with_texts!(
        sql,
        tx,
        "SELECT msisdn, id FROM people WHERE msisdn IN (SELECT value FROM ",
        ")"
    );
    let lines = texts(lines.iter().map(|line| line.as_str()));
    let rows: Vec<(String, String)> =
        on!(tx, conn => sqlx::query_as(sql).bind(lines).fetch_all(conn).await)?;
    let read = |(line, id): (String, String)| Ok((line, PersonId::parse(&id).map_err(decode)?));
    rows.into_iter().map(read).collect()
}

/// The languages chosen on these lines.
pub async fn languages(
    tx: &mut Tx,
    lines: &[&Msisdn],
) -> Result<HashMap<String, Language>, StoreError> {
    with_texts!(
        sql,
        tx,
        "SELECT msisdn, language FROM lines WHERE msisdn IN (SELECT value FROM ",
        ")"
    );
    let lines = texts(lines.iter().map(|line| line.as_str()));
    let rows: Vec<(String, String)> =
        on!(tx, conn => sqlx::query_as(sql).bind(lines).fetch_all(conn).await)?;
    let read = |(line, code): (String, String)| Ok((line, Language::parse(&code).map_err(decode)?));
    rows.into_iter().map(read).collect()
}

/// Adds people who are new and keeps the records of those who are not. `Duplicate` when
/// somebody else took a line in this very moment.
pub async fn put(tx: &mut Tx, people: &[Person], now: Timestamp) -> Result<(), StoreError> {
    with_arrays!(
        sql,
        tx,
        "INSERT INTO people (id, national_id, tsc_number, name, town, msisdn, kra_pin, birth_year, \
         gender, qualification, workstation, county, sub_county, email, created_at, updated_at) \
         SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, \
         value ->> 6, CAST(value ->> 7 AS BIGINT), value ->> 8, value ->> 9, value ->> 10, \
         value ->> 11, value ->> 12, value ->> 13, $2, $2 FROM ",
        " WHERE TRUE ON CONFLICT (id) DO UPDATE SET tsc_number = excluded.tsc_number, \
         name = excluded.name, town = excluded.town, msisdn = excluded.msisdn, \
         kra_pin = excluded.kra_pin, birth_year = excluded.birth_year, gender = excluded.gender, \
         qualification = excluded.qualification, workstation = excluded.workstation, \
         county = excluded.county, sub_county = excluded.sub_county, email = excluded.email, \
         updated_at = excluded.updated_at"
    );
    let rows = array(people.iter().map(row));
    on!(tx, conn => sqlx::query(sql)
        .bind(rows)
        .bind(now.as_millis())
        .execute(conn).await.map(drop))
}

fn row(person: &Person) -> serde_json::Value {
    let profile = &person.profile;
    serde_json::json!([
        person.id.as_str(),
        person.national_id.as_str(),
        person.tsc_number.as_ref().map(TscNumber::as_str),
        person.name.as_str(),
        person.town,
        person.msisdn.as_ref().map(Msisdn::as_str),
        person.kra_pin.as_ref().map(KraPin::as_str),
        profile.birth_year,
        profile.gender,
        profile.qualification,
        profile.workstation,
        profile.county,
        profile.sub_county,
        profile.email.as_ref().map(Email::as_str),
    ])
}

/// Keeps changes of records.
pub async fn add_changes(
    tx: &mut Tx,
    changes: &[Change<'_>],
    now: Timestamp,
) -> Result<(), StoreError> {
    macro_rules! insert {
        ($old:literal, $new:literal) => {
            concat!(
                "INSERT INTO changes (id, person_id, at, way, field, old, new, actor) ",
                "SELECT value ->> 0, value ->> 1, $2, value ->> 2, value ->> 3, ",
                $old,
                ", ",
                $new,
                ", value ->> 6 FROM "
            )
        };
    }
    let sql = match tx {
        Tx::Sqlite(_) => concat!(
            insert!("unhex(value ->> 4)", "unhex(value ->> 5)"),
            "json_each($1)"
        ),
        Tx::Postgres(_) => concat!(
            insert!("decode(value ->> 4, 'hex')", "decode(value ->> 5, 'hex')"),
            "json_array_elements($1::json) AS rows (value)"
        ),
    };
    let hex = |bytes: Option<&[u8]>| bytes.map(|bytes| data_encoding::HEXLOWER.encode(bytes));
    let row = |change: &Change<'_>| {
        serde_json::json!([
            change.id,
            change.person.as_str(),
            change.way,
            change.field,
            hex(change.old),
            hex(change.new),
            change.actor,
        ])
    };
    let rows = array(changes.iter().map(row));
    on!(tx, conn => sqlx::query(sql)
        .bind(rows)
        .bind(now.as_millis())
        .execute(conn).await.map(drop))
}
