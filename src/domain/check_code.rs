//! The code on a letter that tells a genuine one from a forged one.

use super::typed::{is_digits, unspaced};

/// Fifteen digits: the letter's serial, and a mark that only the council can make for it.
/// Whether the mark is right is for `crypto` to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckCode(String);

/// The digits of a serial.
const SERIAL: usize = 7;

/// The digits of a mark.
const MARK: usize = 8;

impl CheckCode {
    /// The code of a letter, from its serial and any number for a mark.
    #[must_use]
    pub fn new(serial: u32, mark: u64) -> Self {
        let mark = mark % 10_u64.pow(8);
        Self(format!("{serial:0SERIAL$}{mark:0MARK$}"))
    }

    /// Reads a code as people type it, with spaces or dashes; none where it can't be one.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let digits = unspaced(text);
        (digits.len() == SERIAL + MARK && is_digits(&digits)).then_some(Self(digits))
    }

    /// The serial that it names.
    #[must_use]
    pub fn serial(&self) -> u32 {
        self.0[..SERIAL].parse().unwrap_or(0)
    }

    /// Without spaces, as an address holds it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// In groups, as it is read out and typed: `9900001 4829 1374`.
    #[must_use]
    pub fn in_groups(&self) -> String {
        let (serial, mark) = self.0.split_at(SERIAL);
        let (one, two) = mark.split_at(MARK / 2);
        format!("{serial} {one} {two}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_as_it_is_written() {
        let code = CheckCode::new(9_900_001, 48_291_374);
        assert_eq!(code.as_str(), "990000148291374");
        assert_eq!(code.in_groups(), "9900001 4829 1374");
        assert_eq!(code.serial(), 9_900_001);
        assert_eq!(CheckCode::parse("9900001-4829 1374"), Some(code));
        assert_eq!(CheckCode::new(7, 3).as_str(), "000000700000003");
    }

    #[test]
    fn what_can_be_no_code_is_told_at_once() {
        for text in [
            "",
            "9900001",
            "99000014829137",
            "99000014829137x",
            "9900001482913745",
        ] {
            assert_eq!(CheckCode::parse(text), None, "{text}");
        }
    }
}
