//! Deeds that two members of staff must want: who was the first.

use crate::domain::Timestamp;

use super::{StoreError, Tx};

/// Who wanted it first, if that was no longer ago than `since`.
pub async fn first(
    tx: &mut Tx,
    (deed, subject): (&str, &str),
    since: Timestamp,
) -> Result<Option<String>, StoreError> {
    const SQL: &str = "SELECT by FROM approvals WHERE deed = $1 AND subject = $2 AND at >= $3";
    on!(tx, conn => sqlx::query_scalar(SQL)
        .bind(deed)
        .bind(subject)
        .bind(since.as_millis())
        .fetch_optional(conn).await)
}

/// Notes who wants it, and takes the place of whoever wanted it before `since`. False when
/// somebody else was there first.
pub async fn note(
    tx: &mut Tx,
    (deed, subject): (&str, &str),
    by: &str,
    since: Timestamp,
    now: Timestamp,
) -> Result<bool, StoreError> {
    const SQL: &str = "INSERT INTO approvals (deed, subject, by, at) VALUES ($1, $2, $3, $5) \
        ON CONFLICT (deed, subject) DO UPDATE SET by = excluded.by, at = excluded.at \
        WHERE approvals.at < $4 OR approvals.by = excluded.by";
    let noted = on!(tx, conn => sqlx::query(SQL)
        .bind(deed)
        .bind(subject)
        .bind(by)
        .bind(since.as_millis())
        .bind(now.as_millis())
        .execute(conn).await.map(|done| done.rows_affected()))?;
    Ok(noted == 1)
}

/// Forgets who wanted it: it is done, or given up.
pub async fn forget(tx: &mut Tx, (deed, subject): (&str, &str)) -> Result<(), StoreError> {
    const SQL: &str = "DELETE FROM approvals WHERE deed = $1 AND subject = $2";
    on!(tx, conn => sqlx::query(SQL).bind(deed).bind(subject).execute(conn).await.map(drop))
}

/// Forgets who wanted something before then.
pub async fn forget_before(tx: &mut Tx, then: Timestamp) -> Result<(), StoreError> {
    const SQL: &str = "DELETE FROM approvals WHERE at < $1";
    on!(tx, conn => sqlx::query(SQL).bind(then.as_millis()).execute(conn).await.map(drop))
}
