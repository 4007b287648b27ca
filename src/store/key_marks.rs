//! Marks that tell whether a key is the one that the database knows by its name.

use std::collections::BTreeMap;

use crate::domain::Timestamp;

use super::{StoreError, Tx};

/// Every mark, by the name of its key.
pub async fn all(tx: &mut Tx) -> Result<BTreeMap<String, Vec<u8>>, StoreError> {
    const SQL: &str = "SELECT name, mark FROM key_marks ORDER BY name";
    let rows: Vec<(String, Vec<u8>)> = on!(tx, conn => sqlx::query_as(SQL).fetch_all(conn).await)?;
    Ok(rows.into_iter().collect())
}

/// Keeps the mark of a key that has none yet.
pub async fn keep(tx: &mut Tx, name: &str, mark: &[u8], now: Timestamp) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO key_marks (name, mark, created_at) VALUES ($1, $2, $3) \
                       ON CONFLICT (name) DO NOTHING";
    on!(tx, conn => sqlx::query(SQL)
        .bind(name)
        .bind(mark)
        .bind(now.as_millis())
        .execute(conn).await.map(drop))
}

/// Forgets the key of that name. False when there is no mark of it.
pub async fn remove(tx: &mut Tx, name: &str) -> Result<bool, StoreError> {
    const SQL: &str = "DELETE FROM key_marks WHERE name = $1";
    let rows = on!(tx, conn => sqlx::query(SQL)
        .bind(name)
        .execute(conn).await.map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}
