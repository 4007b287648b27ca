//! The values that screens show and questions collect, typed from the database to
//! the phone.

use std::collections::BTreeMap;
use std::fmt;

use jiff::civil::{Date, Time};
use serde::{Deserialize, Serialize};

use crate::domain::{
    CentreCode, Email, Kes, KraPin, Language, Msisdn, NationalId, Role, Series, TscNumber,
    clock_time, long_date, short_date,
};
use crate::text;

/// Values by name: what a session knows so far.
pub type Fields = BTreeMap<String, Value>;

/// What placeholders are filled from.
pub trait Values {
    /// The value of that name as a reader of the language sees it.
    fn shown(&self, name: &str, format: Format, language: Language) -> Option<Shown>;

    /// The flag of that name; none where nobody knows it.
    fn flag(&self, _name: &str) -> Option<bool> {
        None
    }
}

/// A value as it is shown; it may be personal, so it has no `Debug`.
pub struct Shown {
    /// Its text, uncut.
    pub text: String,
    /// Whether a screen that is too long may cut it.
    pub may_be_cut: bool,
}

impl Values for Fields {
    fn shown(&self, name: &str, format: Format, language: Language) -> Option<Shown> {
        let value = self.get(name)?;
        Some(Shown {
            text: value.shown(format, language),
            may_be_cut: value.may_be_cut(),
        })
    }

    fn flag(&self, name: &str) -> Option<bool> {
        match self.get(name) {
            Some(Value::Flag(flag)) => Some(*flag),
            _ => None,
        }
    }
}

/// One value. It may be personal, so `Debug` prints the kind alone. Each hop stores many, so kinds
/// are stored as a letter.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Value {
    /// Names of people and places: may be cut to fit a screen.
    #[serde(rename = "n")]
    Name(String),
    /// Codes, serials, links: never cut.
    #[serde(rename = "c")]
    Code(String),
    /// A plain number.
    #[serde(rename = "u")]
    Number(u32),
    /// An amount of money.
    #[serde(rename = "k")]
    Money(Kes),
    /// A calendar day.
    #[serde(rename = "d")]
    Date(Date),
    /// An hour of the day.
    #[serde(rename = "t")]
    Time(Time),
    /// A telephone number.
    #[serde(rename = "p")]
    Msisdn(Msisdn),
    /// A national ID number.
    #[serde(rename = "i")]
    NationalId(NationalId),
    /// A teacher's number.
    #[serde(rename = "s")]
    Tsc(TscNumber),
    /// An e-mail address.
    #[serde(rename = "e")]
    Email(Email),
    /// A KRA PIN.
    #[serde(rename = "a")]
    KraPin(KraPin),
    /// An examination centre's code.
    #[serde(rename = "x")]
    Centre(CentreCode),
    /// A role, shown in the reader's language.
    #[serde(rename = "r")]
    Role(Role),
    /// An exam and its year.
    #[serde(rename = "y")]
    Series(Series),
    /// True or false: decides which options are shown.
    #[serde(rename = "b")]
    Flag(bool),
    /// A PIN or a one-time code that was typed: never shown, and forgotten once the next
    /// action has seen it.
    #[serde(rename = "z")]
    Secret(String),
    /// An internal identifier: carried along, never shown.
    #[serde(rename = "h")]
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
            Self::NationalId(number) if format == Format::Masked => number.masked(),
            Self::NationalId(number) => number.as_str().to_owned(),
            Self::Tsc(number) => number.as_str().to_owned(),
            Self::Email(address) => address.as_str().to_owned(),
            Self::KraPin(pin) => pin.as_str().to_owned(),
            Self::Centre(code) => code.as_str().to_owned(),
            Self::Role(role) => shown_role(*role, format, language),
            Self::Series(series) => series.to_string(),
            Self::Flag(_) | Self::Secret(_) | Self::Hidden(_) => String::new(),
        }
    }

    /// Whether it must not outlive the action it was typed for.
    #[must_use]
    pub fn is_secret(&self) -> bool {
        matches!(self, Self::Secret(_))
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
            Self::NationalId(_) => "national_id",
            Self::Tsc(_) => "tsc_number",
            Self::Email(_) => "email",
            Self::KraPin(_) => "kra_pin",
            Self::Centre(_) => "centre",
            Self::Role(_) => "role",
            Self::Series(_) => "series",
            Self::Flag(_) => "flag",
            Self::Secret(_) => "secret",
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
    /// A telephone or ID number with its middle or beginning hidden.
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
    fn debug_never_shows_the_value() {
        assert_eq!(format!("{:?}", Value::name("Achieng Otieno")), "<name>");
    }
}
