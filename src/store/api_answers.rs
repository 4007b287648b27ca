//! What was answered to requests that the council's systems may repeat.

use crate::domain::Timestamp;

use super::{StoreError, Tx};

/// Takes a system's key for a request. False when it was taken before: then its answer is
/// there. Whoever takes the same one at the same time waits until this unit of work is done.
pub async fn take(
    tx: &mut Tx,
    client: &str,
    request: &str,
    now: Timestamp,
) -> Result<bool, StoreError> {
    const SQL: &str = "INSERT INTO api_answers (client, request, sealed, created_at) \
        VALUES ($1, $2, $3, $4) ON CONFLICT (client, request) DO NOTHING";
    let nothing: &[u8] = &[];
    let taken = on!(tx, conn => sqlx::query(SQL)
        .bind(client)
        .bind(request)
        .bind(nothing)
        .bind(now.as_millis())
        .execute(conn).await.map(|done| done.rows_affected()))?;
    Ok(taken == 1)
}

/// Keeps the answer, sealed.
pub async fn keep(
    tx: &mut Tx,
    client: &str,
    request: &str,
    sealed: &[u8],
) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE api_answers SET sealed = $3 WHERE client = $1 AND request = $2";
    on!(tx, conn => sqlx::query(SQL)
        .bind(client)
        .bind(request)
        .bind(sealed)
        .execute(conn).await.map(drop))
}

/// The sealed answer to a request.
pub async fn of(tx: &mut Tx, client: &str, request: &str) -> Result<Option<Vec<u8>>, StoreError> {
    const SQL: &str = "SELECT sealed FROM api_answers WHERE client = $1 AND request = $2";
    on!(tx, conn => sqlx::query_scalar(SQL)
        .bind(client)
        .bind(request)
        .fetch_optional(conn).await)
}

/// Forgets what was answered before then.
pub async fn forget_before(tx: &mut Tx, then: Timestamp) -> Result<(), StoreError> {
    const SQL: &str = "DELETE FROM api_answers WHERE created_at < $1";
    on!(tx, conn => sqlx::query(SQL).bind(then.as_millis()).execute(conn).await.map(drop))
}
