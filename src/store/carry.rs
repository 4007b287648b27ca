//! The write-ahead log of SQLite, carried over into the database beside those who write.
//!
//! Left alone, the connection that writes carries it over whenever it has grown long, and every
//! hop waits meanwhile: a tenth of a second, where the changes lie all over a large database.
//! Here a connection of its own does most of that while hops go on, and the one that writes only
//! what has come since, so that the log begins anew.

use std::time::Duration;

use sqlx::{ConnectOptions, Connection, SqliteConnection, SqliteExecutor, SqlitePool};
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use super::open::Pool;
use super::tx::in_time;
use super::{Store, StoreError};

/// Between two looks at the log.
const EVERY: Duration = Duration::from_millis(200);

/// After one that failed: a full disk is full for a while, and each failure is a line in the log.
const AFTER_FAILURE: Duration = Duration::from_secs(10);

/// From how many pages on it is carried over.
const LONG: i64 = 1000;

/// How often before the one that writes takes the rest: what has come during one pass is less
/// than what that pass has carried over.
const PASSES: usize = 4;

/// The connection that writes still carries it over itself beyond so many pages: who carries it
/// has failed, or can't keep up.
const ALONE_AGAIN: &str = "PRAGMA wal_autocheckpoint = 20000";

/// Whether something was in the way; pages in the log; those of them that are carried over.
type State = (i64, i64, i64);

impl Store {
    /// Carries the log over until told to stop. Run it in a spawned task. PostgreSQL does so by
    /// itself.
    pub async fn carry_over(self, stop: CancellationToken) {
        let Pool::Sqlite { write, .. } = &self.0 else {
            return;
        };
        let (mut own, mut pause) = (None, EVERY);
        loop {
            tokio::select! {
                () = stop.cancelled() => break,
                () = sleep(pause) => {}
            }
            pause = EVERY;
            if let Err(error) = carry(write, &mut own).await {
                (own, pause) = (None, AFTER_FAILURE);
                tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    "the log of the database is not carried over"
                );
            }
        }
        if let Some(own) = own {
            // Whoever closes last empties the log and removes it.
            let _ = own.close().await;
        }
    }
}

async fn carry(write: &SqlitePool, own: &mut Option<SqliteConnection>) -> Result<(), StoreError> {
    let own = if let Some(own) = own {
        own
    } else {
        let new = in_time(write.connect_options().connect()).await?;
        in_time(sqlx::query(ALONE_AGAIN).execute(write)).await?;
        own.insert(new)
    };
    let mut passes = 0;
    while passes < PASSES && left(&mut *own).await? >= LONG {
        checkpoint(&mut *own, "PRAGMA wal_checkpoint(PASSIVE)").await?;
        passes += 1;
    }
    if passes > 0 {
        checkpoint(write, "PRAGMA wal_checkpoint(PASSIVE)").await?;
    }
    Ok(())
}

/// How many pages are not carried over yet.
async fn left(on: impl SqliteExecutor<'_>) -> Result<i64, StoreError> {
    let (_, pages, carried) = checkpoint(on, "PRAGMA wal_checkpoint(NOOP)").await?;
    Ok(pages - carried)
}

async fn checkpoint(
    on: impl SqliteExecutor<'_>,
    statement: &'static str,
) -> Result<State, StoreError> {
    in_time(sqlx::query_as(statement).fetch_one(on)).await
}

#[cfg(test)]
mod tests {
    use tempfile::tempdir;
    use tokio::time::timeout;

    use super::super::StoreSettings;
    use super::*;

    /// Writes two megabytes, and waits until little of them stands in the log alone.
    async fn write_some(write: &SqlitePool) {
        sqlx::query("INSERT INTO t SELECT randomblob(2000000)")
            .execute(write)
            .await
            .unwrap();
        let carried_over = async {
            while left(write).await.unwrap() >= LONG {
                sleep(Duration::from_millis(5)).await;
            }
        };
        let patience = Duration::from_secs(30);
        let in_time = timeout(patience, carried_over).await;
        in_time.expect("the log is not carried over");
    }

    #[tokio::test]
    async fn the_log_begins_anew_although_its_writer_never_carries_it_over() {
        let folder = tempdir().unwrap();
        let file = folder.path().join("cp2.db");
        let settings = StoreSettings {
            url: format!("sqlite:{}", file.display()),
            connections: 1,
            patience: Duration::from_secs(5),
            create: true,
            pooler: false,
        };
        let store = Store::open(&settings).await.unwrap();
        let Pool::Sqlite { write, .. } = &store.0 else {
            panic!("this is SQLite");
        };
        let never = sqlx::query("PRAGMA wal_autocheckpoint = 0");
        let table = sqlx::query("CREATE TABLE t (x BLOB)");
        table.execute(write).await.unwrap();
        let stop = CancellationToken::new();
        let carrying = tokio::spawn(store.clone().carry_over(stop.clone()));
        write_some(write).await;
        write_some(write).await;
        never.execute(write).await.unwrap();
        for _ in 0..10 {
            write_some(write).await;
        }
        let log = std::fs::metadata(folder.path().join("cp2.db-wal")).unwrap();
        assert!(log.len() < 12_000_000, "{} bytes", log.len());
        stop.cancel();
        carrying.await.unwrap();
        store.close().await;
    }
}
