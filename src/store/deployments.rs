//! Who works where, in which role, for which series.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use sqlx::{ColumnIndex, Decode, FromRow, Row, Type};

use crate::domain::{CentreCode, DeploymentId, Exam, Kes, PersonId, Role, Series, Timestamp};

use super::centres::Centre;
use super::changed::{Changed, From};
use super::tx::{as_json, count, decode, in_time};
use super::{StoreError, Tx};

/// How far a deployment has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// Settled: the person is expected, a letter can be had.
    Posted,
    /// An invitation that waits for its answer.
    Invited,
    /// An invitation that was declined.
    Declined,
    /// Taken back; the person is not expected any more.
    Cancelled,
}

impl State {
    /// Every state.
    pub const ALL: [Self; 4] = [Self::Posted, Self::Invited, Self::Declined, Self::Cancelled];

    /// Its name in lists.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Posted => "posted",
            Self::Invited => "invited",
            Self::Declined => "declined",
            Self::Cancelled => "cancelled",
        }
    }

    /// The state of that name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }

    pub(super) fn parse(name: &str) -> Result<Self, sqlx::Error> {
        Self::named(name).ok_or_else(|| decode("no such state of a deployment"))
    }
}

/// One person's work at one centre.
#[derive(Debug, Clone)]
pub struct Deployment {
    /// Which.
    pub id: DeploymentId,
    /// Whose.
    pub person: PersonId,
    /// Where.
    pub centre: Centre,
    /// For which exam.
    pub series: Series,
    /// As what.
    pub role: Role,
    /// How far it has come.
    pub state: State,
    /// The number at the end of the letter's reference.
    pub serial: u32,
    /// The day on the letter.
    pub issued_on: Date,
    /// When to be there first.
    pub reports_at: Timestamp,
    /// The first day of work.
    pub starts_on: Date,
    /// The last day of work.
    pub ends_on: Date,
    /// What a day pays.
    pub rate: Kes,
    /// An examiner's paper, such as `565/2`.
    pub paper: Option<String>,
    /// An examiner's number.
    pub examiner_number: Option<String>,
    /// Until when an invitation to it can be answered, where that was set.
    pub answer_by: Option<Timestamp>,
    /// When it was answered.
    pub answered_at: Option<Timestamp>,
}

/// The columns of a deployment with its centre.
macro_rules! select {
    ($($rest:expr),+) => {
        concat!(
            "SELECT d.id, d.person_id, d.exam, d.year, d.role, d.state, d.serial, d.issued_on, ",
            "d.reports_at, d.starts_on, d.ends_on, d.rate_kes, d.centre_code, ",
            "d.paper, d.examiner_number, d.answer_by, d.answered_at, d.updated_at, ",
            "c.name, c.sub_county, c.county, c.distribution_centre, ",
            "c.location, c.candidates, c.distance_km ",
            "FROM deployments d JOIN centres c ON c.code = d.centre_code ",
            $($rest),+
        )
    };
}

pub(in crate::store) use select;

