//! Many centres at once.

use crate::domain::CentreCode;
use crate::store::centres::Centre;
use crate::store::rows::Rows;
use crate::store::tx::{count, decode};
use crate::store::{StoreError, Tx};

type CentreColumns = (
    String,
    String,
    String,
    String,
    String,
    Option<String>,
    Option<i64>,
    Option<i64>,
);

/// The centres of these codes.
pub async fn of_codes(tx: &mut Tx, codes: &[&CentreCode]) -> Result<Vec<Centre>, StoreError> {
    const HEAD: &str = "SELECT code, name, sub_county, county, distribution_centre, location, \
        candidates, distance_km FROM centres WHERE code IN (SELECT r.code FROM ";
    let codes = Rows::of(codes).text("code", |code| code.as_str());
    let rows: Vec<CentreColumns> = codes.fetch(tx, HEAD, ")").await?;
    rows.into_iter().map(centre).collect()
}

/// Centres after that code, in the order of their codes, no more than `limit`.
pub async fn after(
    tx: &mut Tx,
    after: Option<&CentreCode>,
    limit: usize,
) -> Result<Vec<Centre>, StoreError> {
    const SQL: &str = "SELECT code, name, sub_county, county, distribution_centre, location, \
        candidates, distance_km FROM centres WHERE code > $1 ORDER BY code LIMIT $2";
    let rows: Vec<CentreColumns> = on!(tx, conn => sqlx::query_as(SQL)
        .bind(after.map_or("", CentreCode::as_str))
        .bind(count(limit))
        .fetch_all(conn).await)?;
    rows.into_iter().map(centre).collect()
}

fn centre(row: CentreColumns) -> Result<Centre, StoreError> {
    let (code, name, sub_county, county, distribution_centre, location, candidates, km) = row;
    Ok(Centre {
        code: CentreCode::parse(&code).map_err(decode)?,
        name,
        sub_county,
        county,
        distribution_centre,
        location,
        candidates: candidates.map(u32::try_from).transpose().map_err(decode)?,
        distance_km: km.map(u16::try_from).transpose().map_err(decode)?,
    })
}

/// Adds centres that are new and keeps the records of those that are not.
pub async fn put(tx: &mut Tx, centres: &[Centre]) -> Result<(), StoreError> {
    const HEAD: &str = "INSERT INTO centres (code, name, sub_county, county, distribution_centre, \
        location, candidates, distance_km) SELECT r.code, r.name, r.sub_county, r.county, \
        r.distribution_centre, r.location, r.candidates, r.distance_km FROM ";
    const TAIL: &str = " WHERE TRUE ON CONFLICT (code) DO UPDATE SET name = excluded.name, \
        sub_county = excluded.sub_county, county = excluded.county, \
        distribution_centre = excluded.distribution_centre, location = excluded.location, \
        candidates = excluded.candidates, distance_km = excluded.distance_km";
    Rows::of(centres)
        .text("code", |centre| centre.code.as_str())
        .text("name", |centre| centre.name.as_str())
        .text("sub_county", |centre| centre.sub_county.as_str())
        .text("county", |centre| centre.county.as_str())
        .text("distribution_centre", |centre| {
            centre.distribution_centre.as_str()
        })
        .text("location", |centre| centre.location.as_deref())
        .number("candidates", |centre| centre.candidates.map(i64::from))
        .number("distance_km", |centre| centre.distance_km.map(i64::from))
        .execute(tx, HEAD, TAIL)
        .await
        .map(drop)
}
