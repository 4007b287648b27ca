//! Channels that are held back, for every process to see. One that has no row sends.

use crate::domain::Timestamp;

use super::tx::decode;
use super::{StoreError, Tx};

/// Why nothing leaves on a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum HoldKind {
    /// The aggregator asked to wait.
    Throttled,
    /// Too many sends in a row came to nothing.
    Unreachable,
    /// The account is empty.
    Parked,
    /// The aggregator refuses us; somebody must mend the configuration.
    Stopped,
}

impl HoldKind {
    const ALL: [Self; 4] = [
        Self::Throttled,
        Self::Unreachable,
        Self::Parked,
        Self::Stopped,
    ];

    /// Its name in lists and figures.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Throttled => "throttled",
            Self::Unreachable => "unreachable",
            Self::Parked => "parked",
            Self::Stopped => "stopped",
        }
    }

    fn parse(name: &str) -> Result<Self, sqlx::Error> {
        let found = Self::ALL.into_iter().find(|kind| kind.name() == name);
        found.ok_or_else(|| decode("no such state of a channel"))
    }
}

/// What holds a channel back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hold {
    /// Of which kind.
    pub kind: HoldKind,
    /// Why, for operators.
    pub reason: String,
    /// Since when.
    pub since: Timestamp,
    /// From when on one message may try whether it is over; none where that is no use.
    pub until: Option<Timestamp>,
}

/// Every channel that is held back.
pub async fn all(tx: &mut Tx) -> Result<Vec<(String, Hold)>, StoreError> {
    const SQL: &str =
        "SELECT channel, state, reason, since, until FROM channel_states ORDER BY channel";
    let rows: Vec<(String, String, String, i64, Option<i64>)> =
        on!(tx, conn => sqlx::query_as(SQL).fetch_all(conn).await)?;
    rows.into_iter()
        .map(|(channel, kind, reason, since, until)| {
            let hold = Hold {
                kind: HoldKind::parse(&kind)?,
                reason,
                since: Timestamp::from_millis(since),
                until: until.map(Timestamp::from_millis),
            };
            Ok((channel, hold))
        })
        .collect()
}

/// Holds a channel back. An empty account and a refusal are not covered up by less.
pub async fn hold(tx: &mut Tx, channel: &str, hold: &Hold) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO channel_states (channel, state, reason, since, until) \
        VALUES ($1, $2, $3, $4, $5) ON CONFLICT (channel) DO UPDATE SET \
        since = CASE WHEN channel_states.state = excluded.state \
            THEN channel_states.since ELSE excluded.since END, \
        state = excluded.state, reason = excluded.reason, \
        until = CASE WHEN excluded.until < channel_states.until \
            THEN channel_states.until ELSE excluded.until END \
        WHERE channel_states.state NOT IN ('parked', 'stopped') \
        OR excluded.state IN (channel_states.state, 'stopped')";
    on!(tx, conn => sqlx::query(SQL)
        .bind(channel)
        .bind(hold.kind.name())
        .bind(&hold.reason)
        .bind(hold.since.as_millis())
        .bind(hold.until.map(Timestamp::as_millis))
        .execute(conn).await.map(drop))
}

/// Takes the one try that a held channel has now; the next is at `next`. False when
/// another process took it.
pub async fn take_probe(
    tx: &mut Tx,
    channel: &str,
    now: Timestamp,
    next: Timestamp,
) -> Result<bool, StoreError> {
    const SQL: &str = "UPDATE channel_states SET until = $3 WHERE channel = $1 AND until <= $2";
    let rows = on!(tx, conn => sqlx::query(SQL)
        .bind(channel)
        .bind(now.as_millis())
        .bind(next.as_millis())
        .execute(conn).await.map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}

/// Lets a channel send again. False when nothing held it.
pub async fn resume(tx: &mut Tx, channel: &str) -> Result<bool, StoreError> {
    const SQL: &str = "DELETE FROM channel_states WHERE channel = $1";
    let rows = on!(tx, conn => sqlx::query(SQL)
        .bind(channel)
        .execute(conn).await.map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}

/// Lets a channel send again that could not be reached, and no other.
pub async fn reached(tx: &mut Tx, channel: &str) -> Result<(), StoreError> {
    const SQL: &str = "DELETE FROM channel_states WHERE channel = $1 AND state = 'unreachable'";
    on!(tx, conn => sqlx::query(SQL).bind(channel).execute(conn).await.map(drop))
}

/// Lets channels that were refused send again: whoever starts the program anew has mended it.
pub async fn resume_stopped(tx: &mut Tx) -> Result<(), StoreError> {
    const SQL: &str = "DELETE FROM channel_states WHERE state = 'stopped'";
    on!(tx, conn => sqlx::query(SQL).execute(conn).await.map(drop))
}
