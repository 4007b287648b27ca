//! Copies of a whole database, and whether one holds.

use std::path::Path;
use std::time::Duration;

use sqlx::Row;
use tokio::time::sleep;

use super::open::Pool;
use super::{Store, StoreError};

const ELSEWHERE: &str = "PostgreSQL has programs of its own for this: pg_dump and pg_restore \
    (docs/operations.md, Backup)";

/// How often somebody may be in the way of emptying the log, and the pause after each time.
const TRIES: u32 = 20;
const PAUSE: Duration = Duration::from_millis(50);

impl Store {
    /// Writes the database, as it is at one moment, into an empty file. Nobody waits for it.
    pub async fn copy_into(&self, file: &Path) -> Result<(), StoreError> {
        let Pool::Sqlite { read, .. } = &self.0 else {
            return Err(StoreError::Unusable(ELSEWHERE.into()));
        };
        let path = file
            .to_str()
            .ok_or_else(|| StoreError::Unusable("the name of the copy has to be UTF-8".into()))?;
        sqlx::query("VACUUM INTO $1")
            .bind(path)
            .execute(read)
            .await?;
        Ok(())
    }

    /// Empties the write-ahead log into the database, where nobody reads just now: what was
    /// erased stands in it still. PostgreSQL does so by itself.
    pub async fn leave_no_trace(&self) -> Result<(), StoreError> {
        if let Pool::Sqlite { write, .. } = &self.0 {
            for _ in 0..TRIES {
                let (in_the_way, _, _): (i64, i64, i64) =
                    sqlx::query_as("PRAGMA wal_checkpoint(TRUNCATE)")
                        .fetch_one(write)
                        .await?;
                if in_the_way == 0 {
                    break;
                }
                sleep(PAUSE).await;
            }
        }
        Ok(())
    }

    /// What is broken in the database: pages, indexes, and rows that point to nothing.
    pub async fn faults(&self) -> Result<Vec<String>, StoreError> {
        let Pool::Sqlite { read, .. } = &self.0 else {
            return Err(StoreError::Unusable(ELSEWHERE.into()));
        };
        let mut faults: Vec<String> = sqlx::query_scalar("PRAGMA integrity_check")
            .fetch_all(read)
            .await?;
        faults.retain(|fault| fault != "ok");
        for row in sqlx::query("PRAGMA foreign_key_check")
            .fetch_all(read)
            .await?
        {
            let (table, parent): (String, String) = (row.try_get(0)?, row.try_get(2)?);
            faults.push(format!("a row of {table} points to nothing in {parent}"));
        }
        Ok(faults)
    }

    /// How much it holds of what people would miss.
    pub async fn holdings(&self) -> Result<Vec<(&'static str, i64)>, StoreError> {
        const TABLES: [(&str, &str); 5] = [
            ("people", "SELECT COUNT(*) FROM people"),
            ("centres", "SELECT COUNT(*) FROM centres"),
            ("deployments", "SELECT COUNT(*) FROM deployments"),
            ("SMS", "SELECT COUNT(*) FROM outbox"),
            ("entries of the audit log", "SELECT COUNT(*) FROM audit"),
        ];
        let mut tx = self.begin_read().await?;
        let mut holdings = Vec::new();
        for (name, sql) in TABLES {
            let count = on!(&mut tx, conn => sqlx::query_scalar(sql).fetch_one(conn).await)?;
            holdings.push((name, count));
        }
        Ok(holdings)
    }
}
