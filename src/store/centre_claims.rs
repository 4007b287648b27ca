//! Lost lines of those who work at a centre, for its manager.

use crate::domain::{Msisdn, PersonId, Role, Timestamp};

use super::roster::Place;
use super::tx::{count, decode};
use super::{StoreError, Tx};

/// Somebody's lost line, and the one that asks for its place.
#[derive(Debug, Clone)]
pub struct CentreClaim {
    /// What people call it by.
    pub reference: String,
    /// Its owner, as on the identity card.
    pub name: String,
    /// As what they work there.
    pub role: Role,
    /// The line that is lost.
    pub old_line: Option<Msisdn>,
    /// The line that asks.
    pub new_line: Msisdn,
    /// When it asked.
    pub asked_at: Timestamp,
}

type Row = (String, String, String, Option<String>, String, i64);

fn claim(row: Row) -> Result<CentreClaim, StoreError> {
    let (reference, name, role, old_line, new_line, asked_at) = row;
    let old_line = old_line.as_deref().map(Msisdn::parse);
    Ok(CentreClaim {
        reference,
        name,
        role: Role::parse(&role).map_err(decode)?,
        old_line: old_line.transpose().map_err(decode)?,
        new_line: Msisdn::parse(&new_line).map_err(decode)?,
        asked_at: Timestamp::from_millis(asked_at),
    })
}

/// Lost lines of those who work at a place to this day or longer, but for one person.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT n.reference, p.name, d.role, p.msisdn, n.new_msisdn, n.created_at ",
            "FROM number_changes n JOIN people p ON p.id = n.person_id ",
            "JOIN deployments d ON d.person_id = p.id AND d.state = 'posted' ",
            "WHERE d.centre_code = $1 AND d.exam = $2 AND d.year = $3 AND d.ends_on >= $4 ",
            "AND n.way = 'lost_line' AND n.state = 'open' AND n.expires_at > $5 ",
            "AND n.person_id <> $6 ",
            $rest
        )
    };
}

/// The open lost lines of those who work at a place, the oldest first; not the manager's own.
pub async fn at(
    tx: &mut Tx,
    place: Place<'_>,
    manager: &PersonId,
    now: Timestamp,
    (offset, limit): (usize, usize),
) -> Result<Vec<CentreClaim>, StoreError> {
    const SQL: &str = select!("ORDER BY n.created_at, n.id LIMIT $7 OFFSET $8");
    let rows: Vec<Row> = on!(tx, conn => sqlx::query_as(SQL)
        .bind(place.centre.as_str())
        .bind(place.series.exam.code())
        .bind(i64::from(place.series.year))
        .bind(now.date_in_kenya().to_string())
        .bind(now.as_millis())
        .bind(manager.as_str())
        .bind(count(limit))
        .bind(count(offset))
        .fetch_all(conn).await)?;
    rows.into_iter().map(claim).collect()
}

/// One of them, by its reference.
pub async fn one(
    tx: &mut Tx,
    place: Place<'_>,
    manager: &PersonId,
    now: Timestamp,
    reference: &str,
) -> Result<Option<CentreClaim>, StoreError> {
    const SQL: &str = select!("AND n.reference = $7 LIMIT 1");
    let row: Option<Row> = on!(tx, conn => sqlx::query_as(SQL)
        .bind(place.centre.as_str())
        .bind(place.series.exam.code())
        .bind(i64::from(place.series.year))
        .bind(now.date_in_kenya().to_string())
        .bind(now.as_millis())
        .bind(manager.as_str())
        .bind(reference)
        .fetch_optional(conn).await)?;
    row.map(claim).transpose()
}
