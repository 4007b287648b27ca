//! Tables that leave the house: every column as text, so many rows at a time.

use sqlx::{ColumnIndex, Decode, FromRow, Row, Type};

use crate::domain::{CentreCode, Series};

use super::tx::count;
use super::{StoreError, Tx};

/// A table that people ask for.
#[derive(Debug)]
pub struct Table {
    /// What commands and pages call it.
    pub name: &'static str,
    /// What a row of it is.
    pub about: &'static str,
    /// The names of its columns and what stands in them.
    pub columns: &'static [(&'static str, Cell)],
    /// Whether it can be narrowed to a series or a centre.
    pub is_by_work: bool,
    sql: &'static str,
}

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cell {
    /// As it is to be written.
    Text,
    /// A moment: its day and hour.
    Moment,
    /// The day of a moment.
    Day,
    /// The hour of a moment.
    Hour,
    /// The number of a lane.
    Lane,
}

use Cell::{Day, Hour, Lane, Moment, Text};

/// The rows that are wanted.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Of this series.
    pub series: Option<Series>,
    /// Of this centre.
    pub centre: Option<CentreCode>,
}

/// Where the rows of a page end; the next page comes after it.
#[derive(Debug, Clone, Default)]
pub struct Mark(String, String);

/// Deployments of the series `$3 $4` and the centre `$5`, each where it is given.
macro_rules! wanted {
    () => {
        "($3 = '' OR d.exam = $3) AND ($4 = 0 OR d.year = $4) AND ($5 = '' OR d.centre_code = $5)"
    };
}

/// A line as it survives a spreadsheet, which takes zeros from the front of numbers and
/// rounds long ones.
macro_rules! line {
    ($column:literal) => {
        concat!("'0' || SUBSTR(", $column, ", 4)")
    };
}

/// People; `cp2 import` takes it.
const PROFESSIONALS: Table = Table {
    name: "professionals",
    about: "People; can be imported",
    columns: &[
        ("national_id", Text),
        ("name", Text),
        ("phone", Text),
        ("tsc_number", Text),
        ("kra_pin", Text),
        ("town", Text),
        ("gender", Text),
        ("birth_year", Text),
        ("qualification", Text),
        ("workstation", Text),
        ("county", Text),
        ("sub_county", Text),
        ("email", Text),
    ],
    is_by_work: true,
    sql: concat!(
        "SELECT p.id, '', p.national_id, p.name, ",
        line!("p.msisdn"),
        ", p.tsc_number, p.kra_pin, p.town, p.gender, CAST(p.birth_year AS TEXT), \
         p.qualification, p.workstation, p.county, p.sub_county, p.email FROM people p \
         WHERE p.id > $1 AND $2 = $2 AND (($3 = '' AND $5 = '') OR EXISTS (SELECT 1 \
         FROM deployments d WHERE d.person_id = p.id AND ",
        wanted!(),
        ")) ORDER BY p.id LIMIT $6"
    ),
};

/// Centres; `cp2 import` takes it.
const CENTRES: Table = Table {
    name: "centres",
    about: "Centres; can be imported",
    columns: &[
        ("centre_code", Text),
        ("name", Text),
        ("county", Text),
        ("sub_county", Text),
        ("distribution_centre", Text),
        ("location", Text),
        ("candidates", Text),
        ("distance_km", Text),
    ],
    is_by_work: true,
    sql: concat!(
        "SELECT c.code, '', c.code, c.name, c.county, c.sub_county, c.distribution_centre, \
         c.location, CAST(c.candidates AS TEXT), CAST(c.distance_km AS TEXT) FROM centres c \
         WHERE c.code > $1 AND $2 = $2 AND ($5 = '' OR c.code = $5) AND ($3 = '' OR EXISTS \
         (SELECT 1 FROM deployments d WHERE d.centre_code = c.code AND ",
        wanted!(),
        ")) ORDER BY c.code LIMIT $6"
    ),
};

