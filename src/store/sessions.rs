//! USSD sessions: one row each, sealed, with a version that lets one turn in.

use crate::domain::Timestamp;

use super::{StoreError, Tx};

/// A session as it is kept.
#[derive(Clone)]
pub struct SessionRow {
    /// How many turns it has taken; 0 before the first.
    pub version: i64,
    /// Where it stands and what it answered, sealed.
    pub sealed: Vec<u8>,
}

/// The session of that id on that channel.
pub async fn find(tx: &mut Tx, channel: &str, id: &str) -> Result<Option<SessionRow>, StoreError> {
    const SQL: &str = "SELECT version, sealed FROM sessions WHERE channel = $1 AND id = $2";
    let row: Option<(i64, Vec<u8>)> =
        on!(tx, conn => sqlx::query_as(SQL).bind(channel).bind(id).fetch_optional(conn).await)?;
    Ok(row.map(|(version, sealed)| SessionRow { version, sealed }))
}

/// Keeps a turn that was taken from version `row.version - 1`. False when another
/// turn was kept first: then nothing has changed.
pub async fn keep(
    tx: &mut Tx,
    channel: &str,
    id: &str,
    row: &SessionRow,
    expires_at: Timestamp,
) -> Result<bool, StoreError> {
    const SQL: &str = "INSERT INTO sessions (channel, id, version, sealed, expires_at) \
        VALUES ($1, $2, $3, $4, $5) \
        ON CONFLICT (channel, id) DO UPDATE SET version = excluded.version, \
        sealed = excluded.sealed, expires_at = excluded.expires_at \
        WHERE sessions.version = excluded.version - 1 AND excluded.version > 1";
    let kept = on!(tx, conn => sqlx::query(SQL)
        .bind(channel)
        .bind(id)
        .bind(row.version)
        .bind(&row.sealed)
        .bind(expires_at.as_millis())
        .execute(conn).await.map(|done| done.rows_affected()))?;
    Ok(kept == 1)
}

/// Forgets sessions that ended before `now`; says how many.
pub async fn forget_expired(tx: &mut Tx, now: Timestamp) -> Result<u64, StoreError> {
    const SQL: &str = "DELETE FROM sessions WHERE expires_at < $1";
    on!(tx, conn => sqlx::query(SQL)
        .bind(now.as_millis())
        .execute(conn).await.map(|done| done.rows_affected()))
}
