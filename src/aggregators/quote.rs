//! An aggregator's own words, made safe to keep.

/// Shortens what an aggregator said for the operator's eyes. Long runs of
/// digits are hidden, for they may be somebody's number.
pub(super) fn quote(said: &str) -> String {
    let mut quoted = String::new();
    for word in said.split_whitespace() {
        let hidden = has_long_number(word) || word.contains(char::is_control);
        let shown = if hidden { "…" } else { word };
        if quoted.len() + shown.len() > 100 {
            break;
        }
        if !quoted.is_empty() {
            quoted.push(' ');
        }
        quoted.push_str(shown);
    }
    quoted
}

fn has_long_number(word: &str) -> bool {
    word.split(|character: char| !character.is_ascii_digit())
        .any(|digits| digits.len() > 5)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_in_the_aggregators_words_is_hidden() {
        assert_eq!(
            quote("Bad  number\n+254700000099 (code 403)"),
            "Bad number … (code 403)"
        );
    }

    #[test]
    fn prices_and_codes_are_shown() {
        for said in ["KES 1234.5000", "63902", "HTTP 502: RejectedByGateway"] {
            assert_eq!(quote(said), said);
        }
    }

    #[test]
    fn a_word_with_a_control_character_is_hidden() {
        assert_eq!(quote("odd\0 word"), "… word");
    }

    #[test]
    fn long_words_end_the_quote() {
        assert_eq!(quote(&format!("short {}", "x".repeat(500))), "short");
    }
}
