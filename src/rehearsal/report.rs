//! What a transcript came to.

use std::collections::BTreeSet;
use std::fmt;

use crate::menus::Edge;

/// A step that did not go as written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The transcript's file.
    pub file: String,
    /// The step's line.
    pub line: usize,
    /// What was to be seen.
    pub expected: Vec<String>,
    /// What was seen.
    pub seen: Vec<String>,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: not as written", self.file, self.line)?;
        let missing = self
            .expected
            .iter()
            .map(|line| ('-', line))
            .filter(|(_, line)| !self.seen.contains(line));
        let surplus = self
            .seen
            .iter()
            .map(|line| ('+', line))
            .filter(|(_, line)| !self.expected.iter().any(|other| matches(other, line)));
        for (sign, line) in missing.chain(surplus) {
            write!(f, "\n  {sign} {line}")?;
        }
        Ok(())
    }
}

/// A transcript that was played.
#[derive(Debug, Clone, Default)]
pub struct Played {
    /// What differed.
    pub differences: Vec<Difference>,
    /// The ways through the menu that it went.
    pub walked: BTreeSet<Edge>,
    /// What was seen after each step, for writing it down.
    pub seen: Vec<Vec<String>>,
}

/// Whether a line is as written. `~` stands for one word of any length.
pub(super) fn matches(expected: &str, seen: &str) -> bool {
    words(expected, seen).is_some()
}

/// The first word that `~` stands for in a line that is as written.
pub(super) fn unknown(expected: &str, seen: &str) -> Option<String> {
    let word = words(expected, seen)?.into_iter().next()?;
    Some(word.to_owned())
}

/// The words that each `~` stands for; none where the line is not as written.
fn words<'a>(expected: &str, seen: &'a str) -> Option<Vec<&'a str>> {
    let mut words = Vec::new();
    let mut parts = expected.split('~');
    let mut rest = parts.next().and_then(|first| seen.strip_prefix(first))?;
    for part in parts {
        let word = rest.find(' ').unwrap_or(rest.len());
        // The last fit within the word: a word may itself hold what follows it.
        let end = if part.is_empty() {
            Some(word)
        } else {
            (1..=word)
                .rev()
                .find(|&end| rest.is_char_boundary(end) && rest[end..].starts_with(part))
        }?;
        words.push(&rest[..end]);
        rest = &rest[end + part.len()..];
    }
    rest.is_empty().then_some(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tilde_is_one_word() {
        assert!(matches("password ~. Works", "password aB.c. Works"));
        assert!(matches("link ~", "link https://x/l/0"));
        assert_eq!(
            unknown("code ~ now", "code 1234 now").as_deref(),
            Some("1234")
        );
        assert!(matches("plain", "plain"));
        assert!(!matches("password ~. Works", "password a b. Works"));
        assert!(!matches("plain", "plain more"));
        assert!(!matches("~ x", " x"));
    }
}
