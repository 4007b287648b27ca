//! The number of a Kenyan mobile line.

use std::fmt;

use super::canonical::serde_as_text;
use super::number_plan::{self, Kind};
use crate::text::fold;

/// A Kenyan mobile number in the council's own form: `2547…` or `2541…`, twelve
/// digits without a plus.
///
/// The prefix does not tell the operator, because numbers can be taken along.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Msisdn(String);

/// Why a text is not a Kenyan mobile number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MsisdnError {
    /// Digits are missing.
    #[error("the phone number is too short")]
    TooShort,
    /// There are digits too many.
    #[error("the phone number is too long")]
    TooLong,
    /// A landline or a service number.
    #[error("this is not a mobile number; it should begin with 07 or 01")]
    NotMobile,
    /// A number of another country.
    #[error("this is not a Kenyan number")]
    NotKenyan,
    /// No phone number at all.
    #[error("this is not a phone number")]
    NotANumber,
}

impl Msisdn {
    /// Reads a number as people and aggregators write it.
    ///
    /// Mobile ranges that the number plan of libphonenumber does not know yet
    /// are accepted, since new `01` ranges open before it is updated.
    pub fn parse(text: &str) -> Result<Self, MsisdnError> {
        let typed = Typed::read(text)?;
        let national = typed.national();
        let has_mobile_shape = national.len() == 9 && national.starts_with(['7', '1']);
        match number_plan::kind(national) {
            Kind::NotMobile => Err(MsisdnError::NotMobile),
            _ if has_mobile_shape => Ok(Self(format!("254{national}"))),
            _ if typed.is_foreign() => Err(MsisdnError::NotKenyan),
            _ if national.len() < 9 => Err(MsisdnError::TooShort),
            _ if national.len() > 9 => Err(MsisdnError::TooLong),
            _ => Err(MsisdnError::NotMobile),
        }
    }

    /// Loads the number plan, which otherwise delays the first `parse` by some
    /// 50 milliseconds.
    pub fn warm_up() {
        number_plan::warm_up();
    }

    /// The canonical form, such as `254700000001`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The form of E.164, such as `+254700000001`.
    #[must_use]
    pub fn e164(&self) -> String {
        format!("+{}", self.0)
    }

    /// Enough for the owner to recognise it: `25470****001`.
    #[must_use]
    pub fn masked(&self) -> String {
        format!("{}****{}", &self.0[..5], &self.0[9..])
    }
}

impl fmt::Debug for Msisdn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Msisdn({})", self.masked())
    }
}

serde_as_text!(Msisdn, Msisdn::as_str);

/// What was typed, brought down to its digits.
struct Typed {
    digits: String,
    /// It began with a plus or an access code, so a country comes first.
    international: bool,
}

impl Typed {
    /// Takes separators out and turns letters that look like digits into them.
    fn read(text: &str) -> Result<Self, MsisdnError> {
        let text = fold(text);
        let mut digits = String::new();
        let mut plus = false;
        for character in text.chars() {
            match character {
                '0'..='9' => digits.push(character),
                'O' | 'o' => digits.push('0'),
                'I' | 'l' => digits.push('1'),
                '+' if digits.is_empty() => plus = true,
                ' ' | '\n' | '-' | '.' | '(' | ')' | '[' | ']' => {}
                _ => return Err(MsisdnError::NotANumber),
            }
        }
        if !text.contains(|character: char| character.is_ascii_digit()) {
            // Letters alone, such as `Ill`, are a word.
            return Err(MsisdnError::NotANumber);
        }
        let international = plus || digits.starts_with("00");
        Ok(Self {
            digits,
            international,
        })
    }

    /// The digits without the country and the trunk zero.
    fn national(&self) -> &str {
        // Kenya's access code is 000; 00 is what the rest of the world uses.
        let rest = ["000254", "00254", "254", "0"]
            .into_iter()
            .find_map(|prefix| self.digits.strip_prefix(prefix))
            .unwrap_or(&self.digits);
        rest.strip_prefix('0').unwrap_or(rest)
    }

