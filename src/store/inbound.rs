//! SMS that came in, and numbers that asked a sender to stop.

use crate::domain::{Msisdn, Timestamp};

use super::tx::count;
use super::{StoreError, Tx};

/// Keeps an incoming SMS, its text sealed. False when it came before: aggregators
/// repeat a message until it is acknowledged.
pub async fn keep(
    tx: &mut Tx,
    channel: &str,
    id: &str,
    sender: &str,
    link_id: Option<&str>,
    sealed: &[u8],
    now: Timestamp,
) -> Result<bool, StoreError> {
    const SQL: &str = "INSERT INTO inbound (channel, id, sender, link_id, body, received_at) \
        VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (channel, id) DO NOTHING";
    let kept = on!(tx, conn => sqlx::query(SQL)
        .bind(channel)
        .bind(id)
        .bind(sender)
        .bind(link_id)
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

/// Keeps that a number wants promotion again.
pub async fn opt_in(tx: &mut Tx, sender: &str, msisdn: &Msisdn) -> Result<(), StoreError> {
    const SQL: &str = "DELETE FROM opt_outs WHERE sender = $1 AND msisdn = $2";
    on!(tx, conn => sqlx::query(SQL)
        .bind(sender)
        .bind(msisdn.as_str())
        .execute(conn).await.map(drop))
}

/// An SMS that nobody has dealt with yet.
#[derive(Clone)]
pub struct Waiting {
    /// The channel it came by.
    pub channel: String,
    /// The aggregator's id of it.
    pub id: String,
    /// Who sent it; none where it is a name or a short code, which nobody can answer.
    pub sender: Option<Msisdn>,
    /// The link that its answer is paid by.
    pub link_id: Option<String>,
    /// Its text, sealed.
    pub body: Vec<u8>,
    /// When it came.
    pub received_at: Timestamp,
}

type WaitingRow = (String, String, String, Option<String>, Vec<u8>, i64);

/// How many SMS from people wait to be read.
pub async fn count_waiting(tx: &mut Tx) -> Result<u64, StoreError> {
    const SQL: &str = "SELECT COUNT(*) FROM inbound WHERE handled_at IS NULL";
    let waiting: i64 = on!(tx, conn => sqlx::query_scalar(SQL).fetch_one(conn).await)?;
    Ok(waiting.unsigned_abs())
}

/// What waits, the oldest first.
pub async fn waiting(tx: &mut Tx, limit: usize) -> Result<Vec<Waiting>, StoreError> {
    const SQL: &str = "SELECT channel, id, sender, link_id, body, received_at FROM inbound \
                       WHERE handled_at IS NULL ORDER BY received_at LIMIT $1";
    let rows: Vec<WaitingRow> =
        on!(tx, conn => sqlx::query_as(SQL).bind(count(limit)).fetch_all(conn).await)?;
    let read =
        |(channel, id, sender, link_id, body, received_at): (_, _, String, _, _, _)| Waiting {
            channel,
            id,
            sender: Msisdn::parse(&sender).ok(),
            link_id,
            body,
            received_at: Timestamp::from_millis(received_at),
        };
    Ok(rows.into_iter().map(read).collect())
}

/// Takes a message for this unit of work. False when another has it, or had it.
pub async fn claim(tx: &mut Tx, message: &Waiting) -> Result<bool, StoreError> {
    const SQLITE: &str =
        "SELECT id FROM inbound WHERE channel = $1 AND id = $2 AND handled_at IS NULL";
    const POSTGRES: &str = "SELECT id FROM inbound WHERE channel = $1 AND id = $2 \
                            AND handled_at IS NULL FOR UPDATE SKIP LOCKED";
    let sql = match tx {
        Tx::Sqlite(_) => SQLITE,
        Tx::Postgres(_) => POSTGRES,
    };
    let found: Option<String> = on!(tx, conn => sqlx::query_scalar(sql)
        .bind(&message.channel)
        .bind(&message.id)
        .fetch_optional(conn).await)?;
    Ok(found.is_some())
}

/// Writes down that a message was dealt with.
pub async fn handled(tx: &mut Tx, message: &Waiting, now: Timestamp) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE inbound SET handled_at = $3 WHERE channel = $1 AND id = $2";
    on!(tx, conn => sqlx::query(SQL)
        .bind(&message.channel)
        .bind(&message.id)
        .bind(now.as_millis())
        .execute(conn).await.map(drop))
}
