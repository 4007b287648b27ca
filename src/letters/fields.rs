//! The placeholders a template may name, one line each.

use jiff::civil::Date;

use super::{Council, LetterData};
use crate::domain::{Language, clock_time, long_date};

/// A placeholder's name, and where its value comes from.
#[derive(Debug)]
pub(super) struct Field {
    pub(super) name: &'static str,
    /// `None` when this letter has no such value.
    pub(super) value: fn(&LetterData, &Council) -> Option<String>,
}

/// Every placeholder, in the order of `letters/README.md`.
pub(super) const FIELDS: &[Field] = &[
    field("council", |_, council| Some(council.name.clone())),
    field("service_code", |_, council| council.service_code.clone()),
    field("reference", |data, council| {
        Some(council.reference_of(data))
    }),
    field("issued_on", |data, _| Some(date(data.issued_on))),
    field("name", |data, _| Some(data.name.as_str().to_owned())),
    field("national_id", |data, _| {
        Some(data.national_id.as_str().to_owned())
    }),
    field("tsc_number", |data, _| {
        Some(data.tsc_number.as_ref()?.as_str().to_owned())
    }),
    field("mobile", |data, _| Some(data.mobile.as_str().to_owned())),
    field("town", |data, _| data.town.clone()),
    field("role", |data, _| Some(data.role.english().to_lowercase())),
    field("exam", |data, _| {
        Some(data.series.exam.code().replace('_', " "))
    }),
    field("year", |data, _| Some(data.series.year.to_string())),
    field("centre_code", |data, _| {
        Some(data.centre_code.as_str().to_owned())
    }),
    field("centre_name", |data, _| Some(data.centre_name.clone())),
    field("sub_county", |data, _| Some(data.sub_county.clone())),
    field("county", |data, _| Some(data.county.clone())),
    field("report_on", |data, _| {
        Some(weekday_and_date(data.report_on))
    }),
    field("report_at", |data, _| Some(clock_time(data.report_at))),
    field("from", |data, _| Some(date(data.from))),
    field("to", |data, _| Some(date(data.to))),
    field("rate_per_day", |data, _| {
        Some(data.rate_per_day?.to_string())
    }),
    field("distribution_centre", |data, _| {
        data.distribution_centre.clone()
    }),
    field("paper", |data, _| data.paper.clone()),
    field("examiner_number", |data, _| data.examiner_number.clone()),
    field("reply_by", |data, _| data.reply_by.map(weekday_and_date)),
    field("accepted_on", |data, _| data.accepted_on.map(date)),
];

const fn field(name: &'static str, value: fn(&LetterData, &Council) -> Option<String>) -> Field {
    Field { name, value }
}

fn date(date: Date) -> String {
    long_date(date, Language::En)
}

/// `Friday, 16 October 2026`
fn weekday_and_date(date: Date) -> String {
    let weekday = date.strftime("%A");
    format!("{weekday}, {}", long_date(date, Language::En))
}

#[cfg(test)]
mod tests {
    use jiff::civil;

    use super::*;

    #[test]
    fn the_day_to_report_has_its_weekday() {
        let day = weekday_and_date(civil::date(2026, 10, 16));
        assert_eq!(day, "Friday, 16 October 2026");
    }

    #[test]
    fn the_guide_for_staff_lists_exactly_these_placeholders() {
        let guide = include_str!("../../letters/README.md");
        let listed: Vec<_> = guide
            .lines()
            .filter_map(|line| line.strip_prefix("| `{")?.split_once("}`"))
            .map(|(name, _)| name)
            .collect();
        let known: Vec<_> = FIELDS.iter().map(|field| field.name).collect();
        assert_eq!(listed, known);
    }
}
