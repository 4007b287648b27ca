//! A unit of work, and what can go wrong with one.

use std::io;
use std::time::Duration;

use serde::Serialize;
use sqlx::pool::PoolConnection;
use sqlx::sqlite::SqliteError;
use sqlx::{Database, Pool, Sqlite, Transaction};
use tokio::time::timeout;
use tracing::Instrument;

use super::line::PgTx;

/// How long a statement may take before its connection is given up. PostgreSQL ends
/// one by itself sooner; a machine that lost its power never says a word again.
pub(super) const LONGEST_STATEMENT: Duration = Duration::from_secs(12);

/// How long PostgreSQL may take to say that something is kept. It ends a wait for its standby
/// as it ends any statement, after ten seconds, and then says that all is well although no
/// other machine has it; by then nobody may listen any more.
const LONGEST_COMMIT: Duration = Duration::from_secs(8);

/// A unit of work: all of it is kept, or, when dropped, none.
///
/// Never wait for the network while holding one: on SQLite nobody else can write
/// until it is done.
pub enum Tx {
    /// On SQLite.
    Sqlite(Held<Sqlite>),
    /// On PostgreSQL.
    Postgres(PgTx),
}

/// The connection of a unit of work.
pub struct Held<DB: Database>(State<DB>);

enum State<DB: Database> {
    /// None is needed yet; with the statement that then begins a unit of work, if any.
    Later(Pool<DB>, Option<&'static str>),
    /// Each statement stands for itself.
    Singly(PoolConnection<DB>),
    Together(Transaction<'static, DB>),
}

impl<DB: Database> Held<DB> {
    /// All statements together.
    pub(super) fn together(tx: Transaction<'static, DB>) -> Self {
        Self(State::Together(tx))
    }

    /// Each statement for itself, on a connection that is taken with the first.
    pub(super) fn singly(pool: &Pool<DB>) -> Self {
        Self(State::Later(pool.clone(), None))
    }

    /// All statements together, begun so with the first.
    pub(super) fn together_later(pool: &Pool<DB>, begin: &'static str) -> Self {
        Self(State::Later(pool.clone(), Some(begin)))
    }

    /// What statements run on.
    pub(super) async fn open(&mut self) -> Result<&mut DB::Connection, StoreError> {
        if let State::Later(pool, begin) = &self.0 {
            self.0 = match *begin {
                Some(begin) => State::Together(begun(pool, begin).await?),
                // Boxed for the reason that is given there.
                None => State::Singly(Box::pin(in_time(pool.acquire())).await?),
            };
        }
        match &mut self.0 {
            State::Singly(connection) => Ok(connection),
            State::Together(tx) => Ok(tx),
            State::Later(..) => Err(StoreError::Unusable("no connection".into())),
        }
    }

    pub(super) async fn commit(self, longest: Duration) -> Result<(), StoreError> {
        match self.0 {
            State::Together(tx) => within(longest, tx.commit()).await,
            State::Later(..) | State::Singly(_) => Ok(()),
        }
    }

    /// Whether a statement was run that stood for itself; so may the next, on the same connection.
    pub(super) fn is_singly(&self) -> bool {
        matches!(self.0, State::Singly(_))
    }
}

impl Tx {
    /// Keeps everything that was done.
    pub async fn commit(self) -> Result<(), StoreError> {
        let span = tracing::debug_span!("commit");
        match self {
            Self::Sqlite(held) => held.commit(LONGEST_STATEMENT).instrument(span).await,
            Self::Postgres(tx) => tx.commit(LONGEST_COMMIT).instrument(span).await,
        }
    }

    /// Keeps everything that was done, and gives back what goes on: a connection on which each
    /// statement stands for itself.
    pub async fn go_on(self) -> Result<Option<Self>, StoreError> {
        let is_singly = match &self {
            Self::Sqlite(held) => held.is_singly(),
            Self::Postgres(tx) => tx.is_singly(),
        };
        if is_singly {
            return Ok(Some(self));
        }
        self.commit().await.map(|()| None)
    }
}

/// Begins a unit of work. To take a connection from a pool is a future of 12 KB, and without the
/// box it would be a part of each that touches the database, moved wherever that is.
pub(super) async fn begun<DB: Database>(
    pool: &Pool<DB>,
    statement: &'static str,
) -> Result<Transaction<'static, DB>, StoreError> {
    Box::pin(in_time(pool.begin_with(statement))).await
}

/// Runs one statement, but not for ever. A unit of work is rolled back when its
/// connection goes back to the pool, so this may cut off a BEGIN as well.
pub(super) async fn in_time<T>(
    statement: impl Future<Output = Result<T, sqlx::Error>>,
) -> Result<T, StoreError> {
    within(LONGEST_STATEMENT, statement).await
}

async fn within<T>(
    longest: Duration,
    statement: impl Future<Output = Result<T, sqlx::Error>>,
) -> Result<T, StoreError> {
    match timeout(longest, statement).await {
        Ok(done) => Ok(done?),
        Err(_) => Err(sqlx::Error::from(io::Error::from(io::ErrorKind::TimedOut)).into()),
    }
}

/// Runs one query on whichever database `$tx` belongs to.
macro_rules! on {
    ($tx:expr, $conn:ident => $query:expr) => {
        match $tx {
            $crate::store::Tx::Sqlite(held) => match held.open().await {
                Ok($conn) => $crate::store::tx::in_time(async { $query }).await,
                Err(error) => Err(error),
            },
            $crate::store::Tx::Postgres(held) => match held.open().await {
                Ok($conn) => $crate::store::tx::in_time(async { $query }).await,
                Err(error) => Err(error),
            },
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

impl StoreError {
    /// Whether one row among many may be at fault, and not the database as a whole.
    #[must_use]
    pub fn may_be_one_rows(&self) -> bool {
        let said = match self {
            Self::Duplicate | Self::Corrupt(_) | Self::Unavailable(sqlx::Error::Encode(_)) => {
                return true;
            }
            Self::Unavailable(sqlx::Error::Database(said)) => said,
            Self::Unavailable(_) | Self::Unusable(_) => return false,
        };
        let code = said.code().unwrap_or_default();
        if said.try_downcast_ref::<SqliteError>().is_some() {
            // Too big, against a constraint, of a wrong type.
            let primary = code.parse::<i32>().map_or(0, |code| code & 0xff);
            return (18..=20).contains(&primary);
        }
        // A value, a constraint, a deadlock, a lock, a statement that took too long.
        ["22", "23", "40", "55", "57014"]
            .iter()
            .any(|class| code.starts_with(class))
    }
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
