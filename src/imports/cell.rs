//! One value of a row, and what spreadsheets do to values.

use jiff::civil::{Date, Time};

use super::fault::{Fault, Reason, masked};
use super::header::Header;
use crate::text::fold;

/// The cells of a row, by the names of their columns.
pub(super) struct Cells<'a> {
    header: &'a Header,
    cells: &'a [String],
}

impl<'a> Cells<'a> {
    /// A row; it may end early, but has nothing beyond the last column.
    pub(super) fn of(header: &'a Header, cells: &'a [String]) -> Result<Self, Fault> {
        let beyond = cells
            .iter()
            .skip(header.width)
            .find(|cell| !cell.is_empty());
        match beyond {
            Some(_) => Err(Fault {
                column: "",
                value: String::new(),
                reason: Reason::TooManyCells,
            }),
            None => Ok(Self { header, cells }),
        }
    }

    /// What stands in a column; none where that is nothing.
    fn raw(&self, name: &str) -> Option<&'a str> {
        let (_, place) = self.header.place(name)?;
        let cell = self.cells.get(place)?;
        (!cell.is_empty()).then_some(cell)
    }

    /// A fault in a column.
    pub(super) fn fault(&self, name: &'static str, reason: Reason) -> Fault {
        let value = self.raw(name).unwrap_or_default();
        let is_private = self
            .header
            .place(name)
            .is_some_and(|(column, _)| column.is_private);
        let shown = value.chars().take(60).collect();
        Fault {
            column: name,
            value: if is_private { masked(value) } else { shown },
            reason,
        }
    }

    /// What stands in a column, read as it should be.
    pub(super) fn read<T, E: Into<Reason>>(
        &self,
        name: &'static str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Result<Option<T>, Fault> {
        let Some(text) = self.raw(name) else {
            return Ok(None);
        };
        if is_not_shown(text) {
            return Err(self.fault(name, Reason::NotShown));
        }
        match parse(text) {
            Ok(value) => Ok(Some(value)),
            Err(reason) => Err(self.fault(name, reason.into())),
        }
    }

    /// A number or code, which spreadsheets spoil in ways of their own.
    pub(super) fn digits<T, E: Into<Reason>>(
        &self,
        name: &'static str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Result<Option<T>, Fault> {
        self.read(name, |text| {
            if is_rounded(text) {
                return Err(Reason::Rounded);
            }
            if is_made_date(text) {
                return Err(Reason::MadeDate);
            }
            parse(text.strip_suffix(".0").unwrap_or(text)).map_err(Into::into)
        })
    }

    /// Free text that phones can show.
    pub(super) fn words(
        &self,
        name: &'static str,
        longest: usize,
    ) -> Result<Option<String>, Fault> {
        self.read(name, |text| {
            let text = fold(text).split_whitespace().collect::<Vec<_>>().join(" ");
            match text.len() {
                0 => Err(Reason::Unreadable),
                length if length > longest => Err(Reason::TooLong(longest)),
                _ => Ok(text),
            }
        })
    }

    /// A whole number.
    pub(super) fn number<T: std::str::FromStr>(
        &self,
        name: &'static str,
    ) -> Result<Option<T>, Fault> {
        self.digits(name, |text| text.parse().map_err(|_| Reason::Number))
    }

    /// A value that must be there.
    pub(super) fn needed<T>(&self, name: &'static str, value: Option<T>) -> Result<T, Fault> {
        value.ok_or_else(|| self.fault(name, Reason::Missing))
    }
}

/// What spreadsheets show in place of a value.
fn is_not_shown(text: &str) -> bool {
    text.starts_with('#') && (text.len() > 2 && text.ends_with(['#', '!', '?', 'A']))
}

/// `2.547E+11`: the last digits are gone.
fn is_rounded(text: &str) -> bool {
    let Some((number, power)) = text.split_once(['E', 'e']) else {
        return false;
    };
    let are_digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    power.starts_with('+') && are_digits(&power[1..]) && are_digits(&number.replace(['.', ','], ""))
}

/// `12-May`, `5/12/1990`, `1990-12-05`.
fn is_made_date(text: &str) -> bool {
    let parts: Vec<_> = text.split(['-', '/']).collect();
    let is_month = |part: &str| month(part).is_some();
    match parts.as_slice() {
        [one, other] => is_month(one) != is_month(other),
        [_, _, year] if text.contains('/') => year.len() == 4 || year.len() == 2,
        [year, month, _] if year.len() == 4 && month.len() == 2 => day(text).is_ok(),
        _ => false,
    }
}