/// Deployments; `cp2 import` takes it.
const DEPLOYMENTS: Table = Table {
    name: "deployments",
    about: "Deployments; can be imported",
    columns: &[
        ("national_id", Text),
        ("centre_code", Text),
        ("series", Text),
        ("role", Text),
        ("reports_on", Day),
        ("reports_hour", Hour),
        ("starts_on", Text),
        ("ends_on", Text),
        ("rate_kes", Text),
        ("state", Text),
        ("paper", Text),
        ("examiner_number", Text),
        ("answer_by", Moment),
    ],
    is_by_work: true,
    sql: concat!(
        "SELECT d.id, '', p.national_id, d.centre_code, d.exam || ' ' || CAST(d.year AS TEXT), \
         d.role, CAST(d.reports_at AS TEXT), CAST(d.reports_at AS TEXT), d.starts_on, d.ends_on, \
         CAST(d.rate_kes AS TEXT), d.state, d.paper, d.examiner_number, \
         CAST(d.answer_by AS TEXT) FROM deployments d JOIN people p ON p.id = d.person_id \
         WHERE d.id > $1 AND $2 = $2 AND ",
        wanted!(),
        " ORDER BY d.id LIMIT $6"
    ),
};

/// Who is expected where.
const ROSTER: Table = Table {
    name: "roster",
    about: "Who is expected where",
    columns: &[
        ("centre_code", Text),
        ("centre_name", Text),
        ("county", Text),
        ("sub_county", Text),
        ("series", Text),
        ("role", Text),
        ("name", Text),
        ("phone", Text),
        ("national_id", Text),
        ("state", Text),
        ("reports_at", Moment),
    ],
    is_by_work: true,
    sql: concat!(
        "SELECT d.centre_code, d.id, d.centre_code, c.name, c.county, c.sub_county, \
         d.exam || ' ' || CAST(d.year AS TEXT), d.role, p.name, ",
        line!("p.msisdn"),
        ", p.national_id, d.state, CAST(d.reports_at AS TEXT) FROM deployments d \
         JOIN people p ON p.id = d.person_id JOIN centres c ON c.code = d.centre_code \
         WHERE (d.centre_code, d.id) > ($1, $2) AND d.state IN ('posted', 'invited') AND ",
        wanted!(),
        " ORDER BY d.centre_code, d.id LIMIT $6"
    ),
};

/// Who was there on how many days, for payment.
const ATTENDANCE: Table = Table {
    name: "attendance",
    about: "Who was there on how many days and what that pays",
    columns: &[
        ("centre_code", Text),
        ("series", Text),
        ("role", Text),
        ("national_id", Text),
        ("name", Text),
        ("phone", Text),
        ("rate_kes", Text),
        ("days_present", Text),
        ("days_present_signed_off", Text),
        ("days_absent", Text),
        ("kes_signed_off", Text),
    ],
    is_by_work: true,
    sql: concat!(
        "SELECT d.centre_code, d.id, d.centre_code, d.exam || ' ' || CAST(d.year AS TEXT), d.role, \
         p.national_id, p.name, ",
        line!("p.msisdn"),
        ", CAST(d.rate_kes AS TEXT), \
         CAST(COUNT(CASE WHEN a.present = 1 THEN 1 END) AS TEXT), \
         CAST(COUNT(CASE WHEN a.present = 1 THEN s.day END) AS TEXT), \
         CAST(COUNT(CASE WHEN a.present = 0 THEN 1 END) AS TEXT), \
         CAST(d.rate_kes * COUNT(CASE WHEN a.present = 1 THEN s.day END) AS TEXT) \
         FROM deployments d JOIN people p ON p.id = d.person_id JOIN attendance a ON a.deployment_id = d.id \
         LEFT JOIN attendance_days s ON s.centre_code = d.centre_code AND s.exam = d.exam \
         AND s.year = d.year AND s.day = a.day \
         WHERE (d.centre_code, d.id) > ($1, $2) AND ",
        wanted!(),
        " GROUP BY d.centre_code, d.id, d.exam, d.year, d.role, d.rate_kes, p.national_id, p.name, \
         p.msisdn ORDER BY d.centre_code, d.id LIMIT $6"
    ),
};

