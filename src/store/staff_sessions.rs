//! Browsers of staff that are logged in. The cookie itself is never stored.

use crate::domain::{StaffName, Timestamp};

use super::tx::decode;
use super::web_sessions::Ends;
use super::{StoreError, Tx};

/// A browser.
#[derive(Debug, Clone)]
pub struct StaffSession {
    /// Which.
    pub id: String,
    /// Whose.
    pub name: StaffName,
    /// Whether the second factor was shown.
    pub proven: bool,
    /// When it was logged in.
    pub created_at: Timestamp,
    /// When it is logged out if nothing is asked for until then.
    pub idle_until: Timestamp,
}

type Row = (String, String, i64, i64, i64);

fn session(row: Row) -> Result<StaffSession, StoreError> {
    let (id, name, proven, created_at, idle_until) = row;
    Ok(StaffSession {
        id,
        name: StaffName::parse(&name).map_err(decode)?,
        proven: proven != 0,
        created_at: Timestamp::from_millis(created_at),
        idle_until: Timestamp::from_millis(idle_until),
    })
}

/// Adds a browser.
pub async fn insert(
    tx: &mut Tx,
    token_hash: &[u8],
    name: &StaffName,
    ends: Ends,
    now: Timestamp,
) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO staff_sessions \
        (id, token_hash, name, proven, created_at, expires_at, idle_until) \
        VALUES ($1, $2, $3, 0, $4, $5, $6)";
    on!(tx, conn => sqlx::query(SQL)
        .bind(uuid::Uuid::now_v7().to_string())
        .bind(token_hash)
        .bind(name.as_str())
        .bind(now.as_millis())
        .bind(ends.expires_at.as_millis())
        .bind(ends.idle_until.as_millis())
        .execute(conn).await.map(drop))
}

/// The browser of that cookie, unless its time is over.
pub async fn of(
    tx: &mut Tx,
    token_hash: &[u8],
    now: Timestamp,
) -> Result<Option<StaffSession>, StoreError> {
    const SQL: &str = "SELECT id, name, proven, created_at, idle_until FROM staff_sessions \
                       WHERE token_hash = $1 AND expires_at > $2 AND idle_until > $2";
    let row: Option<Row> = on!(tx, conn => sqlx::query_as(SQL)
        .bind(token_hash)
        .bind(now.as_millis())
        .fetch_optional(conn).await)?;
    row.map(session).transpose()
}

/// Every browser that is logged in, the newest first.
pub async fn all(tx: &mut Tx, now: Timestamp) -> Result<Vec<StaffSession>, StoreError> {
    const SQL: &str = "SELECT id, name, proven, created_at, idle_until FROM staff_sessions \
                       WHERE expires_at > $1 AND idle_until > $1 ORDER BY id DESC LIMIT 500";
    let rows: Vec<Row> =
        on!(tx, conn => sqlx::query_as(SQL).bind(now.as_millis()).fetch_all(conn).await)?;
    rows.into_iter().map(session).collect()
}

/// The second factor was shown.
pub async fn prove(tx: &mut Tx, id: &str) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE staff_sessions SET proven = 1 WHERE id = $1";
    on!(tx, conn => sqlx::query(SQL).bind(id).execute(conn).await.map(drop))
}

/// Lets a browser idle for longer.
pub async fn touch(tx: &mut Tx, id: &str, idle_until: Timestamp) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE staff_sessions SET idle_until = $2 WHERE id = $1";
    on!(tx, conn => sqlx::query(SQL)
        .bind(id)
        .bind(idle_until.as_millis())
        .execute(conn).await.map(drop))
}

/// Forgets a browser; says whose it was.
pub async fn remove(tx: &mut Tx, id: &str) -> Result<Option<StaffName>, StoreError> {
    const SQL: &str = "DELETE FROM staff_sessions WHERE id = $1 RETURNING name";
    let name: Option<String> =
        on!(tx, conn => sqlx::query_scalar(SQL).bind(id).fetch_optional(conn).await)?;
    let name = name.as_deref().map(StaffName::parse).transpose();
    Ok(name.map_err(decode)?)
}

/// Forgets every browser of a member, but the given one.
pub async fn remove_of(tx: &mut Tx, name: &StaffName, but: Option<&str>) -> Result<(), StoreError> {
    const SQL: &str = "DELETE FROM staff_sessions WHERE name = $1 AND id <> $2";
    on!(tx, conn => sqlx::query(SQL)
        .bind(name.as_str())
        .bind(but.unwrap_or_default())
        .execute(conn).await.map(drop))
}

/// Forgets browsers whose time is over.
pub async fn forget_expired(tx: &mut Tx, now: Timestamp) -> Result<(), StoreError> {
    const SQL: &str = "DELETE FROM staff_sessions WHERE expires_at < $1 OR idle_until < $1";
    on!(tx, conn => sqlx::query(SQL).bind(now.as_millis()).execute(conn).await.map(drop))
}
