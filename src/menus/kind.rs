//! What a field may hold, so that the longest form of each is known before anyone dials.

use std::collections::BTreeMap;
use std::fmt;

use jiff::civil::{Date, Time};

use crate::domain::{
    CentreCode, Email, Exam, Kes, KraPin, Language, Msisdn, NationalId, Role, Series, TscNumber,
};
use crate::text;

use super::value::{Format, Shown, Value, Values};

/// The kind of a field, as an action or a question declares it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// A name of at most so many septets; a screen may cut it down to
    /// [`SHORTEST_NAME`](super::SHORTEST_NAME).
    Name(usize),
    /// A code of at most so many septets, never cut.
    Code(usize),
    /// A number of at most so many digits.
    Number(usize),
    /// Whole shillings.
    Money,
    /// A calendar day.
    Date,
    /// An hour of the day.
    Time,
    /// A telephone number.
    Msisdn,
    /// A national ID number.
    NationalId,
    /// A teacher's number.
    Tsc,
    /// An e-mail address.
    Email,
    /// A KRA PIN.
    KraPin,
    /// A centre code.
    Centre,
    /// A role.
    Role,
    /// An exam and its year.
    Series,
    /// True or false: decides which options are shown.
    Flag,
    /// A PIN or a one-time code: never shown, and forgotten after the next action.
    Secret,
    /// Carried along, never shown.
    Hidden,
}

impl Kind {
    /// Whether a placeholder of this kind may ask for that format.
    #[must_use]
    pub fn takes(self, format: Format) -> bool {
        match format {
            Format::Plain => !matches!(self, Self::Flag | Self::Secret | Self::Hidden),
            Format::Long => self == Self::Date,
            Format::Short => self == Self::Role,
            Format::Masked => matches!(self, Self::Msisdn | Self::NationalId),
        }
    }

    /// Whether both are kinds of the same thing, whatever their lengths.
    #[must_use]
    pub fn is_like(self, other: Self) -> bool {
        std::mem::discriminant(&self) == std::mem::discriminant(&other)
    }

    /// The longest that a value of this kind is shown as.
    #[must_use]
    pub fn longest(self, format: Format, language: Language) -> String {
        self.samples()
            .iter()
            .map(|sample| sample.shown(format, language))
            .max_by_key(|shown| text::septets(shown))
            .unwrap_or_default()
    }

    /// Values of this kind, the longest in every format and language among them.
    #[must_use]
    pub fn samples(self) -> Vec<Value> {
        match self {
            // Neither spaces nor full stops: cutting must not make it shorter than it has to be.
            Self::Name(max) => vec![Value::Name(repeated("MFANO-MREFU-", max))],
            Self::Code(max) => vec![Value::Code(repeated("0123456789", max))],
            Self::Number(digits) => vec![Value::Number(nines(digits))],
            Self::Money => vec![Value::Money(Kes(999_999))],
            Self::Date => (1..=12)
                .filter_map(|month| Date::new(2026, month, 28).ok())
                .map(Value::Date)
                .collect(),
            Self::Time => vec![Value::Time(Time::constant(12, 30, 0, 0))],
            Self::Msisdn => sample(Msisdn::parse("254700000000"), Value::Msisdn),
            Self::NationalId => sample(NationalId::parse("900000000"), Value::NationalId),
            Self::Tsc => sample(TscNumber::parse("90000000"), Value::Tsc),
            Self::Email => {
                let long = format!("{}@mfano.co.ke", "m".repeat(48));
                sample(Email::parse(&long), Value::Email)
            }
            Self::KraPin => sample(KraPin::parse("A000000000Z"), Value::KraPin),
            Self::Centre => sample(CentreCode::parse("99000000"), Value::Centre),
            Self::Role => Role::ALL.map(Value::Role).to_vec(),
            Self::Series => Exam::ALL
                .map(|exam| Value::Series(Series { exam, year: 2026 }))
                .to_vec(),
            Self::Flag => vec![Value::Flag(true), Value::Flag(false)],
            Self::Secret => vec![Value::Secret(String::new())],
            Self::Hidden => vec![Value::Hidden(String::new())],
        }
    }
}