impl<'r, R: Row> FromRow<'r, R> for Deployment
where
    &'static str: ColumnIndex<R>,
    String: Decode<'r, R::Database> + Type<R::Database>,
    i64: Decode<'r, R::Database> + Type<R::Database>,
    Option<String>: Decode<'r, R::Database> + Type<R::Database>,
    Option<i64>: Decode<'r, R::Database> + Type<R::Database>,
{
    fn from_row(row: &'r R) -> Result<Self, sqlx::Error> {
        let text = |column: &'static str| row.try_get::<String, _>(column);
        let number = |column: &'static str| row.try_get::<i64, _>(column);
        let maybe = |column: &'static str| row.try_get::<Option<i64>, _>(column);
        let day = |column| text(column)?.parse::<Date>().map_err(decode);
        Ok(Self {
            id: DeploymentId::parse(&text("id")?).map_err(decode)?,
            person: PersonId::parse(&text("person_id")?).map_err(decode)?,
            centre: Centre {
                code: CentreCode::parse(&text("centre_code")?).map_err(decode)?,
                name: text("name")?,
                sub_county: text("sub_county")?,
                county: text("county")?,
                distribution_centre: text("distribution_centre")?,
                location: row.try_get("location")?,
                candidates: maybe("candidates")?
                    .map(u32::try_from)
                    .transpose()
                    .map_err(decode)?,
                distance_km: maybe("distance_km")?
                    .map(u16::try_from)
                    .transpose()
                    .map_err(decode)?,
            },
            series: Series {
                exam: Exam::parse(&text("exam")?).map_err(decode)?,
                year: u16::try_from(number("year")?).map_err(decode)?,
            },
            role: Role::parse(&text("role")?).map_err(decode)?,
            state: State::parse(&text("state")?)?,
            serial: u32::try_from(number("serial")?).map_err(decode)?,
            issued_on: day("issued_on")?,
            reports_at: Timestamp::from_millis(number("reports_at")?),
            starts_on: day("starts_on")?,
            ends_on: day("ends_on")?,
            rate: Kes(u32::try_from(number("rate_kes")?).map_err(decode)?),
            paper: row.try_get("paper")?,
            examiner_number: row.try_get("examiner_number")?,
            answer_by: maybe("answer_by")?.map(Timestamp::from_millis),
            answered_at: maybe("answered_at")?.map(Timestamp::from_millis),
        })
    }
}

/// A person's settled deployments, the first to report to first; one more than
/// `limit` tells nothing: ask for as many as are wanted.
pub async fn of_person(
    tx: &mut Tx,
    person: &PersonId,
    offset: usize,
    limit: usize,
) -> Result<Vec<Deployment>, StoreError> {
    const SQL: &str = select!(
        "WHERE d.person_id = $1 AND d.state = 'posted' ORDER BY d.reports_at, d.id LIMIT $2 OFFSET $3"
    );
    on!(tx, conn => sqlx::query_as(SQL)
        .bind(person.as_str())
        .bind(count(limit))
        .bind(count(offset))
        .fetch_all(conn).await)
}

/// The settled deployments of several people, each one's first to report to first.
pub async fn of_people(tx: &mut Tx, people: &[&PersonId]) -> Result<Vec<Deployment>, StoreError> {
    macro_rules! sql {
        ($people:literal) => {
            select!(
                "WHERE d.person_id ",
                $people,
                " AND d.state = 'posted' ORDER BY d.reports_at, d.id"
            )
        };
    }
    const SQLITE: &str = sql!("IN (SELECT value FROM json_each($1))");
    const POSTGRES: &str = sql!("= ANY ($1::text[])");
    let people = people.iter().map(|person| person.as_str());
    match tx {
        Tx::Sqlite(held) => {
            let query = sqlx::query_as(SQLITE).bind(as_json(people)?);
            in_time(query.fetch_all(held.open().await?)).await
        }
        Tx::Postgres(held) => {
            let query = sqlx::query_as(POSTGRES).bind(people.collect::<Vec<_>>());
            in_time(query.fetch_all(held.open().await?)).await
        }
    }
}

/// All of a person's work, taken back or declined too, the latest first.
pub async fn every_of_person(
    tx: &mut Tx,
    person: &PersonId,
    limit: usize,
) -> Result<Vec<Deployment>, StoreError> {
    const SQL: &str = select!("WHERE d.person_id = $1 ORDER BY d.reports_at DESC, d.id LIMIT $2");
    on!(tx, conn => sqlx::query_as(SQL)
        .bind(person.as_str())
        .bind(count(limit))
        .fetch_all(conn).await)
}

/// Whether a person manages a centre.
pub async fn is_manager(tx: &mut Tx, person: &PersonId) -> Result<bool, StoreError> {
    const SQL: &str = "SELECT COUNT(*) FROM deployments \
                       WHERE person_id = $1 AND state = 'posted' AND role = 'CM'";
    let managed: i64 =
        on!(tx, conn => sqlx::query_scalar(SQL).bind(person.as_str()).fetch_one(conn).await)?;
    Ok(managed > 0)
}

