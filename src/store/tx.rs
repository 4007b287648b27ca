//! A unit of work, and what can go wrong with one.

use std::io;
use std::time::Duration;

use serde::Serialize;
use sqlx::{Postgres, Sqlite, Transaction};
use tokio::time::timeout;
use tracing::Instrument;

/// How long a statement may take before its connection is given up. PostgreSQL ends
/// one by itself sooner; a machine that lost its power never says a word again.
pub(super) const LONGEST_STATEMENT: Duration = Duration::from_secs(12);

/// A unit of work: all of it is kept, or, when dropped, none.
///
/// Never wait for the network while holding one: on SQLite nobody else can write
/// until it is done.
pub enum Tx {
    /// On SQLite.
    Sqlite(Transaction<'static, Sqlite>),
    /// On PostgreSQL.
    Postgres(Transaction<'static, Postgres>),
}

impl Tx {
    /// Keeps everything that was done.
    pub async fn commit(self) -> Result<(), StoreError> {
        let span = tracing::debug_span!("commit");
        match self {
            Self::Sqlite(tx) => in_time(tx.commit()).instrument(span).await,
            Self::Postgres(tx) => in_time(tx.commit()).instrument(span).await,
        }
    }
}

/// Runs one statement, but not for ever. A unit of work is rolled back when its
/// connection goes back to the pool, so this may cut off a BEGIN as well.
pub(super) async fn in_time<T>(
    statement: impl Future<Output = Result<T, sqlx::Error>>,
) -> Result<T, StoreError> {
    match timeout(LONGEST_STATEMENT, statement).await {
        Ok(done) => Ok(done?),
        Err(_) => Err(sqlx::Error::from(io::Error::from(io::ErrorKind::TimedOut)).into()),
    }
}

/// Runs one query on whichever database `$tx` belongs to.
macro_rules! on {
    ($tx:expr, $conn:ident => $query:expr) => {
        match $tx {
            $crate::store::Tx::Sqlite(tx) => {
                let $conn = &mut **tx;
                $crate::store::tx::in_time(async { $query }).await
            }
            $crate::store::Tx::Postgres(tx) => {
                let $conn = &mut **tx;
                $crate::store::tx::in_time(async { $query }).await
            }
        }
    };
}

/// Why the store could not do as told.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Something unique is there already.
    #[error("there already")]
    Duplicate,
    /// The database is away, busy, full or broken.
    #[error("the database did not answer")]
    Unavailable(#[source] sqlx::Error),
    /// A row holds what no value of its kind can be.
    #[error("the database holds a value that can't be")]
    Corrupt(#[source] sqlx::Error),
    /// The database can't be used by this program.
    #[error("{0}")]
    Unusable(String),
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::Database(cause) if cause.is_unique_violation() => Self::Duplicate,
            sqlx::Error::Decode(_) | sqlx::Error::ColumnDecode { .. } => Self::Corrupt(error),
            _ => Self::Unavailable(error),
        }
    }
}

/// A value in a row that its type refuses. The error must not hold the value.
pub(super) fn decode(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> sqlx::Error {
    sqlx::Error::Decode(error.into())
}

/// A count as both databases take it.
pub(super) fn count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// Many rows as one value that both databases can read.
pub(super) fn as_json(rows: impl Iterator<Item = impl Serialize>) -> Result<String, sqlx::Error> {
    let rows: Vec<_> = rows.collect();
    serde_json::to_string(&rows).map_err(|error| sqlx::Error::Encode(error.into()))
}
