//! What an SMS asks for.

use crate::domain::{Language, NationalId};
use crate::text::fold;

/// A word that people send.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Keyword {
    Deployment,
    Letter,
    Reset,
    Details,
    Help,
    Stop,
    Start,
}

/// Each with its language; STOP and START are the same in both.
const WORDS: [(&str, Keyword, Option<Language>); 12] = [
    ("DEPLOY", Keyword::Deployment, Some(Language::En)),
    ("KITUO", Keyword::Deployment, Some(Language::Sw)),
    ("LETTER", Keyword::Letter, Some(Language::En)),
    ("BARUA", Keyword::Letter, Some(Language::Sw)),
    ("RESET", Keyword::Reset, Some(Language::En)),
    ("NENOSIRI", Keyword::Reset, Some(Language::Sw)),
    ("DETAILS", Keyword::Details, Some(Language::En)),
    ("MAELEZO", Keyword::Details, Some(Language::Sw)),
    ("HELP", Keyword::Help, Some(Language::En)),
    ("MSAADA", Keyword::Help, Some(Language::Sw)),
    ("STOP", Keyword::Stop, None),
    ("START", Keyword::Start, None),
];

/// The shortest word in which one wrong letter is forgiven.
const FORGIVEN: usize = 5;

/// What was read from a text.
#[derive(Clone, PartialEq, Eq, Default)]
pub(super) struct Asked {
    pub(super) keyword: Option<Keyword>,
    /// The language of the keyword, where it has one.
    pub(super) language: Option<Language>,
    /// An ID number, beside a keyword or alone.
    pub(super) id: Option<NationalId>,
}

impl Asked {
    /// Reads a text. Only its first word is a keyword: whoever writes a sentence wants a
    /// person to read it.
    pub(super) fn read(text: &str) -> Self {
        let folded = fold(text).to_ascii_uppercase();
        let trimmed = folded.trim_matches(|c: char| !c.is_ascii_alphanumeric());
        if let Ok(id) = NationalId::parse(trimmed) {
            return Self {
                id: Some(id),
                ..Self::default()
            };
        }
        let split = trimmed.find(|c: char| !c.is_ascii_alphabetic());
        let (word, rest) = trimmed.split_at(split.unwrap_or(trimmed.len()));
        let found = WORDS
            .iter()
            .find(|(known, ..)| *known == word)
            .or_else(|| WORDS.iter().find(|(known, ..)| is_nearly(known, word)));
        let Some((_, keyword, language)) = found else {
            return Self::default();
        };
        let rest = rest.trim_matches(|c: char| !c.is_ascii_alphanumeric());
        Self {
            keyword: Some(*keyword),
            language: *language,
            id: NationalId::parse(rest).ok(),
        }
    }
}

/// Whether one letter was left out, added or typed wrongly, or two changed places.
fn is_nearly(known: &str, typed: &str) -> bool {
    let (known, typed) = (known.as_bytes(), typed.as_bytes());
    if known.len() < FORGIVEN || known.len().abs_diff(typed.len()) > 1 {
        return false;
    }
    let same = |(a, b): &(&u8, &u8)| a == b;
    let from_start = known.iter().zip(typed).take_while(same).count();
    let longest = known.len().max(typed.len());
    let from_end = known
        .iter()
        .rev()
        .zip(typed.iter().rev())
        .take_while(same)
        .count();
    let changed_places = known.len() == typed.len()
        && from_start + from_end + 2 == longest
        && known[from_start] == typed[from_start + 1]
        && known[from_start + 1] == typed[from_start];
    changed_places || from_start + from_end + 1 >= longest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keyword(text: &str) -> Option<Keyword> {
        Asked::read(text).keyword
    }

    #[test]
    fn words_are_read_in_any_case_with_one_wrong_letter() {
        for text in [
            "RESET", "reset", " Reset. ", "rest", "rezet", "ressset", "reste",
        ] {
            let expected = (text != "ressset").then_some(Keyword::Reset);
            assert_eq!(keyword(text), expected, "{text}");
        }
        assert_eq!(keyword("nenosri"), Some(Keyword::Reset));
        assert_eq!(keyword("kituoo"), Some(Keyword::Deployment));
    }

    #[test]
    fn short_words_must_be_right() {
        for text in ["hel", "stp", "stopp", "hepl"] {
            assert_eq!(keyword(text), None, "{text}");
        }
        assert_eq!(keyword("Stop"), Some(Keyword::Stop));
        assert_eq!(keyword("START"), Some(Keyword::Start));
    }

    #[test]
    fn a_keyword_has_its_language() {
        assert_eq!(Asked::read("Barua").language, Some(Language::Sw));
        assert_eq!(Asked::read("letter").language, Some(Language::En));
        assert_eq!(Asked::read("stop").language, None);
    }

    #[test]
    fn an_id_number_stands_alone_or_behind_a_keyword() {
        let id = |text| Asked::read(text).id.map(|id| id.as_str().to_owned());
        assert_eq!(id("90000001").as_deref(), Some("90000001"));
        assert_eq!(id("9000 0001").as_deref(), Some("90000001"));
        assert_eq!(id("RESET 90000001").as_deref(), Some("90000001"));
        assert_eq!(id("BARUA90000001").as_deref(), Some("90000001"));
        assert_eq!(id("RESET 1234"), None);
        assert_eq!(id("my id is 90000001"), None);
    }

    #[test]
    fn anything_else_asks_for_nothing() {
        for text in [
            "",
            " ",
            "\u{1f600}",
            "I want my letter",
            "1234",
            "****",
            "\n",
        ] {
            assert!(Asked::read(text) == Asked::default(), "{text}");
        }
    }
}
