//! Many centres at once.

use crate::domain::CentreCode;
use crate::store::centres::Centre;
use crate::store::tx::{count, decode};
use crate::store::{StoreError, Tx};

use super::{array, texts, with_arrays, with_rows, with_texts};

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
    with_texts!(
        sql,
        tx,
        "SELECT code, name, sub_county, county, distribution_centre, location, candidates, \
         distance_km FROM centres WHERE code IN (SELECT value FROM ",
        ")"
    );
    let codes = texts(codes.iter().map(|code| code.as_str()));
    let rows: Vec<CentreColumns> =
        on!(tx, conn => sqlx::query_as(sql).bind(codes).fetch_all(conn).await)?;
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
    with_arrays!(
        sql,
        tx,
        "INSERT INTO centres (code, name, sub_county, county, distribution_centre, location, \
         candidates, distance_km) SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, \
         value ->> 4, value ->> 5, CAST(value ->> 6 AS BIGINT), CAST(value ->> 7 AS BIGINT) FROM ",
        " WHERE TRUE ON CONFLICT (code) DO UPDATE SET name = excluded.name, \
         sub_county = excluded.sub_county, county = excluded.county, \
         distribution_centre = excluded.distribution_centre, location = excluded.location, \
         candidates = excluded.candidates, distance_km = excluded.distance_km"
    );
    let row = |centre: &Centre| {
        serde_json::json!([
            centre.code.as_str(),
            centre.name,
            centre.sub_county,
            centre.county,
            centre.distribution_centre,
            centre.location,
            centre.candidates,
            centre.distance_km,
        ])
    };
    let rows = array(centres.iter().map(row));
    on!(tx, conn => sqlx::query(sql).bind(rows).execute(conn).await.map(drop))
}
