//! What the council answers somebody, short enough for a screen.

use super::canonical::serde_as_text;
use crate::text::{fold, septets};

/// An answer that every phone can show: GSM-7, one paragraph, 1 to 90 septets.
#[derive(Clone, PartialEq, Eq)]
pub struct Answer(String);

/// Why a text is not an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AnswerError {
    /// Nothing is said.
    #[error("the answer is empty")]
    Empty,
    /// Longer than a screen has room for.
    #[error("the answer takes {0} characters, and a screen has room for 90")]
    TooLong(usize),
    /// Characters that phones can't show.
    #[error("the answer has characters that not every phone can show")]
    Unshowable,
}

impl Answer {
    /// The most septets.
    pub const LONGEST: usize = 90;

    /// Reads an answer, folding what GSM-7 cannot carry.
    pub fn parse(text: &str) -> Result<Self, AnswerError> {
        let text = fold(text).split_whitespace().collect::<Vec<_>>().join(" ");
        match septets(&text) {
            None => Err(AnswerError::Unshowable),
            Some(0) => Err(AnswerError::Empty),
            Some(size) if size > Self::LONGEST => Err(AnswerError::TooLong(size)),
            Some(_) => Ok(Self(text)),
        }
    }

    /// The words.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Answer(..)")
    }
}

serde_as_text!(Answer, Answer::as_str);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_one_paragraph_that_phones_can_show() {
        let answer = Answer::parse("  You\u{2019}re on\nthe list. ").unwrap();
        assert_eq!(answer.as_str(), "You're on the list.");
        assert_eq!(Answer::parse(" \n"), Err(AnswerError::Empty));
    }

    #[test]
    fn what_takes_two_septets_counts_as_two() {
        assert!(Answer::parse(&"[".repeat(45)).is_ok());
        assert_eq!(
            Answer::parse(&"[".repeat(46)),
            Err(AnswerError::TooLong(92))
        );
    }
}
