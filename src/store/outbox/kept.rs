//! Texts that stay sealed for a while after they have left, to be sent again as they are.

use crate::domain::{MessageId, Msisdn, PersonId, Timestamp};
use crate::store::tx::decode;
use crate::store::{StoreError, Tx};

/// A text that has left and may be sent again.
pub struct Kept {
    /// The message it left in; the text is sealed for that one.
    pub id: MessageId,
    /// The text, sealed.
    pub body: Vec<u8>,
    /// When it is of no use any more.
    pub expires_at: Timestamp,
    /// Until when it is kept.
    pub until: Timestamp,
}

/// Keeps the text of a message until then, or until a report says that it arrived.
pub async fn keep(tx: &mut Tx, id: &MessageId, until: Timestamp) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE outbox SET keep_until = $2 WHERE id = $1 AND body IS NOT NULL";
    on!(tx, conn => sqlx::query(SQL)
        .bind(id.as_str())
        .bind(until.as_millis())
        .execute(conn).await.map(drop))
}

/// The newest text about a person that has left to a line and is kept still.
pub async fn kept(
    tx: &mut Tx,
    person: &PersonId,
    line: &Msisdn,
    now: Timestamp,
) -> Result<Option<Kept>, StoreError> {
    const SQL: &str = "SELECT id, body, expires_at, keep_until FROM outbox WHERE recipient = $1 \
        AND person_id = $2 AND body IS NOT NULL AND keep_until > $3 AND expires_at > $3 \
        AND state IN ('accepted', 'failed') ORDER BY created_at DESC, id DESC LIMIT 1";
    let row: Option<(String, Vec<u8>, i64, i64)> = on!(tx, conn => sqlx::query_as(SQL)
        .bind(line.as_str())
        .bind(person.as_str())
        .bind(now.as_millis())
        .fetch_optional(conn).await)?;
    row.map(|(id, body, expires_at, until)| {
        Ok(Kept {
            id: MessageId::parse(&id).map_err(decode)?,
            body,
            expires_at: Timestamp::from_millis(expires_at),
            until: Timestamp::from_millis(until),
        })
    })
    .transpose()
}

/// Erases the texts about a person that have left.
pub async fn erase_kept_of(
    tx: &mut Tx,
    person: &PersonId,
    now: Timestamp,
) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE outbox SET body = NULL, updated_at = $2 WHERE person_id = $1 \
        AND keep_until IS NOT NULL AND body IS NOT NULL AND state IN ('accepted', 'failed')";
    on!(tx, conn => sqlx::query(SQL)
        .bind(person.as_str())
        .bind(now.as_millis())
        .execute(conn).await.map(drop))
}

/// Erases the texts that have left and were kept long enough.
pub async fn erase_kept(tx: &mut Tx, now: Timestamp) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE outbox SET body = NULL WHERE keep_until <= $1 \
        AND keep_until IS NOT NULL AND body IS NOT NULL AND state IN ('accepted', 'failed')";
    on!(tx, conn => sqlx::query(SQL).bind(now.as_millis()).execute(conn).await.map(drop))
}
