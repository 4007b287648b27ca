//! Opening a database: pools, pragmas, time-outs, schema.

use std::borrow::Cow;
use std::fs::OpenOptions;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::str::FromStr;
use std::time::Duration;

use include_dir::{Dir, include_dir};
use sqlx::migrate::{MigrateError, Migration, MigrationType, Migrator};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{AssertSqlSafe, ConnectOptions, Executor, PgPool, SqlSafeStr, SqlitePool};
use tokio::time::timeout;

use super::line::PgTx;
use super::tx::{Held, LONGEST_STATEMENT, StoreError, Tx, begun, in_time};

static MIGRATIONS: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/migrations");

/// Versions of SQLite before this one can corrupt a WAL database when two
/// connections write and checkpoint at once.
const SOUND_SQLITE: (u32, u32, u32) = (3, 51, 3);

/// How long a connection may take to say that it is free again.
const LONGEST_RELEASE: Duration = Duration::from_secs(5);

/// Where the database is and how to use it.
#[derive(Debug, Clone)]
pub struct StoreSettings {
    /// `sqlite:PATH` or `postgres://…`; it can hold a password.
    pub url: String,
    /// The most connections at once.
    pub connections: u32,
    /// How long a unit of work waits for a connection.
    pub patience: Duration,
    /// Whether a SQLite file that is missing is made.
    pub create: bool,
    /// Whether a pooler stands before PostgreSQL that lends a connection for each unit of
    /// work, such as `PgBouncer` in transaction mode.
    pub pooler: bool,
}

/// A database. Cheap to clone.
#[derive(Clone)]
pub struct Store(pub(super) Pool);

#[derive(Clone)]
pub(super) enum Pool {
    // SQLite lets one connection write at a time. With a pool of one, writers wait
    // their turn here instead of failing with "database is locked".
    Sqlite {
        write: SqlitePool,
        read: SqlitePool,
    },
    Postgres(PgPool),
    /// By a pooler: what is set on a connection is gone with the next unit of work.
    Pooled(PgPool),
}

/// How a unit of work begins that may write to SQLite.
const BEGIN_WRITING: &str = "BEGIN IMMEDIATE";

/// How any other begins.
const BEGIN: &str = "BEGIN";

/// What a unit of work by a pooler begins with: what a connection of our own is told once.
const BEGIN_LENT: &str = "BEGIN; \
    SET LOCAL idle_in_transaction_session_timeout = '15s'; \
    SET LOCAL statement_timeout = '10s'; \
    SET LOCAL lock_timeout = '5s'; \
    SET LOCAL client_min_messages = 'error'";

impl Store {
    /// Opens the database; the schema is left as it is.
    pub async fn open(settings: &StoreSettings) -> Result<Self, StoreError> {
        let pool = if settings.url.starts_with("sqlite:") {
            open_sqlite(settings).await?
        } else if settings.url.starts_with("postgres://")
            || settings.url.starts_with("postgresql://")
        {
            open_postgres(settings)?
        } else {
            return Err(StoreError::Unusable(
                "the database URL begins neither with sqlite: nor with postgres://".into(),
            ));
        };
        Ok(Self(pool))
    }

    /// Brings the schema up to what this program needs.
    pub async fn migrate(&self) -> Result<(), StoreError> {
        let result = match &self.0 {
            Pool::Sqlite { write, .. } => migrator("sqlite").run(write).await,
            Pool::Postgres(pool) => migrator("postgres").run(pool).await,
            Pool::Pooled(pool) => migrate_by_pooler(pool).await,
        };
        result.map_err(|error| {
            StoreError::Unusable(format!(
                "the schema could not be brought up to date: {error}"
            ))
        })
    }

    /// Whether only one unit of work may write at a time.
    #[must_use]
    pub fn has_one_writer(&self) -> bool {
        matches!(self.0, Pool::Sqlite { .. })
    }

    /// Begins a unit of work that may write.
    pub async fn begin(&self) -> Result<Tx, StoreError> {
        Ok(match &self.0 {
            // A plain BEGIN takes the write lock at the first write, too late to wait for it.
            Pool::Sqlite { write, .. } => {
                let began = begun(write, BEGIN_WRITING).await;
                if let Err(StoreError::Unavailable(sqlx::Error::InvalidSavePointStatement)) = began
                {
                    // A full or broken disk ends a transaction, and sqlx takes it for open ever
                    // after: the connection is of no more use.
                    Box::pin(in_time(async { write.acquire().await?.close().await })).await?;
                    let tx = begun(write, BEGIN_WRITING).await?;
                    return Ok(Tx::Sqlite(Held::together(tx)));
                }
                Tx::Sqlite(Held::together(began?))
            }
            Pool::Postgres(pool) => {
                let tx = begun(pool, BEGIN).await?;
                Tx::Postgres(PgTx::straight(Held::together(tx)))
            }
            Pool::Pooled(pool) => {
                let tx = begun(pool, BEGIN_LENT).await?;
                Tx::Postgres(PgTx::lent(Held::together(tx)))
            }
        })
    }

