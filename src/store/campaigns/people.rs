//! Whom a campaign goes to, and what became of each.

use crate::domain::{CentreCode, Exam, Language, Msisdn, PersonId, Role, Series, Timestamp};
use crate::store::deployments::State;
use crate::store::tx::{count, decode};
use crate::store::{StoreError, Tx};

use super::{Campaign, Selection};

/// Whose work is chosen, from `$4` on; declined and cancelled work only where asked for.
macro_rules! chosen_work {
    () => {
        "($4 = '' OR d.exam = $4) AND ($5 = 0 OR d.year = $5) \
         AND ($6 = '' OR $6 LIKE '%,' || d.role || ',%') \
         AND ($7 = '' OR $7 LIKE '%,' || c.county || ',%') \
         AND (d.state = $8 OR ($8 = '' AND d.state IN ('posted', 'invited')))"
    };
}

/// A [`Selection`] as statements take it.
struct Bound {
    exam: &'static str,
    year: i64,
    roles: String,
    counties: String,
    state: &'static str,
}

impl Bound {
    fn of(chosen: &Selection) -> Self {
        let roles: Vec<_> = chosen.roles.iter().map(Role::code).collect();
        Self {
            exam: chosen.series.map_or("", |series| series.exam.code()),
            year: chosen.series.map_or(0, |series| i64::from(series.year)),
            roles: listed(&roles),
            counties: listed(&chosen.counties),
            state: chosen.state.map_or("", State::name),
        }
    }
}

/// `,a,b,`, for `LIKE`; empty where nothing is listed.
fn listed<T: AsRef<str>>(names: &[T]) -> String {
    let names: Vec<_> = names.iter().map(AsRef::as_ref).collect();
    match names.as_slice() {
        [] => String::new(),
        names => format!(",{},", names.join(",")),
    }
}

/// So many of those who are chosen, alike in language and in whether they can be reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Audience {
    /// The language that they read.
    pub language: Language,
    /// Whether they have a line.
    pub has_line: bool,
    /// Whether they want no promotion from the sender.
    pub opted_out: bool,
    /// How many they are.
    pub people: u64,
}

/// Counts whom a campaign would go to.
pub async fn audience(
    tx: &mut Tx,
    chosen: &Selection,
    sender: &str,
) -> Result<Vec<Audience>, StoreError> {
    macro_rules! sql {
        ($who:expr) => {
            concat!(
                "SELECT COALESCE(l.language, 'en'), CASE WHEN p.msisdn IS NULL THEN 0 ELSE 1 END, ",
                "CASE WHEN o.msisdn IS NULL THEN 0 ELSE 1 END, COUNT(*) FROM people p ",
                "LEFT JOIN lines l ON l.msisdn = p.msisdn ",
                "LEFT JOIN opt_outs o ON o.msisdn = p.msisdn AND o.sender = $1 WHERE ",
                $who,
                " GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"
            )
        };
    }
    // The bounds that gathering goes by hold everybody here.
    const BY_WORK: &str = sql!(concat!(
        "p.id IN (SELECT d.person_id FROM deployments d JOIN centres c ON c.code = d.centre_code ",
        "WHERE d.person_id > $2 AND ($3 = '' OR d.person_id <= $3) AND ",
        chosen_work!(),
        ")"
    ));
    const BY_PERSON: &str = sql!(
        "p.id > $2 AND ($3 = '' OR p.id <= $3) AND ($4 = $4 AND $5 = $5 AND $6 = $6 AND $8 = $8) \
         AND ($7 = '' OR $7 LIKE '%,' || p.county || ',%')"
    );
    let sql = if chosen.is_by_work() {
        BY_WORK
    } else {
        BY_PERSON
    };
    let bound = Bound::of(chosen);
    let rows: Vec<(String, i32, i32, i64)> = on!(tx, conn => sqlx::query_as(sql)
        .bind(sender)
        .bind("")
        .bind("")
        .bind(bound.exam)
        .bind(bound.year)
        .bind(&bound.roles)
        .bind(&bound.counties)
        .bind(bound.state)
        .fetch_all(conn).await)?;
    rows.into_iter()
        .map(|(language, has_line, opted_out, people)| {
            Ok(Audience {
                language: Language::parse(&language).map_err(decode)?,
                has_line: has_line == 1,
                opted_out: opted_out == 1,
                people: people.unsigned_abs(),
            })
        })
        .collect()
}

