//! Many deployments at once.

use crate::domain::{PersonId, Timestamp};
use crate::store::deployments::{Deployment, select};
use crate::store::rows::Rows;
use crate::store::{StoreError, Tx};

/// Everything that these people were ever deployed to, the oldest first.
pub async fn of_people(tx: &mut Tx, people: &[&PersonId]) -> Result<Vec<Deployment>, StoreError> {
    const HEAD: &str = select!("WHERE d.person_id IN (SELECT r.person FROM ");
    let people = Rows::of(people).text("person", |id| id.as_str());
    people.fetch(tx, HEAD, ") ORDER BY d.id").await
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
    const HEAD: &str = "INSERT INTO deployments (id, person_id, centre_code, exam, year, role, \
        state, serial, issued_on, reports_at, starts_on, ends_on, rate_kes, paper, \
        examiner_number, answer_by, updated_at) SELECT r.id, r.person, r.centre, r.exam, r.year, \
        r.role, r.state, r.serial, r.issued_on, r.reports_at, r.starts_on, r.ends_on, r.rate, \
        r.paper, r.examiner_number, r.answer_by, $1 FROM ";
    const TAIL: &str = " WHERE TRUE ON CONFLICT (id) DO UPDATE SET \
        centre_code = excluded.centre_code, \
        state = excluded.state, serial = excluded.serial, issued_on = excluded.issued_on, \
        reports_at = excluded.reports_at, starts_on = excluded.starts_on, \
        ends_on = excluded.ends_on, rate_kes = excluded.rate_kes, \
        paper = excluded.paper, examiner_number = excluded.examiner_number, \
        answer_by = excluded.answer_by, updated_at = excluded.updated_at";
    Rows::of(deployments)
        .with_number(now.as_millis())
        .text("id", |one| one.id.as_str())
        .text("person", |one| one.person.as_str())
        .text("centre", |one| one.centre.code.as_str())
        .text("exam", |one| one.series.exam.code())
        .number("year", |one| i64::from(one.series.year))
        .text("role", |one| one.role.code())
        .text("state", |one| one.state.name())
        .number("serial", |one| i64::from(one.serial))
        .made_text("issued_on", |one| Some(one.issued_on.to_string()))
        .number("reports_at", |one| one.reports_at.as_millis())
        .made_text("starts_on", |one| Some(one.starts_on.to_string()))
        .made_text("ends_on", |one| Some(one.ends_on.to_string()))
        .number("rate", |one| i64::from(one.rate.0))
        .text("paper", |one| one.paper.as_deref())
        .text("examiner_number", |one| one.examiner_number.as_deref())
        .number("answer_by", |one| one.answer_by.map(Timestamp::as_millis))
        .execute(tx, HEAD, TAIL)
        .await
        .map(drop)
}
