//! A person's name.

use std::fmt;

use super::canonical::serde_as_text;
use crate::text::fold;

/// A name that every phone can show: plain ASCII, single spaces, 2 to 60 characters.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Name(String);

/// Why a text is not a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// Less than two characters.
    #[error("a name has at least 2 characters")]
    TooShort,
    /// More than sixty characters.
    #[error("a name has at most 60 characters")]
    TooLong,
    /// Nothing but digits and signs.
    #[error("a name has letters in it")]
    NoLetters,
}

impl Name {
    /// Reads a name, folding what GSM-7 cannot carry; the case is kept.
    pub fn parse(text: &str) -> Result<Self, NameError> {
        let name = fold(text).split_whitespace().collect::<Vec<_>>().join(" ");
        match name.len() {
            0..2 => Err(NameError::TooShort),
            61.. => Err(NameError::TooLong),
            _ if !name.contains(|character: char| character.is_ascii_alphabetic()) => {
                Err(NameError::NoLetters)
            }
            _ => Ok(Self(name)),
        }
    }

    /// The name in full.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let initials: String = self
            .0
            .split(' ')
            .filter_map(|word| word.chars().next())
            .flat_map(|initial| [initial, '.'])
            .collect();
        write!(f, "Name({initials})")
    }
}

serde_as_text!(Name, Name::as_str);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::text::septets;

    #[test]
    fn a_name_is_folded_and_its_spaces_are_made_single() {
        for (typed, kept) in [
            ("  MFANO   WA\tJINA ", "MFANO WA JINA"),
            ("Ng’ang’a Mũmbi", "Ng'ang'a Mumbi"),
            ("Jo", "Jo"),
        ] {
            assert_eq!(Name::parse(typed).unwrap().as_str(), kept);
        }
    }

    #[test]
    fn sixty_characters_fit_and_one_more_does_not() {
        assert!(Name::parse(&"a".repeat(60)).is_ok());
        assert_eq!(Name::parse(&"a".repeat(61)), Err(NameError::TooLong));
    }

    #[test]
    fn nothing_and_signs_alone_are_no_name() {
        for typed in ["", "   ", "A"] {
            assert_eq!(Name::parse(typed), Err(NameError::TooShort));
        }
        for typed in ["12345", "漢字", "--"] {
            assert_eq!(Name::parse(typed), Err(NameError::NoLetters));
        }
    }

    #[test]
    fn debug_shows_the_initials_only() {
        let name = Name::parse("Mfano Wa Jina").unwrap();
        assert_eq!(format!("{name:?}"), "Name(M.W.J.)");
    }

    proptest! {
        #[test]
        fn any_accepted_name_is_gsm7_and_stays_as_it_is(text in "(?s).{0,70}") {
            if let Ok(name) = Name::parse(&text) {
                prop_assert!(septets(name.as_str()).is_some());
                prop_assert_eq!(Name::parse(name.as_str()), Ok(name));
            }
        }
    }
}
