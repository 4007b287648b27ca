//! The SMS that a text is sent as.
//!
//! The figures are those of an 8-bit concatenation reference, the common one.

use super::gsm7;

/// What one message carries alone, and what it carries as a part of many.
struct Capacity {
    alone: usize,
    part: usize,
}

const SEPTETS: Capacity = Capacity {
    alone: 160,
    part: 153,
};
const UCS2_UNITS: Capacity = Capacity {
    alone: 70,
    part: 67,
};

/// The SMS segments a text is billed as; the empty text is one.
#[must_use]
pub fn segments(text: &str) -> usize {
    split(text).len()
}

/// A text in the parts that it is sent as; the empty text is one.
///
/// One character outside GSM-7 turns the whole message into UCS-2. Neither an
/// escape pair nor a surrogate pair is split, so a part can end one unit short.
#[must_use]
pub fn split(text: &str) -> Vec<&str> {
    let is_gsm7 = gsm7::septets(text).is_some();
    if is_gsm7 {
        SEPTETS.split(text, |character| gsm7::width(character).unwrap_or(1))
    } else {
        UCS2_UNITS.split(text, char::len_utf16)
    }
}

impl Capacity {
    fn split<'a>(&self, text: &'a str, width: impl Fn(char) -> usize) -> Vec<&'a str> {
        if text.chars().map(&width).sum::<usize>() <= self.alone {
            return vec![text];
        }
        let (mut parts, mut start, mut used) = (Vec::new(), 0, 0);
        for (at, character) in text.char_indices() {
            let width = width(character);
            if used + width > self.part {
                parts.push(&text[start..at]);
                (start, used) = (at, 0);
            }
            used += width;
        }
        parts.push(&text[start..]);
        parts
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_empty_text_is_one_segment() {
        assert_eq!(segments(""), 1);
    }

    #[test]
    fn plain_text_takes_160_alone_and_153_a_part() {
        for (length, expected) in [(160, 1), (161, 2), (306, 2), (307, 3), (459, 3), (460, 4)] {
            assert_eq!(segments(&"a".repeat(length)), expected, "{length}");
        }
    }

    #[test]
    fn unicode_takes_70_alone_and_67_a_part() {
        for (length, expected) in [(70, 1), (71, 2), (134, 2), (135, 3)] {
            assert_eq!(segments(&"ã".repeat(length)), expected, "{length}");
        }
    }

    #[test]
    fn an_escape_pair_is_not_split_between_parts() {
        let tail = "a".repeat(152);
        assert_eq!(segments(&format!("{}€{tail}", "a".repeat(151))), 2);
        // The euro sign would straddle 152 and 153, so the first part holds 152.
        assert_eq!(segments(&format!("{}€{tail}", "a".repeat(152))), 3);
    }

    #[test]
    fn a_surrogate_pair_is_not_split_between_parts() {
        let tail = "ã".repeat(66);
        assert_eq!(segments(&format!("{}🎓{tail}", "ã".repeat(65))), 2);
        assert_eq!(segments(&format!("{}🎓{tail}", "ã".repeat(66))), 3);
    }

    /// Another way to the same answer: lay the units out one by one, mark those
    /// that open a character, and jump from part to part.
    fn by_jumping(text: &str) -> usize {
        let gsm7 = gsm7::not_gsm7(text).is_none();
        let opens: Vec<bool> = text
            .chars()
            .flat_map(|character| {
                let pair = if gsm7 {
                    "^{}\\[~]|€\u{c}".contains(character)
                } else {
                    u32::from(character) > 0xffff
                };
                [true, false].into_iter().take(1 + usize::from(pair))
            })
            .collect();
        let (alone, part) = if gsm7 { (160, 153) } else { (70, 67) };
        if opens.len() <= alone {
            return 1;
        }
        let mut parts = 0;
        let mut start = 0;
        while start < opens.len() {
            let end = start + part;
            start = match opens.get(end) {
                Some(false) => end - 1,
                _ => end,
            };
            parts += 1;
        }
        parts
    }

    proptest! {
        #[test]
        fn gsm7_segments_agree_with_jumping(text in "[a-z€\\[^ ]{0,700}") {
            prop_assert_eq!(segments(&text), by_jumping(&text));
        }

        #[test]
        fn ucs2_segments_agree_with_jumping(text in "[a-zã🎓]{0,300}") {
            prop_assert_eq!(segments(&text), by_jumping(&text));
        }

        #[test]
        fn any_text_has_segments_that_agree_with_jumping(text in any::<String>()) {
            prop_assert_eq!(segments(&text), by_jumping(&text));
        }
    }
}
