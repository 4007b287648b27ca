//! Who was there, day by day, and the days that are signed off.

use jiff::civil::Date;

use crate::domain::{DeploymentId, PersonId, Timestamp};

use super::roster::Place;
use super::{StoreError, Tx};

/// How far the register of a day has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tally {
    /// How many were there.
    pub present: u32,
    /// How many were not.
    pub absent: u32,
    /// How many are not marked yet.
    pub unmarked: u32,
}

/// Counts the marks of those who are expected at a place on a day.
pub async fn tally(tx: &mut Tx, place: Place<'_>, day: Date) -> Result<Tally, StoreError> {
    const SQL: &str = "SELECT COUNT(CASE WHEN a.present = 1 THEN 1 END), \
        COUNT(CASE WHEN a.present = 0 THEN 1 END), \
        COUNT(CASE WHEN a.present IS NULL THEN 1 END) \
        FROM deployments d LEFT JOIN attendance a ON a.deployment_id = d.id AND a.day = $4 \
        WHERE d.centre_code = $1 AND d.exam = $2 AND d.year = $3 AND d.state = 'posted' \
        AND d.starts_on <= $4 AND d.ends_on >= $4";
    let row: (i64, i64, i64) = on!(tx, conn => sqlx::query_as(SQL)
        .bind(place.centre.as_str())
        .bind(place.series.exam.code())
        .bind(i64::from(place.series.year))
        .bind(day.to_string())
        .fetch_one(conn).await)?;
    let number = |count| u32::try_from(count).unwrap_or(u32::MAX);
    Ok(Tally {
        present: number(row.0),
        absent: number(row.1),
        unmarked: number(row.2),
    })
}

/// Keeps a mark; a later one replaces it.
pub async fn mark(
    tx: &mut Tx,
    deployment: &DeploymentId,
    day: Date,
    present: bool,
    by: &PersonId,
    now: Timestamp,
) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO attendance (deployment_id, day, present, marked_by, marked_at) \
        VALUES ($1, $2, $3, $4, $5) ON CONFLICT (deployment_id, day) DO UPDATE \
        SET present = excluded.present, marked_by = excluded.marked_by, marked_at = excluded.marked_at";
    on!(tx, conn => sqlx::query(SQL)
        .bind(deployment.as_str())
        .bind(day.to_string())
        .bind(i64::from(present))
        .bind(by.as_str())
        .bind(now.as_millis())
        .execute(conn).await.map(drop))
}

/// Whether a day is signed off.
pub async fn is_signed(tx: &mut Tx, place: Place<'_>, day: Date) -> Result<bool, StoreError> {
    const SQL: &str = "SELECT COUNT(*) FROM attendance_days \
        WHERE centre_code = $1 AND exam = $2 AND year = $3 AND day = $4";
    let signed: i64 = on!(tx, conn => sqlx::query_scalar(SQL)
        .bind(place.centre.as_str())
        .bind(place.series.exam.code())
        .bind(i64::from(place.series.year))
        .bind(day.to_string())
        .fetch_one(conn).await)?;
    Ok(signed > 0)
}

/// Signs a day off.
pub async fn sign(
    tx: &mut Tx,
    place: Place<'_>,
    day: Date,
    by: &PersonId,
    now: Timestamp,
) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO attendance_days \
        (centre_code, exam, year, day, signed_by, signed_at) VALUES ($1, $2, $3, $4, $5, $6)";
    on!(tx, conn => sqlx::query(SQL)
        .bind(place.centre.as_str())
        .bind(place.series.exam.code())
        .bind(i64::from(place.series.year))
        .bind(day.to_string())
        .bind(by.as_str())
        .bind(now.as_millis())
        .execute(conn).await.map(drop))
}
