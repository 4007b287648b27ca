//! Wrong guesses at secrets, and what was done how often. A bucket is a label such as
//! `pin:` and a person's id; what is private in one is hashed before it comes here.

use crate::domain::Timestamp;

use super::{StoreError, Tx};

/// The wrong guesses at one secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Guesses {
    /// How many since the last right one.
    pub failures: u32,
    /// No guess counts before that.
    pub locked_until: Timestamp,
}

/// The guesses at a secret, held until the unit of work is done: two guesses at once
/// follow each other.
pub async fn hold(tx: &mut Tx, bucket: &str, now: Timestamp) -> Result<Guesses, StoreError> {
    // The update changes nothing but holds the row, and answers it in one statement.
    const SQL: &str = "INSERT INTO guesses (bucket, failures, locked_until, last_at) \
        VALUES ($1, 0, 0, $2) ON CONFLICT (bucket) DO UPDATE SET bucket = excluded.bucket \
        RETURNING failures, locked_until";
    let row = on!(tx, conn => sqlx::query_as(SQL)
        .bind(bucket)
        .bind(now.as_millis())
        .fetch_one(conn).await)?;
    Ok(guesses(row))
}

fn guesses((failures, locked_until): (i64, i64)) -> Guesses {
    Guesses {
        failures: u32::try_from(failures).unwrap_or(u32::MAX),
        locked_until: Timestamp::from_millis(locked_until),
    }
}

/// The guesses at a secret, if there were any.
pub async fn of(tx: &mut Tx, bucket: &str) -> Result<Option<Guesses>, StoreError> {
    const SQL: &str = "SELECT failures, locked_until FROM guesses WHERE bucket = $1";
    let row: Option<(i64, i64)> =
        on!(tx, conn => sqlx::query_as(SQL).bind(bucket).fetch_optional(conn).await)?;
    Ok(row.map(guesses))
}

/// Keeps what the guesses have come to.
pub async fn keep(
    tx: &mut Tx,
    bucket: &str,
    guesses: Guesses,
    now: Timestamp,
) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE guesses SET failures = $2, locked_until = $3, last_at = $4 \
                       WHERE bucket = $1";
    on!(tx, conn => sqlx::query(SQL)
        .bind(bucket)
        .bind(i64::from(guesses.failures))
        .bind(guesses.locked_until.as_millis())
        .bind(now.as_millis())
        .execute(conn).await.map(drop))
}

/// Forgets the wrong guesses at a secret, and its lock. False when there were none.
pub async fn forgive(tx: &mut Tx, bucket: &str) -> Result<bool, StoreError> {
    const SQL: &str = "UPDATE guesses SET failures = 0, locked_until = 0 \
                       WHERE bucket = $1 AND failures > 0";
    let forgiven = on!(tx, conn => sqlx::query(SQL)
        .bind(bucket)
        .execute(conn).await.map(|done| done.rows_affected()))?;
    Ok(forgiven > 0)
}

/// Counts one use of something that has a limit.
pub async fn count_use(tx: &mut Tx, bucket: &str, now: Timestamp) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO uses (bucket, at) VALUES ($1, $2)";
    on!(tx, conn => sqlx::query(SQL)
        .bind(bucket)
        .bind(now.as_millis())
        .execute(conn).await.map(drop))
}

/// How often it was used since then.
pub async fn uses_since(tx: &mut Tx, bucket: &str, since: Timestamp) -> Result<i64, StoreError> {
    const SQL: &str = "SELECT COUNT(*) FROM uses WHERE bucket = $1 AND at >= $2";
    on!(tx, conn => sqlx::query_scalar(SQL)
        .bind(bucket)
        .bind(since.as_millis())
        .fetch_one(conn).await)
}

/// When it was used so many uses before the last.
pub async fn use_before(
    tx: &mut Tx,
    bucket: &str,
    uses: i64,
) -> Result<Option<Timestamp>, StoreError> {
    const SQL: &str = "SELECT at FROM uses WHERE bucket = $1 ORDER BY at DESC LIMIT 1 OFFSET $2";
    let at: Option<i64> = on!(tx, conn => sqlx::query_scalar(SQL)
        .bind(bucket)
        .bind(uses.max(0))
        .fetch_optional(conn).await)?;
    Ok(at.map(Timestamp::from_millis))
}

/// Forgets what no limit counts any more. Codes of letters live for days and anybody can guess
/// at as many as they like, so wrong guesses at them are forgotten too.
pub async fn forget_before(tx: &mut Tx, before: Timestamp) -> Result<(), StoreError> {
    const USES: &str = "DELETE FROM uses WHERE at < $1";
    const GUESSES: &str = "DELETE FROM guesses WHERE last_at < $1 \
                           AND (failures = 0 OR bucket LIKE 'letter.code:%')";
    for sql in [USES, GUESSES] {
        on!(&mut *tx, conn => sqlx::query(sql)
            .bind(before.as_millis())
            .execute(conn).await.map(drop))?;
    }
    Ok(())
}
