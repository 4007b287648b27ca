//! The nearest plain text.

/// Folds a text to the ASCII that GSM-7 can carry, plus the line feed.
///
/// Letters lose their accents, typographic marks become the ones on a keyboard,
/// invisible characters go away; what has no near relative becomes `?`.
#[must_use]
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\n' | ' '..='_' | 'a'..='~' => folded.push(character),
            other => folded.push_str(mark(other).or_else(|| letter(other)).unwrap_or("?")),
        }
    }
    folded
}

/// Spaces, punctuation, symbols and the invisible.
fn mark(character: char) -> Option<&'static str> {
    Some(match character {
        '\t'
        | '\u{a0}'
        | '\u{1680}'
        | '\u{2000}'..='\u{200a}'
        | '\u{202f}'
        | '\u{205f}'
        | '\u{3000}' => " ",
        '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => "\n",
        // A carriage return comes with a line feed; combining accents and variation
        // selectors come with the letter they change; the rest has no width.
        '\r'
        | '\u{300}'..='\u{36f}'
        | '\u{fe00}'..='\u{fe0f}'
        | '\u{ad}'
        | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2060}'
        | '\u{feff}' => "",
        '`' | '´' | '‘' | '’' | '‚' | '‛' | '′' | 'ʹ' | 'ʻ' | 'ʼ' | 'ʽ' | 'ˈ' | '＇' => {
            "'"
        }
        '“' | '”' | '„' | '‟' | '″' | '«' | '»' => "\"",
        '‹' => "<",
        '›' => ">",
        '‐' | '‑' | '‒' | '–' | '—' | '―' | '−' | '•' | '·' => "-",
        '…' => "...",
        '¡' => "!",
        '¿' => "?",
        '⁄' | '÷' => "/",
        '×' => "x",
        '＋' => "+",
        '→' => "->",
        '←' => "<-",
        '½' => "1/2",
        '¼' => "1/4",
        '¾' => "3/4",
        'º' => "o",
        'ª' => "a",
        '¹' => "1",
        '²' => "2",
        '³' => "3",
        '€' => "EUR",
        '£' => "GBP",
        '¥' => "JPY",
        '©' => "(c)",
        '®' => "(R)",
        '™' => "(TM)",
        _ => return None,
    })
}

