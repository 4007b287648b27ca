//! From its cause to the word on an attempt: adding, claiming, settling.

use crate::domain::{MessageId, Msisdn, PersonId, Timestamp};
use crate::store::tx::{count, decode};
use crate::store::{StoreError, Tx};

use super::Lane;

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
    /// The aggregator has it; the text is erased, unless it is kept for a while.
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
    const ACCEPTED: &str = sql!(
        "state = 'accepted', provider_id = $4, cost = $5, reason = NULL, \
         body = CASE WHEN keep_until > $3 THEN body END"
    );
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
