//! What must not go on where it stood in a database that was restored: between the backup and
//! now, it went on in another one.

use crate::domain::Timestamp;

use super::{StoreError, Tx};

/// Why a message is given up whose fate is not known.
const REASON: &str = "restored from a backup: it may have been sent";

/// Gives up SMS that waited when the backup was made: they may have left since. Says how many.
pub async fn give_up_sms(tx: &mut Tx, now: Timestamp) -> Result<u64, StoreError> {
    const WAITING: &str = "UPDATE outbox SET state = 'expired', reason = $2, lease_until = NULL, \
        updated_at = $1 WHERE state IN ('queued', 'sending') \
        OR (state = 'unknown' AND body IS NOT NULL)";
    const TEXTS: &str = "UPDATE outbox SET body = NULL, keep_until = NULL WHERE body IS NOT NULL";
    let given_up = on!(&mut *tx, conn => sqlx::query(WAITING)
        .bind(now.as_millis())
        .bind(REASON)
        .execute(conn).await.map(|done| done.rows_affected()))?;
    on!(tx, conn => sqlx::query(TEXTS).execute(conn).await.map(drop))?;
    Ok(given_up)
}

/// Holds campaigns that were being sent; says how many.
pub async fn hold_campaigns(tx: &mut Tx, now: Timestamp) -> Result<u64, StoreError> {
    const SQL: &str =
        "UPDATE campaigns SET state = 'paused', updated_at = $1 WHERE state = 'running'";
    on!(tx, conn => sqlx::query(SQL)
        .bind(now.as_millis())
        .execute(conn).await.map(|done| done.rows_affected()))
}

/// Ends every visit and every link, takes incoming SMS for answered, lets imports go on
/// without telling anybody: what was revoked, opened, answered or told since is not known.
pub async fn close_doors(tx: &mut Tx, now: Timestamp) -> Result<(), StoreError> {
    const TIMED: [&str; 2] = [
        "UPDATE links SET expires_at = $1 WHERE expires_at > $1",
        "UPDATE inbound SET handled_at = $1 WHERE handled_at IS NULL",
    ];
    const OTHERS: [&str; 5] = [
        "DELETE FROM web_sessions",
        "DELETE FROM staff_sessions",
        "DELETE FROM sessions",
        "DELETE FROM binds",
        "UPDATE imports SET tells = 0, until = 0",
    ];
    for sql in TIMED {
        on!(&mut *tx, conn => sqlx::query(sql)
            .bind(now.as_millis())
            .execute(conn).await.map(drop))?;
    }
    for sql in OTHERS {
        on!(&mut *tx, conn => sqlx::query(sql).execute(conn).await.map(drop))?;
    }
    Ok(())
}
