//! Whom a campaign goes to: counted beforehand, written down once it starts.

use crate::domain::{Language, Role, Timestamp};
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
