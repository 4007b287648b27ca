//! How many messages wait, and how long they took.

use crate::domain::Timestamp;
use crate::store::{StoreError, Tx};

use super::{Lane, lane, number};

/// Messages that wait to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// On which channel.
    pub channel: String,
    /// To numbers of which network.
    pub network: String,
    /// In which lane.
    pub lane: Lane,
    /// How many.
    pub count: i64,
}

/// How many messages wait to be sent, by channel, network and lane.
pub async fn waiting(tx: &mut Tx) -> Result<Vec<Waiting>, StoreError> {
    const SQL: &str = "SELECT channel, network, lane, COUNT(*) FROM outbox \
        WHERE state = 'queued' GROUP BY channel, network, lane ORDER BY lane, channel, network";
    let rows: Vec<(String, String, i64, i64)> =
        on!(tx, conn => sqlx::query_as(SQL).fetch_all(conn).await)?;
    rows.into_iter()
        .map(|(channel, network, of, count)| {
            Ok(Waiting {
                channel,
                network,
                lane: lane(of)?,
                count,
            })
        })
        .collect()
}

/// Messages that are not done: they wait, are being sent, or nobody knows what became of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Open {
    /// On which channel.
    pub channel: String,
    /// To numbers of which network.
    pub network: String,
    /// In which lane.
    pub lane: Lane,
    /// `queued`, `sending` or `unknown`.
    pub state: String,
    /// How many.
    pub count: i64,
    /// When the oldest was made.
    pub oldest: Timestamp,
}

/// Messages that are not done, by channel, network, lane and state.
pub async fn open(tx: &mut Tx) -> Result<Vec<Open>, StoreError> {
    // Each part has an index of its own, and together they are few: what is done is not looked at.
    const SQL: &str = "SELECT channel, network, lane, state, COUNT(*), MIN(created_at) FROM \
            (SELECT channel, network, lane, state, created_at FROM outbox WHERE state = 'queued' \
            UNION ALL SELECT channel, network, lane, state, created_at FROM outbox \
                WHERE state = 'sending' \
            UNION ALL SELECT channel, network, lane, state, created_at FROM outbox \
                WHERE state = 'unknown' AND body IS NOT NULL) AS undone \
        GROUP BY channel, network, lane, state ORDER BY lane, channel, network, state";
    let rows: Vec<(String, String, i64, String, i64, i64)> =
        on!(tx, conn => sqlx::query_as(SQL).fetch_all(conn).await)?;
    rows.into_iter()
        .map(|(channel, network, of, state, count, oldest)| {
            Ok(Open {
                channel,
                network,
                lane: lane(of)?,
                state,
                count,
                oldest: Timestamp::from_millis(oldest),
            })
        })
        .collect()
}

/// How many messages of a lane wait for their turn.
pub async fn queued(tx: &mut Tx, lane: Lane) -> Result<u64, StoreError> {
    const SQL: &str = "SELECT COUNT(*) FROM outbox WHERE state = 'queued' AND lane = $1";
    let queued: i64 =
        on!(tx, conn => sqlx::query_scalar(SQL).bind(number(lane)).fetch_one(conn).await)?;
    Ok(queued.unsigned_abs())
}

/// How long messages took to come to a state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Times {
    /// On which channel.
    pub channel: String,
    /// To numbers of which network.
    pub network: String,
    /// In which lane.
    pub lane: Lane,
    /// How many messages.
    pub count: i64,
    /// Milliseconds that half of them took at most.
    pub p50_ms: i64,
    /// Milliseconds that 95 of 100 took at most.
    pub p95_ms: i64,
}

/// How long messages made since then took to come to a state for the first time, by
/// channel, network and lane.
pub async fn times_to(
    tx: &mut Tx,
    state: &str,
    since: Timestamp,
) -> Result<Vec<Times>, StoreError> {
    const SQL: &str = "WITH taken AS (SELECT o.channel, o.network, o.lane, \
            MIN(e.at) - o.created_at AS took FROM outbox o \
            JOIN sms_events e ON e.message_id = o.id AND e.state = $1 \
            WHERE o.created_at >= $2 GROUP BY o.id, o.channel, o.network, o.lane, o.created_at), \
        ranked AS (SELECT channel, network, lane, took, \
            ROW_NUMBER() OVER (PARTITION BY channel, network, lane ORDER BY took) AS place, \
            COUNT(*) OVER (PARTITION BY channel, network, lane) AS whole FROM taken) \
        SELECT channel, network, lane, whole, \
            COALESCE(MAX(CASE WHEN place = (whole * 50 + 99) / 100 THEN took END), 0), \
            COALESCE(MAX(CASE WHEN place = (whole * 95 + 99) / 100 THEN took END), 0) \
        FROM ranked GROUP BY channel, network, lane, whole ORDER BY lane, channel, network";
    let rows: Vec<(String, String, i64, i64, i64, i64)> = on!(tx, conn => sqlx::query_as(SQL)
            .bind(state)
            .bind(since.as_millis())
            .fetch_all(conn).await)?;
    rows.into_iter()
        .map(|(channel, network, of, count, p50_ms, p95_ms)| {
            Ok(Times {
                channel,
                network,
                lane: lane(of)?,
                count,
                p50_ms,
                p95_ms,
            })
        })
        .collect()
}
