//! What hops want to know of the lines that they come from: one statement, however many
//! hops come at the same time.

use sqlx::{ColumnIndex, Decode, FromRow, Row, Type};

use crate::domain::{Language, Msisdn, PersonId, Timestamp};

use super::deployments::{self, Deployment};
use super::people::Person;
use super::sessions::{SessionRow, Shown};
use super::tx::{as_json, decode, in_time};
use super::{StoreError, Tx};

/// What is asked of a line.
#[derive(Debug, Clone)]
pub struct Asked {
    /// Which.
    pub line: Msisdn,
    /// The channel and the mark of sessions that it may have left.
    pub left: Option<(String, Vec<u8>)>,
    /// Whether the settled work of its holder is wanted.
    pub work: bool,
}

/// What is known of a line.
#[derive(Clone, Default)]
pub struct Caller {
    /// The language that was chosen on it.
    pub language: Option<Language>,
    /// Why the last SMS to it did not arrive.
    pub blocked: Option<String>,
    /// The newest session that it has left, with its id.
    pub left: Option<(String, SessionRow)>,
    /// Who holds it.
    pub person: Option<Person>,
    /// Until when somebody's wish to take over the holder's number is open.
    pub claimed_until: Option<Timestamp>,
    /// Whether its holder has been invited to work, and has not accepted.
    pub is_invited: bool,
    /// Whether its holder manages a centre.
    pub is_manager: bool,
    /// The settled work of its holder, the first to report to first, where it was asked for.
    pub work: Option<Vec<Deployment>>,
}

/// What one row tells, and of which line in the order of asking.
struct Found(usize, Caller);

impl<'r, R: Row> FromRow<'r, R> for Found
where
    &'static str: ColumnIndex<R>,
    String: Decode<'r, R::Database> + Type<R::Database>,
    Option<String>: Decode<'r, R::Database> + Type<R::Database>,
    i64: Decode<'r, R::Database> + Type<R::Database>,
    Option<i64>: Decode<'r, R::Database> + Type<R::Database>,
    Vec<u8>: Decode<'r, R::Database> + Type<R::Database>,
    Option<Vec<u8>>: Decode<'r, R::Database> + Type<R::Database>,
{
    fn from_row(row: &'r R) -> Result<Self, sqlx::Error> {
        let number = |column: &'static str| row.try_get::<i64, _>(column);
        let maybe = |column: &'static str| row.try_get::<Option<String>, _>(column);
        let language = maybe("language")?.as_deref().map(Language::parse);
        let person = maybe("id")?.map(|_| Person::from_row(row)).transpose()?;
        let left = match maybe("session_id")? {
            Some(id) => Some((
                id,
                SessionRow {
                    version: number("version")?,
                    sealed: row.try_get("sealed")?,
                    line: row.try_get("mark")?,
                    last_hop_at: Timestamp::from_millis(number("last_hop_at")?),
                    expires_at: Timestamp::from_millis(number("expires_at")?),
                    shown: Shown(row.try_get("shown")?),
                },
            )),
            None => None,
        };
        let claimed_until = row.try_get::<Option<i64>, _>("claimed_until")?;
        let caller = Caller {
            language: language.transpose().map_err(decode)?,
            blocked: maybe("reason")?,
            left,
            person,
            claimed_until: claimed_until.map(Timestamp::from_millis),
            is_invited: number("invitations")? > 0,
            is_manager: number("centres")? > 0,
            work: None,
        };
        Ok(Self(
            usize::try_from(number("number")?).map_err(decode)?,
            caller,
        ))
    }
}

