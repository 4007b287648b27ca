//! What delivery reports say.

use crate::domain::{Msisdn, Timestamp};
use crate::store::tx::{count, decode};
use crate::store::{StoreError, Tx};

use super::{Lane, lane};

/// A delivery report's verdict on a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// On its way; nothing final.
    InTransit,
    /// On the handset.
    Delivered,
    /// Given up by a network.
    Failed,
}

impl Verdict {
    /// The state it puts a message in.
    pub(in crate::store) fn name(self) -> &'static str {
        match self {
            Self::InTransit => "accepted",
            Self::Delivered => "delivered",
            Self::Failed => "failed",
        }
    }

    pub(in crate::store) fn parse(name: &str) -> Option<Self> {
        [Self::InTransit, Self::Delivered, Self::Failed]
            .into_iter()
            .find(|v| v.name() == name)
    }
}

/// A message that a report changed.
#[derive(Debug, Clone)]
pub struct Reported {
    /// To which line it went.
    pub recipient: Msisdn,
    /// In which lane.
    pub lane: Lane,
    /// When it was made.
    pub created_at: Timestamp,
}

/// Applies a report to the message the aggregator knows by that id. A final state is
/// never overwritten. Gives the messages that it changed; None when none has that id.
pub async fn report(
    tx: &mut Tx,
    channel: &str,
    provider_id: &str,
    verdict: Verdict,
    reason: Option<&str>,
    now: Timestamp,
) -> Result<Option<Vec<Reported>>, StoreError> {
    const KNOWN: &str = "SELECT COUNT(*) FROM outbox WHERE channel = $1 AND provider_id = $2";
    const SQL: &str = "UPDATE outbox SET state = $3, reason = $4, \
        body = CASE WHEN keep_until > $5 AND $3 <> 'delivered' THEN body END, updated_at = $5 \
        WHERE channel = $1 AND provider_id = $2 AND state IN ('accepted', 'unknown') \
        RETURNING recipient, lane, created_at";
    let known: i64 = on!(&mut *tx, conn => sqlx::query_scalar(KNOWN)
        .bind(channel).bind(provider_id).fetch_one(conn).await)?;
    if known == 0 {
        return Ok(None);
    }
    let rows: Vec<(String, i64, i64)> = on!(tx, conn => sqlx::query_as(SQL)
        .bind(channel)
        .bind(provider_id)
        .bind(verdict.name())
        .bind(reason)
        .bind(now.as_millis())
        .fetch_all(conn).await)?;
    let changed = rows.into_iter().map(|(recipient, number, created_at)| {
        Ok(Reported {
            recipient: Msisdn::parse(&recipient).map_err(decode)?,
            lane: lane(number)?,
            created_at: Timestamp::from_millis(created_at),
        })
    });
    changed.collect::<Result<_, StoreError>>().map(Some)
}

/// A message whose fate is unknown and whose id at the aggregator is unknown too.
#[derive(Debug, Clone)]
pub struct Orphan {
    /// Through which channel it left, if it did.
    pub channel: String,
    /// To which line.
    pub recipient: Msisdn,
    /// Since when there may be a report on it.
    pub since: Timestamp,
}

/// Messages that a waiting report may belong to.
pub async fn orphans(tx: &mut Tx, limit: usize) -> Result<Vec<Orphan>, StoreError> {
    const SQL: &str = "SELECT channel, recipient, created_at FROM outbox \
        WHERE state = 'unknown' AND body IS NOT NULL AND provider_id IS NULL ORDER BY due_at LIMIT $1";
    let rows: Vec<(String, String, i64)> =
        on!(tx, conn => sqlx::query_as(SQL).bind(count(limit)).fetch_all(conn).await)?;
    // A line that can't be read has no reports either.
    let orphans = rows.into_iter().filter_map(|(channel, recipient, since)| {
        Some(Orphan {
            channel,
            recipient: Msisdn::parse(&recipient).ok()?,
            since: Timestamp::from_millis(since),
        })
    });
    Ok(orphans.collect())
}

/// Gives an unknown id to the one message to that number whose fate is unknown. False
/// when there is none, or more than one.
pub async fn adopt_report(
    tx: &mut Tx,
    channel: &str,
    recipient: &Msisdn,
    provider_id: &str,
    now: Timestamp,
) -> Result<bool, StoreError> {
    const SQL: &str = "UPDATE outbox SET provider_id = $3, updated_at = $4 \
        WHERE channel = $1 AND recipient = $2 AND state = 'unknown' AND body IS NOT NULL \
        AND provider_id IS NULL AND 1 = (SELECT COUNT(*) FROM outbox WHERE channel = $1 \
        AND recipient = $2 AND state IN ('unknown', 'sending') AND body IS NOT NULL)";
    let rows = on!(tx, conn => sqlx::query(SQL)
        .bind(channel)
        .bind(recipient.as_str())
        .bind(provider_id)
        .bind(now.as_millis())
        .execute(conn).await.map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}
