//! People the council contracts.

use crate::domain::{KraPin, Msisdn, Name, NationalId, PersonId, Timestamp, TscNumber};

use super::tx::{decode, in_time};
use super::{StoreError, Tx};

/// A person's record.
#[derive(Debug, Clone)]
pub struct Person {
    /// Who.
    pub id: PersonId,
    /// The number of their identity card.
    pub national_id: NationalId,
    /// Teachers only.
    pub tsc_number: Option<TscNumber>,
    /// As on the identity card.
    pub name: Name,
    /// Where letters address them.
    pub town: Option<String>,
    /// Their line, which is also their user name. None once it went to somebody else.
    pub msisdn: Option<Msisdn>,
    /// Their tax number.
    pub kra_pin: Option<KraPin>,
}

type Row = (
    String,
    String,
    Option<String>,
    String,
    Option<String>,
    Option<String>,
    Option<String>,
);

fn person(row: Row) -> Result<Person, StoreError> {
    let (id, national_id, tsc_number, name, town, msisdn, kra_pin) = row;
    Ok(Person {
        id: PersonId::parse(&id).map_err(decode)?,
        national_id: NationalId::parse(&national_id).map_err(decode)?,
        tsc_number: tsc_number
            .as_deref()
            .map(TscNumber::parse)
            .transpose()
            .map_err(decode)?,
        name: Name::parse(&name).map_err(decode)?,
        town,
        msisdn: msisdn
            .as_deref()
            .map(Msisdn::parse)
            .transpose()
            .map_err(decode)?,
        kra_pin: kra_pin
            .as_deref()
            .map(KraPin::parse)
            .transpose()
            .map_err(decode)?,
    })
}

/// Whoever holds this line.
pub async fn by_msisdn(tx: &mut Tx, msisdn: &Msisdn) -> Result<Option<Person>, StoreError> {
    const SQL: &str = "SELECT id, national_id, tsc_number, name, town, msisdn, kra_pin \
                       FROM people WHERE msisdn = $1";
    let row: Option<Row> =
        on!(tx, conn => sqlx::query_as(SQL).bind(msisdn.as_str()).fetch_optional(conn).await)?;
    row.map(person).transpose()
}

/// The person of that id.
pub async fn by_id(tx: &mut Tx, id: &PersonId) -> Result<Option<Person>, StoreError> {
    const SQL: &str = "SELECT id, national_id, tsc_number, name, town, msisdn, kra_pin \
                       FROM people WHERE id = $1";
    let row: Option<Row> =
        on!(tx, conn => sqlx::query_as(SQL).bind(id.as_str()).fetch_optional(conn).await)?;
    row.map(person).transpose()
}

/// Holds a person's record until the unit of work is done, so that two changes of
/// one record follow each other. On SQLite the unit of work itself does that.
pub async fn lock(tx: &mut Tx, id: &PersonId) -> Result<(), StoreError> {
    const POSTGRES: &str = "SELECT id FROM people WHERE id = $1 FOR UPDATE";
    if let Tx::Postgres(tx) = tx {
        in_time(sqlx::query(POSTGRES).bind(id.as_str()).execute(&mut **tx)).await?;
    }
    Ok(())
}

/// Whether the record of whoever holds this line has changed after `then`.
pub async fn changed_after(
    tx: &mut Tx,
    msisdn: &Msisdn,
    then: Timestamp,
) -> Result<bool, StoreError> {
    const SQL: &str = "SELECT COUNT(*) FROM people WHERE msisdn = $1 AND updated_at > $2";
    let changed: i64 = on!(tx, conn => sqlx::query_scalar(SQL)
        .bind(msisdn.as_str())
        .bind(then.as_millis())
        .fetch_one(conn).await)?;
    Ok(changed > 0)
}

/// Adds a person.
pub async fn insert(tx: &mut Tx, person: &Person, now: Timestamp) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO people \
        (id, national_id, tsc_number, name, town, msisdn, kra_pin, created_at, updated_at) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8)";
    on!(tx, conn => sqlx::query(SQL)
        .bind(person.id.as_str())
        .bind(person.national_id.as_str())
        .bind(person.tsc_number.as_ref().map(TscNumber::as_str))
        .bind(person.name.as_str())
        .bind(person.town.as_deref())
        .bind(person.msisdn.as_ref().map(Msisdn::as_str))
        .bind(person.kra_pin.as_ref().map(KraPin::as_str))
        .bind(now.as_millis())
        .execute(conn).await.map(drop))
}

/// Keeps a new KRA PIN.
pub async fn set_kra_pin(
    tx: &mut Tx,
    id: &PersonId,
    pin: &KraPin,
    now: Timestamp,
) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE people SET kra_pin = $2, updated_at = $3 WHERE id = $1";
    on!(tx, conn => sqlx::query(SQL)
        .bind(id.as_str())
        .bind(pin.as_str())
        .bind(now.as_millis())
        .execute(conn).await.map(drop))
}

/// Keeps a new line. `Duplicate` when somebody else holds it.
pub async fn set_msisdn(
    tx: &mut Tx,
    id: &PersonId,
    msisdn: &Msisdn,
    now: Timestamp,
) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE people SET msisdn = $2, updated_at = $3 WHERE id = $1";
    on!(tx, conn => sqlx::query(SQL)
        .bind(id.as_str())
        .bind(msisdn.as_str())
        .bind(now.as_millis())
        .execute(conn).await.map(drop))
}
