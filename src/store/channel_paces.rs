//! How far each channel has used up its pace: one count for all processes that send, by the
//! clock of the database, for theirs may differ.

use super::{StoreError, Tx};

/// How a channel stands, in microseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Used {
    /// Until when its pace is used up.
    pub until: i64,
    /// What time it is there.
    pub now: i64,
}

/// How far a channel's pace is used up; held until the unit of work is done, so that two
/// processes do not use the same.
pub async fn hold(tx: &mut Tx, channel: &str) -> Result<Used, StoreError> {
    const FIRST: &str = "INSERT INTO channel_paces (channel, used_until) VALUES ($1, 0) \
                         ON CONFLICT (channel) DO NOTHING";
    if let Some(used) = held(tx, channel).await? {
        return Ok(used);
    }
    on!(&mut *tx, conn => sqlx::query(FIRST).bind(channel).execute(conn).await.map(drop))?;
    Ok(held(tx, channel)
        .await?
        .unwrap_or(Used { until: 0, now: 0 }))
}

async fn held(tx: &mut Tx, channel: &str) -> Result<Option<Used>, StoreError> {
    const SQLITE: &str = "SELECT used_until, CAST(unixepoch('subsec') * 1000000 AS INTEGER) \
                          FROM channel_paces WHERE channel = $1";
    const POSTGRES: &str = "SELECT used_until, \
        (EXTRACT(EPOCH FROM clock_timestamp()) * 1000000)::bigint \
        FROM channel_paces WHERE channel = $1 FOR UPDATE";
    let sql = match tx {
        Tx::Sqlite(_) => SQLITE,
        Tx::Postgres(_) => POSTGRES,
    };
    let row: Option<(i64, i64)> =
        on!(tx, conn => sqlx::query_as(sql).bind(channel).fetch_optional(conn).await)?;
    Ok(row.map(|(until, now)| Used { until, now }))
}

/// So far is it used up now.
pub async fn keep(tx: &mut Tx, channel: &str, until: i64) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE channel_paces SET used_until = $2 WHERE channel = $1";
    on!(tx, conn => sqlx::query(SQL)
        .bind(channel)
        .bind(until)
        .execute(conn).await.map(drop))
}
