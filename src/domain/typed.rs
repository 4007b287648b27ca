//! Numbers and codes as people type them.

use crate::text::fold;

/// The text without the spaces and dashes people put between digits.
pub(super) fn unspaced(text: &str) -> String {
    fold(text)
        .chars()
        .filter(|character| !matches!(character, ' ' | '\n' | '-'))
        .collect()
}

/// Whether a text is digits and nothing else.
pub(super) fn is_digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether two names of one thing differ only in case and in what joins their words.
pub(super) fn same_word(one: &str, other: &str) -> bool {
    let plain = |text: &str| -> Vec<String> {
        text.split([' ', '-', '_'])
            .filter(|word| !word.is_empty())
            .map(str::to_ascii_lowercase)
            .collect()
    };
    plain(one) == plain(other)
}
