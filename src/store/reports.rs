//! Delivery reports that came before the message they speak of was known.

use crate::domain::{Msisdn, Timestamp};

use super::outbox::Verdict;
use super::rows::Rows;
use super::tx::{count, decode};
use super::{StoreError, Tx};

/// What a report says.
#[derive(Debug, Clone)]
pub struct ReportRow {
    /// The aggregator's id of the message.
    pub provider_id: String,
    /// The line it speaks of, where it says so.
    pub recipient: Option<Msisdn>,
    /// What became of the message.
    pub verdict: Verdict,
    /// Why.
    pub reason: Option<String>,
}

/// Keeps a report for later.
pub async fn keep(
    tx: &mut Tx,
    channel: &str,
    report: &ReportRow,
    now: Timestamp,
) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO reports \
        (id, channel, provider_id, recipient, verdict, reason, received_at) \
        VALUES ($1, $2, $3, $4, $5, $6, $7)";
    on!(tx, conn => sqlx::query(SQL)
        .bind(uuid::Uuid::now_v7().to_string())
        .bind(channel)
        .bind(&report.provider_id)
        .bind(report.recipient.as_ref().map(Msisdn::as_str))
        .bind(report.verdict.name())
        .bind(report.reason.as_deref())
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

/// Of these messages, by channel and id, the ones that a report waits for.
pub async fn waiting_for(
    tx: &mut Tx,
    known: &[(&str, &str)],
) -> Result<Vec<(String, String)>, StoreError> {
    const HEAD: &str = "SELECT DISTINCT w.channel, w.provider_id FROM reports w JOIN ";
    const TAIL: &str = " ON w.channel = r.channel AND w.provider_id = r.id";
    if known.is_empty() {
        return Ok(Vec::new());
    }
    Rows::of(known)
        .text("channel", |&(channel, _)| channel)
        .text("id", |&(_, id)| id)
        .fetch(tx, HEAD, TAIL)
        .await
}

/// Reports that wait although their message is known by now: the two came at the same
/// moment and did not see each other.
pub async fn overtaken(tx: &mut Tx, limit: usize) -> Result<Vec<(String, String)>, StoreError> {
    const SQL: &str = "SELECT DISTINCT r.channel, r.provider_id FROM reports r \
        JOIN outbox o ON o.channel = r.channel AND o.provider_id = r.provider_id LIMIT $1";
    on!(tx, conn => sqlx::query_as(SQL).bind(count(limit)).fetch_all(conn).await)
}

/// The ids of messages nobody knows that waiting reports name for a line.
pub async fn ids_for(
    tx: &mut Tx,
    channel: &str,
    recipient: &Msisdn,
    since: Timestamp,
) -> Result<Vec<String>, StoreError> {
    const SQL: &str = "SELECT DISTINCT provider_id FROM reports \
        WHERE channel = $1 AND recipient = $2 AND received_at >= $3 AND NOT EXISTS \
        (SELECT 1 FROM outbox o WHERE o.channel = $1 AND o.provider_id = reports.provider_id)";
    on!(tx, conn => sqlx::query_scalar(SQL)
        .bind(channel)
        .bind(recipient.as_str())
        .bind(since.as_millis())
        .fetch_all(conn).await)
}

/// Forgets reports that nothing claimed; says how many.
pub async fn forget_before(tx: &mut Tx, then: Timestamp) -> Result<u64, StoreError> {
    const SQL: &str = "DELETE FROM reports WHERE received_at < $1";
    on!(tx, conn => sqlx::query(SQL)
        .bind(then.as_millis())
        .execute(conn).await.map(|done| done.rows_affected()))
}
