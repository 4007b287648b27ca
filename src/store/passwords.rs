//! Portal passwords, as Argon2id hashes.

use crate::domain::{PersonId, Timestamp};

use super::{StoreError, Tx};

/// What is kept of a password.
#[derive(Debug, Clone)]
pub struct PasswordRecord {
    /// The Argon2id hash.
    pub hash: String,
    /// Whether it came by SMS and has to be replaced at the next log-in.
    pub must_change: bool,
    /// When a password that came by SMS stops working.
    pub expires_at: Option<Timestamp>,
}

/// The password of a person.
pub async fn of(tx: &mut Tx, person: &PersonId) -> Result<Option<PasswordRecord>, StoreError> {
    const SQL: &str = "SELECT hash, must_change, expires_at FROM passwords WHERE person_id = $1";
    let row: Option<(String, i64, Option<i64>)> =
        on!(tx, conn => sqlx::query_as(SQL).bind(person.as_str()).fetch_optional(conn).await)?;
    Ok(row.map(|(hash, must_change, expires_at)| PasswordRecord {
        hash,
        must_change: must_change != 0,
        expires_at: expires_at.map(Timestamp::from_millis),
    }))
}

/// Replaces a person's password; the one before stops working with the commit.
pub async fn replace(
    tx: &mut Tx,
    person: &PersonId,
    password: &PasswordRecord,
    now: Timestamp,
) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO passwords (person_id, hash, must_change, issued_at, expires_at) \
        VALUES ($1, $2, $3, $4, $5) \
        ON CONFLICT (person_id) DO UPDATE SET hash = excluded.hash, \
        must_change = excluded.must_change, issued_at = excluded.issued_at, \
        expires_at = excluded.expires_at";
    on!(tx, conn => sqlx::query(SQL)
        .bind(person.as_str())
        .bind(&password.hash)
        .bind(i64::from(password.must_change))
        .bind(now.as_millis())
        .bind(password.expires_at.map(Timestamp::as_millis))
        .execute(conn).await.map(drop))
}
