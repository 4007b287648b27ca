//! Cookies that hold a token. No script reads them, and no other site's page sends them.

use std::time::Duration;

use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;

use crate::crypto::Token;

/// A kind of cookie.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cookie {
    pub(super) name: &'static str,
    /// Pages whose path begins so are sent it.
    pub(super) path: &'static str,
}

impl Cookie {
    /// The token that a browser brings along.
    pub(super) fn of(self, headers: &HeaderMap) -> Option<Token> {
        let cookies = headers
            .get_all(header::COOKIE)
            .iter()
            .filter_map(|value| value.to_str().ok());
        let mut pairs = cookies
            .flat_map(|value| value.split(';'))
            .filter_map(|pair| pair.trim().split_once('='));
        pairs
            .find(|(name, _)| *name == self.name)
            .and_then(|(_, value)| Token::parse(value))
    }

    /// Lets the browser keep a token for a while.
    pub(super) fn put(self, response: &mut Response, token: &Token, life: Duration, https: bool) {
        self.write(response, token.reveal(), life, https);
    }

    /// Lets the browser forget it.
    pub(super) fn remove(self, response: &mut Response, https: bool) {
        self.write(response, "", Duration::ZERO, https);
    }

    fn write(self, response: &mut Response, value: &str, life: Duration, https: bool) {
        let Self { name, path } = self;
        let life_s = life.as_secs();
        let secure = if https { "; Secure" } else { "" };
        let cookie = format!(
            "{name}={value}; HttpOnly; SameSite=Strict; Path={path}; Max-Age={life_s}{secure}"
        );
        if let Ok(cookie) = HeaderValue::from_str(&cookie) {
            response.headers_mut().append(header::SET_COOKIE, cookie);
        }
    }
}
