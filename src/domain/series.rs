//! One sitting of an exam.

use std::fmt;

use super::canonical::serde_as_text;
use super::typed::is_digits;
use super::{Exam, ExamError};

/// An exam in a year, such as `KCSE 2026`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Series {
    /// Which exam.
    pub exam: Exam,
    /// The year it is sat in.
    pub year: u16,
}

/// Why a text names no series.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SeriesError {
    /// The part before the year is no exam.
    #[error(transparent)]
    Exam(#[from] ExamError),
    /// The year is missing, or not of this century.
    #[error("a series ends in its year, such as KCSE 2026")]
    Year,
}

impl Series {
    /// Reads `KCSE 2026` or `KCSE/2026`.
    pub fn parse(text: &str) -> Result<Self, SeriesError> {
        let (exam, year) = text
            .trim()
            .rsplit_once([' ', '/'])
            .ok_or(SeriesError::Year)?;
        Ok(Self {
            exam: Exam::parse(exam)?,
            year: parse_year(year)?,
        })
    }
}

fn parse_year(text: &str) -> Result<u16, SeriesError> {
    text.parse()
        .ok()
        .filter(|year| is_digits(text) && (2000..2100).contains(year))
        .ok_or(SeriesError::Year)
}

impl fmt::Display for Series {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.exam, self.year)
    }
}

serde_as_text!(Series, Series::to_string);

#[cfg(test)]
mod tests {
    use super::*;

    const KCSE_2026: Series = Series {
        exam: Exam::Kcse,
        year: 2026,
    };

    #[test]
    fn a_series_is_read_as_people_and_references_write_it() {
        for typed in ["KCSE 2026", "kcse 2026", "KCSE/2026", " KCSE  2026 "] {
            assert_eq!(Series::parse(typed), Ok(KCSE_2026), "{typed}");
        }
        let qualifying = Series::parse("KCSE QT 2025").unwrap();
        assert_eq!(qualifying.to_string(), "KCSE_QT 2025");
    }

    #[test]
    fn a_missing_year_and_an_unknown_exam_are_told_apart() {
        for typed in [
            "",
            "KCSE",
            "KCSE 26",
            "KCSE 20266",
            "KCSE +2026",
            "KCSE 1999",
        ] {
            assert_eq!(Series::parse(typed), Err(SeriesError::Year), "{typed}");
        }
        assert_eq!(
            Series::parse("GCSE 2026"),
            Err(SeriesError::Exam(ExamError))
        );
    }

    #[test]
    fn it_travels_as_it_is_shown() {
        let json = serde_json::to_string(&KCSE_2026).unwrap();
        assert_eq!(json, "\"KCSE 2026\"");
        assert_eq!(serde_json::from_str::<Series>(&json).unwrap(), KCSE_2026);
    }
}
