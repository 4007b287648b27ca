//! Browsers that are logged in. The cookie itself is never stored.

use crate::domain::{PersonId, Timestamp};

use super::tx::decode;
use super::{StoreError, Tx};

/// Adds a browser.
pub async fn insert(
    tx: &mut Tx,
    token_hash: &[u8],
    person: &PersonId,
    now: Timestamp,
    expires_at: Timestamp,
) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO web_sessions (token_hash, person_id, created_at, expires_at) \
                       VALUES ($1, $2, $3, $4)";
    on!(tx, conn => sqlx::query(SQL)
        .bind(token_hash)
        .bind(person.as_str())
        .bind(now.as_millis())
        .bind(expires_at.as_millis())
        .execute(conn).await.map(drop))
}

/// Whose browser it is.
pub async fn person(
    tx: &mut Tx,
    token_hash: &[u8],
    now: Timestamp,
) -> Result<Option<PersonId>, StoreError> {
    const SQL: &str =
        "SELECT person_id FROM web_sessions WHERE token_hash = $1 AND expires_at > $2";
    let id: Option<String> = on!(tx, conn => sqlx::query_scalar(SQL)
        .bind(token_hash)
        .bind(now.as_millis())
        .fetch_optional(conn).await)?;
    Ok(id
        .map(|id| PersonId::parse(&id))
        .transpose()
        .map_err(decode)?)
}

/// Forgets a browser.
pub async fn remove(tx: &mut Tx, token_hash: &[u8]) -> Result<(), StoreError> {
    const SQL: &str = "DELETE FROM web_sessions WHERE token_hash = $1";
    on!(tx, conn => sqlx::query(SQL).bind(token_hash).execute(conn).await.map(drop))
}

/// Forgets every browser of a person, as when their password is reset.
pub async fn remove_of_person(tx: &mut Tx, person: &PersonId) -> Result<(), StoreError> {
    const SQL: &str = "DELETE FROM web_sessions WHERE person_id = $1";
    on!(tx, conn => sqlx::query(SQL).bind(person.as_str()).execute(conn).await.map(drop))
}

/// Forgets browsers whose time is over; says how many.
pub async fn forget_expired(tx: &mut Tx, now: Timestamp) -> Result<u64, StoreError> {
    const SQL: &str = "DELETE FROM web_sessions WHERE expires_at < $1";
    on!(tx, conn => sqlx::query(SQL)
        .bind(now.as_millis())
        .execute(conn).await.map(|done| done.rows_affected()))
}
