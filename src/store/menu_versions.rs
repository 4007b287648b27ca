//! The menu files that sessions began with.

use crate::domain::Timestamp;

use super::{StoreError, Tx};

/// Keeps a version of the files, or that it is still in use.
pub async fn keep(
    tx: &mut Tx,
    version: &str,
    files: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO menu_versions (version, files, loaded_at) VALUES ($1, $2, $3) \
        ON CONFLICT (version) DO UPDATE SET loaded_at = excluded.loaded_at \
        WHERE menu_versions.loaded_at < excluded.loaded_at";
    on!(tx, conn => sqlx::query(SQL)
        .bind(version)
        .bind(files)
        .bind(now.as_millis())
        .execute(conn).await.map(drop))
}

/// The files of a version.
pub async fn files(tx: &mut Tx, version: &str) -> Result<Option<String>, StoreError> {
    const SQL: &str = "SELECT files FROM menu_versions WHERE version = $1";
    on!(tx, conn => sqlx::query_scalar(SQL).bind(version).fetch_optional(conn).await)
}

/// Forgets versions that no session has begun with since `then`; says how many.
pub async fn forget_before(tx: &mut Tx, then: Timestamp) -> Result<u64, StoreError> {
    const SQL: &str = "DELETE FROM menu_versions WHERE loaded_at < $1";
    on!(tx, conn => sqlx::query(SQL)
        .bind(then.as_millis())
        .execute(conn).await.map(|done| done.rows_affected()))
}
