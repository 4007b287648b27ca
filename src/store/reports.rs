//! Delivery reports that came before the message they speak of was known.

use crate::domain::Timestamp;

use super::outbox::Verdict;
use super::tx::decode;
use super::{StoreError, Tx};

/// Keeps a report for later.
pub async fn keep(
    tx: &mut Tx,
    channel: &str,
    provider_id: &str,
    verdict: Verdict,
    reason: Option<&str>,
    now: Timestamp,
) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO reports (id, channel, provider_id, verdict, reason, received_at) \
                       VALUES ($1, $2, $3, $4, $5, $6)";
    on!(tx, conn => sqlx::query(SQL)
        .bind(uuid::Uuid::now_v7().to_string())
        .bind(channel)
        .bind(provider_id)
        .bind(verdict.name())
        .bind(reason)
        .bind(now.as_millis())
        .execute(conn).await.map(drop))
}

/// Takes the reports that wait for a message, oldest first.
pub async fn take(
    tx: &mut Tx,
    channel: &str,
    provider_id: &str,
) -> Result<Vec<(Verdict, Option<String>)>, StoreError> {
    const SQL: &str = "DELETE FROM reports WHERE channel = $1 AND provider_id = $2 \
                       RETURNING received_at, verdict, reason";
    let mut rows: Vec<(i64, String, Option<String>)> = on!(tx, conn => sqlx::query_as(SQL)
        .bind(channel)
        .bind(provider_id)
        .fetch_all(conn).await)?;
    rows.sort();
    rows.into_iter()
        .map(|(_, name, reason)| {
            let verdict = Verdict::parse(&name).ok_or_else(|| decode("no such verdict"))?;
            Ok((verdict, reason))
        })
        .collect()
}

/// Forgets reports that nothing claimed; says how many.
pub async fn forget_before(tx: &mut Tx, then: Timestamp) -> Result<u64, StoreError> {
    const SQL: &str = "DELETE FROM reports WHERE received_at < $1";
    on!(tx, conn => sqlx::query(SQL)
        .bind(then.as_millis())
        .execute(conn).await.map(|done| done.rows_affected()))
}
