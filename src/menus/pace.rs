//! How long people take to read a screen and to answer it. Networks end a session in
//! silence, so a question that most people can't answer in time is a fault.
//!
//! The figures are cautious estimates for a phone with keys, not measurements of ours:
//! adults read some 20 characters a second on paper, less on a small screen and in a
//! second language; novices type some ten words a minute with several presses a letter.

use super::model::Ask;

/// How long a network waits for an answer, in seconds: Safaricom's and Equitel's limit is
/// the lowest (help page of Africa's Talking; Airtel waits 60).
pub(super) const SILENCE: f64 = 30.0;

/// Characters read in a second.
const READ: f64 = 15.0;
/// Seconds for a digit, for a letter by several presses, and for making up one's mind and
/// pressing Send.
const DIGIT: f64 = 0.6;
const LETTER: f64 = 1.2;
const SEND: f64 = 3.0;

/// Seconds to read a screen of so many septets and to type what it asks for.
pub(super) fn seconds(septets: usize, ask: Ask) -> f64 {
    let (digits, letters) = keys(ask);
    let read = f64::from(u32::try_from(septets).unwrap_or(u32::MAX)) / READ;
    read + digits * DIGIT + letters * LETTER + SEND
}

/// The digits and letters of a usual answer.
fn keys(ask: Ask) -> (f64, f64) {
    match ask {
        Ask::CheckCode => (15.0, 0.0),
        Ask::Msisdn => (10.0, 0.0),
        Ask::KraPin => (9.0, 2.0),
        Ask::Centre | Ask::NationalId | Ask::Digits => (8.0, 0.0),
        Ask::Tsc | Ask::Code => (6.0, 0.0),
        Ask::BirthYear | Ask::Pin | Ask::Number => (4.0, 0.0),
        Ask::Kilometres => (2.0, 0.0),
        Ask::Name | Ask::Words => (0.0, 15.0),
        Ask::Email => (0.0, 18.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_cost_more_than_digits_and_reading_counts() {
        assert!(seconds(80, Ask::Name) > seconds(80, Ask::NationalId));
        assert!(seconds(160, Ask::Pin) > seconds(40, Ask::Pin));
        assert!(seconds(160, Ask::Pin) < SILENCE);
    }
}
