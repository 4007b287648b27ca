//! A teacher's number at the Teachers Service Commission.

use super::canonical::{redacted_debug, serde_as_text};
use super::typed::{is_digits, unspaced};

/// A TSC number: four to eight digits, kept as text.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct TscNumber(String);

/// Why a text is not a TSC number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TscNumberError {
    /// Something other than a digit stands in it.
    #[error("a TSC number is made of digits only")]
    NotDigits,
    /// Too few or too many digits.
    #[error("a TSC number has 4 to 8 digits")]
    Length,
}

impl TscNumber {
    /// Reads a TSC number as people write it, with spaces or dashes.
    pub fn parse(text: &str) -> Result<Self, TscNumberError> {
        let digits = unspaced(text);
        if !is_digits(&digits) {
            return Err(TscNumberError::NotDigits);
        }
        if !(4..=8).contains(&digits.len()) {
            return Err(TscNumberError::Length);
        }
        Ok(Self(digits))
    }

    /// The whole number.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

serde_as_text!(TscNumber, TscNumber::as_str);
redacted_debug!(TscNumber);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn four_to_eight_digits_are_accepted() {
        for (typed, kept) in [
            ("9001", "9001"),
            ("900 001", "900001"),
            ("90000001", "90000001"),
        ] {
            assert_eq!(TscNumber::parse(typed).unwrap().as_str(), kept);
        }
    }

    #[test]
    fn other_lengths_and_other_characters_are_told_apart() {
        for typed in ["", "900", "900000001"] {
            assert_eq!(TscNumber::parse(typed), Err(TscNumberError::Length));
        }
        assert_eq!(TscNumber::parse("TSC9001"), Err(TscNumberError::NotDigits));
    }

    #[test]
    fn debug_shows_no_digit() {
        let number = TscNumber::parse("900001").unwrap();
        assert_eq!(format!("{number:?}"), "TscNumber(..)");
    }
}