/// Who manages a centre: whose work there ends last.
pub async fn manager_of(tx: &mut Tx, centre: &CentreCode) -> Result<Option<PersonId>, StoreError> {
    const SQL: &str = "SELECT person_id FROM deployments \
                       WHERE centre_code = $1 AND state = 'posted' AND role = 'CM' \
                       ORDER BY ends_on DESC, id DESC LIMIT 1";
    let found: Option<String> = on!(tx, conn => sqlx::query_scalar(SQL)
        .bind(centre.as_str())
        .fetch_optional(conn).await)?;
    let read = |id: String| PersonId::parse(&id).map_err(decode);
    Ok(found.map(read).transpose()?)
}

/// The settled deployments in which a person manages a centre.
pub async fn managed_by(
    tx: &mut Tx,
    person: &PersonId,
    offset: usize,
    limit: usize,
) -> Result<Vec<Deployment>, StoreError> {
    const SQL: &str = select!(
        "WHERE d.person_id = $1 AND d.state = 'posted' AND d.role = 'CM' \
         ORDER BY d.reports_at, d.id LIMIT $2 OFFSET $3"
    );
    on!(tx, conn => sqlx::query_as(SQL)
        .bind(person.as_str())
        .bind(count(limit))
        .bind(count(offset))
        .fetch_all(conn).await)
}

/// The deployment of that id.
pub async fn by_id(tx: &mut Tx, id: &DeploymentId) -> Result<Option<Deployment>, StoreError> {
    const SQL: &str = select!("WHERE d.id = $1");
    on!(tx, conn => sqlx::query_as(SQL).bind(id.as_str()).fetch_optional(conn).await)
}

/// Which deployments a list is of.
#[derive(Debug, Clone, Copy)]
pub enum Of<'a> {
    /// Everybody's.
    All,
    /// One person's.
    Person(&'a PersonId),
    /// One centre's.
    Centre(&'a CentreCode),
}

/// Deployments after that id, in the order in which they were made, no more than `limit`.
pub async fn after(
    tx: &mut Tx,
    of: Of<'_>,
    after: Option<&DeploymentId>,
    limit: usize,
) -> Result<Vec<Deployment>, StoreError> {
    // One text for all would go through every row: no index fits "this or any".
    const ALL: &str = select!("WHERE $1 = $1 AND d.id > $2 ORDER BY d.id LIMIT $3");
    const OF_PERSON: &str = select!("WHERE d.person_id = $1 AND d.id > $2 ORDER BY d.id LIMIT $3");
    const AT_CENTRE: &str =
        select!("WHERE d.centre_code = $1 AND d.id > $2 ORDER BY d.id LIMIT $3");
    let (sql, of) = match of {
        Of::All => (ALL, ""),
        Of::Person(person) => (OF_PERSON, person.as_str()),
        Of::Centre(code) => (AT_CENTRE, code.as_str()),
    };
    on!(tx, conn => sqlx::query_as(sql)
        .bind(of)
        .bind(after.map_or("", DeploymentId::as_str))
        .bind(count(limit))
        .fetch_all(conn).await)
}

/// Deployments that have changed from then on, in the order of the changes, no more than `limit`.
pub async fn changed(
    tx: &mut Tx,
    from: &From<'_>,
    limit: usize,
) -> Result<Vec<Changed<Deployment>>, StoreError> {
    const SQL: &str =
        select!("WHERE (d.updated_at, d.id) > ($1, $2) ORDER BY d.updated_at, d.id LIMIT $3");
    on!(tx, conn => sqlx::query_as(SQL)
        .bind(from.at.as_millis())
        .bind(from.id)
        .bind(count(limit))
        .fetch_all(conn).await)
}

/// The deployment whose letter has that serial.
pub async fn by_serial(tx: &mut Tx, serial: u32) -> Result<Option<Deployment>, StoreError> {
    const SQL: &str = select!("WHERE d.serial = $1");
    on!(tx, conn => sqlx::query_as(SQL).bind(i64::from(serial)).fetch_optional(conn).await)
}

/// Takes back everything a person was deployed to.
pub async fn cancel_of_person(
    tx: &mut Tx,
    person: &PersonId,
    now: Timestamp,
) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE deployments SET state = $2, updated_at = $3 WHERE person_id = $1";
    on!(tx, conn => sqlx::query(SQL)
        .bind(person.as_str())
        .bind(State::Cancelled.name())
        .bind(now.as_millis())
        .execute(conn).await.map(drop))
}

