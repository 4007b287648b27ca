//! Ids that an aggregator made.

/// Whether a text can be an aggregator's id: 1 to 128 visible ASCII
/// characters. What it means is the aggregator's own affair.
pub(super) fn is_id(text: &str) -> bool {
    (1..=128).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_short_visible_ascii() {
        assert!(is_id("ATUid_3f0c2b"));
        let too_long = "a".repeat(129);
        for bad in ["", "two words", "line\nbreak", "naïve", "nul\0", &too_long] {
            assert!(!is_id(bad), "{bad:?}");
        }
    }
}
