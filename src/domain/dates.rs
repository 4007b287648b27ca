//! Dates and times as messages write them.

use jiff::civil::{Date, Time};

use super::Language;

const ENGLISH: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const KISWAHILI: [&str; 12] = [
    "Januari", "Februari", "Machi", "Aprili", "Mei", "Juni", "Julai", "Agosti", "Septemba",
    "Oktoba", "Novemba", "Desemba",
];

/// A day without its year: `16 Oct`, in Kiswahili `16 Okt`.
#[must_use]
pub fn short_date(date: Date, language: Language) -> String {
    // In both languages the first three letters are the usual short form.
    format!("{} {}", date.day(), &month(date, language)[..3])
}

/// A day in full: `16 October 2026`, in Kiswahili `16 Oktoba 2026`.
#[must_use]
pub fn long_date(date: Date, language: Language) -> String {
    format!("{} {} {}", date.day(), month(date, language), date.year())
}

/// A time of day such as `7:00am`, alike in both languages.
///
/// The Swahili clock runs six hours behind (7 am is "saa moja") but Kenyan media
/// mix both ways of counting, so words would be ambiguous where digits are not.
#[must_use]
pub fn clock_time(time: Time) -> String {
    let half = if time.hour() < 12 { "am" } else { "pm" };
    let hour = match time.hour() % 12 {
        0 => 12,
        hour => hour,
    };
    format!("{hour}:{:02}{half}", time.minute())
}

fn month(date: Date, language: Language) -> &'static str {
    let names = match language {
        Language::En => &ENGLISH,
        Language::Sw => &KISWAHILI,
    };
    names[usize::from(date.month().unsigned_abs()) - 1]
}

#[cfg(test)]
mod tests {
    use jiff::civil::{date, time};

    use super::*;

    #[test]
    fn a_short_date_names_the_month_in_the_language() {
        assert_eq!(short_date(date(2026, 10, 16), Language::En), "16 Oct");
        assert_eq!(short_date(date(2026, 10, 16), Language::Sw), "16 Okt");
        assert_eq!(short_date(date(2026, 11, 2), Language::Sw), "2 Nov");
    }

    #[test]
    fn short_months_are_the_usual_ones() {
        let months = |language| {
            (1..=12)
                .map(|month| short_date(date(2026, month, 1), language).split_off(2))
                .collect::<Vec<_>>()
                .join(" ")
        };
        assert_eq!(
            months(Language::En),
            "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec"
        );
        assert_eq!(
            months(Language::Sw),
            "Jan Feb Mac Apr Mei Jun Jul Ago Sep Okt Nov Des"
        );
    }

    #[test]
    fn a_long_date_has_its_year() {
        assert_eq!(
            long_date(date(2026, 10, 16), Language::En),
            "16 October 2026"
        );
        assert_eq!(long_date(date(2026, 8, 1), Language::Sw), "1 Agosti 2026");
    }

    #[test]
    fn times_are_digits_with_am_or_pm() {
        for (hour, minute, shown) in [
            (0, 5, "12:05am"),
            (7, 0, "7:00am"),
            (11, 59, "11:59am"),
            (12, 0, "12:00pm"),
            (14, 30, "2:30pm"),
        ] {
            assert_eq!(clock_time(time(hour, minute, 0, 0)), shown);
        }
    }
}
