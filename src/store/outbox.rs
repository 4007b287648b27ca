//! Every SMS that leaves, from the moment it is caused to its end.
//!
//! ```text
//! queued ──claim──▶ sending ──▶ accepted ──▶ delivered | failed
//!   ▲  ▲               │ │
//!   │  └── not sent ───┘ └─ answer lost, or the process died ─▶ unknown ─┐
//!   └────────── the very same text again, where that is harmless ────────┘
//! ```
//!
//! A claim writes `sending` and raises `attempt`; every later word about that
//! attempt must name it, so that a worker that lost its lease changes nothing.

use crate::domain::{MessageId, Msisdn, PersonId, Timestamp};

use super::tx::{count, decode};
use super::{StoreError, Tx};

/// What goes first when there is a queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Lane {
    /// New passwords and codes.
    Credential,
    /// One-time links.
    Link,
    /// The confirmation of something a person did.
    Transaction,
    /// News about a person's work.
    Notice,
    /// Campaigns.
    Bulk,
}

impl Lane {
    const ALL: [Self; 5] = [
        Self::Credential,
        Self::Link,
        Self::Transaction,
        Self::Notice,
        Self::Bulk,
    ];

    /// Its name in logs and lists.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Credential => "credential",
            Self::Link => "link",
            Self::Transaction => "transaction",
            Self::Notice => "notice",
            Self::Bulk => "bulk",
        }
    }

    fn number(self) -> i64 {
        Self::ALL
            .iter()
            .zip(0..)
            .find(|(lane, _)| **lane == self)
            .map_or(0, |(_, number)| number)
    }

    fn from_number(number: i64) -> Result<Self, sqlx::Error> {
        let lane = usize::try_from(number)
            .ok()
            .and_then(|number| Self::ALL.get(number));
        lane.copied().ok_or_else(|| decode("no such lane"))
    }
}

/// A message to be sent.
#[derive(Debug)]
pub struct NewMessage<'a> {
    /// Which.
    pub id: &'a MessageId,
    /// What caused it; a second message of the same cause is not taken.
    pub cause: &'a str,
    /// How urgent.
    pub lane: Lane,
    /// Through which channel.
    pub channel: &'a str,
    /// To which line.
    pub recipient: &'a Msisdn,
    /// About whom.
    pub person: Option<&'a PersonId>,
    /// The text, sealed.
    pub body: &'a [u8],
    /// How many SMS it is.
    pub segments: usize,
    /// When it is of no use any more.
    pub expires_at: Timestamp,
}

/// A message in the hands of one worker until its lease ends.
#[derive(Clone)]
pub struct Claimed {
    /// Which.
    pub id: MessageId,
    /// How urgent.
    pub lane: Lane,
    /// Through which channel.
    pub channel: String,
    /// To which line.
    pub recipient: Msisdn,
    /// The text, sealed.
    pub body: Vec<u8>,
    /// The attempt that this claim is; later words about it must name it.
    pub attempt: i64,
    /// Since when it was to be sent.
    pub due_at: Timestamp,
    /// When it is of no use any more.
    pub expires_at: Timestamp,
}

type ClaimedRow = (String, i64, String, String, Option<Vec<u8>>, i64, i64, i64);

impl Claimed {
    fn read(row: ClaimedRow) -> Result<Self, StoreError> {
        let (id, lane, channel, recipient, body, attempt, due_at, expires_at) = row;
        Ok(Self {
            id: MessageId::parse(&id).map_err(decode)?,
            lane: Lane::from_number(lane)?,
            channel,
            recipient: Msisdn::parse(&recipient).map_err(decode)?,
            body: body.ok_or_else(|| decode("no text"))?,
            attempt,
            due_at: Timestamp::from_millis(due_at),
            expires_at: Timestamp::from_millis(expires_at),
        })
    }
}