macro_rules! select {
    ($lines:literal) => {
        concat!(
            "SELECT k.number, l.language, b.reason, ",
            "p.id, p.national_id, p.tsc_number, p.name, p.town, p.msisdn, p.kra_pin, ",
            "p.birth_year, p.gender, p.qualification, p.workstation, p.county, p.sub_county, ",
            "p.email, p.waits_until, ",
            "(SELECT MAX(n.expires_at) FROM number_changes n WHERE n.person_id = p.id ",
            "AND n.way = 'lost_line' AND n.state = 'open') AS claimed_until, ",
            "(SELECT COUNT(*) FROM deployments d WHERE d.person_id = p.id ",
            "AND d.state IN ('invited', 'declined')) AS invitations, ",
            "(SELECT COUNT(*) FROM deployments d WHERE d.person_id = p.id ",
            "AND d.state = 'posted' AND d.role = 'CM') AS centres, ",
            "s.id AS session_id, s.version, s.sealed, s.line AS mark, s.last_hop_at, ",
            "s.expires_at, s.shown FROM ",
            $lines,
            " LEFT JOIN people p ON p.msisdn = k.line LEFT JOIN lines l ON l.msisdn = k.line ",
            "LEFT JOIN blocked_lines b ON b.msisdn = k.line ",
            "LEFT JOIN sessions s ON s.channel = k.channel AND s.line = k.mark"
        )
    };
}

/// Looks at lines, and says what is known of each, in the order of asking.
pub async fn look(tx: &mut Tx, asked: &[Asked]) -> Result<Vec<Caller>, StoreError> {
    let mut callers = vec![Caller::default(); asked.len()];
    for Found(number, found) in rows(tx, asked).await? {
        let caller = callers
            .get_mut(number)
            .ok_or_else(|| decode("an answer to no question"))?;
        // A line that has left several sessions comes several times.
        let is_newer = |(id, row): &(String, SessionRow)| {
            let newest = caller.left.as_ref();
            newest.is_none_or(|(other, newest)| (row.last_hop_at, other) > (newest.last_hop_at, id))
        };
        if found.left.as_ref().is_none_or(is_newer) {
            *caller = found;
        }
    }
    let works = asked
        .iter()
        .zip(&mut callers)
        .filter(|(asked, _)| asked.work);
    let works: Vec<_> = works.map(|(_, caller)| caller).collect();
    let people = works.iter().filter_map(|caller| caller.person.as_ref());
    let people: Vec<&PersonId> = people.map(|person| &person.id).collect();
    let mut posted = Vec::new();
    if !people.is_empty() {
        posted = deployments::of_people(tx, &people).await?;
    }
    for caller in works {
        let person = caller.person.as_ref().map(|person| &person.id);
        let is_theirs = |one: &mut Deployment| Some(&one.person) == person;
        caller.work = Some(posted.extract_if(.., is_theirs).collect());
    }
    Ok(callers)
}

async fn rows(tx: &mut Tx, asked: &[Asked]) -> Result<Vec<Found>, StoreError> {
    const SQLITE: &str = select!(
        "(SELECT key AS number, value ->> 0 AS line, value ->> 1 AS channel, \
         unhex(value ->> 2) AS mark FROM json_each($1)) AS k"
    );
    const POSTGRES: &str = select!(
        "(SELECT number - 1 AS number, line, channel, mark \
         FROM UNNEST($1::text[], $2::text[], $3::bytea[]) \
         WITH ORDINALITY AS asked (line, channel, mark, number)) AS k"
    );
    let lines = asked.iter().map(|asked| asked.line.as_str());
    let channels = asked
        .iter()
        .map(|asked| Some(asked.left.as_ref()?.0.as_str()));
    let marks = asked
        .iter()
        .map(|asked| Some(asked.left.as_ref()?.1.as_slice()));
    match tx {
        Tx::Sqlite(held) => {
            let marks = marks.map(|mark| mark.map(|mark| data_encoding::HEXLOWER.encode(mark)));
            let asked = as_json(
                lines
                    .zip(channels)
                    .zip(marks)
                    .map(|((line, channel), mark)| (line, channel, mark)),
            )?;
            let query = sqlx::query_as(SQLITE).bind(asked);
            in_time(query.fetch_all(held.open().await?)).await
        }
        Tx::Postgres(held) => {
            let query = sqlx::query_as(POSTGRES)
                .bind(lines.collect::<Vec<_>>())
                .bind(channels.collect::<Vec<_>>())
                .bind(marks.collect::<Vec<_>>());
            in_time(query.fetch_all(held.open().await?)).await
        }
    }
}
