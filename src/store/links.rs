//! One-time links to letters. Neither the token nor the browser's cookie is ever stored.

use sqlx::{ColumnIndex, Decode, FromRow, Row, Type};

use crate::domain::{DeploymentId, PersonId, Timestamp};

use super::tx::{count, decode};
use super::{StoreError, Tx};

/// A link that opens something.
#[derive(Debug, Clone)]
pub struct Link {
    /// The hash of its token, by which it is known.
    pub token_hash: Vec<u8>,
    /// Whose it is.
    pub person: PersonId,
    /// To the letter about which work.
    pub deployment: DeploymentId,
    /// A hash of what was decided about that work when the link was sent.
    pub about_hash: Option<Vec<u8>>,
    /// Whether it is redeemed and open to one browser still.
    pub redeemed: bool,
}

impl<'r, R: Row> FromRow<'r, R> for Link
where
    &'static str: ColumnIndex<R>,
    String: Decode<'r, R::Database> + Type<R::Database>,
    Vec<u8>: Decode<'r, R::Database> + Type<R::Database>,
    Option<Vec<u8>>: Decode<'r, R::Database> + Type<R::Database>,
    Option<i64>: Decode<'r, R::Database> + Type<R::Database>,
{
    fn from_row(row: &'r R) -> Result<Self, sqlx::Error> {
        let text = |column: &'static str| row.try_get::<String, _>(column);
        let redeemed_at: Option<i64> = row.try_get("redeemed_at")?;
        Ok(Self {
            token_hash: row.try_get("token_hash")?,
            person: PersonId::parse(&text("person_id")?).map_err(decode)?,
            deployment: DeploymentId::parse(&text("deployment_id")?).map_err(decode)?,
            about_hash: row.try_get("about_hash")?,
            redeemed: redeemed_at.is_some(),
        })
    }
}

/// A link to be sent.
pub struct NewLink<'a> {
    /// The hash of its token.
    pub token_hash: [u8; 32],
    /// The keyed hash of the code that may be typed instead.
    pub code_hash: [u8; 32],
    /// Whose it is.
    pub person: &'a PersonId,
    /// To the letter about which work.
    pub deployment: &'a DeploymentId,
    /// A hash of what is decided about that work.
    pub about_hash: [u8; 32],
    /// Until when it can be redeemed.
    pub expires_at: Timestamp,
}

/// Adds a link.
pub async fn insert(tx: &mut Tx, link: &NewLink<'_>, now: Timestamp) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO links \
        (token_hash, code_hash, person_id, deployment_id, about_hash, created_at, expires_at) \
        VALUES ($1, $2, $3, $4, $5, $6, $7)";
    on!(tx, conn => sqlx::query(SQL)
        .bind(link.token_hash.as_slice())
        .bind(link.code_hash.as_slice())
        .bind(link.person.as_str())
        .bind(link.deployment.as_str())
        .bind(link.about_hash.as_slice())
        .bind(now.as_millis())
        .bind(link.expires_at.as_millis())
        .execute(conn).await.map(drop))
}

/// Links that can still be redeemed, or were by the browser `$3`, whose time is not over.
macro_rules! select_open {
    ($which:literal) => {
        concat!(
            "SELECT token_hash, person_id, deployment_id, about_hash, redeemed_at FROM links WHERE ",
            $which,
            " AND expires_at > $2 AND (redeemed_at IS NULL OR browser_hash = $3)"
        )
    };
}

/// The link, where it opens something to this browser. Changes nothing.
pub async fn open(
    tx: &mut Tx,
    token_hash: &[u8],
    browser_hash: Option<&[u8]>,
    now: Timestamp,
) -> Result<Option<Link>, StoreError> {
    const SQL: &str = select_open!("token_hash = $1");
    on!(tx, conn => sqlx::query_as(SQL)
        .bind(token_hash)
        .bind(now.as_millis())
        .bind(browser_hash)
        .fetch_optional(conn).await)
}

/// The links with that code, where they open something to this browser: seldom more than one.
pub async fn open_by_code(
    tx: &mut Tx,
    code_hash: &[u8],
    browser_hash: &[u8],
    now: Timestamp,
) -> Result<Vec<Link>, StoreError> {
    const SQL: &str = select_open!("code_hash = $1");
    on!(tx, conn => sqlx::query_as(SQL)
        .bind(code_hash)
        .bind(now.as_millis())
        .bind(browser_hash)
        .fetch_all(conn).await)
}