/// A month by the first three letters of its English name.
fn month(text: &str) -> Option<i8> {
    const MONTHS: [&str; 12] = [
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
    ];
    let short = text.get(..3)?.to_ascii_lowercase();
    let at = MONTHS.iter().position(|month| *month == short)?;
    i8::try_from(at + 1).ok()
}

/// A day: `2026-10-16`, or the day first, as in Kenya: `16/10/2026`, `16 Oct 2026`.
pub(super) fn day(text: &str) -> Result<Date, Reason> {
    let parts: Vec<_> = text
        .split(['-', '/', ' ', '.', ','])
        .filter(|part| !part.is_empty())
        .collect();
    let [first, middle, last] = parts.as_slice() else {
        return Err(Reason::Day);
    };
    let (year, day) = if first.len() == 4 {
        (first, last)
    } else {
        (last, first)
    };
    if year.len() != 4 {
        return Err(Reason::Day);
    }
    let year = year.parse().map_err(|_| Reason::Day)?;
    let month = month(middle).or_else(|| middle.parse().ok());
    let day = day.parse().map_err(|_| Reason::Day)?;
    Date::new(year, month.ok_or(Reason::Day)?, day).map_err(|_| Reason::Day)
}

/// An hour: `07:00`, `7:00am`, `7.00 a.m.`; seconds are passed over.
pub(super) fn hour(text: &str) -> Result<Time, Reason> {
    let plain = text.to_ascii_lowercase().replace([' ', '.'], "");
    let (clock, half) = match plain.strip_suffix("am") {
        Some(clock) => (clock, Some(0)),
        None => match plain.strip_suffix("pm") {
            Some(clock) => (clock, Some(12)),
            None => (plain.as_str(), None),
        },
    };
    let mut parts = clock.split(':').map(str::parse::<i8>);
    let (Some(Ok(hour)), Some(Ok(minute))) = (parts.next(), parts.next()) else {
        return Err(Reason::Hour);
    };
    let hour = match half {
        None => hour,
        Some(half) if (1..=12).contains(&hour) => hour % 12 + half,
        Some(_) => return Err(Reason::Hour),
    };
    Time::new(hour, minute, 0, 0).map_err(|_| Reason::Hour)
}

#[cfg(test)]
mod tests {
    use jiff::civil::{date, time};

    use super::*;

    #[test]
    fn what_a_spreadsheet_spoilt_is_noticed() {
        for text in ["2.547E+11", "2,547e+11", "9E+07"] {
            assert!(is_rounded(text), "{text}");
        }
        for text in ["254700000001", "A000000001E", "E+1", "1E5"] {
            assert!(!is_rounded(text), "{text}");
        }
        for text in ["12-May", "May-90", "5/12/1990", "1990-12-05"] {
            assert!(is_made_date(text), "{text}");
        }
        for text in [
            "0700-000-001",
            "254700000001",
            "9000-00-01",
            "900-000",
            "A/B",
        ] {
            assert!(!is_made_date(text), "{text}");
        }
        for text in ["#REF!", "#####", "#N/A", "#NAME?"] {
            assert!(is_not_shown(text), "{text}");
        }
        assert!(!is_not_shown("#12 High Street"));
    }

    #[test]
    fn days_are_read_as_people_write_them() {
        for text in ["2026-10-16", "16/10/2026", "16-Oct-2026", "16 October 2026"] {
            assert_eq!(day(text), Ok(date(2026, 10, 16)), "{text}");
        }
        for text in ["", "46311", "16/10/26", "31/02/2026", "16 Smarch 2026"] {
            assert_eq!(day(text), Err(Reason::Day), "{text}");
        }
    }

    #[test]
    fn hours_are_read_on_either_clock() {
        for (text, kept) in [
            ("07:00", time(7, 0, 0, 0)),
            ("7:00am", time(7, 0, 0, 0)),
            ("6:30 a.m.", time(6, 30, 0, 0)),
            ("12:15 PM", time(12, 15, 0, 0)),
            ("14:00:00", time(14, 0, 0, 0)),
        ] {
            assert_eq!(hour(text), Ok(kept), "{text}");
        }
        for text in ["", "7", "25:00", "13:00pm", "saa moja"] {
            assert_eq!(hour(text), Err(Reason::Hour), "{text}");
        }
    }
}
