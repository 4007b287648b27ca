//! Lines that did not take our last SMS.

use crate::domain::{Msisdn, Timestamp};

use super::outbox::Verdict;
use super::{StoreError, Tx};

/// Why a line did not take an SMS: its network refused it for the person.
pub const BLOCKED: &str = "blocked";
/// It did not arrive, for whatever other reason.
pub const UNDELIVERED: &str = "undelivered";

/// Keeps why a line did not take a message that was made then, unless a later one arrived.
pub async fn mark(
    tx: &mut Tx,
    msisdn: &Msisdn,
    reason: &str,
    made_at: Timestamp,
) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO blocked_lines (msisdn, reason, since) SELECT $1, $2, $3 \
        WHERE NOT EXISTS (SELECT 1 FROM outbox WHERE recipient = $1 AND created_at > $3 \
        AND state = 'delivered') ON CONFLICT (msisdn) DO UPDATE \
        SET reason = excluded.reason, since = excluded.since \
        WHERE blocked_lines.since <= excluded.since";
    on!(tx, conn => sqlx::query(SQL)
        .bind(msisdn.as_str())
        .bind(reason)
        .bind(made_at.as_millis())
        .execute(conn).await.map(drop))
}

/// Why the last SMS to a line did not arrive; none where it did, or nothing is known.
pub async fn reason(tx: &mut Tx, msisdn: &Msisdn) -> Result<Option<String>, StoreError> {
    const SQL: &str = "SELECT reason FROM blocked_lines WHERE msisdn = $1";
    on!(tx, conn => sqlx::query_scalar(SQL).bind(msisdn.as_str()).fetch_optional(conn).await)
}

/// Takes in what a report says about the line of its message. `reason` is why the line did
/// not take it; none where the fault is not the line's.
pub async fn learn(
    tx: &mut Tx,
    channel: &str,
    provider_id: &str,
    verdict: Verdict,
    reason: Option<&str>,
) -> Result<(), StoreError> {
    const KNOWN: &str = "SELECT recipient, created_at FROM outbox \
                         WHERE channel = $1 AND provider_id = $2 AND state = $3";
    const CLEAR: &str = "DELETE FROM blocked_lines WHERE msisdn = $1 AND since <= $2";
    let messages: Vec<(String, i64)> = on!(&mut *tx, conn => sqlx::query_as(KNOWN)
        .bind(channel)
        .bind(provider_id)
        .bind(verdict.name())
        .fetch_all(conn).await)?;
    for (recipient, made_at) in messages {
        match (verdict, reason) {
            (Verdict::Delivered, _) => {
                on!(&mut *tx, conn => sqlx::query(CLEAR)
                    .bind(recipient)
                    .bind(made_at)
                    .execute(conn).await.map(drop))?;
            }
            (Verdict::Failed, Some(reason)) => {
                if let Ok(line) = Msisdn::parse(&recipient) {
                    mark(tx, &line, reason, Timestamp::from_millis(made_at)).await?;
                }
            }
            _ => {}
        }
    }
    Ok(())
}
