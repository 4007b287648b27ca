//! The number of a national identity card.

use super::canonical::{redacted_debug, serde_as_text};
use super::typed::{is_digits, unspaced};

/// A national ID number: six to nine digits, kept as text.
///
/// Its digits hide nothing: no checksum, county or gender is read from them.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct NationalId(String);

/// Why a text is not a national ID number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NationalIdError {
    /// Something other than a digit stands in it.
    #[error("an ID number is made of digits only")]
    NotDigits,
    /// Too few or too many digits.
    #[error("an ID number has 6 to 9 digits")]
    Length,
}

impl NationalId {
    /// Reads an ID number as people write it, with spaces or dashes.
    pub fn parse(text: &str) -> Result<Self, NationalIdError> {
        let digits = unspaced(text);
        if !is_digits(&digits) {
            return Err(NationalIdError::NotDigits);
        }
        if !(6..=9).contains(&digits.len()) {
            return Err(NationalIdError::Length);
        }
        Ok(Self(digits))
    }

    /// The whole number.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The last `count` digits, or all of them when there are fewer.
    #[must_use]
    pub fn last(&self, count: usize) -> &str {
        &self.0[self.0.len().saturating_sub(count)..]
    }

    /// The number with all but its last three digits hidden: its holder recognises it.
    #[must_use]
    pub fn masked(&self) -> String {
        format!("***{}", self.last(3))
    }
}

serde_as_text!(NationalId, NationalId::as_str);
redacted_debug!(NationalId);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn six_to_nine_digits_are_accepted_with_spaces_and_dashes() {
        for (typed, kept) in [
            ("900001", "900001"),
            ("90000001", "90000001"),
            (" 9000 0001 ", "90000001"),
            ("900-000-001", "900000001"),
            ("00900001", "00900001"),
        ] {
            assert_eq!(NationalId::parse(typed).unwrap().as_str(), kept);
        }
    }

    #[test]
    fn other_lengths_and_other_characters_are_told_apart() {
        for typed in ["", "90000", "9000000001"] {
            assert_eq!(NationalId::parse(typed), Err(NationalIdError::Length));
        }
        for typed in ["9000000A", "90000001.0", "hello"] {
            assert_eq!(NationalId::parse(typed), Err(NationalIdError::NotDigits));
        }
    }

    #[test]
    fn the_last_digits_never_reach_beyond_the_number() {
        let id = NationalId::parse("90000123").unwrap();
        assert_eq!(id.last(3), "123");
        assert_eq!(id.last(0), "");
        assert_eq!(id.last(50), "90000123");
    }

    #[test]
    fn debug_shows_no_digit() {
        let id = NationalId::parse("90000001").unwrap();
        assert_eq!(format!("{id:?}"), "NationalId(..)");
    }

    #[test]
    fn it_travels_as_text_and_comes_back_only_when_right() {
        let id = NationalId::parse("90000001").unwrap();
        assert_eq!(serde_json::to_string(&id).unwrap(), "\"90000001\"");
        assert_eq!(
            serde_json::from_str::<NationalId>("\"90000001\"").unwrap(),
            id
        );
        let error = serde_json::from_str::<NationalId>("\"9000\"").unwrap_err();
        assert!(!error.to_string().contains("9000"));
    }
}
