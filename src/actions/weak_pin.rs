//! PINs that a thief would try first.

use crate::store::people::Person;

/// Whether a PIN is easy to guess: a row of digits, few different ones, a year, or a
/// piece of what stands on the person's card or phone.
pub(super) fn is_weak(pin: &str, person: &Person) -> bool {
    let digits: Vec<i16> = pin.bytes().map(i16::from).collect();
    let steps: Vec<i16> = digits.windows(2).map(|pair| pair[1] - pair[0]).collect();
    let is_row = steps.iter().all(|step| *step == steps[0]) && steps[0].abs() <= 2;
    let mut different = digits.clone();
    different.sort_unstable();
    different.dedup();
    let year: u16 = pin.parse().unwrap_or(0);
    let is_year = (1920..2030).contains(&year);
    let pieces = [
        Some(person.national_id.as_str()),
        person.msisdn.as_ref().map(crate::domain::Msisdn::as_str),
        person
            .tsc_number
            .as_ref()
            .map(crate::domain::TscNumber::as_str),
    ];
    let is_piece = pieces
        .into_iter()
        .flatten()
        .any(|number| number.contains(pin));
    is_row || different.len() <= 2 || is_year || is_piece
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Msisdn, Name, NationalId, PersonId, TscNumber};
    use crate::store::people::Profile;

    fn person() -> Person {
        Person {
            id: PersonId::fresh(),
            national_id: NationalId::parse("90417362").unwrap(),
            tsc_number: TscNumber::parse("582941").ok(),
            name: Name::parse("Mfano Mtu").unwrap(),
            town: None,
            msisdn: Msisdn::parse("254709658231").ok(),
            kra_pin: None,
            profile: Profile::default(),
            waits_until: None,
        }
    }

    #[test]
    fn what_a_thief_tries_first_is_weak() {
        for pin in [
            "1234", "4321", "0000", "7777", "2468", "1212", "1122", "5550", "1987", "2026", "4173",
            "7362", "6582", "8231", "8294",
        ] {
            assert!(is_weak(pin, &person()), "{pin}");
        }
    }

    #[test]
    fn most_pins_are_not() {
        let person = person();
        let strong = (0..10_000).filter(|pin| !is_weak(&format!("{pin:04}"), &person));
        assert!(strong.count() > 9_000);
        assert!(!is_weak("8351", &person));
    }
}
