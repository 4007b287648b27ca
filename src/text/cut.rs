//! Shortening a text to a number of septets.

use super::{fold, gsm7, septets};

/// The text if it fits, else its longest beginning that does, ended by a full stop.
///
/// The answer never takes more than `max_septets`; a text with characters
/// outside GSM-7 is folded first, since they have no size in septets.
#[must_use]
pub fn cut(text: &str, max_septets: usize) -> String {
    match septets(text) {
        None => cut(&fold(text), max_septets),
        Some(size) if size <= max_septets => text.to_owned(),
        Some(_) if max_septets == 0 => String::new(),
        Some(_) => {
            let kept = beginning(text, max_septets - 1);
            format!("{}.", kept.trim_end_matches([' ', '\n', '.']))
        }
    }
}

fn beginning(text: &str, max_septets: usize) -> &str {
    let mut used = 0;
    let end = text.char_indices().find_map(|(at, character)| {
        used += gsm7::width(character).unwrap_or(0);
        (used > max_septets).then_some(at)
    });
    &text[..end.unwrap_or(text.len())]
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_fits_is_left_alone() {
        assert_eq!(cut("MFANO SEC SCH", 13), "MFANO SEC SCH");
        assert_eq!(cut("", 0), "");
    }

    #[test]
    fn what_does_not_fit_ends_in_a_full_stop() {
        assert_eq!(cut("MFANO SECONDARY SCHOOL", 13), "MFANO SECOND.");
    }

    #[test]
    fn neither_a_space_nor_a_second_full_stop_stands_before_it() {
        assert_eq!(cut("MFANO SECONDARY", 7), "MFANO.");
        assert_eq!(cut("ST. MARYS", 4), "ST.");
    }

    #[test]
    fn a_pair_of_septets_is_kept_or_dropped_whole() {
        assert_eq!(cut("ab€cd", 5), "ab€.");
        assert_eq!(cut("ab€cd", 4), "ab.");
    }

    #[test]
    fn text_outside_gsm7_is_folded_first() {
        assert_eq!(cut("Mũrang’a South", 9), "Murang'a.");
    }

    #[test]
    fn there_may_be_room_for_the_full_stop_only_or_for_nothing() {
        assert_eq!(cut("MFANO", 1), ".");
        assert_eq!(cut("MFANO", 0), "");
    }

    proptest! {
        #[test]
        fn the_answer_never_exceeds_the_maximum(text in "(?s)[a-zA-Z. €\\[’ũ\n]{0,80}|.{0,80}", max in 0_usize..90) {
            let size = septets(&cut(&text, max));
            prop_assert!(size.is_some_and(|size| size <= max));
        }

        #[test]
        fn the_answer_is_a_beginning_of_the_text(text in "[a-z€. ]{0,60}", max in 1_usize..60) {
            let short = cut(&text, max);
            prop_assert!(text.starts_with(short.strip_suffix('.').unwrap_or(&short)));
        }
    }
}