    /// Begins a unit of work that only reads. On SQLite it waits for no writer.
    pub async fn begin_read(&self) -> Result<Tx, StoreError> {
        Ok(match &self.0 {
            Pool::Sqlite { read, .. } => Tx::Sqlite(Held::together(begun(read, BEGIN).await?)),
            Pool::Postgres(_) | Pool::Pooled(_) => self.begin().await?,
        })
    }

    /// For reading, each statement by itself: no two need see the same moment. No connection
    /// is taken before the first.
    #[must_use]
    pub fn read_singly(&self) -> Tx {
        match &self.0 {
            Pool::Sqlite { read, .. } => Tx::Sqlite(Held::singly(read)),
            Pool::Postgres(pool) => Tx::Postgres(PgTx::straight(Held::singly(pool))),
            // What is prepared is gone with the unit of work, so that is the least of them.
            Pool::Pooled(pool) => Tx::Postgres(PgTx::lent(Held::together_later(pool, BEGIN_LENT))),
        }
    }

    /// For one statement that writes and is its own unit of work; to be committed all the same.
    #[must_use]
    pub fn write_singly(&self) -> Tx {
        match &self.0 {
            Pool::Sqlite { write, .. } => Tx::Sqlite(Held::singly(write)),
            Pool::Postgres(pool) => Tx::Postgres(PgTx::straight(Held::singly(pool))),
            Pool::Pooled(pool) => Tx::Postgres(PgTx::lent(Held::together_later(pool, BEGIN_LENT))),
        }
    }

    /// How many connections are open, how many of them nobody uses, and the most there may be.
    #[must_use]
    pub fn connections(&self) -> (u32, usize, u32) {
        match &self.0 {
            Pool::Sqlite { write, read } => (
                write.size() + read.size(),
                write.num_idle() + read.num_idle(),
                1 + read.options().get_max_connections(),
            ),
            Pool::Postgres(pool) | Pool::Pooled(pool) => {
                let most = pool.options().get_max_connections();
                (pool.size(), pool.num_idle(), most)
            }
        }
    }

    /// Whether the database answers.
    pub async fn ping(&self) -> Result<(), StoreError> {
        let mut tx = self.begin_read().await?;
        on!(&mut tx, conn => sqlx::query("SELECT 1").execute(conn).await.map(drop))
    }

    /// Closes every connection once its work is done. One that does not answer any
    /// more is not waited for.
    pub async fn close(&self) {
        let closed = async {
            match &self.0 {
                Pool::Sqlite { write, read } => {
                    read.close().await;
                    write.close().await;
                }
                Pool::Postgres(pool) | Pool::Pooled(pool) => pool.close().await,
            }
        };
        if timeout(LONGEST_STATEMENT, closed).await.is_err() {
            tracing::warn!("some connections to the database did not close");
        }
    }
}

/// The usual lock belongs to a connection, and by a pooler nobody has one; so do the names of
/// statements, of which another process may have left some behind.
async fn migrate_by_pooler(pool: &PgPool) -> Result<(), MigrateError> {
    const ALONE: &str = "SELECT pg_advisory_xact_lock(2026); DEALLOCATE ALL";
    let mut tx = pool.begin_with(BEGIN_LENT).await?;
    tx.execute(ALONE).await?;
    let mut migrator = migrator("postgres");
    migrator.set_locking(false);
    migrator.run(&mut *tx).await?;
    Ok(tx.commit().await?)
}

fn migrator(dialect: &str) -> Migrator {
    let files = MIGRATIONS.get_dir(dialect).into_iter().flat_map(Dir::files);
    let migrations = files.filter_map(|file| {
        let (version, name) = file.path().file_stem()?.to_str()?.split_once('_')?;
        // Safe: the text was compiled into the program.
        let sql = AssertSqlSafe(file.contents_utf8()?).into_sql_str();
        let name = Cow::Owned(name.to_owned());
        Some(Migration::new(
            version.parse().ok()?,
            name,
            MigrationType::Simple,
            sql,
            false,
        ))
    });
    Migrator::with_migrations(migrations.collect())
}

/// How much of the database the connection that writes keeps in memory, in KiB, the minus says. SQLite's
/// own 2 MB make it read the same pages of an index again for every batch of SMS.
const CACHE: &str = "-8192";

/// The same of each that reads: they forget all of it whenever something is written.
const CACHE_FOR_READING: &str = "-256";

/// The most connections that read. Each has the schema and its statements in memory for itself, almost
/// a megabyte, and none reads for long.
const READERS: u32 = 6;

/// How many pages the write-ahead log takes before they are carried over to the database: a
/// page that many batches changed is carried once.
const CHECKPOINT: &str = "4000";

