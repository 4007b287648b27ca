//! The language of a page.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::header;
use axum::http::request::Parts;

use crate::domain::Language;

/// The language a browser asks for: by `?lang=sw` in the address, which a person
/// pressed, or by its own settings, which they may never have seen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LanguageWish {
    pressed: Option<Language>,
    browser: Option<Language>,
}

impl LanguageWish {
    /// What was pressed, else the language this person is known to use, else the browser's.
    #[must_use]
    pub fn settle(self, known: Option<Language>) -> Language {
        self.pressed.or(known).or(self.browser).unwrap_or_default()
    }
}

impl<S: Sync> FromRequestParts<S> for LanguageWish {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let accepted = parts.headers.get(header::ACCEPT_LANGUAGE);
        Ok(Self {
            pressed: parts.uri.query().and_then(pressed),
            browser: accepted
                .and_then(|value| value.to_str().ok())
                .and_then(preferred),
        })
    }
}

fn pressed(query: &str) -> Option<Language> {
    query
        .split('&')
        .find_map(|pair| pair.strip_prefix("lang="))
        .and_then(|code| Language::parse(code).ok())
}

/// The first language of the list that we have; browsers put the best one first.
fn preferred(accepted: &str) -> Option<Language> {
    accepted
        .split(',')
        .filter_map(|entry| entry.trim().split(['-', ';']).next())
        .find_map(|code| Language::parse(code).ok())
}