/// The link that this browser has redeemed last, while it is open to it.
pub async fn of_browser(
    tx: &mut Tx,
    browser_hash: &[u8],
    now: Timestamp,
) -> Result<Option<Link>, StoreError> {
    const SQL: &str = "SELECT token_hash, person_id, deployment_id, about_hash, redeemed_at \
        FROM links WHERE browser_hash = $1 AND expires_at > $2 ORDER BY redeemed_at DESC LIMIT 1";
    on!(tx, conn => sqlx::query_as(SQL)
        .bind(browser_hash)
        .bind(now.as_millis())
        .fetch_optional(conn).await)
}

/// Closes whatever is open to this browser.
pub async fn close_of_browser(
    tx: &mut Tx,
    browser_hash: &[u8],
    now: Timestamp,
) -> Result<(), StoreError> {
    const SQL: &str =
        "UPDATE links SET expires_at = $2 WHERE browser_hash = $1 AND expires_at > $2";
    on!(tx, conn => sqlx::query(SQL)
        .bind(browser_hash)
        .bind(now.as_millis())
        .execute(conn).await.map(drop))
}

/// Gives a link to one browser, until its window closes. True for one of any number of
/// callers.
pub async fn redeem(
    tx: &mut Tx,
    token_hash: &[u8],
    browser_hash: &[u8],
    now: Timestamp,
    closes_at: Timestamp,
) -> Result<bool, StoreError> {
    const SQL: &str = "UPDATE links SET redeemed_at = $3, browser_hash = $2, expires_at = $4 \
        WHERE token_hash = $1 AND expires_at > $3 AND redeemed_at IS NULL";
    let redeemed = on!(tx, conn => sqlx::query(SQL)
        .bind(token_hash)
        .bind(browser_hash)
        .bind(now.as_millis())
        .bind(closes_at.as_millis())
        .execute(conn).await.map(|done| done.rows_affected()))?;
    Ok(redeemed == 1)
}

/// Closes every link of a person, redeemed or not, as when their line changes.
pub async fn revoke_of_person(
    tx: &mut Tx,
    person: &PersonId,
    now: Timestamp,
) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE links SET expires_at = $2 WHERE person_id = $1 AND expires_at > $2";
    on!(tx, conn => sqlx::query(SQL)
        .bind(person.as_str())
        .bind(now.as_millis())
        .execute(conn).await.map(drop))
}

/// A link as staff see it.
#[derive(Debug, Clone)]
pub struct SentLink {
    /// The hash of its token, by which it is known.
    pub token_hash: Vec<u8>,
    /// When it was sent.
    pub created_at: Timestamp,
    /// Until when it opens something.
    pub expires_at: Timestamp,
    /// When it was redeemed.
    pub redeemed_at: Option<Timestamp>,
}

/// The links of a person, the newest first.
pub async fn of_person(
    tx: &mut Tx,
    person: &PersonId,
    limit: usize,
) -> Result<Vec<SentLink>, StoreError> {
    const SQL: &str = "SELECT token_hash, created_at, expires_at, redeemed_at FROM links \
        WHERE person_id = $1 ORDER BY created_at DESC LIMIT $2";
    let rows: Vec<(Vec<u8>, i64, i64, Option<i64>)> = on!(tx, conn => sqlx::query_as(SQL)
        .bind(person.as_str())
        .bind(count(limit))
        .fetch_all(conn).await)?;
    let sent =
        |(token_hash, created_at, expires_at, redeemed_at): (_, _, _, Option<i64>)| SentLink {
            token_hash,
            created_at: Timestamp::from_millis(created_at),
            expires_at: Timestamp::from_millis(expires_at),
            redeemed_at: redeemed_at.map(Timestamp::from_millis),
        };
    Ok(rows.into_iter().map(sent).collect())
}

/// Closes one link of a person, redeemed or not. False when it opens nothing anyway.
pub async fn revoke(
    tx: &mut Tx,
    person: &PersonId,
    token_hash: &[u8],
    now: Timestamp,
) -> Result<bool, StoreError> {
    const SQL: &str = "UPDATE links SET expires_at = $3 \
        WHERE person_id = $1 AND token_hash = $2 AND expires_at > $3";
    let revoked = on!(tx, conn => sqlx::query(SQL)
        .bind(person.as_str())
        .bind(token_hash)
        .bind(now.as_millis())
        .execute(conn).await.map(|done| done.rows_affected()))?;
    Ok(revoked == 1)
}
