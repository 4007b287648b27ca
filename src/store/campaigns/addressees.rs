//! People who wait for their message, with what it may say.

use crate::domain::{CentreCode, Exam, Language, Msisdn, PersonId, Role, Series, Timestamp};
use crate::store::deployments::State;
use crate::store::rows::Rows;
use crate::store::tx::{count, decode};
use crate::store::{StoreError, Tx};

use super::Campaign;

/// Somebody who waits for their message, with what it may say.
#[derive(Debug, Clone)]
pub struct Addressee {
    /// Who.
    pub person: PersonId,
    /// Their name; none where the person is gone.
    pub name: Option<String>,
    /// Their line.
    pub line: Option<Msisdn>,
    /// The language chosen on it.
    pub language: Language,
    /// Whether they want no promotion from the sender.
    pub opted_out: bool,
    /// The work they were chosen for, as it stands now.
    pub work: Option<Work>,
}

/// A person's work, as far as a text may name it.
#[derive(Debug, Clone)]
pub struct Work {
    /// How far it has come.
    pub state: State,
    /// For which exam.
    pub series: Series,
    /// As what.
    pub role: Role,
    /// The code of the centre.
    pub centre: CentreCode,
    /// Its name.
    pub centre_name: String,
    /// Its county.
    pub county: String,
    /// When to be there first.
    pub reports_at: Timestamp,
}

/// What is read of an addressee: the person, then the work, all of it or nothing.
type AddresseeRow = (
    String,
    Option<String>,
    Option<String>,
    Option<String>,
    i32,
    Option<String>,
    Option<String>,
    Option<i64>,
    Option<String>,
    Option<String>,
    Option<String>,
    Option<String>,
    Option<i64>,
);

impl Addressee {
    fn read(row: AddresseeRow) -> Result<Self, StoreError> {
        let (person, name, line, language, opted_out, state, exam, year, role, ..) = row;
        let (centre, centre_name, county, reports_at) = (row.9, row.10, row.11, row.12);
        let work = match (
            state,
            exam,
            year,
            role,
            centre,
            centre_name,
            county,
            reports_at,
        ) {
            (
                Some(state),
                Some(exam),
                Some(year),
                Some(role),
                Some(centre),
                Some(centre_name),
                Some(county),
                Some(reports_at),
            ) => Some(Work {
                state: State::parse(&state)?,
                series: Series {
                    exam: Exam::parse(&exam).map_err(decode)?,
                    year: u16::try_from(year).map_err(decode)?,
                },
                role: Role::parse(&role).map_err(decode)?,
                centre: CentreCode::parse(&centre).map_err(decode)?,
                centre_name,
                county,
                reports_at: Timestamp::from_millis(reports_at),
            }),
            _ => None,
        };
        let language = language.as_deref().map(Language::parse).transpose();
        Ok(Self {
            person: PersonId::parse(&person).map_err(decode)?,
            name,
            line: line
                .as_deref()
                .map(Msisdn::parse)
                .transpose()
                .map_err(decode)?,
            language: language.map_err(decode)?.unwrap_or_default(),
            opted_out: opted_out == 1,
            work,
        })
    }
}

/// Some of those who wait, of one county where it is named.
pub async fn addressees(
    tx: &mut Tx,
    campaign: &Campaign,
    sender: &str,
    county: Option<&str>,
    limit: usize,
) -> Result<Vec<Addressee>, StoreError> {
    macro_rules! sql {
        ($county:literal) => {
            concat!(
                "SELECT a.person_id, p.name, p.msisdn, l.language, ",
                "CASE WHEN o.msisdn IS NULL THEN 0 ELSE 1 END, d.state, d.exam, d.year, d.role, ",
                "c.code, c.name, c.county, d.reports_at FROM campaign_people a ",
                "LEFT JOIN people p ON p.id = a.person_id ",
                "LEFT JOIN lines l ON l.msisdn = p.msisdn ",
                "LEFT JOIN opt_outs o ON o.msisdn = p.msisdn AND o.sender = $2 ",
                "LEFT JOIN deployments d ON d.id = a.deployment_id ",
                "LEFT JOIN centres c ON c.code = d.centre_code ",
                "WHERE a.campaign = $1 AND a.state = 'waiting' AND ",
                $county,
                " LIMIT $4"
            )
        };
    }
    const ANY: &str = sql!("$3 = $3");
    const OF_COUNTY: &str = sql!("a.county = $3");
    let sql = if county.is_some() { OF_COUNTY } else { ANY };
    let rows: Vec<AddresseeRow> = on!(tx, conn => sqlx::query_as(sql)
        .bind(&campaign.reference)
        .bind(sender)
        .bind(county.unwrap_or_default())
        .bind(count(limit))
        .fetch_all(conn).await)?;
    rows.into_iter().map(Addressee::read).collect()
}

/// The counties in which somebody waits, each with how many were settled since then.
pub async fn counties(
    tx: &mut Tx,
    campaign: &Campaign,
    since: Timestamp,
) -> Result<Vec<(String, usize)>, StoreError> {
    const SQL: &str = "SELECT w.county, (SELECT COUNT(*) FROM campaign_people s \
        WHERE s.campaign = $1 AND s.state = 'handed over' AND s.county = w.county \
        AND s.settled_at > $2) FROM (SELECT DISTINCT county FROM campaign_people \
        WHERE campaign = $1 AND state = 'waiting') AS w ORDER BY w.county";
    let rows: Vec<(String, i64)> = on!(tx, conn => sqlx::query_as(SQL)
        .bind(&campaign.reference)
        .bind(since.as_millis())
        .fetch_all(conn).await)?;
    let lately = |settled: i64| usize::try_from(settled).unwrap_or(0);
    Ok(rows
        .into_iter()
        .map(|(county, settled)| (county, lately(settled)))
        .collect())
}

/// The state of somebody whose message is in the outbox.
pub const HANDED_OVER: &str = "handed over";

/// Writes down what became of people who waited.
pub async fn settle(
    tx: &mut Tx,
    campaign: &Campaign,
    people: &[&PersonId],
    state: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    const HEAD: &str = "UPDATE campaign_people SET state = $2, settled_at = $3 \
        WHERE campaign = $1 AND person_id IN (SELECT r.person FROM ";
    Rows::of(people)
        .with_text(campaign.reference.as_str())
        .with_text(state)
        .with_number(now.as_millis())
        .text("person", |person| person.as_str())
        .execute(tx, HEAD, ")")
        .await
        .map(drop)
}