/// Latin letters with their accents taken off.
fn letter(character: char) -> Option<&'static str> {
    Some(match character {
        'À'..='Å' | 'Ā' | 'Ă' | 'Ą' | 'Ǎ' | 'Ạ' | 'Ả' => "A",
        'à'..='å' | 'ā' | 'ă' | 'ą' | 'ǎ' | 'ạ' | 'ả' => "a",
        'Ç' | 'Ć' | 'Ĉ' | 'Ċ' | 'Č' => "C",
        'ç' | 'ć' | 'ĉ' | 'ċ' | 'č' => "c",
        'Ð' | 'Ď' | 'Đ' => "D",
        'ð' | 'ď' | 'đ' => "d",
        'È'..='Ë' | 'Ē' | 'Ĕ' | 'Ė' | 'Ę' | 'Ě' | 'Ẹ' | 'Ẽ' => "E",
        'è'..='ë' | 'ē' | 'ĕ' | 'ė' | 'ę' | 'ě' | 'ẹ' | 'ẽ' => "e",
        'Ĝ' | 'Ğ' | 'Ġ' | 'Ģ' => "G",
        'ĝ' | 'ğ' | 'ġ' | 'ģ' => "g",
        'Ĥ' | 'Ħ' => "H",
        'ĥ' | 'ħ' => "h",
        'Ì'..='Ï' | 'Ĩ' | 'Ī' | 'Ĭ' | 'Į' | 'İ' | 'Ǐ' | 'Ị' => "I",
        'ì'..='ï' | 'ĩ' | 'ī' | 'ĭ' | 'į' | 'ı' | 'ǐ' | 'ị' => "i",
        'Ĵ' => "J",
        'ĵ' => "j",
        'Ķ' => "K",
        'ķ' => "k",
        'Ĺ' | 'Ļ' | 'Ľ' | 'Ł' => "L",
        'ĺ' | 'ļ' | 'ľ' | 'ł' => "l",
        'Ñ' | 'Ń' | 'Ņ' | 'Ň' => "N",
        'ñ' | 'ń' | 'ņ' | 'ň' => "n",
        'Ò'..='Ö' | 'Ø' | 'Ō' | 'Ŏ' | 'Ő' | 'Ǒ' | 'Ọ' => "O",
        'ò'..='ö' | 'ø' | 'ō' | 'ŏ' | 'ő' | 'ǒ' | 'ọ' => "o",
        'Ŕ' | 'Ŗ' | 'Ř' => "R",
        'ŕ' | 'ŗ' | 'ř' => "r",
        'Ś' | 'Ŝ' | 'Ş' | 'Š' | 'Ș' | 'Ṣ' => "S",
        'ś' | 'ŝ' | 'ş' | 'š' | 'ș' | 'ṣ' => "s",
        'Ţ' | 'Ť' | 'Ț' => "T",
        'ţ' | 'ť' | 'ț' => "t",
        'Ù'..='Ü' | 'Ũ' | 'Ū' | 'Ŭ' | 'Ů' | 'Ű' | 'Ų' | 'Ǔ' | 'Ụ' => "U",
        'ù'..='ü' | 'ũ' | 'ū' | 'ŭ' | 'ů' | 'ű' | 'ų' | 'ǔ' | 'ụ' => "u",
        'Ŵ' => "W",
        'ŵ' => "w",
        'Ý' | 'Ŷ' | 'Ÿ' => "Y",
        'ý' | 'ŷ' | 'ÿ' => "y",
        'Ź' | 'Ż' | 'Ž' => "Z",
        'ź' | 'ż' | 'ž' => "z",
        'Æ' => "AE",
        'æ' => "ae",
        'Œ' => "OE",
        'œ' => "oe",
        'Ŋ' => "NG",
        'ŋ' => "ng",
        'Þ' => "TH",
        'þ' => "th",
        'ß' => "ss",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::septets;
    use super::*;

    #[test]
    fn kenyan_names_come_out_as_they_are_typed_on_a_phone() {
        assert_eq!(fold("Mũrang’a"), "Murang'a");
        assert_eq!(fold("Ng`ang´a"), "Ng'ang'a");
        assert_eq!(fold("KĨAMBU"), "KIAMBU");
        assert_eq!(fold("Kiŋ’ori"), "King'ori");
    }

    #[test]
    fn typographic_marks_become_those_of_a_keyboard() {
        assert_eq!(fold("“19 Oct–20 Nov”…"), "\"19 Oct-20 Nov\"...");
        assert_eq!(fold("a\u{a0}b\tc"), "a b c");
        assert_eq!(fold("one\r\ntwo"), "one\ntwo");
    }

    #[test]
    fn letters_written_with_separate_accents_lose_them() {
        assert_eq!(fold("Andre\u{301}"), "Andre");
        assert_eq!(fold("André"), "Andre");
    }

    #[test]
    fn invisible_characters_go_away() {
        assert_eq!(fold("\u{feff}0712\u{200b}345678\u{202c}"), "0712345678");
    }

    #[test]
    fn what_has_no_near_relative_becomes_a_question_mark() {
        assert_eq!(fold("🎓 KNEC 漢\0"), "? KNEC ??");
    }

    proptest! {
        #[test]
        fn folded_text_is_always_gsm7_and_ascii(text in any::<String>()) {
            let folded = fold(&text);
            prop_assert!(septets(&folded).is_some());
            prop_assert!(folded.is_ascii());
        }

        #[test]
        fn folding_twice_changes_nothing_more(text in any::<String>()) {
            let once = fold(&text);
            prop_assert_eq!(fold(&once), once);
        }
    }
}
