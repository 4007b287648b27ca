//! One-time links to letters. The token itself is never stored.

use crate::domain::{DeploymentId, PersonId, Timestamp};

use super::tx::decode;
use super::{StoreError, Tx};

/// Adds a link.
pub async fn insert(
    tx: &mut Tx,
    token_hash: &[u8],
    person: &PersonId,
    deployment: &DeploymentId,
    now: Timestamp,
    expires_at: Timestamp,
) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO links (token_hash, person_id, deployment_id, created_at, expires_at) \
                       VALUES ($1, $2, $3, $4, $5)";
    on!(tx, conn => sqlx::query(SQL)
        .bind(token_hash)
        .bind(person.as_str())
        .bind(deployment.as_str())
        .bind(now.as_millis())
        .bind(expires_at.as_millis())
        .execute(conn).await.map(drop))
}

/// Whose link it is and to what, where it can still be redeemed. Changes nothing.
pub async fn open(
    tx: &mut Tx,
    token_hash: &[u8],
    now: Timestamp,
) -> Result<Option<(PersonId, DeploymentId)>, StoreError> {
    const SQL: &str = "SELECT person_id, deployment_id FROM links \
                       WHERE token_hash = $1 AND expires_at > $2 AND redeemed_at IS NULL";
    let row: Option<(String, String)> = on!(tx, conn => sqlx::query_as(SQL)
        .bind(token_hash)
        .bind(now.as_millis())
        .fetch_optional(conn).await)?;
    let Some((person, deployment)) = row else {
        return Ok(None);
    };
    let person = PersonId::parse(&person).map_err(decode)?;
    let deployment = DeploymentId::parse(&deployment).map_err(decode)?;
    Ok(Some((person, deployment)))
}

/// Uses a link up. True for one of any number of callers.
pub async fn redeem(tx: &mut Tx, token_hash: &[u8], now: Timestamp) -> Result<bool, StoreError> {
    const SQL: &str = "UPDATE links SET redeemed_at = $2 \
        WHERE token_hash = $1 AND expires_at > $2 AND redeemed_at IS NULL";
    let redeemed = on!(tx, conn => sqlx::query(SQL)
        .bind(token_hash)
        .bind(now.as_millis())
        .execute(conn).await.map(|done| done.rows_affected()))?;
    Ok(redeemed == 1)
}

/// Closes every open link of a person, as when their line changes.
pub async fn revoke_of_person(
    tx: &mut Tx,
    person: &PersonId,
    now: Timestamp,
) -> Result<u64, StoreError> {
    const SQL: &str = "UPDATE links SET expires_at = $2 \
        WHERE person_id = $1 AND expires_at > $2 AND redeemed_at IS NULL";
    on!(tx, conn => sqlx::query(SQL)
        .bind(person.as_str())
        .bind(now.as_millis())
        .execute(conn).await.map(|done| done.rows_affected()))
}
