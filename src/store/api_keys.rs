//! Keys of the council's own systems.

use crate::domain::{ClientName, Scope, Timestamp};

use super::tx::decode;
use super::{StoreError, Tx};

/// What is kept of a key.
#[derive(Debug, Clone)]
pub struct KeyRecord {
    /// The part by which it is known.
    pub id: String,
    /// Whose it is.
    pub client: ClientName,
    /// Of the rest.
    pub hash: Vec<u8>,
    /// What it opens.
    pub scopes: Vec<Scope>,
    /// Who made it.
    pub created_by: String,
    /// When.
    pub created_at: Timestamp,
    /// From when on it opens nothing.
    pub expires_at: Timestamp,
    /// When it was taken back.
    pub revoked_at: Option<Timestamp>,
    /// When it last opened something, to the minute.
    pub last_used_at: Option<Timestamp>,
}

impl KeyRecord {
    /// Whether it `holds`, or is `revoked` or `expired`.
    #[must_use]
    pub fn state(&self, now: Timestamp) -> &'static str {
        if self.revoked_at.is_some() {
            "revoked"
        } else if self.expires_at <= now {
            "expired"
        } else {
            "holds"
        }
    }
}

type Row = (
    String,
    String,
    Vec<u8>,
    String,
    String,
    i64,
    i64,
    Option<i64>,
    Option<i64>,
);

fn record(row: Row) -> Result<KeyRecord, StoreError> {
    let (id, client, hash, scopes, created_by, created_at, expires_at, revoked_at, last_used_at) =
        row;
    let scopes = scopes.split_whitespace().map(Scope::parse);
    Ok(KeyRecord {
        id,
        client: ClientName::parse(&client).map_err(decode)?,
        hash,
        scopes: scopes.collect::<Result<_, _>>().map_err(decode)?,
        created_by,
        created_at: Timestamp::from_millis(created_at),
        expires_at: Timestamp::from_millis(expires_at),
        revoked_at: revoked_at.map(Timestamp::from_millis),
        last_used_at: last_used_at.map(Timestamp::from_millis),
    })
}

/// The columns of a key, in the order of [`Row`].
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, client, hash, scopes, created_by, created_at, expires_at, revoked_at, ",
            "last_used_at FROM api_keys ",
            $rest
        )
    };
}

/// Keeps a new key.
pub async fn insert(tx: &mut Tx, key: &KeyRecord) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO api_keys (id, client, hash, scopes, created_by, created_at, \
                       expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7)";
    let scopes: Vec<_> = key.scopes.iter().map(|scope| scope.name()).collect();
    let scopes = scopes.join(" ");
    on!(tx, conn => sqlx::query(SQL)
        .bind(&key.id)
        .bind(key.client.as_str())
        .bind(&key.hash)
        .bind(&scopes)
        .bind(&key.created_by)
        .bind(key.created_at.as_millis())
        .bind(key.expires_at.as_millis())
        .execute(conn).await.map(drop))
}

/// The key that is known by that.
pub async fn by_id(tx: &mut Tx, id: &str) -> Result<Option<KeyRecord>, StoreError> {
    const SQL: &str = select!("WHERE id = $1");
    let row: Option<Row> =
        on!(tx, conn => sqlx::query_as(SQL).bind(id).fetch_optional(conn).await)?;
    row.map(record).transpose()
}

/// Every key, by whose it is.
pub async fn all(tx: &mut Tx) -> Result<Vec<KeyRecord>, StoreError> {
    const SQL: &str = select!("ORDER BY client, created_at, id");
    let rows: Vec<Row> = on!(tx, conn => sqlx::query_as(SQL).fetch_all(conn).await)?;
    rows.into_iter().map(record).collect()
}

/// Takes a key back. False when there is none, or it was taken back before.
pub async fn revoke(tx: &mut Tx, id: &str, now: Timestamp) -> Result<bool, StoreError> {
    const SQL: &str = "UPDATE api_keys SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL";
    let revoked = on!(tx, conn => sqlx::query(SQL)
        .bind(id)
        .bind(now.as_millis())
        .execute(conn).await.map(|done| done.rows_affected()))?;
    Ok(revoked == 1)
}

/// Writes down that a key was used.
pub async fn touch(tx: &mut Tx, id: &str, now: Timestamp) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE api_keys SET last_used_at = $2 WHERE id = $1";
    on!(tx, conn => sqlx::query(SQL)
        .bind(id)
        .bind(now.as_millis())
        .execute(conn).await.map(drop))
}
