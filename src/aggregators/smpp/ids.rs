//! Ids of messages, which some SMSCs write in one way when they take a message and in
//! another when they report on it.

use crate::config::IdForm;

/// The id as both sides of our books have it: numbers in decimal.
pub(super) fn plain(id: &str, form: IdForm) -> String {
    let radix = match form {
        IdForm::Text => return id.to_owned(),
        IdForm::Hexadecimal => 16,
        IdForm::Decimal => 10,
    };
    u64::from_str_radix(id, radix).map_or_else(|_| id.to_owned(), |number| number.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_id_written_in_two_ways_is_one() {
        assert_eq!(plain("00a1B2", IdForm::Hexadecimal), "41394");
        assert_eq!(plain("0000041394", IdForm::Decimal), "41394");
        assert_eq!(plain("00a1B2", IdForm::Text), "00a1B2");
        assert_eq!(plain("msg-1", IdForm::Hexadecimal), "msg-1");
    }
}
