//! A person's number at the Kenya Revenue Authority.

use super::canonical::{redacted_debug, serde_as_text};
use super::typed::unspaced;

/// The KRA PIN of an individual: `A`, nine digits, a letter.
///
/// How the last letter follows from the digits is not public, so only the shape
/// is checked.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct KraPin(String);

/// Why a text is not the KRA PIN of an individual.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KraPinError {
    /// A company's PIN, which begins with P.
    #[error("this KRA PIN belongs to a company; a person's begins with A")]
    NotIndividual,
    /// Not a PIN at all.
    #[error("a KRA PIN is the letter A, nine digits and a letter")]
    Shape,
}

impl KraPin {
    /// Reads a PIN as people write it.
    ///
    /// Among the nine digits the letters O and I count as 0 and 1. The A in
    /// front may be left out, because changing a small keypad to letters is slow.
    pub fn parse(text: &str) -> Result<Self, KraPinError> {
        let typed = unspaced(text).to_ascii_uppercase();
        let (kind, rest) = match typed.len() {
            10 => ("A", typed.as_str()),
            11 => typed.split_at(1),
            _ => return Err(KraPinError::Shape),
        };
        let (middle, last) = rest.split_at(9);
        let digits = middle.replace('O', "0").replace('I', "1");
        if !digits.bytes().all(|byte| byte.is_ascii_digit())
            || !last.bytes().all(|byte| byte.is_ascii_uppercase())
        {
            return Err(KraPinError::Shape);
        }
        match kind {
            "A" => Ok(Self(format!("A{digits}{last}"))),
            "P" => Err(KraPinError::NotIndividual),
            _ => Err(KraPinError::Shape),
        }
    }

    /// The PIN in full.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

serde_as_text!(KraPin, KraPin::as_str);
redacted_debug!(KraPin);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_pin_is_read_as_people_write_it() {
        for typed in [
            "A000000001Z",
            "a000000001z",
            " A 000 000 001 Z ",
            "A000-000-001-Z",
            "AOOOOOOOOIZ",
            "000000001Z",
            "o0000000iz",
        ] {
            assert_eq!(
                KraPin::parse(typed).unwrap().as_str(),
                "A000000001Z",
                "{typed}"
            );
        }
    }

    #[test]
    fn letters_are_repaired_among_the_digits_only() {
        assert_eq!(
            KraPin::parse("A000000001O").unwrap().as_str(),
            "A000000001O"
        );
        assert_eq!(
            KraPin::parse("A000000001I").unwrap().as_str(),
            "A000000001I"
        );
        assert_eq!(KraPin::parse("I000000001Z"), Err(KraPinError::Shape));
    }

    #[test]
    fn a_company_pin_has_its_own_error() {
        assert_eq!(
            KraPin::parse("P000000001Z"),
            Err(KraPinError::NotIndividual)
        );
        assert_eq!(KraPin::parse("PASSPORT No"), Err(KraPinError::Shape));
    }

    #[test]
    fn other_shapes_are_refused() {
        for typed in [
            "",
            "A",
            "A00000001Z",
            "A0000000012",
            "A0000000001Z",
            "B000000001Z",
            "AA00000001Z",
        ] {
            assert_eq!(KraPin::parse(typed), Err(KraPinError::Shape), "{typed}");
        }
    }

    #[test]
    fn debug_shows_nothing_of_it() {
        let pin = KraPin::parse("A000000001Z").unwrap();
        assert_eq!(format!("{pin:?}"), "KraPin(..)");
    }

    proptest! {
        #[test]
        fn any_text_gives_a_pin_of_the_right_shape_or_an_error(text in "[APOI0-9a-z -]{8,13}|.{0,14}") {
            if let Ok(pin) = KraPin::parse(&text) {
                prop_assert_eq!(pin.as_str().len(), 11);
                prop_assert_eq!(KraPin::parse(pin.as_str()), Ok(pin));
            }
        }
    }
}
