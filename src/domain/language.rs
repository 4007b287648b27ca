//! The two languages of the service.

use super::canonical::serde_as_text;

/// The language a person is spoken to in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Language {
    /// English.
    #[default]
    En,
    /// Kiswahili.
    Sw,
}

/// A text names no language of the service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the languages are en and sw")]
pub struct LanguageError;

impl Language {
    /// Both, English first.
    pub const ALL: [Self; 2] = [Self::En, Self::Sw];

    /// Reads `en` or `sw`, in any case.
    pub fn parse(text: &str) -> Result<Self, LanguageError> {
        Self::ALL
            .into_iter()
            .find(|language| language.code().eq_ignore_ascii_case(text.trim()))
            .ok_or(LanguageError)
    }

    /// The code, `en` or `sw`.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Sw => "sw",
        }
    }

    /// The one that is not this.
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::En => Self::Sw,
            Self::Sw => Self::En,
        }
    }
}

serde_as_text!(Language, Language::code);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_read_in_any_case_and_nothing_else_is() {
        assert_eq!(Language::parse("EN"), Ok(Language::En));
        assert_eq!(Language::parse(" sw "), Ok(Language::Sw));
        assert_eq!(Language::parse("fr"), Err(LanguageError));
    }

    #[test]
    fn it_travels_as_its_code() {
        for language in Language::ALL {
            let json = serde_json::to_string(&language).unwrap();
            assert_eq!(json, format!("\"{}\"", language.code()));
            assert_eq!(serde_json::from_str::<Language>(&json).unwrap(), language);
        }
    }

    #[test]
    fn english_is_spoken_until_somebody_asks_for_the_other() {
        assert_eq!(Language::default(), Language::En);
        assert_eq!(Language::default().other(), Language::Sw);
        assert_eq!(Language::Sw.other(), Language::En);
    }
}
