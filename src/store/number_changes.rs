//! Numbers that people ask to have.

use crate::domain::{Msisdn, PersonId, Timestamp};

use super::tx::decode;
use super::{StoreError, Tx};

/// How a number was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// From the line that is theirs, with a code sent to the new one.
    OwnLine,
    /// From the new line, the old one being lost; somebody decides.
    LostLine,
}

impl Way {
    fn name(self) -> &'static str {
        match self {
            Self::OwnLine => "own_line",
            Self::LostLine => "lost_line",
        }
    }
}

/// A change that was asked for and not yet made.
#[derive(Debug, Clone)]
pub struct NumberChange {
    /// Its row.
    pub id: String,
    /// What people call it by.
    pub reference: String,
    /// Whose number.
    pub person: PersonId,
    /// The number they want.
    pub new_line: Msisdn,
    /// What is kept of the code.
    pub code_mac: Option<Vec<u8>>,
    /// When it is too late.
    pub expires_at: Timestamp,
    /// When it was asked for.
    pub asked_at: Timestamp,
}

type Row = (String, String, String, String, Option<Vec<u8>>, i64, i64);

fn change(row: Row) -> Result<NumberChange, StoreError> {
    let (id, reference, person, new_line, code_mac, expires_at, asked_at) = row;
    Ok(NumberChange {
        id,
        reference,
        person: PersonId::parse(&person).map_err(decode)?,
        new_line: Msisdn::parse(&new_line).map_err(decode)?,
        code_mac,
        expires_at: Timestamp::from_millis(expires_at),
        asked_at: Timestamp::from_millis(asked_at),
    })
}

/// Keeps a new request. It replaces what the same person asked for before and has not
/// finished.
pub async fn open(
    tx: &mut Tx,
    change: &NumberChange,
    way: Way,
    now: Timestamp,
) -> Result<(), StoreError> {
    const REPLACE: &str = "UPDATE number_changes SET state = 'replaced', decided_at = $2 \
                           WHERE person_id = $1 AND state = 'open'";
    const ADD: &str = "INSERT INTO number_changes (id, reference, person_id, new_msisdn, way, \
        state, code_mac, expires_at, created_at) VALUES ($1, $2, $3, $4, $5, 'open', $6, $7, $8)";
    on!(&mut *tx, conn => sqlx::query(REPLACE)
        .bind(change.person.as_str())
        .bind(now.as_millis())
        .execute(conn).await.map(drop))?;
    on!(tx, conn => sqlx::query(ADD)
        .bind(&change.id)
        .bind(&change.reference)
        .bind(change.person.as_str())
        .bind(change.new_line.as_str())
        .bind(way.name())
        .bind(change.code_mac.as_deref())
        .bind(change.expires_at.as_millis())
        .bind(now.as_millis())
        .execute(conn).await.map(drop))
}

/// What a person has asked for in one way and not finished.
pub async fn open_of(
    tx: &mut Tx,
    person: &PersonId,
    way: Way,
    now: Timestamp,
) -> Result<Option<NumberChange>, StoreError> {
    const SQL: &str = "SELECT id, reference, person_id, new_msisdn, code_mac, expires_at, created_at \
        FROM number_changes WHERE person_id = $1 AND way = $2 AND state = 'open' \
        AND expires_at > $3";
    let row: Option<Row> = on!(tx, conn => sqlx::query_as(SQL)
        .bind(person.as_str())
        .bind(way.name())
        .bind(now.as_millis())
        .fetch_optional(conn).await)?;
    row.map(change).transpose()
}

/// The open request of that reference.
pub async fn by_reference(
    tx: &mut Tx,
    reference: &str,
    way: Way,
    now: Timestamp,
) -> Result<Option<NumberChange>, StoreError> {
    const SQL: &str = "SELECT id, reference, person_id, new_msisdn, code_mac, expires_at, created_at \
        FROM number_changes WHERE reference = $1 AND way = $2 AND state = 'open' \
        AND expires_at > $3";
    let row: Option<Row> = on!(tx, conn => sqlx::query_as(SQL)
        .bind(reference)
        .bind(way.name())
        .bind(now.as_millis())
        .fetch_optional(conn).await)?;
    row.map(change).transpose()
}

/// The open requests of one way, the oldest first.
pub async fn waiting(
    tx: &mut Tx,
    way: Way,
    now: Timestamp,
) -> Result<Vec<NumberChange>, StoreError> {
    const SQL: &str = "SELECT id, reference, person_id, new_msisdn, code_mac, expires_at, created_at \
        FROM number_changes WHERE way = $1 AND state = 'open' AND expires_at > $2 \
        ORDER BY created_at LIMIT 1000";
    let rows: Vec<Row> = on!(tx, conn => sqlx::query_as(SQL)
        .bind(way.name())
        .bind(now.as_millis())
        .fetch_all(conn).await)?;
    rows.into_iter().map(change).collect()
}

/// For how many other people the line of a request has asked since then, by whichever outcome.
pub async fn others_asked_for(
    tx: &mut Tx,
    change: &NumberChange,
    since: Timestamp,
) -> Result<u64, StoreError> {
    const SQL: &str = "SELECT COUNT(DISTINCT person_id) FROM number_changes \
        WHERE new_msisdn = $1 AND person_id <> $2 AND created_at >= $3";
    let others: i64 = on!(tx, conn => sqlx::query_scalar(SQL)
        .bind(change.new_line.as_str())
        .bind(change.person.as_str())
        .bind(since.as_millis())
        .fetch_one(conn).await)?;
    Ok(others.unsigned_abs())
}

/// Closes a request: `made`, `refused` or `objected`. False when it was closed already.
pub async fn close(
    tx: &mut Tx,
    id: &str,
    state: &str,
    by: &str,
    now: Timestamp,
) -> Result<bool, StoreError> {
    const SQL: &str = "UPDATE number_changes SET state = $2, decided_by = $3, decided_at = $4, \
                       code_mac = NULL WHERE id = $1 AND state = 'open'";
    let closed = on!(tx, conn => sqlx::query(SQL)
        .bind(id)
        .bind(state)
        .bind(by)
        .bind(now.as_millis())
        .execute(conn).await.map(|done| done.rows_affected()))?;
    Ok(closed == 1)
}