/// Adds a message. False when its cause has one already.
pub async fn add(
    tx: &mut Tx,
    message: &NewMessage<'_>,
    now: Timestamp,
) -> Result<bool, StoreError> {
    const SQL: &str = "INSERT INTO outbox (id, cause, lane, channel, recipient, person_id, body, \
        segments, state, attempt, unanswered, due_at, expires_at, created_at, updated_at) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'queued', 0, 0, $9, $10, $9, $9) \
        ON CONFLICT (cause) DO NOTHING";
    let added = on!(tx, conn => sqlx::query(SQL)
        .bind(message.id.as_str())
        .bind(message.cause)
        .bind(message.lane.number())
        .bind(message.channel)
        .bind(message.recipient.as_str())
        .bind(message.person.map(PersonId::as_str))
        .bind(message.body)
        .bind(count(message.segments))
        .bind(now.as_millis())
        .bind(message.expires_at.as_millis())
        .execute(conn).await.map(|done| done.rows_affected()))?;
    Ok(added == 1)
}

/// Takes messages that are due, the most urgent first, but none of the channels that
/// rest. The commit of this claim is the durable word that a first byte may leave.
pub async fn claim(
    tx: &mut Tx,
    now: Timestamp,
    lease_until: Timestamp,
    limit: usize,
    resting: &[String],
) -> Result<Vec<Claimed>, StoreError> {
    // The names of channels hold neither commas nor wildcards.
    macro_rules! sql {
        ($lock:literal) => {
            concat!(
                "UPDATE outbox SET state = 'sending', attempt = attempt + 1, lease_until = $2, ",
                "updated_at = $1 WHERE id IN (SELECT id FROM outbox WHERE state = 'queued' ",
                "AND due_at <= $1 AND expires_at > $1 AND $4 NOT LIKE '%,' || channel || ',%' ",
                "ORDER BY lane, due_at LIMIT $3 ",
                $lock,
                ") RETURNING id, lane, channel, recipient, body, attempt, due_at, expires_at"
            )
        };
    }
    const SQLITE: &str = sql!("");
    const POSTGRES: &str = sql!("FOR UPDATE SKIP LOCKED");
    let sql = match tx {
        Tx::Sqlite(_) => SQLITE,
        Tx::Postgres(_) => POSTGRES,
    };
    let rows: Vec<ClaimedRow> = on!(&mut *tx, conn => sqlx::query_as(sql)
        .bind(now.as_millis())
        .bind(lease_until.as_millis())
        .bind(count(limit))
        .bind(format!(",{},", resting.join(",")))
        .fetch_all(conn).await)?;
    let mut claimed = Vec::with_capacity(rows.len());
    for row in rows {
        let id = row.0.clone();
        match Claimed::read(row) {
            Ok(message) => claimed.push(message),
            // It must not stand in the way of the others for ever.
            Err(_) => reject(tx, &id, now).await?,
        }
    }
    claimed.sort_by_key(|message| message.lane);
    Ok(claimed)
}

/// Ends a message whose row holds what no message can.
async fn reject(tx: &mut Tx, id: &str, now: Timestamp) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE outbox SET state = 'failed', reason = 'the row can''t be read', \
        body = NULL, lease_until = NULL, updated_at = $2 WHERE id = $1";
    on!(tx, conn => sqlx::query(SQL).bind(id).bind(now.as_millis()).execute(conn).await.map(drop))
}

/// What an attempt came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Settled {
    /// The aggregator has it; the text is erased.
    Accepted {
        /// The aggregator's id for it.
        provider_id: Option<String>,
        /// What it cost, in the aggregator's words.
        cost: Option<String>,
    },
    /// Surely not sent; to be tried again.
    Again {
        /// When.
        due_at: Timestamp,
        /// Why it failed.
        reason: String,
    },
    /// Never to be sent; the text is erased.
    Failed {
        /// Why.
        reason: String,
    },
    /// Nobody can say whether it was sent.
    Unknown {
        /// Until when a delivery report may say so.
        until: Timestamp,
        /// What happened.
        reason: String,
    },
}

