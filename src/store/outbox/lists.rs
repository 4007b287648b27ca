//! Looking at the outbox.

use crate::domain::{MessageId, Msisdn, PersonId, Timestamp};
use crate::store::tx::{count, decode};
use crate::store::{StoreError, Tx};

use super::{Lane, number};

/// Whether a text that is kept for this person may still arrive for the first time.
pub async fn kept_is_under_way(tx: &mut Tx, person: &PersonId) -> Result<bool, StoreError> {
    const SQL: &str = "SELECT COUNT(*) FROM outbox WHERE person_id = $1 \
        AND keep_until IS NOT NULL AND state IN ('queued', 'sending', 'unknown') \
        AND body IS NOT NULL";
    let found: i64 = on!(tx, conn => sqlx::query_scalar(SQL)
        .bind(person.as_str())
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
                lane: super::lane(lane)?,
                state,
                recipient: Msisdn::parse(&recipient).ok(),
                reason,
                attempts,
                at: Timestamp::from_millis(at),
            })
        })
        .collect()
}

/// How many messages are in each state. What is queued on a channel that is parked or
/// stopped is parked: it waits for an operator, or for money, and not for its turn.
pub async fn tally(tx: &mut Tx) -> Result<Vec<(String, i64)>, StoreError> {
    const SQL: &str = "SELECT CASE WHEN o.state = 'queued' AND c.state IN ('parked', 'stopped') \
        THEN 'parked' ELSE o.state END AS word, COUNT(*) FROM outbox o \
        LEFT JOIN channel_states c ON c.channel = o.channel GROUP BY 1 ORDER BY 1";
    on!(tx, conn => sqlx::query_as(SQL).fetch_all(conn).await)
}

/// When the oldest urgent message was made that waits to be sent.
pub async fn oldest_urgent(tx: &mut Tx) -> Result<Option<Timestamp>, StoreError> {
    const SQL: &str = "SELECT MIN(created_at) FROM outbox WHERE state = 'queued' AND lane <= $1";
    let oldest: Option<i64> = on!(tx, conn => sqlx::query_scalar(SQL)
        .bind(number(Lane::Transaction))
        .fetch_one(conn).await)?;
    Ok(oldest.map(Timestamp::from_millis))
}

/// When a message reached a line last.
pub async fn last_delivered_to(
    tx: &mut Tx,
    line: &Msisdn,
) -> Result<Option<Timestamp>, StoreError> {
    const SQL: &str = "SELECT MAX(updated_at) FROM outbox \
                       WHERE recipient = $1 AND state = 'delivered'";
    let at: Option<i64> = on!(tx, conn => sqlx::query_scalar(SQL)
        .bind(line.as_str())
        .fetch_one(conn).await)?;
    Ok(at.map(Timestamp::from_millis))
}

/// The lane of a person's last message since then, if that one was lost.
pub async fn last_lost(
    tx: &mut Tx,
    person: &PersonId,
    since: Timestamp,
) -> Result<Option<Lane>, StoreError> {
    const SQL: &str = "SELECT lane, state FROM outbox WHERE person_id = $1 AND created_at >= $2 \
        AND lane <= $3 ORDER BY created_at DESC, id DESC LIMIT 1";
    let last: Option<(i64, String)> = on!(tx, conn => sqlx::query_as(SQL)
        .bind(person.as_str())
        .bind(since.as_millis())
        .bind(number(Lane::Link))
        .fetch_optional(conn).await)?;
    match last {
        Some((lane, state)) if matches!(state.as_str(), "failed" | "expired") => {
            Ok(Some(super::lane(lane)?))
        }
        _ => Ok(None),
    }
}

/// A message about a person, as staff see it: never its text.
#[derive(Debug, Clone)]
pub struct Sent {
    /// Which.
    pub id: String,
    /// How urgent it is.
    pub lane: Lane,
    /// Through which channel.
    pub channel: String,
    /// How far it has come.
    pub state: String,
    /// Why.
    pub reason: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it came to its state.
    pub updated_at: Timestamp,
}

