//! A row about somebody's work at a centre.

use jiff::civil::{Date, Time};

use super::cell::{Cells, day, hour};
use super::fault::{Fault, Reason};
use crate::domain::{CentreCode, Exam, Kes, NationalId, Role, Series, Timestamp};

/// The longest code of a paper or of an examiner.
const LONGEST_CODE: usize = 20;

/// What a file says about somebody's work. Person, series and role tell which it is.
#[derive(Debug, Clone)]
pub struct DeploymentRow {
    /// Whose.
    pub national_id: NationalId,
    /// Where.
    pub centre: CentreCode,
    /// For which exam.
    pub series: Series,
    /// As what.
    pub role: Role,
    /// When to be there first.
    pub reports_at: Timestamp,
    /// The first day of work.
    pub starts_on: Date,
    /// The last day of work.
    pub ends_on: Date,
    /// What a day pays.
    pub rate: Kes,
    /// How far it has come, where the file says so.
    pub standing: Option<Standing>,
    /// An examiner's paper.
    pub paper: Option<String>,
    /// An examiner's number.
    pub examiner_number: Option<String>,
    /// Until when an invitation can be answered.
    pub answer_by: Option<Timestamp>,
}

/// How far the council says that somebody's work has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// They are expected.
    Posted,
    /// They are asked.
    Invited,
    /// It is taken back.
    Cancelled,
}

impl DeploymentRow {
    pub(super) fn read(cells: &Cells<'_>) -> Result<Self, Fault> {
        let national_id = cells.digits("national_id", NationalId::parse)?;
        let centre = cells.digits("centre_code", CentreCode::parse)?;
        let role = cells.read("role", Role::parse)?;
        let rate = cells.number("rate_kes")?;
        let needed_day = |name| cells.needed(name, cells.read(name, day)?);
        let (starts_on, ends_on) = (needed_day("starts_on")?, needed_day("ends_on")?);
        if ends_on < starts_on {
            return Err(cells.fault("ends_on", Reason::EndsFirst));
        }
        Ok(Self {
            national_id: cells.needed("national_id", national_id)?,
            centre: cells.needed("centre_code", centre)?,
            series: series(cells)?,
            role: cells.needed("role", role)?,
            reports_at: reports_at(cells)?,
            starts_on,
            ends_on,
            rate: Kes(cells.needed("rate_kes", rate)?),
            standing: cells.read("state", standing)?,
            paper: cells.words("paper", LONGEST_CODE)?,
            examiner_number: cells.words("examiner_number", LONGEST_CODE)?,
            answer_by: answer_by(cells)?,
        })
    }
}

/// The series, in one column or in two.
fn series(cells: &Cells<'_>) -> Result<Series, Fault> {
    if let Some(series) = cells.read("series", Series::parse)? {
        return Ok(series);
    }
    let exam = cells.read("exam", |text| {
        Exam::parse(text)
            .map(|exam| exam.code().to_owned())
            .map_err(|error| Reason::Series(error.into()))
    })?;
    let (Some(exam), Some(year)) = (exam, cells.number::<u16>("year")?) else {
        return Err(cells.fault("series", Reason::Missing));
    };
    Series::parse(&format!("{exam} {year}")).map_err(|error| cells.fault("year", error.into()))
}

/// A day, and the hour where one stands behind it.
fn moment(text: &str) -> Result<(Date, Option<Time>), Reason> {
    match text.split_once([' ', 'T']) {
        Some((first, rest)) if rest.contains(':') && first.len() >= 8 => {
            Ok((day(first)?, Some(hour(rest)?)))
        }
        _ => Ok((day(text)?, None)),
    }
}

/// The last minute of a day that is named without an hour.
fn answer_by(cells: &Cells<'_>) -> Result<Option<Timestamp>, Fault> {
    let last = Time::constant(23, 59, 0, 0);
    let until = cells.read("answer_by", moment)?;
    Ok(until.map(|(on, at)| Timestamp::from_kenya(on.to_datetime(at.unwrap_or(last)))))
}

/// Day and hour, in one column or in two.
fn reports_at(cells: &Cells<'_>) -> Result<Timestamp, Fault> {
    let both = cells.read("reports_on", moment)?;
    let (on, at) = cells.needed("reports_on", both)?;
    let at = match at {
        Some(at) => at,
        None => cells.needed("reports_hour", cells.read("reports_hour", hour)?)?,
    };
    Ok(Timestamp::from_kenya(on.to_datetime(at)))
}

fn standing(text: &str) -> Result<Standing, Reason> {
    match text.to_ascii_lowercase().as_str() {
        "posted" | "deployed" | "confirmed" => Ok(Standing::Posted),
        "invited" => Ok(Standing::Invited),
        "cancelled" | "canceled" | "withdrawn" => Ok(Standing::Cancelled),
        _ => Err(Reason::State),
    }
}
