//! Examination centres.

use crate::domain::CentreCode;

use super::tx::in_time;
use super::{StoreError, Tx};

/// An examination centre.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Centre {
    /// Its code, leading zero kept.
    pub code: CentreCode,
    /// The school.
    pub name: String,
    /// Its sub-county.
    pub sub_county: String,
    /// Its county.
    pub county: String,
    /// The container its papers come from.
    pub distribution_centre: String,
    /// Where the school lies.
    pub location: Option<String>,
    /// How many candidates are registered.
    pub candidates: Option<u32>,
    /// How far the container is, in kilometres.
    pub distance_km: Option<u16>,
}

/// Adds a centre.
pub async fn insert(tx: &mut Tx, centre: &Centre) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO centres (code, name, sub_county, county, distribution_centre, \
        location, candidates, distance_km) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    on!(tx, conn => sqlx::query(SQL)
        .bind(centre.code.as_str())
        .bind(&centre.name)
        .bind(&centre.sub_county)
        .bind(&centre.county)
        .bind(&centre.distribution_centre)
        .bind(centre.location.as_deref())
        .bind(centre.candidates.map(i64::from))
        .bind(centre.distance_km.map(i64::from))
        .execute(conn).await.map(drop))
}

/// Holds a centre until the unit of work is done, so that two changes of what is kept there
/// follow each other. On SQLite the unit of work itself does that.
pub async fn lock(tx: &mut Tx, code: &CentreCode) -> Result<(), StoreError> {
    const POSTGRES: &str = "SELECT code FROM centres WHERE code = $1 FOR UPDATE";
    if let Tx::Postgres(tx) = tx {
        in_time(
            sqlx::query(POSTGRES)
                .bind(code.as_str())
                .execute(tx.open().await?),
        )
        .await?;
    }
    Ok(())
}

/// Keeps how far a centre is from its container.
pub async fn set_distance(tx: &mut Tx, code: &CentreCode, km: u16) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE centres SET distance_km = $2 WHERE code = $1";
    on!(tx, conn => sqlx::query(SQL)
        .bind(code.as_str())
        .bind(i64::from(km))
        .execute(conn).await.map(drop))
}