/// Kinds by name. Placeholders filled from it show the longest that can stand there.
pub type Kinds = BTreeMap<String, Kind>;

impl Values for Kinds {
    fn shown(&self, name: &str, format: Format, language: Language) -> Option<Shown> {
        let kind = self.get(name)?;
        Some(Shown {
            text: kind.longest(format, language),
            may_be_cut: matches!(kind, Kind::Name(_)),
        })
    }
}

fn sample<T, E>(parsed: Result<T, E>, value: fn(T) -> Value) -> Vec<Value> {
    parsed.map(value).into_iter().collect()
}

fn repeated(pattern: &str, length: usize) -> String {
    pattern.chars().cycle().take(length).collect()
}

/// The greatest number of so many digits.
fn nines(digits: usize) -> u32 {
    repeated("9", digits).parse().unwrap_or(u32::MAX)
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Name(_) => "a name",
            Self::Code(_) => "a code",
            Self::Number(_) => "a number",
            Self::Money => "an amount of money",
            Self::Date => "a date",
            Self::Time => "a time",
            Self::Msisdn => "a telephone number",
            Self::NationalId => "a national ID number",
            Self::Tsc => "a TSC number",
            Self::Email => "an e-mail address",
            Self::KraPin => "a KRA PIN",
            Self::Centre => "a centre code",
            Self::Role => "a role",
            Self::Series => "a series",
            Self::Flag => "true or false",
            Self::Secret => "a secret",
            Self::Hidden => "never shown",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EVERY: [Kind; 17] = [
        Kind::Name(60),
        Kind::Code(14),
        Kind::Number(4),
        Kind::Money,
        Kind::Date,
        Kind::Time,
        Kind::Msisdn,
        Kind::NationalId,
        Kind::Tsc,
        Kind::Email,
        Kind::KraPin,
        Kind::Centre,
        Kind::Role,
        Kind::Series,
        Kind::Flag,
        Kind::Secret,
        Kind::Hidden,
    ];

    #[test]
    fn every_kind_has_samples_in_the_alphabet_of_phones() {
        for kind in EVERY {
            assert!(!kind.samples().is_empty(), "{kind:?}");
            for language in Language::ALL {
                let longest = kind.longest(Format::Plain, language);
                assert!(text::septets(&longest).is_some(), "{kind:?}: {longest}");
                assert_eq!(longest.is_empty(), !kind.takes(Format::Plain), "{kind:?}");
            }
        }
    }

    #[test]
    fn what_declares_its_length_has_a_sample_of_that_length() {
        for kind in [Kind::Name(60), Kind::Code(60), Kind::Number(9)] {
            let longest = kind.longest(Format::Plain, Language::En);
            let (Kind::Name(max) | Kind::Code(max) | Kind::Number(max)) = kind else {
                unreachable!()
            };
            assert_eq!(text::septets(&longest), Some(max), "{kind:?}");
        }
    }

    #[test]
    fn the_longest_role_differs_by_language_and_format() {
        assert_eq!(
            Kind::Role.longest(Format::Plain, Language::En),
            "Deputy centre manager"
        );
        assert_eq!(Kind::Role.longest(Format::Short, Language::En).len(), 3);
        assert!(
            Kind::Role
                .longest(Format::Plain, Language::Sw)
                .ends_with(')')
        );
    }

    #[test]
    fn the_longest_day_has_the_longest_month_of_its_language() {
        assert_eq!(
            Kind::Date.longest(Format::Long, Language::En),
            "28 September 2026"
        );
        assert_eq!(Kind::Date.longest(Format::Plain, Language::Sw).len(), 6);
    }

    #[test]
    fn a_format_is_for_one_kind() {
        assert!(Kind::Date.takes(Format::Long));
        assert!(!Kind::Code(3).takes(Format::Long));
        assert!(!Kind::Hidden.takes(Format::Plain));
    }
}