    /// Whether it is right in another country.
    fn is_foreign(&self) -> bool {
        if self.international {
            return number_plan::is_foreign(self.digits.trim_start_matches('0'));
        }
        // A national number that got too long can look foreign; it is not.
        !self.digits.starts_with(['0', '1', '7']) && number_plan::is_foreign(&self.digits)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parsed(text: &str) -> Result<String, MsisdnError> {
        Msisdn::parse(text).map(|number| number.as_str().to_owned())
    }

    #[test]
    fn a_number_is_read_however_it_is_written() {
        for typed in [
            "0700000010",
            "700000010",
            "+254700000010",
            "254700000010",
            "2540700000010",
            "+254 0700000010",
            "000254700000010",
            "00254700000010",
            "00700000010",
            "0700-000 010",
            "(0700) 000010",
            "[254] 700.000.010",
            "(+254) 700 000010",
            "0700\u{a0}000–010",
            // A plus that was not escaped in a form arrives as a space.
            " 254700000010",
        ] {
            assert_eq!(parsed(typed).as_deref(), Ok("254700000010"), "{typed}");
        }
    }

    #[test]
    fn lines_that_begin_with_01_are_mobile_too() {
        for typed in [
            "0110000001",
            "110000001",
            "254110000001",
            "+254110000001",
            "2540110000001",
            "0110-000 001",
        ] {
            assert_eq!(parsed(typed).as_deref(), Ok("254110000001"), "{typed}");
        }
        assert_eq!(parsed("0100000001").as_deref(), Ok("254100000001"));
    }

    #[test]
    fn a_range_that_libphonenumber_does_not_know_yet_is_accepted() {
        for typed in ["0109000001", "0150000001", "0199000001"] {
            assert_eq!(number_plan::kind(&typed[1..]), Kind::Unknown, "{typed}");
            assert!(Msisdn::parse(typed).is_ok(), "{typed}");
        }
    }

    #[test]
    fn letters_that_look_like_digits_are_repaired() {
        for typed in ["O700000010", "07000000l0", "07000000I0", "o7oOOOO0I0"] {
            assert_eq!(parsed(typed).as_deref(), Ok("254700000010"), "{typed}");
        }
    }

    #[test]
    fn a_missing_or_an_extra_digit_is_named() {
        for typed in ["070000001", "1", "254", "0", "+25470000001", "011000001"] {
            assert_eq!(parsed(typed), Err(MsisdnError::TooShort), "{typed}");
        }
        for typed in [
            "07000000100",
            "2547000000100",
            "000700000010",
            "079000000100",
            "254254700000010",
            "99999999999999999999999999",
        ] {
            assert_eq!(parsed(typed), Err(MsisdnError::TooLong), "{typed}");
        }
    }

    #[test]
    fn landlines_and_service_numbers_are_not_mobile() {
        for typed in [
            "0202000001",
            "020 2000001",
            "+254202000001",
            "0800200001",
            "0900200001",
            "0300000001",
        ] {
            assert_eq!(parsed(typed), Err(MsisdnError::NotMobile), "{typed}");
        }
    }

    #[test]
    fn numbers_of_other_countries_are_not_kenyan() {
        for typed in [
            "+255700000010",
            "255700000010",
            "000255700000010",
            "+256 772 000001",
            "+44 20 7946 0958",
            "+1 202 456 1111",
        ] {
            assert_eq!(parsed(typed), Err(MsisdnError::NotKenyan), "{typed}");
        }
    }

    #[test]
    fn other_texts_are_no_numbers() {
        for typed in [
            "",
            "   ",
            "+",
            "Ill",
            "hello",
            "0700E00010",
            "0700000010/0700000011",
            "07+00000010",
            "*384#",
            "٠٧١٢٣٤٥٦٧٨",
        ] {
            assert_eq!(parsed(typed), Err(MsisdnError::NotANumber), "{typed}");
        }
    }

    #[test]
    fn it_is_shown_in_three_forms() {
        let number = Msisdn::parse("0700000001").unwrap();
        assert_eq!(number.as_str(), "254700000001");
        assert_eq!(number.e164(), "+254700000001");
        assert_eq!(number.masked(), "25470****001");
    }

    #[test]
    fn debug_is_masked() {
        let number = Msisdn::parse("0700000001").unwrap();
        assert_eq!(format!("{number:?}"), "Msisdn(25470****001)");
    }

    #[test]
    fn it_travels_as_text_and_comes_back_only_when_right() {
        let number = Msisdn::parse("0700000001").unwrap();
        let json = serde_json::to_string(&number).unwrap();
        assert_eq!(json, "\"254700000001\"");
        assert_eq!(serde_json::from_str::<Msisdn>(&json).unwrap(), number);
        let error = serde_json::from_str::<Msisdn>("\"0202000001\"").unwrap_err();
        assert!(!error.to_string().contains("2000001"));
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic_and_what_it_accepts_is_canonical(text in "[0-9+OIl ().-]{0,24}|(?s).{0,20}") {
            if let Ok(number) = Msisdn::parse(&text) {
                let canonical = number.as_str();
                prop_assert_eq!(canonical.len(), 12);
                prop_assert!(canonical.starts_with("2547") || canonical.starts_with("2541"));
                prop_assert_eq!(number.masked().len(), 12);
                prop_assert_eq!(Msisdn::parse(canonical), Ok(number.clone()));
                prop_assert_eq!(Msisdn::parse(&number.e164()), Ok(number));
            }
        }

        #[test]
        fn every_way_of_writing_a_number_gives_the_same(national in "[71][0-9]{8}", prefix in "(\\+254|254|000254|00254|)0?") {
            let typed = format!("{prefix}{national}");
            let same = format!("254{national}");
            prop_assert_eq!(parsed(&typed), Ok(same));
        }
    }
}
