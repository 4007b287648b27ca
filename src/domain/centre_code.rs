//! The code of an examination centre.

use super::canonical::serde_as_text;
use super::typed::{is_digits, unspaced};

/// A centre code: eight digits, kept as text because a leading zero is real.
///
/// County, sub-county and centre follow the council's own numbering, so no
/// place is read from it. Codes beginning with 90 to 99 belong to no county.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CentreCode(String);

/// Why a text is not a centre code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CentreCodeError {
    /// Something other than a digit stands in it.
    #[error("a centre code is made of digits only")]
    NotDigits,
    /// Too few or too many digits.
    #[error("a centre code has 8 digits")]
    Length,
}

impl CentreCode {
    /// Reads a code as people write it; seven digits have lost their leading
    /// zero on the way, in a spreadsheet as a rule.
    pub fn parse(text: &str) -> Result<Self, CentreCodeError> {
        let digits = unspaced(text);
        if !is_digits(&digits) {
            return Err(CentreCodeError::NotDigits);
        }
        match digits.len() {
            7 => Ok(Self(format!("0{digits}"))),
            8 => Ok(Self(digits)),
            _ => Err(CentreCodeError::Length),
        }
    }

    /// The eight digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

serde_as_text!(CentreCode, CentreCode::as_str);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn eight_digits_are_kept_and_seven_get_their_zero_back() {
        for (typed, kept) in [
            ("99208105", "99208105"),
            ("992 081-05", "99208105"),
            ("00208105", "00208105"),
            ("0208105", "00208105"),
        ] {
            assert_eq!(CentreCode::parse(typed).unwrap().as_str(), kept);
        }
    }

    #[test]
    fn other_lengths_and_other_characters_are_told_apart() {
        for typed in ["", "992081", "992081051", "99208105001"] {
            assert_eq!(CentreCode::parse(typed), Err(CentreCodeError::Length));
        }
        assert_eq!(
            CentreCode::parse("9920810S"),
            Err(CentreCodeError::NotDigits)
        );
    }

    #[test]
    fn the_leading_zero_survives_the_journey_through_json() {
        let code = CentreCode::parse("0208105").unwrap();
        let json = serde_json::to_string(&code).unwrap();
        assert_eq!(json, "\"00208105\"");
        assert_eq!(serde_json::from_str::<CentreCode>(&json).unwrap(), code);
    }
}