/// Writes down what an attempt came to. The words count until the message has ended or
/// its next attempt has begun, even when the lease is over by then. False when they
/// come later than that.
pub async fn settle(
    tx: &mut Tx,
    id: &MessageId,
    attempt: i64,
    settled: &Settled,
    now: Timestamp,
) -> Result<bool, StoreError> {
    macro_rules! sql {
        ($set:literal) => {
            sql!($set, "")
        };
        ($set:literal, $and:literal) => {
            concat!(
                "UPDATE outbox SET ",
                $set,
                ", lease_until = NULL, updated_at = $3 WHERE id = $1 AND attempt = $2 ",
                "AND state IN ('sending', 'unknown', 'queued')",
                $and
            )
        };
    }
    const ACCEPTED: &str =
        sql!("state = 'accepted', provider_id = $4, cost = $5, body = NULL, reason = NULL");
    const AGAIN: &str = sql!(
        "state = 'queued', due_at = $4, reason = $5",
        " AND body IS NOT NULL"
    );
    const FAILED: &str = sql!("state = 'failed', reason = $4, body = NULL");
    const UNKNOWN: &str =
        sql!("state = 'unknown', due_at = $4, reason = $5, unanswered = unanswered + 1");
    let rows = match settled {
        Settled::Accepted { provider_id, cost } => on!(tx, conn => sqlx::query(ACCEPTED)
            .bind(id.as_str()).bind(attempt).bind(now.as_millis())
            .bind(provider_id.as_deref()).bind(cost.as_deref())
            .execute(conn).await.map(|done| done.rows_affected())),
        Settled::Again { due_at, reason } => on!(tx, conn => sqlx::query(AGAIN)
            .bind(id.as_str()).bind(attempt).bind(now.as_millis())
            .bind(due_at.as_millis()).bind(reason)
            .execute(conn).await.map(|done| done.rows_affected())),
        Settled::Failed { reason } => on!(tx, conn => sqlx::query(FAILED)
            .bind(id.as_str()).bind(attempt).bind(now.as_millis()).bind(reason)
            .execute(conn).await.map(|done| done.rows_affected())),
        Settled::Unknown { until, reason } => on!(tx, conn => sqlx::query(UNKNOWN)
            .bind(id.as_str()).bind(attempt).bind(now.as_millis())
            .bind(until.as_millis()).bind(reason)
            .execute(conn).await.map(|done| done.rows_affected())),
    }?;
    Ok(rows == 1)
}

/// Attempts whose worker is gone: the lease is over and nobody knows what became of them.
pub async fn abandon_leases(
    tx: &mut Tx,
    now: Timestamp,
    until: Timestamp,
) -> Result<u64, StoreError> {
    const SQL: &str = "UPDATE outbox SET state = 'unknown', due_at = $2, lease_until = NULL, \
        reason = 'the worker stopped while sending', updated_at = $1 \
        WHERE state = 'sending' AND lease_until < $1";
    on!(tx, conn => sqlx::query(SQL)
        .bind(now.as_millis())
        .bind(until.as_millis())
        .execute(conn).await.map(|done| done.rows_affected()))
}

/// Queues again what no report has settled in time, text unchanged, in the lanes up
/// to `last` and as long as no more than `repeats` answers were lost. Other such
/// messages stay unknown and their texts are erased.
pub async fn resolve_unknown(
    tx: &mut Tx,
    now: Timestamp,
    last: Lane,
    repeats: i64,
) -> Result<u64, StoreError> {
    const RESEND: &str = "UPDATE outbox SET state = 'queued', due_at = $1, updated_at = $1 \
        WHERE state = 'unknown' AND body IS NOT NULL AND due_at <= $1 AND lane <= $2 \
        AND unanswered <= $3 AND expires_at > $1";
    const GIVE_UP: &str = "UPDATE outbox SET body = NULL, updated_at = $1 \
        WHERE state = 'unknown' AND body IS NOT NULL AND due_at <= $1";
    let resent = on!(&mut *tx, conn => sqlx::query(RESEND)
        .bind(now.as_millis())
        .bind(last.number())
        .bind(repeats)
        .execute(conn).await.map(|done| done.rows_affected()))?;
    on!(tx, conn => sqlx::query(GIVE_UP).bind(now.as_millis()).execute(conn).await.map(drop))?;
    Ok(resent)
}

