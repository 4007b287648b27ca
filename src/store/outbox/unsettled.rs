//! Messages that nobody is working on any more.

use crate::domain::Timestamp;
use crate::store::{StoreError, Tx};

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

/// Queues again what no report has settled in time, text unchanged, as long as no more than
/// `repeats` answers were lost. Other such messages stay unknown and their texts are erased.
pub async fn resolve_unknown(tx: &mut Tx, now: Timestamp, repeats: i64) -> Result<u64, StoreError> {
    const RESEND: &str = "UPDATE outbox SET state = 'queued', due_at = $1, updated_at = $1, \
        reason = 'no delivery report came: once more, word for word' \
        WHERE state = 'unknown' AND body IS NOT NULL AND due_at <= $1 AND unanswered <= $2 AND expires_at > $1";
    const GIVE_UP: &str = "UPDATE outbox SET body = NULL, updated_at = $1 \
        WHERE state = 'unknown' AND body IS NOT NULL AND due_at <= $1";
    let resent = on!(&mut *tx, conn => sqlx::query(RESEND)
        .bind(now.as_millis())
        .bind(repeats)
        .execute(conn).await.map(|done| done.rows_affected()))?;
    on!(tx, conn => sqlx::query(GIVE_UP).bind(now.as_millis()).execute(conn).await.map(drop))?;
    Ok(resent)
}

/// Ends messages that nobody can use any more.
pub async fn expire(tx: &mut Tx, now: Timestamp) -> Result<u64, StoreError> {
    const SQL: &str = "UPDATE outbox SET state = 'expired', body = NULL, updated_at = $1, \
        reason = COALESCE('of no use any more: ' || reason, 'of no use any more') WHERE state = 'queued' AND expires_at <= $1";
    on!(tx, conn => sqlx::query(SQL)
        .bind(now.as_millis())
        .execute(conn).await.map(|done| done.rows_affected()))
}
