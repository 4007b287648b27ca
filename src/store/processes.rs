//! What each process says of itself, for all of them to be seen as one.

use crate::domain::Timestamp;

use super::{StoreError, Tx};

/// A process that runs, or has not ended long ago.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Process {
    /// Which.
    pub id: String,
    /// What it runs: `all`, `web` or `worker`.
    pub parts: String,
    /// Which version it is.
    pub version: String,
    /// Since when.
    pub started_at: Timestamp,
    /// When it last said so.
    pub seen_at: Timestamp,
    /// Seconds since the last good round of its worker; None where it has none.
    pub silent_s: Option<i64>,
    /// Its hops in the last minutes, as JSON.
    pub pace: String,
}

/// Keeps what a process says now.
pub async fn keep(tx: &mut Tx, process: &Process) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO processes \
        (id, parts, version, started_at, seen_at, silent_s, pace) \
        VALUES ($1, $2, $3, $4, $5, $6, $7) \
        ON CONFLICT (id) DO UPDATE SET seen_at = excluded.seen_at, silent_s = excluded.silent_s, \
        pace = excluded.pace";
    on!(tx, conn => sqlx::query(SQL)
        .bind(&process.id)
        .bind(&process.parts)
        .bind(&process.version)
        .bind(process.started_at.as_millis())
        .bind(process.seen_at.as_millis())
        .bind(process.silent_s)
        .bind(&process.pace)
        .execute(conn).await.map(drop))
}

type Row = (String, String, String, i64, i64, Option<i64>, String);

/// Those that have said something since then, the longest running first.
pub async fn since(tx: &mut Tx, then: Timestamp) -> Result<Vec<Process>, StoreError> {
    const SQL: &str = "SELECT id, parts, version, started_at, seen_at, silent_s, pace \
                       FROM processes WHERE seen_at >= $1 ORDER BY started_at, id";
    let rows: Vec<Row> =
        on!(tx, conn => sqlx::query_as(SQL).bind(then.as_millis()).fetch_all(conn).await)?;
    let process = |(id, parts, version, started_at, seen_at, silent_s, pace): Row| Process {
        id,
        parts,
        version,
        started_at: Timestamp::from_millis(started_at),
        seen_at: Timestamp::from_millis(seen_at),
        silent_s,
        pace,
    };
    Ok(rows.into_iter().map(process).collect())
}

/// Forgets one that has ended.
pub async fn remove(tx: &mut Tx, id: &str) -> Result<(), StoreError> {
    const SQL: &str = "DELETE FROM processes WHERE id = $1";
    on!(tx, conn => sqlx::query(SQL).bind(id).execute(conn).await.map(drop))
}

/// Forgets those that have said nothing since then.
pub async fn forget_before(tx: &mut Tx, then: Timestamp) -> Result<(), StoreError> {
    const SQL: &str = "DELETE FROM processes WHERE seen_at < $1";
    on!(tx, conn => sqlx::query(SQL).bind(then.as_millis()).execute(conn).await.map(drop))
}