/// Ends messages that nobody can use any more.
pub async fn expire(tx: &mut Tx, now: Timestamp) -> Result<u64, StoreError> {
    const SQL: &str = "UPDATE outbox SET state = 'expired', body = NULL, updated_at = $1 \
        WHERE state = 'queued' AND expires_at <= $1";
    on!(tx, conn => sqlx::query(SQL)
        .bind(now.as_millis())
        .execute(conn).await.map(|done| done.rows_affected()))
}

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
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::InTransit => "accepted",
            Self::Delivered => "delivered",
            Self::Failed => "failed",
        }
    }

    pub(super) fn parse(name: &str) -> Option<Self> {
        [Self::InTransit, Self::Delivered, Self::Failed]
            .into_iter()
            .find(|v| v.name() == name)
    }
}

/// Applies a report to the message the aggregator knows by that id. A final state is
/// never overwritten. False when no message has that id.
pub async fn report(
    tx: &mut Tx,
    channel: &str,
    provider_id: &str,
    verdict: Verdict,
    reason: Option<&str>,
    now: Timestamp,
) -> Result<bool, StoreError> {
    const KNOWN: &str = "SELECT COUNT(*) FROM outbox WHERE channel = $1 AND provider_id = $2";
    const SQL: &str = "UPDATE outbox SET state = $3, reason = COALESCE($4, reason), body = NULL, \
        updated_at = $5 WHERE channel = $1 AND provider_id = $2 AND state IN ('accepted', 'unknown')";
    let known: i64 = on!(&mut *tx, conn => sqlx::query_scalar(KNOWN)
        .bind(channel).bind(provider_id).fetch_one(conn).await)?;
    if known == 0 {
        return Ok(false);
    }
    on!(tx, conn => sqlx::query(SQL)
        .bind(channel)
        .bind(provider_id)
        .bind(verdict.name())
        .bind(reason)
        .bind(now.as_millis())
        .execute(conn).await.map(drop))?;
    Ok(true)
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

/// Whether a message to this person in that lane may still arrive for the first time.
pub async fn is_under_way(tx: &mut Tx, person: &PersonId, lane: Lane) -> Result<bool, StoreError> {
    const SQL: &str = "SELECT COUNT(*) FROM outbox WHERE person_id = $1 AND lane = $2 \
        AND state IN ('queued', 'sending', 'unknown') AND body IS NOT NULL";
    let found: i64 = on!(tx, conn => sqlx::query_scalar(SQL)
        .bind(person.as_str())
        .bind(lane.number())
        .fetch_one(conn).await)?;
    Ok(found > 0)
}

/// A message that was given up, as operators list it.
#[derive(Debug, Clone)]
pub struct DeadLetter {
    /// Which.
    pub id: String,
    /// How urgent it was.
    pub lane: Lane,
    /// `failed`, `expired` or `unknown`.
    pub state: String,
    /// To which line; None when the row holds none.
    pub recipient: Option<Msisdn>,
    /// Why.
    pub reason: Option<String>,
    /// How often it was tried.
    pub attempts: i64,
    /// When it was given up.
    pub at: Timestamp,
}

/// Messages that were given up, newest first.
pub async fn dead_letters(tx: &mut Tx, limit: usize) -> Result<Vec<DeadLetter>, StoreError> {
    const SQL: &str = "SELECT id, lane, state, recipient, reason, attempt, updated_at FROM outbox \
        WHERE state IN ('failed', 'expired') OR (state = 'unknown' AND body IS NULL) \
        ORDER BY updated_at DESC, id LIMIT $1";
    type Row = (String, i64, String, String, Option<String>, i64, i64);
    let rows: Vec<Row> =
        on!(tx, conn => sqlx::query_as(SQL).bind(count(limit)).fetch_all(conn).await)?;
    rows.into_iter()
        .map(|(id, lane, state, recipient, reason, attempts, at)| {
            Ok(DeadLetter {
                id,
                lane: Lane::from_number(lane)?,
                state,
                recipient: Msisdn::parse(&recipient).ok(),
                reason,
                attempts,
                at: Timestamp::from_millis(at),
            })
        })
        .collect()
}

/// How many messages are in each state.
pub async fn tally(tx: &mut Tx) -> Result<Vec<(String, i64)>, StoreError> {
    const SQL: &str = "SELECT state, COUNT(*) FROM outbox GROUP BY state ORDER BY state";
    on!(tx, conn => sqlx::query_as(SQL).fetch_all(conn).await)
}