/// Adds a deployment to a centre that is there.
pub async fn insert(
    tx: &mut Tx,
    deployment: &Deployment,
    now: Timestamp,
) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO deployments (id, person_id, centre_code, exam, year, role, state, \
        serial, issued_on, reports_at, starts_on, ends_on, rate_kes, paper, examiner_number, \
        answer_by, updated_at) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)";
    on!(tx, conn => sqlx::query(SQL)
        .bind(deployment.id.as_str())
        .bind(deployment.person.as_str())
        .bind(deployment.centre.code.as_str())
        .bind(deployment.series.exam.code())
        .bind(i64::from(deployment.series.year))
        .bind(deployment.role.code())
        .bind(deployment.state.name())
        .bind(i64::from(deployment.serial))
        .bind(deployment.issued_on.to_string())
        .bind(deployment.reports_at.as_millis())
        .bind(deployment.starts_on.to_string())
        .bind(deployment.ends_on.to_string())
        .bind(i64::from(deployment.rate.0))
        .bind(deployment.paper.as_deref())
        .bind(deployment.examiner_number.as_deref())
        .bind(deployment.answer_by.map(Timestamp::as_millis))
        .bind(now.as_millis())
        .execute(conn).await.map(drop))
}

/// The letters that are wanted: of a series, and of a centre or with a serial where given.
#[derive(Debug, Clone, Copy)]
pub struct LettersOf<'a> {
    /// Of this series.
    pub series: Series,
    /// Of this centre.
    pub centre: Option<&'a CentreCode>,
    /// With this serial.
    pub serial: Option<u32>,
}

/// The settled deployments among them.
macro_rules! lettered {
    () => {
        "WHERE d.state = 'posted' AND d.exam = $1 AND d.year = $2 \
         AND ($3 = '' OR d.centre_code = $3) AND ($4 = 0 OR d.serial = $4)"
    };
}

/// How many letters there are.
pub async fn count_letters(tx: &mut Tx, wanted: LettersOf<'_>) -> Result<u64, StoreError> {
    const SQL: &str = concat!("SELECT COUNT(*) FROM deployments d ", lettered!());
    let found: i64 = on!(tx, conn => sqlx::query_scalar(SQL)
        .bind(wanted.series.exam.code())
        .bind(i64::from(wanted.series.year))
        .bind(wanted.centre.map_or("", CentreCode::as_str))
        .bind(i64::from(wanted.serial.unwrap_or(0)))
        .fetch_one(conn).await)?;
    Ok(found.unsigned_abs())
}

/// The deployments behind letters, by their serial, which comes after that one.
pub async fn letters_after(
    tx: &mut Tx,
    wanted: LettersOf<'_>,
    after: u32,
    limit: usize,
) -> Result<Vec<Deployment>, StoreError> {
    const SQL: &str = select!(lettered!(), " AND d.serial > $5 ORDER BY d.serial LIMIT $6");
    on!(tx, conn => sqlx::query_as(SQL)
        .bind(wanted.series.exam.code())
        .bind(i64::from(wanted.series.year))
        .bind(wanted.centre.map_or("", CentreCode::as_str))
        .bind(i64::from(wanted.serial.unwrap_or(0)))
        .bind(i64::from(after))
        .bind(count(limit))
        .fetch_all(conn).await)
}
