//! The values that screens show and questions collect, typed from the database to
//! the phone, so that the longest form of each is known before anyone dials.

use std::collections::BTreeMap;
use std::fmt;

use jiff::civil::{Date, Time};
use serde::{Deserialize, Serialize};

use crate::domain::{
    CentreCode, Exam, Kes, KraPin, Language, Msisdn, Role, Series, clock_time, long_date,
    short_date,
};
use crate::text;

/// A screen that is too long cuts names down to this many septets, and no further.
pub const SHORTEST_NAME: usize = 16;

/// Values by name: what a session knows so far.
pub type Fields = BTreeMap<String, Value>;

/// One value. It may be personal, so `Debug` prints the kind alone.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Value {
    /// Names of people and places: may be cut to fit a screen.
    Name(String),
    /// Codes, serials, links: never cut.
    Code(String),
    /// A plain number.
    Number(u32),
    /// An amount of money.
    Money(Kes),
    /// A calendar day.
    Date(Date),
    /// An hour of the day.
    Time(Time),
    /// A telephone number.
    Msisdn(Msisdn),
    /// A KRA PIN.
    KraPin(KraPin),
    /// An examination centre's code.
    Centre(CentreCode),
    /// A role, shown in the reader's language.
    Role(Role),
    /// An exam and its year.
    Series(Series),
    /// An internal identifier: carried along, never shown.
    Hidden(String),
}

impl Value {
    /// A name, folded to what every phone can show.
    #[must_use]
    pub fn name(text: &str) -> Self {
        Self::Name(text::fold(text))
    }

    /// The value as a screen or an SMS shows it.
    #[must_use]
    pub fn shown(&self, format: Format, language: Language) -> String {
        match self {
            Self::Name(text) | Self::Code(text) => text.clone(),
            Self::Number(number) => number.to_string(),
            Self::Money(amount) => amount.to_string(),
            Self::Date(date) if format == Format::Long => long_date(*date, language),
            Self::Date(date) => short_date(*date, language),
            Self::Time(time) => clock_time(*time),
            Self::Msisdn(number) if format == Format::Masked => number.masked(),
            Self::Msisdn(number) => number.as_str().to_owned(),
            Self::KraPin(pin) => pin.as_str().to_owned(),
            Self::Centre(code) => code.as_str().to_owned(),
            Self::Role(role) => shown_role(*role, format, language),
            Self::Series(series) => series.to_string(),
            Self::Hidden(_) => String::new(),
        }
    }

    /// Whether a screen that is too long may cut this value.
    #[must_use]
    pub fn may_be_cut(&self) -> bool {
        matches!(self, Self::Name(_))
    }
}

/// Kiswahili "msimamizi" covers three roles, so the council's code stands beside it.
fn shown_role(role: Role, format: Format, language: Language) -> String {
    match (format, language) {
        (Format::Short, _) => role.code().to_owned(),
        (_, Language::En) => role.english().to_owned(),
        (_, Language::Sw) => format!("{} ({})", role.kiswahili(), role.code()),
    }
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self {
            Self::Name(_) => "name",
            Self::Code(_) => "code",
            Self::Number(_) => "number",
            Self::Money(_) => "money",
            Self::Date(_) => "date",
            Self::Time(_) => "time",
            Self::Msisdn(_) => "msisdn",
            Self::KraPin(_) => "kra_pin",
            Self::Centre(_) => "centre",
            Self::Role(_) => "role",
            Self::Series(_) => "series",
            Self::Hidden(_) => "hidden",
        };
        write!(f, "<{kind}>")
    }
}

/// How a placeholder wants its value: `{day}`, `{day:long}`, `{role:short}`, `{phone:masked}`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub enum Format {
    /// The usual form of its kind.
    #[default]
    Plain,
    /// A day with its month in full and its year.
    Long,
    /// A role by its code.
    Short,
    /// A telephone number with its middle hidden.
    Masked,
}

impl Format {
    /// The format of that name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "long" => Some(Self::Long),
            "short" => Some(Self::Short),
            "masked" => Some(Self::Masked),
            _ => None,
        }
    }
}

/// What a field may hold, as an action or a question declares it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// A name of at most so many septets; a screen may cut it down to [`SHORTEST_NAME`].
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
    /// A KRA PIN.
    KraPin,
    /// A centre code.
    Centre,
    /// A role.
    Role,
    /// An exam and its year.
    Series,
    /// Carried along, never shown.
    Hidden,
}

impl Kind {
    /// Whether a placeholder of this kind may ask for that format.
    #[must_use]
    pub fn takes(self, format: Format) -> bool {
        match format {
            Format::Plain => self != Self::Hidden,
            Format::Long => self == Self::Date,
            Format::Short => self == Self::Role,
            Format::Masked => self == Self::Msisdn,
        }
    }

    /// The most septets a value of this kind needs, once cut as far as it may be.
    #[must_use]
    pub fn longest(self, format: Format, language: Language) -> usize {
        match self {
            Self::Name(max) => max.min(SHORTEST_NAME),
            Self::Code(max) | Self::Number(max) => max,
            Self::Hidden => 0,
            _ => self.longest_sample(format, language),
        }
    }

    /// The most septets a value of this kind has where nothing is cut.
    #[must_use]
    pub fn longest_uncut(self, format: Format, language: Language) -> usize {
        match self {
            Self::Name(max) => max,
            _ => self.longest(format, language),
        }
    }

    fn longest_sample(self, format: Format, language: Language) -> usize {
        self.samples()
            .iter()
            .filter_map(|sample| text::septets(&sample.shown(format, language)))
            .max()
            .unwrap_or(0)
    }

    /// Values that cover every length of a kind with few forms.
    fn samples(self) -> Vec<Value> {
        match self {
            Self::Money => vec![Value::Money(Kes(999_999))],
            Self::Date => (1..=12)
                .filter_map(|month| Date::new(2026, month, 28).ok())
                .map(Value::Date)
                .collect(),
            Self::Time => vec![Value::Time(Time::constant(12, 30, 0, 0))],
            Self::Msisdn => Msisdn::parse("254700000000")
                .map(Value::Msisdn)
                .into_iter()
                .collect(),
            Self::KraPin => KraPin::parse("A000000000Z")
                .map(Value::KraPin)
                .into_iter()
                .collect(),
            Self::Centre => CentreCode::parse("99000000")
                .map(Value::Centre)
                .into_iter()
                .collect(),
            Self::Role => Role::ALL.iter().copied().map(Value::Role).collect(),
            Self::Series => Exam::ALL
                .iter()
                .map(|&exam| Value::Series(Series { exam, year: 2026 }))
                .collect(),
            Self::Name(_) | Self::Code(_) | Self::Number(_) | Self::Hidden => Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_carries_its_code_in_kiswahili() {
        let role = Value::Role(Role::Supervisor);
        assert_eq!(
            role.shown(Format::Plain, Language::Sw),
            "Msimamizi mkuu (SUP)"
        );
        assert_eq!(role.shown(Format::Short, Language::Sw), "SUP");
    }

    #[test]
    fn the_longest_of_a_kind_covers_every_language() {
        let longest = Kind::Role.longest(Format::Plain, Language::Sw);
        for role in Role::ALL {
            let shown = Value::Role(role).shown(Format::Plain, Language::Sw);
            assert!(text::septets(&shown).unwrap() <= longest, "{shown}");
        }
    }

    #[test]
    fn debug_never_shows_the_value() {
        assert_eq!(format!("{:?}", Value::name("Achieng Otieno")), "<name>");
    }
}