async fn open_sqlite(settings: &StoreSettings) -> Result<Pool, StoreError> {
    let options = SqliteConnectOptions::from_str(&settings.url)?
        .create_if_missing(settings.create)
        .journal_mode(SqliteJournalMode::Wal)
        // An answer must be on disk before a phone shows it.
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(settings.patience)
        .disable_statement_logging();
    let file = options.get_filename();
    if settings.create {
        make_file(file)?;
    } else if !file.exists() {
        return Err(StoreError::Unusable(format!(
            "there is no database at {}; `cp2 db migrate` makes one",
            file.display()
        )));
    }
    let pool = || {
        let options = SqlitePoolOptions::new().acquire_timeout(settings.patience);
        // A connection within this process can't have gone away; asking it costs a turn of its
        // thread each time.
        options.test_before_acquire(false)
    };
    let for_writing = options.clone().pragma("cache_size", CACHE);
    let for_writing = for_writing.pragma("wal_autocheckpoint", CHECKPOINT);
    // What is deleted or changed is overwritten in its page, which is written anyway.
    let for_writing = for_writing.pragma("secure_delete", "FAST");
    let write = pool().max_connections(1).connect_with(for_writing).await?;
    let version: String = sqlx::query_scalar("SELECT sqlite_version()")
        .fetch_one(&write)
        .await?;
    if !is_sound(&version) {
        return Err(StoreError::Unusable(format!(
            "SQLite {version} can corrupt its write-ahead log"
        )));
    }
    let for_reading = options
        .read_only(true)
        .pragma("cache_size", CACHE_FOR_READING);
    let read = pool()
        .max_connections(settings.connections.min(READERS))
        .connect_with(for_reading)
        .await?;
    Ok(Pool::Sqlite { write, read })
}

/// What root puts into somebody else's folder is theirs: the service could not open it.
pub(crate) fn leave_to_its_folder(file: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::{MetadataExt as _, chown};
    let Some(folder) = file
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
    else {
        return Ok(());
    };
    let folder = std::fs::metadata(folder)?;
    if std::fs::metadata(file)?.uid() == 0 && folder.uid() != 0 {
        chown(file, Some(folder.uid()), Some(folder.gid()))?;
    }
    Ok(())
}

/// SQLite makes its file readable for everybody, and not the folder around it. The files
/// beside it take over its mode.
fn make_file(file: &Path) -> Result<(), StoreError> {
    let make = || {
        if let Some(folder) = file.parent() {
            std::fs::create_dir_all(folder)?;
        }
        let mut options = OpenOptions::new();
        options.append(true).create(true).mode(0o600).open(file)?;
        leave_to_its_folder(file)
    };
    make()
        .map_err(|error| StoreError::Unusable(format!("{} can't be made: {error}", file.display())))
}

fn is_sound(version: &str) -> bool {
    let mut parts = version
        .split('.')
        .map(|part| part.parse::<u32>().unwrap_or(0));
    let mut next = || parts.next().unwrap_or(0);
    (next(), next(), next()) >= SOUND_SQLITE
}

/// Rolls back on a connection that may be another one each time. What is set before is rolled
/// back with the rest.
const ROLLBACK_LENT: &str = "SET client_min_messages = 'error'; ROLLBACK";

/// Connects when first used, so that a service can start before its database.
fn open_postgres(settings: &StoreSettings) -> Result<Pool, StoreError> {
    let options = PgConnectOptions::from_str(&settings.url)?.disable_statement_logging();
    let (options, rollback) = if settings.pooler {
        (options.extra_float_digits(None), ROLLBACK_LENT)
    } else {
        let options = options.options([
            ("idle_in_transaction_session_timeout", "15s"),
            ("statement_timeout", "10s"),
            ("lock_timeout", "5s"),
            // ROLLBACK outside a transaction is a warning on each release.
            ("client_min_messages", "error"),
        ]);
        (options, "ROLLBACK")
    };
    let pool = PgPoolOptions::new()
        .max_connections(settings.connections)
        .acquire_timeout(settings.patience)
        .max_lifetime(Duration::from_mins(30))
        // sqlx 0.9.0: a transaction whose begin was cancelled comes back open.
        .after_release(move |conn, _| {
            Box::pin(async move {
                // A connection that does not answer is closed and not waited for.
                match timeout(LONGEST_RELEASE, conn.execute(rollback)).await {
                    Ok(done) => done.map(|_| true),
                    Err(_) => Err(sqlx::Error::PoolTimedOut),
                }
            })
        })
        .connect_lazy_with(options);
    Ok(if settings.pooler {
        Pool::Pooled(pool)
    } else {
        Pool::Postgres(pool)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unsound_versions_of_sqlite_are_refused() {
        assert!(!is_sound("3.40.1"));
        assert!(!is_sound("3.51.2"));
        assert!(is_sound("3.51.3"));
        assert!(is_sound("3.54.1"));
    }
}
