//! Examination centres.

use crate::domain::CentreCode;

use super::{StoreError, Tx};

/// An examination centre.
#[derive(Debug, Clone)]
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
}

/// Adds a centre.
pub async fn insert(tx: &mut Tx, centre: &Centre) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO centres (code, name, sub_county, county, distribution_centre) \
                       VALUES ($1, $2, $3, $4, $5)";
    on!(tx, conn => sqlx::query(SQL)
        .bind(centre.code.as_str())
        .bind(&centre.name)
        .bind(&centre.sub_county)
        .bind(&centre.county)
        .bind(&centre.distribution_centre)
        .execute(conn).await.map(drop))
}
