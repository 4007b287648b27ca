//! What was done last when: backups, imports. Figures and `cp2 status` read it.

use crate::domain::Timestamp;

use super::{StoreError, Tx};

/// A copy of the database was made.
pub const BACKUP: &str = "backup";

/// Something that is done now and then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Milestone {
    /// What, such as `backup` or `import.centres`.
    pub what: String,
    /// When it was done last.
    pub at: Timestamp,
    /// How often it was done in all.
    pub runs: i64,
    /// How many rows that were in all.
    pub sum: i64,
}

/// Notes that something was done, to so many rows.
pub async fn reach(tx: &mut Tx, what: &str, rows: i64, now: Timestamp) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO milestones (what, at, runs, sum) VALUES ($1, $2, 1, $3) \
        ON CONFLICT (what) DO UPDATE SET at = excluded.at, runs = milestones.runs + 1, \
        sum = milestones.sum + excluded.sum";
    on!(tx, conn => sqlx::query(SQL)
        .bind(what)
        .bind(now.as_millis())
        .bind(rows)
        .execute(conn).await.map(drop))
}

/// Everything that was ever done.
pub async fn all(tx: &mut Tx) -> Result<Vec<Milestone>, StoreError> {
    const SQL: &str = "SELECT what, at, runs, sum FROM milestones ORDER BY what";
    let rows: Vec<(String, i64, i64, i64)> =
        on!(tx, conn => sqlx::query_as(SQL).fetch_all(conn).await)?;
    let milestone = |(what, at, runs, sum)| Milestone {
        what,
        at: Timestamp::from_millis(at),
        runs,
        sum,
    };
    Ok(rows.into_iter().map(milestone).collect())
}
