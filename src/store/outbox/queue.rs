//! From its cause to a worker's hands: adding and claiming.

use crate::domain::{HomeNetwork, MessageId, Msisdn, PersonId, Timestamp};
use crate::store::rows::Rows;
use crate::store::tx::{count, decode};
use crate::store::{StoreError, Tx};

use super::{Lane, number};

/// The most messages in one statement; more do not make it faster.
const AT_ONCE: usize = 1000;

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
    /// By which route of the configuration; none where no route chose the channel.
    pub route: Option<&'a str>,
    /// The link of the paid SMS that it answers.
    pub link_id: Option<&'a str>,
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

/// Adds a message. False when its cause has one already.
pub async fn add(
    tx: &mut Tx,
    message: &NewMessage<'_>,
    now: Timestamp,
) -> Result<bool, StoreError> {
    Ok(add_many(tx, std::slice::from_ref(message), now).await? == 1)
}

/// Adds messages, many in a statement, and says how many; those whose cause has one
/// already are passed over.
pub async fn add_many(
    tx: &mut Tx,
    messages: &[NewMessage<'_>],
    now: Timestamp,
) -> Result<u64, StoreError> {
    let mut added = 0;
    for some in messages.chunks(AT_ONCE) {
        added += add_some(tx, some, now).await?;
    }
    Ok(added)
}

async fn add_some(
    tx: &mut Tx,
    messages: &[NewMessage<'_>],
    now: Timestamp,
) -> Result<u64, StoreError> {
    const HEAD: &str = "INSERT INTO outbox (id, cause, lane, channel, route, link_id, recipient, \
        network, person_id, body, segments, state, attempt, unanswered, due_at, expires_at, \
        created_at, updated_at) SELECT r.id, r.cause, r.lane, r.channel, r.route, r.link_id, \
        r.recipient, r.network, r.person, r.body, r.segments, 'queued', 0, 0, $1, r.expires_at, \
        $1, $1 FROM ";
    Rows::of(messages)
        .with_number(now.as_millis())
        .text("id", |one| one.id.as_str())
        .text("cause", |one| one.cause)
        .number("lane", |one| number(one.lane))
        .text("channel", |one| one.channel)
        .text("route", |one| one.route)
        .text("link_id", |one| one.link_id)
        .text("recipient", |one| one.recipient.as_str())
        .text("network", |one| HomeNetwork::of(one.recipient).name())
        .text("person", |one| one.person.map(PersonId::as_str))
        .bytes("body", |one| one.body)
        .number("segments", |one| count(one.segments))
        .number("expires_at", |one| one.expires_at.as_millis())
        .execute(tx, HEAD, " WHERE TRUE ON CONFLICT (cause) DO NOTHING")
        .await
}

/// What a worker asks for.
#[derive(Debug, Clone, Copy)]
pub struct Claim<'a> {
    /// Messages of this channel,
    pub channel: &'a str,
    /// of this lane and the more urgent ones,
    pub last: Lane,
    /// at most so many.
    pub limit: usize,
    /// Until when they are its own.
    pub lease_until: Timestamp,
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
    /// The link of the paid SMS that it answers.
    pub link_id: Option<String>,
    /// To which line.
    pub recipient: Msisdn,
    /// The text, sealed.
    pub body: Vec<u8>,
    /// The attempt that this claim is; later words about it must name it.
    pub attempt: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// Since when it was to be sent.
    pub due_at: Timestamp,
    /// When it is of no use any more.
    pub expires_at: Timestamp,
}

type ClaimedRow = (
    String,
    Option<String>,
    String,
    Option<Vec<u8>>,
    i64,
    i64,
    i64,
    i64,
);

impl Claimed {
    fn read(row: ClaimedRow, channel: &str, lane: Lane) -> Result<Self, StoreError> {
        let (id, link_id, recipient, body, attempt, created_at, due_at, expires_at) = row;
        Ok(Self {
            id: MessageId::parse(&id).map_err(decode)?,
            lane,
            channel: channel.to_owned(),
            link_id,
            recipient: Msisdn::parse(&recipient).map_err(decode)?,
            body: body.ok_or_else(|| decode("no text"))?,
            attempt,
            created_at: Timestamp::from_millis(created_at),
            due_at: Timestamp::from_millis(due_at),
            expires_at: Timestamp::from_millis(expires_at),
        })
    }
}

/// Takes messages that are due, the most urgent first. The commit of this claim is the
/// durable word that a first byte may leave.
pub async fn claim(
    tx: &mut Tx,
    wanted: &Claim<'_>,
    now: Timestamp,
) -> Result<Vec<Claimed>, StoreError> {
    let mut claimed = Vec::new();
    // Lane by lane: with all in one statement, what is due later in an urgent lane would be
    // read over and over on the way to the next.
    for lane in Lane::ALL {
        let left = wanted.limit - claimed.len();
        if lane > wanted.last || left == 0 {
            break;
        }
        for row in claim_in(tx, lane, left, wanted, now).await? {
            let id = row.0.clone();
            match Claimed::read(row, wanted.channel, lane) {
                Ok(message) => claimed.push(message),
                // It must not stand in the way of the others for ever.
                Err(_) => reject(tx, &id, now).await?,
            }
        }
    }
    Ok(claimed)
}

async fn claim_in(
    tx: &mut Tx,
    lane: Lane,
    limit: usize,
    wanted: &Claim<'_>,
    now: Timestamp,
) -> Result<Vec<ClaimedRow>, StoreError> {
    macro_rules! sql {
        ($lock:literal) => {
            concat!(
                "UPDATE outbox SET state = 'sending', attempt = attempt + 1, lease_until = $2, ",
                "reason = NULL, updated_at = $1 WHERE id IN (SELECT id FROM outbox ",
                "WHERE state = 'queued' AND lane = $3 AND channel = $4 AND due_at <= $1 ",
                "AND expires_at > $1 ORDER BY due_at LIMIT $5 ",
                $lock,
                ") RETURNING id, link_id, recipient, body, attempt, created_at, due_at, expires_at"
            )
        };
    }
    const SQLITE: &str = sql!("");
    const POSTGRES: &str = sql!("FOR UPDATE SKIP LOCKED");
    let sql = match tx {
        Tx::Sqlite(_) => SQLITE,
        Tx::Postgres(_) => POSTGRES,
    };
    on!(&mut *tx, conn => sqlx::query_as(sql)
        .bind(now.as_millis())
        .bind(wanted.lease_until.as_millis())
        .bind(number(lane))
        .bind(wanted.channel)
        .bind(count(limit))
        .fetch_all(conn).await)
}

/// Ends a message whose row holds what no message can.
async fn reject(tx: &mut Tx, id: &str, now: Timestamp) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE outbox SET state = 'failed', reason = 'the row can''t be read', \
        body = NULL, lease_until = NULL, updated_at = $2 WHERE id = $1";
    on!(tx, conn => sqlx::query(SQL).bind(id).bind(now.as_millis()).execute(conn).await.map(drop))
}
