//! A subscriber's number as aggregators write it.

use crate::domain::Msisdn;

/// Reads a number written in full, `+254…` or `254…`.
///
/// Nothing shorter or looser: a sender's name may be eleven letters or digits
/// of anyone's choice, and `0700000001` or `O700000001` must not pass for the
/// person who has that number.
pub(super) fn full_number(text: &str) -> Option<Msisdn> {
    // An unescaped plus in a form arrives as a space.
    let digits = text.strip_prefix(['+', ' ']).unwrap_or(text);
    let number = Msisdn::parse(digits).ok()?;
    (number.as_str() == digits).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_in_full_is_read() {
        for text in ["+254700000001", " 254700000001", "254700000001"] {
            assert_eq!(full_number(text).unwrap().as_str(), "254700000001");
        }
    }

    #[test]
    fn a_name_that_looks_like_a_number_is_not_one() {
        for text in [
            "0700000001",
            "O700000001",
            "700000001",
            "+2547OO000001",
            "MTN",
            "",
            "+",
        ] {
            assert_eq!(full_number(text), None, "{text}");
        }
    }
}