/// Writes down whom a campaign goes to, among the next so many people. False when
/// everybody was looked at. A person with several fitting pieces of work counts once,
/// with the first to report to.
pub async fn gather(
    tx: &mut Tx,
    campaign: &Campaign,
    limit: usize,
    now: Timestamp,
) -> Result<bool, StoreError> {
    const FROM: &str = "SELECT gathered_to FROM campaigns WHERE reference = $1";
    const TO: &str =
        "SELECT MAX(id) FROM (SELECT id FROM people WHERE id > $1 ORDER BY id LIMIT $2) AS next";
    const BY_WORK: &str = concat!(
        "INSERT INTO campaign_people (campaign, person_id, county, deployment_id, state) ",
        "SELECT $1, d.person_id, c.county, d.id, 'waiting' FROM deployments d ",
        "JOIN centres c ON c.code = d.centre_code ",
        "WHERE d.person_id > $2 AND d.person_id <= $3 AND ",
        chosen_work!(),
        " ORDER BY d.person_id, d.reports_at, d.id ON CONFLICT (campaign, person_id) DO NOTHING"
    );
    const BY_PERSON: &str = "INSERT INTO campaign_people (campaign, person_id, county, state) \
        SELECT $1, p.id, COALESCE(p.county, ''), 'waiting' FROM people p \
        WHERE p.id > $2 AND p.id <= $3 AND ($4 = $4 AND $5 = $5 AND $6 = $6 AND $8 = $8) \
        AND ($7 = '' OR $7 LIKE '%,' || p.county || ',%') \
        ON CONFLICT (campaign, person_id) DO NOTHING";
    const MOVE_ON: &str =
        "UPDATE campaigns SET gathered_to = $2, updated_at = $3 WHERE reference = $1";
    let reference = campaign.reference.as_str();
    let from: Option<String> = on!(&mut *tx, conn => sqlx::query_scalar(FROM)
        .bind(reference)
        .fetch_one(conn).await)?;
    let Some(from) = from else { return Ok(false) };
    let to: Option<String> = on!(&mut *tx, conn => sqlx::query_scalar(TO)
        .bind(&from)
        .bind(count(limit))
        .fetch_one(conn).await)?;
    if let Some(to) = &to {
        let bound = Bound::of(&campaign.chosen);
        let sql = if campaign.chosen.is_by_work() {
            BY_WORK
        } else {
            BY_PERSON
        };
        on!(&mut *tx, conn => sqlx::query(sql)
            .bind(reference)
            .bind(&from)
            .bind(to)
            .bind(bound.exam)
            .bind(bound.year)
            .bind(&bound.roles)
            .bind(&bound.counties)
            .bind(bound.state)
            .execute(conn).await.map(drop))?;
    }
    on!(tx, conn => sqlx::query(MOVE_ON)
        .bind(reference)
        .bind(&to)
        .bind(now.as_millis())
        .execute(conn).await.map(drop))?;
    Ok(to.is_some())
}

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
    macro_rules! sql {
        ($people:literal) => {
            concat!(
                "UPDATE campaign_people SET state = $2, settled_at = $3 ",
                "WHERE campaign = $1 AND person_id IN (SELECT value FROM ",
                $people,
                ")"
            )
        };
    }
    const SQLITE: &str = sql!("json_each($4)");
    const POSTGRES: &str = sql!("json_array_elements_text($4::json) AS people (value)");
    let sql = match tx {
        Tx::Sqlite(_) => SQLITE,
        Tx::Postgres(_) => POSTGRES,
    };
    let people: Vec<_> = people.iter().map(|person| person.as_str()).collect();
    let people = serde_json::to_string(&people).map_err(decode)?;
    on!(tx, conn => sqlx::query(sql)
        .bind(&campaign.reference)
        .bind(state)
        .bind(now.as_millis())
        .bind(people)
        .execute(conn).await.map(drop))
}

/// So many people of a campaign whose messages have come equally far.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tally {
    /// How far: waiting, passed over, or as the outbox says.
    pub state: String,
    /// Why.
    pub reason: Option<String>,
    /// How many they are.
    pub people: u64,
}

/// What became of one person's message.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// Who.
    pub person: String,
    /// Their name.
    pub name: Option<String>,
    /// The line that it went to; their line where it has not gone.
    pub line: Option<String>,
    /// The county they were chosen for.
    pub county: String,
    /// How far it has come.
    pub state: String,
    /// Why.
    pub reason: Option<String>,
    /// When that was.
    pub at: Option<Timestamp>,
}

/// The message of an addressee, by its cause.
macro_rules! with_messages {
    ($select:literal, $rest:literal) => {
        concat!(
            "SELECT ",
            $select,
            " FROM campaign_people a LEFT JOIN outbox m ON a.state = 'handed over' ",
            "AND m.cause = 'campaign:' || a.campaign || ':' || a.person_id ",
            $rest
        )
    };
}

/// The cause of a message; there is one for each person of a campaign.
#[must_use]
pub fn cause(campaign: &Campaign, person: &PersonId) -> String {
    format!("campaign:{}:{}", campaign.reference, person.as_str())
}

/// Counts what became of everybody's messages.
pub async fn tally(tx: &mut Tx, reference: &str) -> Result<Vec<Tally>, StoreError> {
    const SQL: &str = with_messages!(
        "COALESCE(m.state, a.state), m.reason, COUNT(*)",
        "WHERE a.campaign = $1 GROUP BY 1, 2 ORDER BY 1, 2"
    );
    let rows: Vec<(String, Option<String>, i64)> =
        on!(tx, conn => sqlx::query_as(SQL).bind(reference).fetch_all(conn).await)?;
    let tally = |(state, reason, people): (_, _, i64)| Tally {
        state,
        reason,
        people: people.unsigned_abs(),
    };
    Ok(rows.into_iter().map(tally).collect())
}

/// What became of the messages of so many people, those after that one.
pub async fn outcomes(
    tx: &mut Tx,
    reference: &str,
    after: &str,
    limit: usize,
) -> Result<Vec<Outcome>, StoreError> {
    const SQL: &str = with_messages!(
        "a.person_id, p.name, COALESCE(m.recipient, p.msisdn), a.county, \
         COALESCE(m.state, a.state), m.reason, COALESCE(m.updated_at, a.settled_at)",
        "LEFT JOIN people p ON p.id = a.person_id \
         WHERE a.campaign = $1 AND a.person_id > $2 ORDER BY a.person_id LIMIT $3"
    );
    type Row = (
        String,
        Option<String>,
        Option<String>,
        String,
        String,
        Option<String>,
        Option<i64>,
    );
    let rows: Vec<Row> = on!(tx, conn => sqlx::query_as(SQL)
        .bind(reference)
        .bind(after)
        .bind(count(limit))
        .fetch_all(conn).await)?;
    let outcome = |(person, name, line, county, state, reason, at): Row| Outcome {
        person,
        name,
        line,
        county,
        state,
        reason,
        at: at.map(Timestamp::from_millis),
    };
    Ok(rows.into_iter().map(outcome).collect())
}
