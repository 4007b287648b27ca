//! Many deployments at once.

use crate::domain::{PersonId, Timestamp};
use crate::store::deployments::{Deployment, select};
use crate::store::{StoreError, Tx};

use super::{array, texts, with_arrays, with_rows, with_texts};

/// Everything that these people were ever deployed to, the oldest first.
pub async fn of_people(tx: &mut Tx, people: &[&PersonId]) -> Result<Vec<Deployment>, StoreError> {
    with_texts!(
        sql,
        tx,
        select!("WHERE d.person_id IN (SELECT value FROM "),
        ") ORDER BY d.id"
    );
    let people = texts(people.iter().map(|id| id.as_str()));
    on!(tx, conn => sqlx::query_as(sql).bind(people).fetch_all(conn).await)
}

/// The highest serial that a letter has.
pub async fn last_serial(tx: &mut Tx) -> Result<u32, StoreError> {
    const SQL: &str = "SELECT COALESCE(MAX(serial), 0) FROM deployments";
    let last: i64 = on!(tx, conn => sqlx::query_scalar(SQL).fetch_one(conn).await)?;
    Ok(u32::try_from(last).unwrap_or(u32::MAX))
}

/// Adds deployments that are new and keeps what has become of those that are not.
/// `Duplicate` when another import runs at the same time.
pub async fn put(
    tx: &mut Tx,
    deployments: &[Deployment],
    now: Timestamp,
) -> Result<(), StoreError> {
    with_arrays!(
        sql,
        tx,
        "INSERT INTO deployments (id, person_id, centre_code, exam, year, role, state, serial, \
         issued_on, reports_at, starts_on, ends_on, rate_kes, paper, examiner_number, answer_by, \
         updated_at) \
         SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, CAST(value ->> 4 AS BIGINT), \
         value ->> 5, value ->> 6, CAST(value ->> 7 AS BIGINT), value ->> 8, \
         CAST(value ->> 9 AS BIGINT), value ->> 10, value ->> 11, CAST(value ->> 12 AS BIGINT), \
         value ->> 13, value ->> 14, CAST(value ->> 15 AS BIGINT), $2 FROM ",
        " WHERE TRUE ON CONFLICT (id) DO UPDATE SET centre_code = excluded.centre_code, \
         state = excluded.state, serial = excluded.serial, issued_on = excluded.issued_on, \
         reports_at = excluded.reports_at, starts_on = excluded.starts_on, \
         ends_on = excluded.ends_on, rate_kes = excluded.rate_kes, \
         paper = excluded.paper, examiner_number = excluded.examiner_number, \
         answer_by = excluded.answer_by, updated_at = excluded.updated_at"
    );
    let rows = array(deployments.iter().map(row));
    on!(tx, conn => sqlx::query(sql)
        .bind(rows)
        .bind(now.as_millis())
        .execute(conn).await.map(drop))
}

fn row(deployment: &Deployment) -> serde_json::Value {
    serde_json::json!([
        deployment.id.as_str(),
        deployment.person.as_str(),
        deployment.centre.code.as_str(),
        deployment.series.exam.code(),
        deployment.series.year,
        deployment.role.code(),
        deployment.state.name(),
        deployment.serial,
        deployment.issued_on.to_string(),
        deployment.reports_at.as_millis(),
        deployment.starts_on.to_string(),
        deployment.ends_on.to_string(),
        deployment.rate.0,
        deployment.paper,
        deployment.examiner_number,
        deployment.answer_by.map(Timestamp::as_millis),
    ])
}
