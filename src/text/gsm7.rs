//! The GSM 7-bit default alphabet and its extension table (3GPP TS 23.038).

/// The septets a text takes, or `None` when a character is outside GSM-7.
#[must_use]
pub fn septets(text: &str) -> Option<usize> {
    text.chars().map(width).sum()
}

/// The first character of a text that GSM-7 cannot carry.
#[must_use]
pub fn not_gsm7(text: &str) -> Option<char> {
    text.chars().find(|character| width(*character).is_none())
}

/// What the alphabet has next to ASCII.
const BEYOND_ASCII: &str = "£¥èéùìòÇØøÅåΔΦΓΛΩΠΨΣΘΞÆæßÉ¤¡ÄÖÑÜ§¿äöñüà";

/// The extension table: these stand behind an escape.
const ESCAPED: &str = "^{}\\[~]|€\u{c}";

/// What one character costs: one septet, two behind the escape, `None` outside.
pub(super) fn width(character: char) -> Option<usize> {
    match character {
        '\n' | '\r' | ' '..='Z' | '_' | 'a'..='z' => Some(1),
        other if ESCAPED.contains(other) => Some(2),
        other if BEYOND_ASCII.contains(other) => Some(1),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_alphabet_has_127_characters_and_ten_more_behind_the_escape() {
        let of_width = |wanted| {
            ('\0'..='\u{ffff}')
                .filter(|character| width(*character) == Some(wanted))
                .count()
        };
        assert_eq!(of_width(1), 127);
        assert_eq!(of_width(2), 10);
    }

    #[test]
    fn plain_letters_cost_one_and_extension_characters_two() {
        assert_eq!(septets(""), Some(0));
        assert_eq!(septets("Karibu KNEC CP2"), Some(15));
        assert_eq!(septets("@£$¥_àÑ\n"), Some(8));
        assert_eq!(septets("[1] 5€"), Some(9));
    }

    #[test]
    fn one_foreign_character_is_enough_to_leave_the_alphabet() {
        for text in ["ng’ombe", "`", "ç", "á", "a\tb", "a\u{a0}b", "–", "🎓"] {
            assert_eq!(septets(text), None, "{text:?}");
        }
    }

    #[test]
    fn the_first_foreign_character_is_named() {
        assert_eq!(not_gsm7("Lang’ata – Nairobi"), Some('’'));
        assert_eq!(not_gsm7("Lang'ata - Nairobi"), None);
    }
}
