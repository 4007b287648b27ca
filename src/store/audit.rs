//! Who did what to whose record, when, by which way. Rows are only ever added.

use crate::domain::{PersonId, Timestamp};

use super::{StoreError, Tx};

/// One entry.
#[derive(Debug, Clone)]
pub struct Entry<'a> {
    /// Who acted: a person's id, or what else acts.
    pub actor: &'a str,
    /// Whose record.
    pub subject: Option<&'a PersonId>,
    /// What was done, such as `password.reset`.
    pub what: &'a str,
    /// By which way, such as `ussd`.
    pub way: &'a str,
    /// More of it; never a secret.
    pub detail: Option<String>,
}

/// Adds an entry.
pub async fn add(tx: &mut Tx, entry: &Entry<'_>, now: Timestamp) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO audit (id, at, actor, subject, what, way, detail) \
                       VALUES ($1, $2, $3, $4, $5, $6, $7)";
    on!(tx, conn => sqlx::query(SQL)
        .bind(uuid::Uuid::now_v7().to_string())
        .bind(now.as_millis())
        .bind(entry.actor)
        .bind(entry.subject.map(PersonId::as_str))
        .bind(entry.what)
        .bind(entry.way)
        .bind(entry.detail.as_deref())
        .execute(conn).await.map(drop))
}

/// What was done to anybody's record, oldest first, from the given entry on.
pub async fn whats(tx: &mut Tx, offset: usize) -> Result<Vec<String>, StoreError> {
    const SQL: &str = "SELECT what FROM audit ORDER BY id LIMIT 1000 OFFSET $1";
    on!(tx, conn => sqlx::query_scalar(SQL).bind(super::tx::count(offset)).fetch_all(conn).await)
}

/// How often something was done to a record since then.
pub async fn count(
    tx: &mut Tx,
    subject: &PersonId,
    what: &str,
    since: Timestamp,
) -> Result<i64, StoreError> {
    const SQL: &str = "SELECT COUNT(*) FROM audit WHERE subject = $1 AND what = $2 AND at >= $3";
    on!(tx, conn => sqlx::query_scalar(SQL)
        .bind(subject.as_str())
        .bind(what)
        .bind(since.as_millis())
        .fetch_one(conn).await)
}
