//! Parts of long SMS that came in, until they are joined.

use crate::domain::Timestamp;

use super::tx::count;
use super::{StoreError, Tx};

/// A part as it is kept.
pub struct NewPart<'a> {
    /// Our id of it.
    pub id: &'a str,
    /// The channel it came by.
    pub channel: &'a str,
    /// Who sent it.
    pub sender: &'a str,
    /// What the parts of one text have in common.
    pub reference: u16,
    /// How many there are.
    pub of: u8,
    /// Which this is, from 1.
    pub number: u8,
    /// Its text, sealed.
    pub body: &'a [u8],
}

/// Keeps a part, once: the same one that came after `since` is the same part again, an
/// older one belongs to a text of before.
pub async fn keep(
    tx: &mut Tx,
    part: &NewPart<'_>,
    since: Timestamp,
    now: Timestamp,
) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO inbound_parts \
        (id, channel, sender, reference, parts, part, body, received_at, joined) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 0) \
        ON CONFLICT (channel, sender, reference, parts, part) DO UPDATE SET id = excluded.id, \
        body = excluded.body, received_at = excluded.received_at, joined = 0 \
        WHERE inbound_parts.received_at < $9";
    on!(tx, conn => sqlx::query(SQL)
        .bind(part.id)
        .bind(part.channel)
        .bind(part.sender)
        .bind(i64::from(part.reference))
        .bind(i64::from(part.of))
        .bind(i64::from(part.number))
        .bind(part.body)
        .bind(now.as_millis())
        .bind(since.as_millis())
        .execute(conn).await.map(drop))
}

/// The parts of one text that are not joined yet.
pub struct Apart {
    channel: String,
    sender: String,
    reference: i64,
    parts: i64,
    /// When the first of them came.
    pub received_at: Timestamp,
}

impl Apart {
    /// The channel they came by.
    #[must_use]
    pub fn channel(&self) -> &str {
        &self.channel
    }

    /// Who sent them.
    #[must_use]
    pub fn sender(&self) -> &str {
        &self.sender
    }
}

/// Texts whose parts are all there, or that began to come before `late`.
pub async fn ready(tx: &mut Tx, late: Timestamp, limit: usize) -> Result<Vec<Apart>, StoreError> {
    const SQL: &str = "SELECT channel, sender, reference, parts, MIN(received_at) \
        FROM inbound_parts WHERE joined = 0 GROUP BY channel, sender, reference, parts \
        HAVING COUNT(*) = parts OR MIN(received_at) < $1 ORDER BY MIN(received_at) LIMIT $2";
    type Row = (String, String, i64, i64, i64);
    let rows: Vec<Row> = on!(tx, conn => sqlx::query_as(SQL)
        .bind(late.as_millis())
        .bind(count(limit))
        .fetch_all(conn).await)?;
    let read = |(channel, sender, reference, parts, at)| Apart {
        channel,
        sender,
        reference,
        parts,
        received_at: Timestamp::from_millis(at),
    };
    Ok(rows.into_iter().map(read).collect())
}

/// Takes those parts for this unit of work, in their order: number, id and sealed text of
/// each. Nothing where another has them.
pub async fn join(tx: &mut Tx, apart: &Apart) -> Result<Vec<(i64, String, Vec<u8>)>, StoreError> {
    const SQL: &str = "UPDATE inbound_parts SET joined = 1 WHERE channel = $1 AND sender = $2 \
        AND reference = $3 AND parts = $4 AND joined = 0 RETURNING part, id, body";
    let mut parts: Vec<(i64, String, Vec<u8>)> = on!(tx, conn => sqlx::query_as(SQL)
        .bind(&apart.channel)
        .bind(&apart.sender)
        .bind(apart.reference)
        .bind(apart.parts)
        .fetch_all(conn).await)?;
    parts.sort_by_key(|(number, ..)| *number);
    Ok(parts)
}

/// Forgets parts that came before then.
pub async fn forget_before(tx: &mut Tx, before: Timestamp) -> Result<(), StoreError> {
    const SQL: &str = "DELETE FROM inbound_parts WHERE received_at < $1";
    on!(tx, conn => sqlx::query(SQL).bind(before.as_millis()).execute(conn).await.map(drop))
}
