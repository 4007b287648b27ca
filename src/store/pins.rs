//! PINs, as hashes keyed outside the database.

use crate::domain::{PersonId, Timestamp};

use super::{StoreError, Tx};

/// What is kept of a PIN.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PinRecord {
    /// The keyed hash.
    pub mac: String,
    /// When it was last set without knowing one before.
    pub reset_at: Option<Timestamp>,
}

/// The PIN of a person.
pub async fn of(tx: &mut Tx, person: &PersonId) -> Result<Option<PinRecord>, StoreError> {
    const SQL: &str = "SELECT mac, reset_at FROM pins WHERE person_id = $1";
    let row: Option<(String, Option<i64>)> =
        on!(tx, conn => sqlx::query_as(SQL).bind(person.as_str()).fetch_optional(conn).await)?;
    Ok(row.map(|(mac, reset_at)| PinRecord {
        mac,
        reset_at: reset_at.map(Timestamp::from_millis),
    }))
}

/// Replaces a person's PIN.
pub async fn replace(
    tx: &mut Tx,
    person: &PersonId,
    pin: &PinRecord,
    now: Timestamp,
) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO pins (person_id, mac, set_at, reset_at) VALUES ($1, $2, $3, $4) \
        ON CONFLICT (person_id) DO UPDATE SET mac = excluded.mac, set_at = excluded.set_at, \
        reset_at = excluded.reset_at";
    on!(tx, conn => sqlx::query(SQL)
        .bind(person.as_str())
        .bind(&pin.mac)
        .bind(now.as_millis())
        .bind(pin.reset_at.map(Timestamp::as_millis))
        .execute(conn).await.map(drop))
}