/// Reported problems that nobody has answered; their words are for the staff who answer.
const PROBLEMS: Table = Table {
    name: "problems",
    about: "Reported problems that nobody has answered",
    columns: &[
        ("reference", Text),
        ("kind", Text),
        ("state", Text),
        ("phone", Text),
        ("national_id", Text),
        ("name", Text),
        ("reported_at", Moment),
    ],
    is_by_work: false,
    sql: concat!(
        "SELECT r.id, '', r.reference, r.kind, r.state, ",
        line!("r.msisdn"),
        ", p.national_id, p.name, CAST(r.created_at AS TEXT) FROM problems r \
         LEFT JOIN people p ON p.id = r.person_id WHERE r.id > $1 AND $2 = $2 AND $3 = $3 \
         AND $4 = $4 AND $5 = $5 AND r.state <> 'closed' ORDER BY r.id LIMIT $6"
    ),
};

/// What became of every SMS.
const DELIVERIES: Table = Table {
    name: "deliveries",
    about: "What became of every SMS",
    columns: &[
        ("queued_at", Moment),
        ("lane", Lane),
        ("channel", Text),
        ("phone", Text),
        ("state", Text),
        ("reason", Text),
        ("segments", Text),
        ("attempts", Text),
        ("cost", Text),
        ("state_since", Moment),
    ],
    is_by_work: false,
    sql: concat!(
        "SELECT m.id, '', CAST(m.created_at AS TEXT), CAST(m.lane AS TEXT), m.channel, ",
        line!("m.recipient"),
        ", m.state, m.reason, CAST(m.segments AS TEXT), CAST(m.attempt AS TEXT), m.cost, \
         CAST(m.updated_at AS TEXT) FROM outbox m WHERE m.id > $1 AND $2 = $2 AND $3 = $3 \
         AND $4 = $4 AND $5 = $5 ORDER BY m.id LIMIT $6"
    ),
};

/// Every table that people ask for.
pub const TABLES: [&Table; 7] = [
    &PROFESSIONALS,
    &CENTRES,
    &DEPLOYMENTS,
    &ROSTER,
    &ATTENDANCE,
    &PROBLEMS,
    &DELIVERIES,
];

/// The table of that name.
#[must_use]
pub fn named(name: &str) -> Option<&'static Table> {
    TABLES.into_iter().find(|table| table.name == name)
}

/// A row of which every column is text. Of a table, two say where it stands before its own.
pub(super) struct Line(pub(super) Vec<Option<String>>);

impl<'r, R: Row> FromRow<'r, R> for Line
where
    usize: ColumnIndex<R>,
    Option<String>: Decode<'r, R::Database> + Type<R::Database>,
{
    fn from_row(row: &'r R) -> Result<Self, sqlx::Error> {
        let cells = (0..row.len()).map(|place| row.try_get(place));
        Ok(Self(cells.collect::<Result<_, _>>()?))
    }
}

/// The next rows of a table after a mark, and where they end; none at the end.
pub async fn page(
    tx: &mut Tx,
    table: &Table,
    filter: &Filter,
    after: &Mark,
    limit: usize,
) -> Result<Option<(Vec<Vec<Option<String>>>, Mark)>, StoreError> {
    let series = filter.series;
    let lines: Vec<Line> = on!(tx, conn => sqlx::query_as(table.sql)
        .bind(&after.0)
        .bind(&after.1)
        .bind(series.map_or("", |series| series.exam.code()))
        .bind(series.map_or(0, |series| i64::from(series.year)))
        .bind(filter.centre.as_ref().map_or("", CentreCode::as_str))
        .bind(count(limit))
        .fetch_all(conn).await)?;
    let mut mark = None;
    let mut rows = Vec::with_capacity(lines.len());
    for Line(mut cells) in lines {
        let row = cells.split_off(2);
        let mut place = cells.into_iter().map(Option::unwrap_or_default);
        mark = place.next().zip(place.next());
        rows.push(row);
    }
    Ok(mark.map(|(first, second)| (rows, Mark(first, second))))
}
