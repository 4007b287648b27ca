//! Browsers that are logged in. The cookie itself is never stored.

use crate::domain::{PersonId, Proofs, Timestamp};

use super::tx::decode;
use super::{StoreError, Tx};

/// When a visit ends.
#[derive(Debug, Clone, Copy)]
pub struct Ends {
    /// In any case.
    pub expires_at: Timestamp,
    /// If nothing is asked for until then.
    pub idle_until: Timestamp,
}

/// Adds a browser.
pub async fn insert(
    tx: &mut Tx,
    token_hash: &[u8],
    person: &PersonId,
    ends: Ends,
    now: Timestamp,
) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO web_sessions \
        (token_hash, person_id, created_at, expires_at, idle_until) VALUES ($1, $2, $3, $4, $5)";
    on!(tx, conn => sqlx::query(SQL)
        .bind(token_hash)
        .bind(person.as_str())
        .bind(now.as_millis())
        .bind(ends.expires_at.as_millis())
        .bind(ends.idle_until.as_millis())
        .execute(conn).await.map(drop))
}

/// A browser that is logged in.
#[derive(Debug, Clone)]
pub struct Browser {
    /// Whose it is.
    pub person: PersonId,
    /// Until when it may idle.
    pub idle_until: Timestamp,
    /// What has been proven there and counts still.
    pub proofs: Proofs,
}

/// The browser that holds this token, while its visit lasts.
pub async fn visitor(
    tx: &mut Tx,
    token_hash: &[u8],
    now: Timestamp,
) -> Result<Option<Browser>, StoreError> {
    const SQL: &str = "SELECT person_id, idle_until, id_proven_until, pin_proven_until \
        FROM web_sessions WHERE token_hash = $1 AND expires_at > $2 AND idle_until > $2";
    let row: Option<(String, i64, i64, i64)> = on!(tx, conn => sqlx::query_as(SQL)
        .bind(token_hash)
        .bind(now.as_millis())
        .fetch_optional(conn).await)?;
    let Some((person, idle_until, id_until, pin_until)) = row else {
        return Ok(None);
    };
    Ok(Some(Browser {
        person: PersonId::parse(&person).map_err(decode)?,
        idle_until: Timestamp::from_millis(idle_until),
        proofs: Proofs {
            national_id: id_until > now.as_millis(),
            pin: pin_until > now.as_millis(),
            identity: false,
        },
    }))
}

/// Keeps what was proven in a browser, and until when that counts.
pub async fn keep_proofs(
    tx: &mut Tx,
    token_hash: &[u8],
    proofs: Proofs,
    until: Timestamp,
) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE web_sessions SET \
        id_proven_until = CASE WHEN $2 = 1 THEN $4 ELSE id_proven_until END, \
        pin_proven_until = CASE WHEN $3 = 1 THEN $4 ELSE pin_proven_until END \
        WHERE token_hash = $1";
    on!(tx, conn => sqlx::query(SQL)
        .bind(token_hash)
        .bind(i64::from(proofs.national_id))
        .bind(i64::from(proofs.pin))
        .bind(until.as_millis())
        .execute(conn).await.map(drop))
}

/// Lets a browser idle for longer.
pub async fn touch(
    tx: &mut Tx,
    token_hash: &[u8],
    idle_until: Timestamp,
) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE web_sessions SET idle_until = $2 WHERE token_hash = $1";
    on!(tx, conn => sqlx::query(SQL)
        .bind(token_hash)
        .bind(idle_until.as_millis())
        .execute(conn).await.map(drop))
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
    const SQL: &str = "DELETE FROM web_sessions WHERE expires_at < $1 OR idle_until < $1";
    on!(tx, conn => sqlx::query(SQL)
        .bind(now.as_millis())
        .execute(conn).await.map(|done| done.rows_affected()))
}
