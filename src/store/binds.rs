//! Which process keeps the connection of a channel. One does; the others look on.

use crate::domain::Timestamp;

use super::{StoreError, Tx};

/// Takes a channel's connection, or keeps it. False while another process has it.
pub async fn take(
    tx: &mut Tx,
    channel: &str,
    owner: &str,
    now: Timestamp,
    until: Timestamp,
) -> Result<bool, StoreError> {
    const SQL: &str = "INSERT INTO binds (channel, owner, until) VALUES ($1, $2, $4) \
        ON CONFLICT (channel) DO UPDATE SET owner = excluded.owner, until = excluded.until \
        WHERE binds.owner = excluded.owner OR binds.until <= $3";
    let rows = on!(tx, conn => sqlx::query(SQL)
        .bind(channel)
        .bind(owner)
        .bind(now.as_millis())
        .bind(until.as_millis())
        .execute(conn).await.map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}

/// Leaves it to whoever comes next.
pub async fn release(tx: &mut Tx, channel: &str, owner: &str) -> Result<(), StoreError> {
    const SQL: &str = "DELETE FROM binds WHERE channel = $1 AND owner = $2";
    on!(tx, conn => sqlx::query(SQL)
        .bind(channel)
        .bind(owner)
        .execute(conn).await.map(drop))
}
