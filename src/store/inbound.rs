//! SMS that came in, and numbers that asked a sender to stop.

use crate::domain::{Msisdn, Timestamp};

use super::{StoreError, Tx};

/// Keeps an incoming SMS, its text sealed. False when it came before: aggregators
/// repeat a message until it is acknowledged.
pub async fn keep(
    tx: &mut Tx,
    channel: &str,
    id: &str,
    sender: &str,
    sealed: &[u8],
    now: Timestamp,
) -> Result<bool, StoreError> {
    const SQL: &str = "INSERT INTO inbound (channel, id, sender, body, received_at) \
        VALUES ($1, $2, $3, $4, $5) ON CONFLICT (channel, id) DO NOTHING";
    let kept = on!(tx, conn => sqlx::query(SQL)
        .bind(channel)
        .bind(id)
        .bind(sender)
        .bind(sealed)
        .bind(now.as_millis())
        .execute(conn).await.map(|done| done.rows_affected()))?;
    Ok(kept == 1)
}

/// Keeps that a number wants no more promotion from a sender.
pub async fn opt_out(
    tx: &mut Tx,
    sender: &str,
    msisdn: &Msisdn,
    now: Timestamp,
) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO opt_outs (sender, msisdn, created_at) VALUES ($1, $2, $3) \
                       ON CONFLICT (sender, msisdn) DO NOTHING";
    on!(tx, conn => sqlx::query(SQL)
        .bind(sender)
        .bind(msisdn.as_str())
        .bind(now.as_millis())
        .execute(conn).await.map(drop))
}
