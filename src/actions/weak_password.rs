//! Passwords that a stranger would try first. No rules of digits and signs: they make
//! passwords worse (NIST SP 800-63B, 5.1.1.2).

use crate::domain::{Msisdn, TscNumber};
use crate::store::people::Person;

/// The fewest characters.
const LEAST: usize = 8;

/// Words that everybody thinks of, alone or with a number behind them.
const COMMON: [&str; 20] = [
    "password",
    "nenosiri",
    "karibu",
    "karibusana",
    "kenya",
    "nairobi",
    "harambee",
    "qwerty",
    "qwertyuiop",
    "welcome",
    "iloveyou",
    "admin",
    "knec",
    "mtihani",
    "mwalimu",
    "teacher",
    "jesus",
    "mungu",
    "letmein",
    "examination",
];

/// Whether a password has too few characters.
pub(super) fn is_short(password: &str) -> bool {
    password.chars().count() < LEAST
}

/// Whether a password is easy to guess: a common word, a row or a repetition, or a piece
/// of what is known of the person.
pub(super) fn is_guessable(password: &str, person: &Person) -> bool {
    let plain = plain(password);
    let word = plain.trim_matches(|character: char| character.is_numeric());
    is_common(password) || is_personal(&plain, word, person)
}

/// Whether anybody would think of it, whosever it is.
pub(super) fn is_common(password: &str) -> bool {
    let plain = plain(password);
    let word = plain.trim_matches(|character: char| character.is_numeric());
    COMMON.contains(&word) || is_row(&plain)
}

/// Its letters and digits, small.
fn plain(password: &str) -> String {
    let signs = password.chars().filter(|sign| sign.is_alphanumeric());
    signs.flat_map(char::to_lowercase).collect()
}

/// Few different characters, or each one step from the one before.
fn is_row(plain: &str) -> bool {
    let mut different: Vec<char> = plain.chars().collect();
    let is_step = |pair: &[char]| u32::from(pair[0]).abs_diff(u32::from(pair[1])) <= 1;
    let is_row = different.windows(2).all(is_step);
    different.sort_unstable();
    different.dedup();
    is_row || different.len() <= 3
}

fn is_personal(plain: &str, word: &str, person: &Person) -> bool {
    let line = person.msisdn.as_ref().map(Msisdn::as_str);
    let numbers = [
        Some(person.national_id.as_str()),
        // However its beginning is spelled.
        line.and_then(|line| line.get(3..)),
        person.tsc_number.as_ref().map(TscNumber::as_str),
    ];
    let mut numbers = numbers.into_iter().flatten();
    let mut names = person.name.as_str().split_whitespace();
    numbers.any(|number| plain.contains(number)) || names.any(|name| name.to_lowercase() == word)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Name, NationalId, PersonId};
    use crate::store::people::Profile;

    fn person() -> Person {
        Person {
            id: PersonId::fresh(),
            national_id: NationalId::parse("90417362").unwrap(),
            tsc_number: Some(TscNumber::parse("512345").unwrap()),
            name: Name::parse("Achieng Mercy Odhiambo").unwrap(),
            town: None,
            msisdn: Some(Msisdn::parse("254700000001").unwrap()),
            kra_pin: None,
            profile: Profile::default(),
            waits_until: None,
        }
    }

    #[test]
    fn what_a_stranger_tries_first_is_guessable() {
        for password in [
            "Password1",
            "karibu2026!",
            "KARIBU 2026",
            "12345678",
            "87654321",
            "aaaaaaaa",
            "abcdefgh",
            "254700000001",
            "0700000001",
            "x0700 000 001",
            "90417362",
            "id90417362",
            "tsc512345",
            "achieng2026",
            "ODHIAMBO",
            "12121212",
        ] {
            assert!(is_guessable(password, &person()), "{password}");
        }
    }

    #[test]
    fn length_is_all_that_is_asked_besides() {
        for password in ["mbuzi tatu kisimani", "pKt4WmzQ2a", "ninapenda ugali"] {
            assert!(!is_guessable(password, &person()), "{password}");
            assert!(!is_short(password));
        }
        assert!(
            is_short("seven77") && !is_short("\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}")
        );
    }
}
