//! Who is deployed to a centre, for its manager.

use jiff::civil::Date;
use sqlx::{ColumnIndex, Decode, FromRow, Row, Type};

use crate::domain::{CentreCode, DeploymentId, Msisdn, NationalId, PersonId, Role, Series};

use super::tx::{count, decode};
use super::{StoreError, Tx};

/// An exam at a centre.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    /// The centre.
    pub centre: &'a CentreCode,
    /// The exam.
    pub series: Series,
}

/// Somebody who is deployed there.
#[derive(Debug, Clone)]
pub struct Member {
    /// Their deployment.
    pub deployment: DeploymentId,
    /// Who they are.
    pub person: PersonId,
    /// As on the identity card.
    pub name: String,
    /// As what.
    pub role: Role,
    /// `F` or `M`.
    pub gender: Option<String>,
    /// Their line.
    pub msisdn: Option<Msisdn>,
    /// The number of their identity card.
    pub national_id: NationalId,
    /// Whether they were there on the day that was asked about; none until that is marked.
    pub present: Option<bool>,
}

/// People at a place, with their mark of one day.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT d.id, d.person_id, d.role, p.name, p.gender, p.msisdn, p.national_id, a.present ",
            "FROM deployments d JOIN people p ON p.id = d.person_id ",
            "LEFT JOIN attendance a ON a.deployment_id = d.id AND a.day = $4 ",
            "WHERE d.centre_code = $1 AND d.exam = $2 AND d.year = $3 AND d.state = 'posted' ",
            $rest
        )
    };
}

impl<'r, R: Row> FromRow<'r, R> for Member
where
    &'static str: ColumnIndex<R>,
    String: Decode<'r, R::Database> + Type<R::Database>,
    Option<String>: Decode<'r, R::Database> + Type<R::Database>,
    Option<i64>: Decode<'r, R::Database> + Type<R::Database>,
{
    fn from_row(row: &'r R) -> Result<Self, sqlx::Error> {
        let text = |column: &'static str| row.try_get::<String, _>(column);
        let maybe = |column: &'static str| row.try_get::<Option<String>, _>(column);
        let msisdn = maybe("msisdn")?.as_deref().map(Msisdn::parse);
        let present: Option<i64> = row.try_get("present")?;
        Ok(Self {
            deployment: DeploymentId::parse(&text("id")?).map_err(decode)?,
            person: PersonId::parse(&text("person_id")?).map_err(decode)?,
            name: text("name")?,
            role: Role::parse(&text("role")?).map_err(decode)?,
            gender: maybe("gender")?,
            msisdn: msisdn.transpose().map_err(decode)?,
            national_id: NationalId::parse(&text("national_id")?).map_err(decode)?,
            present: present.map(|present| present != 0),
        })
    }
}

/// Everybody who is deployed to a place, by name.
pub async fn of(
    tx: &mut Tx,
    place: Place<'_>,
    offset: usize,
    limit: usize,
) -> Result<Vec<Member>, StoreError> {
    // No mark has an empty day.
    const SQL: &str = select!("ORDER BY p.name, d.id LIMIT $5 OFFSET $6");
    on!(tx, conn => sqlx::query_as(SQL)
        .bind(place.centre.as_str())
        .bind(place.series.exam.code())
        .bind(i64::from(place.series.year))
        .bind("")
        .bind(count(limit))
        .bind(count(offset))
        .fetch_all(conn).await)
}

/// Everybody who is expected at a place on a day, with their mark.
pub async fn on(
    tx: &mut Tx,
    place: Place<'_>,
    day: Date,
    offset: usize,
    limit: usize,
) -> Result<Vec<Member>, StoreError> {
    const SQL: &str = select!(
        "AND d.starts_on <= $4 AND d.ends_on >= $4 ORDER BY p.name, d.id LIMIT $5 OFFSET $6"
    );
    on!(tx, conn => sqlx::query_as(SQL)
        .bind(place.centre.as_str())
        .bind(place.series.exam.code())
        .bind(i64::from(place.series.year))
        .bind(day.to_string())
        .bind(count(limit))
        .bind(count(offset))
        .fetch_all(conn).await)
}

/// One of those who are deployed to a place.
pub async fn one(
    tx: &mut Tx,
    place: Place<'_>,
    deployment: &DeploymentId,
) -> Result<Option<Member>, StoreError> {
    const SQL: &str = select!("AND d.id = $5");
    on!(tx, conn => sqlx::query_as(SQL)
        .bind(place.centre.as_str())
        .bind(place.series.exam.code())
        .bind(i64::from(place.series.year))
        .bind("")
        .bind(deployment.as_str())
        .fetch_optional(conn).await)
}

/// One of those who are expected at a place on a day, with their mark.
pub async fn one_on(
    tx: &mut Tx,
    place: Place<'_>,
    day: Date,
    deployment: &DeploymentId,
) -> Result<Option<Member>, StoreError> {
    const SQL: &str = select!("AND d.starts_on <= $4 AND d.ends_on >= $4 AND d.id = $5");
    on!(tx, conn => sqlx::query_as(SQL)
        .bind(place.centre.as_str())
        .bind(place.series.exam.code())
        .bind(i64::from(place.series.year))
        .bind(day.to_string())
        .bind(deployment.as_str())
        .fetch_optional(conn).await)
}
