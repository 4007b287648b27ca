//! An aggregator's own words, made safe to keep.

/// Shortens what an aggregator said for the operator's eyes. Long runs of
/// digits are hidden, for they may be somebody's number.
pub(super) fn quote(said: &str) -> String {
    let mut quoted = String::new();
    for word in said.split_whitespace() {
        let digits = word.chars().filter(char::is_ascii_digit).count();
        let shown = if digits > 5 { "…" } else { word };
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
    fn long_words_end_the_quote() {
        assert_eq!(quote(&format!("short {}", "x".repeat(500))), "short");
    }
}
