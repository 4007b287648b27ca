//! The longest values that the database really holds, for proving menus against them.

use super::{StoreError, Tx};

/// The fields of menus that are filled from free text, and where each stands.
const FIELDS: [(&str, &str); 8] = [
    (
        "name",
        "SELECT name FROM people ORDER BY LENGTH(name) DESC LIMIT 20",
    ),
    (
        "workstation",
        "SELECT workstation FROM people WHERE workstation IS NOT NULL ORDER BY LENGTH(workstation) DESC LIMIT 20",
    ),
    (
        "email",
        "SELECT email FROM people WHERE email IS NOT NULL ORDER BY LENGTH(email) DESC LIMIT 20",
    ),
    (
        "centre_name",
        "SELECT name FROM centres ORDER BY LENGTH(name) DESC LIMIT 20",
    ),
    (
        "sub_county",
        "SELECT sub_county FROM centres ORDER BY LENGTH(sub_county) DESC LIMIT 20",
    ),
    (
        "county",
        "SELECT county FROM centres ORDER BY LENGTH(county) DESC LIMIT 20",
    ),
    (
        "distribution_centre",
        "SELECT distribution_centre FROM centres ORDER BY LENGTH(distribution_centre) DESC LIMIT 20",
    ),
    (
        "location",
        "SELECT location FROM centres WHERE location IS NOT NULL ORDER BY LENGTH(location) DESC LIMIT 20",
    ),
];

/// Of each field filled from free text, the values with the most characters. A letter can
/// take two septets, so the one that is longest on a phone is among them, or near it.
pub async fn values(tx: &mut Tx) -> Result<Vec<(&'static str, Vec<String>)>, StoreError> {
    let mut longest = Vec::new();
    for (field, sql) in FIELDS {
        let values: Vec<String> =
            on!(&mut *tx, conn => sqlx::query_scalar(sql).fetch_all(conn).await)?;
        longest.push((field, values));
    }
    Ok(longest)
}