/// Messages about a person, the newest first.
pub async fn of_person(
    tx: &mut Tx,
    person: &PersonId,
    limit: usize,
) -> Result<Vec<Sent>, StoreError> {
    const SQL: &str = "SELECT id, lane, channel, state, reason, created_at, updated_at \
        FROM outbox WHERE person_id = $1 ORDER BY created_at DESC, id DESC LIMIT $2";
    type Row = (String, i64, String, String, Option<String>, i64, i64);
    let rows: Vec<Row> = on!(tx, conn => sqlx::query_as(SQL)
        .bind(person.as_str())
        .bind(count(limit))
        .fetch_all(conn).await)?;
    rows.into_iter()
        .map(
            |(id, lane, channel, state, reason, created_at, updated_at)| {
                Ok(Sent {
                    id,
                    lane: super::lane(lane)?,
                    channel,
                    state,
                    reason,
                    created_at: Timestamp::from_millis(created_at),
                    updated_at: Timestamp::from_millis(updated_at),
                })
            },
        )
        .collect()
}

/// A message as the council's systems see it: never its text.
#[derive(Debug, Clone)]
pub struct Message {
    /// Which.
    pub id: MessageId,
    /// About whom.
    pub person: Option<PersonId>,
    /// How urgent it is.
    pub lane: Lane,
    /// Through which channel.
    pub channel: String,
    /// How many SMS it takes.
    pub segments: i64,
    /// How far it has come.
    pub state: String,
    /// Why.
    pub reason: Option<String>,
    /// What the aggregator says that it cost.
    pub cost: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it came to its state.
    pub updated_at: Timestamp,
}

type MessageRow = (
    String,
    Option<String>,
    i64,
    String,
    i64,
    String,
    Option<String>,
    Option<String>,
    i64,
    i64,
);

fn message(row: MessageRow) -> Result<Message, StoreError> {
    let (id, person, lane, channel, segments, state, reason, cost, created_at, updated_at) = row;
    let person = person.as_deref().map(PersonId::parse);
    Ok(Message {
        id: MessageId::parse(&id).map_err(decode)?,
        person: person.transpose().map_err(decode)?,
        lane: super::lane(lane)?,
        channel,
        segments,
        state,
        reason,
        cost,
        created_at: Timestamp::from_millis(created_at),
        updated_at: Timestamp::from_millis(updated_at),
    })
}

/// The columns of a message, in the order of [`MessageRow`].
macro_rules! select_message {
    ($rest:literal) => {
        concat!(
            "SELECT id, person_id, lane, channel, segments, state, reason, cost, created_at, ",
            "updated_at FROM outbox ",
            $rest
        )
    };
}

/// The message of that id.
pub async fn by_id(tx: &mut Tx, id: &MessageId) -> Result<Option<Message>, StoreError> {
    const SQL: &str = select_message!("WHERE id = $1");
    let row: Option<MessageRow> =
        on!(tx, conn => sqlx::query_as(SQL).bind(id.as_str()).fetch_optional(conn).await)?;
    row.map(message).transpose()
}

/// Messages about a person after that one, the oldest first, no more than `limit`.
pub async fn after(
    tx: &mut Tx,
    person: &PersonId,
    after: Option<&MessageId>,
    limit: usize,
) -> Result<Vec<Message>, StoreError> {
    const SQL: &str = select_message!("WHERE person_id = $1 AND id > $2 ORDER BY id LIMIT $3");
    let rows: Vec<MessageRow> = on!(tx, conn => sqlx::query_as(SQL)
        .bind(person.as_str())
        .bind(after.map_or("", MessageId::as_str))
        .bind(count(limit))
        .fetch_all(conn).await)?;
    rows.into_iter().map(message).collect()
}
