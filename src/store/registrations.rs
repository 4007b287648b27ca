//! Requests to be known. What people told about themselves comes sealed.

use crate::domain::{Language, Msisdn, Timestamp};

use super::tx::decode;
use super::{StoreError, Tx};

/// A request that nobody has decided.
#[derive(Debug, Clone)]
pub struct Registration {
    /// Its row; what is sealed is bound to it.
    pub id: String,
    /// What people call it by.
    pub reference: String,
    /// The line it came from.
    pub line: Msisdn,
    /// A keyed hash of the ID number.
    pub national_id: Vec<u8>,
    /// What they told.
    pub sealed: Vec<u8>,
    /// The language of the line then.
    pub language: Language,
    /// When it came.
    pub created_at: Timestamp,
}

type Row = (String, String, String, Vec<u8>, Vec<u8>, String, i64);

fn registration(row: Row) -> Result<Registration, StoreError> {
    let (id, reference, line, national_id, sealed, language, created_at) = row;
    Ok(Registration {
        id,
        reference,
        line: Msisdn::parse(&line).map_err(decode)?,
        national_id,
        sealed,
        language: Language::parse(&language).map_err(decode)?,
        created_at: Timestamp::from_millis(created_at),
    })
}

/// The columns of a request.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, reference, msisdn, national_id, sealed, language, created_at ",
            "FROM registrations WHERE state = 'open' ",
            $rest
        )
    };
}

/// Keeps a new request.
pub async fn insert(tx: &mut Tx, request: &Registration) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO registrations (id, reference, msisdn, national_id, sealed, \
        state, language, created_at) VALUES ($1, $2, $3, $4, $5, 'open', $6, $7)";
    on!(tx, conn => sqlx::query(SQL)
        .bind(&request.id)
        .bind(&request.reference)
        .bind(request.line.as_str())
        .bind(request.national_id.as_slice())
        .bind(request.sealed.as_slice())
        .bind(request.language.code())
        .bind(request.created_at.as_millis())
        .execute(conn).await.map(drop))
}

/// The open request of a line.
pub async fn open_of_line(tx: &mut Tx, line: &Msisdn) -> Result<Option<Registration>, StoreError> {
    const SQL: &str = select!("AND msisdn = $1 ORDER BY created_at LIMIT 1");
    let row: Option<Row> = on!(tx, conn => sqlx::query_as(SQL)
        .bind(line.as_str())
        .fetch_optional(conn).await)?;
    row.map(registration).transpose()
}

/// The open request of that reference.
pub async fn by_reference(
    tx: &mut Tx,
    reference: &str,
) -> Result<Option<Registration>, StoreError> {
    const SQL: &str = select!("AND reference = $1");
    let row: Option<Row> = on!(tx, conn => sqlx::query_as(SQL)
        .bind(reference)
        .fetch_optional(conn).await)?;
    row.map(registration).transpose()
}

/// Every open request, the oldest first.
pub async fn open(tx: &mut Tx) -> Result<Vec<Registration>, StoreError> {
    const SQL: &str = select!("ORDER BY created_at, id");
    let rows: Vec<Row> = on!(tx, conn => sqlx::query_as(SQL).fetch_all(conn).await)?;
    rows.into_iter().map(registration).collect()
}

/// Closes a request: `approved` or `refused`. False when it was closed already.
pub async fn close(
    tx: &mut Tx,
    id: &str,
    state: &str,
    by: &str,
    reason: Option<&str>,
    now: Timestamp,
) -> Result<bool, StoreError> {
    const SQL: &str = "UPDATE registrations SET state = $2, decided_by = $3, reason = $4, \
                       decided_at = $5 WHERE id = $1 AND state = 'open'";
    let closed = on!(tx, conn => sqlx::query(SQL)
        .bind(id)
        .bind(state)
        .bind(by)
        .bind(reason)
        .bind(now.as_millis())
        .execute(conn).await.map(|done| done.rows_affected()))?;
    Ok(closed == 1)
}
