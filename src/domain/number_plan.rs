//! Which numbers exist, as far as libphonenumber knows.

use phonenumber::Type;
use phonenumber::country::Id;
use phonenumber::metadata::DATABASE;

/// What a number without its country is in Kenya.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Mobile,
    /// A landline or a service number.
    NotMobile,
    /// In no range that is known; it may have been opened since.
    Unknown,
}

/// Loads the plan and compiles its patterns; they are kept from then on.
pub(super) fn warm_up() {
    ask("110000000");
}

/// The kind of a Kenyan number, given without country and trunk zero.
pub(super) fn kind(national: &str) -> Kind {
    // Every 07 line is mobile, and most numbers are one: no need to ask.
    if national.len() == 9 && national.starts_with('7') {
        return Kind::Mobile;
    }
    ask(national)
}

/// Whether a number that begins with its country is right in another one.
pub(super) fn is_foreign(international: &str) -> bool {
    phonenumber::parse(None, format!("+{international}"))
        .is_ok_and(|number| number.is_valid() && number.country().id() != Some(Id::KE))
}

fn ask(national: &str) -> Kind {
    let number = phonenumber::parse(None, format!("+254{national}"));
    match number.map(|number| number.number_type(&DATABASE)) {
        Ok(Type::Mobile) => Kind::Mobile,
        Ok(Type::Unknown) | Err(_) => Kind::Unknown,
        Ok(_) => Kind::NotMobile,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_07_range_is_mobile_also_to_those_who_ask() {
        for range in 700..800 {
            assert_eq!(ask(&format!("{range}000001")), Kind::Mobile, "0{range}");
        }
    }

    #[test]
    fn ranges_of_01_are_mobile_or_not_yet_known() {
        assert_eq!(kind("110000001"), Kind::Mobile);
        assert_eq!(kind("109000001"), Kind::Unknown);
    }

    #[test]
    fn landlines_and_service_numbers_are_known() {
        for national in ["202000001", "800200001", "900200001"] {
            assert_eq!(kind(national), Kind::NotMobile, "{national}");
        }
    }

    #[test]
    fn a_kenyan_number_is_not_foreign() {
        assert!(!is_foreign("254700000001"));
        assert!(is_foreign("255700000001"));
        assert!(!is_foreign("999700000001"));
        assert!(!is_foreign(""));
    }
}
