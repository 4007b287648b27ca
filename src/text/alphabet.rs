//! Texts in the GSM 7-bit default alphabet, a septet in each byte, as SMPP carries them.

/// The alphabet in its own order (3GPP TS 23.038); the escape stands at 27.
const ALPHABET: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\u{1b}ÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?\
                        ¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";

/// What stands behind the escape, with its code.
const ESCAPED: [(char, u8); 10] = [
    ('\u{c}', 10),
    ('^', 20),
    ('{', 40),
    ('}', 41),
    ('\\', 47),
    ('[', 60),
    ('~', 61),
    (']', 62),
    ('|', 64),
    ('€', 101),
];

const ESCAPE: u8 = 27;

/// A text in septets; none where a character is outside GSM-7.
#[must_use]
pub fn to_septets(text: &str) -> Option<Vec<u8>> {
    let mut septets = Vec::with_capacity(text.len());
    for character in text.chars() {
        if let Some((_, code)) = ESCAPED.iter().find(|(escaped, _)| *escaped == character) {
            septets.extend([ESCAPE, *code]);
        } else {
            let code = ALPHABET.chars().position(|known| known == character)?;
            let code = u8::try_from(code).ok().filter(|code| *code != ESCAPE)?;
            septets.push(code);
        }
    }
    Some(septets)
}

/// The text of septets. What no alphabet has is shown as `?`.
#[must_use]
pub fn from_septets(septets: &[u8]) -> String {
    let mut text = String::with_capacity(septets.len());
    let mut rest = septets.iter();
    while let Some(code) = rest.next() {
        let found = if *code == ESCAPE {
            let code = rest.next();
            let named = |(_, other): &&(char, u8)| Some(other) == code;
            ESCAPED.iter().find(named).map(|(escaped, _)| *escaped)
        } else {
            ALPHABET.chars().nth(usize::from(*code))
        };
        text.push(found.unwrap_or('?'));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::{not_gsm7, septets};

    #[test]
    fn every_character_of_gsm7_comes_back_and_costs_what_it_is_said_to() {
        let gsm7: String = ('\0'..='\u{ffff}')
            .filter(|character| not_gsm7(&character.to_string()).is_none())
            .collect();
        let written = to_septets(&gsm7).unwrap();
        assert_eq!(Some(written.len()), septets(&gsm7));
        assert_eq!(from_septets(&written), gsm7);
    }

    #[test]
    fn the_codes_are_those_of_the_standard() {
        assert_eq!(to_septets("@$_ A€").unwrap(), [0, 2, 17, 32, 65, 27, 101]);
        assert_eq!(to_septets("\u{1b}"), None);
        assert_eq!(to_septets("ã"), None);
    }

    #[test]
    fn what_is_no_character_is_a_question_mark() {
        assert_eq!(from_septets(&[200, 27, 1, 65, 27]), "??A?");
    }
}
