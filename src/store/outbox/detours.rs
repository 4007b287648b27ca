//! Messages that leave their channel for another one of their route.

use crate::domain::Timestamp;
use crate::store::tx::count;
use crate::store::{StoreError, Tx};

use super::{Lane, number};

/// The most messages that change their channel in one unit of work.
const AT_ONCE: usize = 5_000;

/// From one channel of a route to another.
#[derive(Debug, Clone, Copy)]
pub struct Detour<'a> {
    /// The route.
    pub route: &'a str,
    /// The channel that messages leave,
    pub from: &'a str,
    /// and the one that they go to.
    pub to: &'a str,
}

/// Moves what is queued and was surely never sent; says how many messages. The first
/// channel may still have one whose fate was ever unknown.
pub async fn divert(
    tx: &mut Tx,
    detour: Detour<'_>,
    why: &str,
    now: Timestamp,
) -> Result<u64, StoreError> {
    const SQL: &str = "UPDATE outbox SET channel = $1, reason = $2, updated_at = $3 \
        WHERE id IN (SELECT id FROM outbox o WHERE state = 'queued' AND channel = $4 \
        AND route = $5 AND NOT EXISTS (SELECT 1 FROM sms_events e \
        WHERE e.message_id = o.id AND e.state = 'unknown') ORDER BY lane, due_at LIMIT $6)";
    on!(tx, conn => sqlx::query(SQL)
        .bind(detour.to)
        .bind(why)
        .bind(now.as_millis())
        .bind(detour.from)
        .bind(detour.route)
        .bind(count(AT_ONCE))
        .execute(conn).await.map(|done| done.rows_affected()))
}

/// Sends passwords whose fate has been unknown since `then` once more by another channel,
/// word for word; says how many.
pub async fn repeat_by(
    tx: &mut Tx,
    detour: Detour<'_>,
    then: Timestamp,
    now: Timestamp,
) -> Result<u64, StoreError> {
    const SQL: &str = "UPDATE outbox SET state = 'queued', channel = $1, due_at = $2, \
        updated_at = $2, reason = 'no delivery report came: once more by another channel' \
        WHERE state = 'unknown' AND lane = $3 AND channel = $4 AND route = $5 \
        AND body IS NOT NULL AND unanswered <= 1 AND updated_at <= $6 AND expires_at > $2";
    on!(tx, conn => sqlx::query(SQL)
        .bind(detour.to)
        .bind(now.as_millis())
        .bind(number(Lane::Credential))
        .bind(detour.from)
        .bind(detour.route)
        .bind(then.as_millis())
        .execute(conn).await.map(|done| done.rows_affected()))
}
