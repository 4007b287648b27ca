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

    /// The address of a page of ours, in the language that was pressed where that is
    /// not the browser's own anyway.
    #[must_use]
    pub fn keep(self, path: &str) -> String {
        match self.pressed {
            Some(language) if language != self.browser.unwrap_or_default() => {
                let joint = if path.contains('?') { '&' } else { '?' };
                format!("{path}{joint}lang={}", language.code())
            }
            _ => path.to_owned(),
        }
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

#[cfg(test)]
mod tests {
    use axum::http::Request;

    use super::*;

    async fn wish(path: &str, accepted: &str) -> LanguageWish {
        let request = Request::get(path)
            .header(header::ACCEPT_LANGUAGE, accepted)
            .body(())
            .unwrap();
        let (mut parts, ()) = request.into_parts();
        let Ok(wish) = LanguageWish::from_request_parts(&mut parts, &()).await;
        wish
    }

    #[tokio::test]
    async fn the_language_that_was_pressed_beats_all_others() {
        let wish = wish("/me?x=1&lang=sw", "en-GB").await;
        assert_eq!(wish.settle(Some(Language::En)), Language::Sw);
    }

    #[tokio::test]
    async fn the_language_that_was_pressed_goes_along_to_the_next_page() {
        assert_eq!(wish("/?lang=sw", "en-GB").await.keep("/me"), "/me?lang=sw");
        let sought = wish("/?lang=sw", "en-GB").await.keep("/centre?from=15");
        assert_eq!(sought, "/centre?from=15&lang=sw");
        assert_eq!(wish("/?lang=en", "sw-KE").await.keep("/me"), "/me?lang=en");
        assert_eq!(wish("/?lang=sw", "sw-KE").await.keep("/me"), "/me");
        assert_eq!(wish("/?lang=en", "fr").await.keep("/me"), "/me");
        assert_eq!(wish("/", "sw").await.keep("/me"), "/me");
    }

    #[tokio::test]
    async fn the_language_of_a_known_person_beats_the_browser() {
        let wish = wish("/me", "en-GB,en;q=0.9").await;
        assert_eq!(wish.settle(Some(Language::Sw)), Language::Sw);
    }

    #[tokio::test]
    async fn a_stranger_gets_the_first_language_we_have() {
        let swahili = wish("/", "fr-FR, sw-KE;q=0.8, en;q=0.7").await;
        assert_eq!(swahili.settle(None), Language::Sw);
        let neither = wish("/?lang=xx", "fr").await;
        assert_eq!(neither.settle(None), Language::En);
    }
}
