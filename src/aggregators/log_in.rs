//! A log-in that sends need first: a token for a while.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Request, StatusCode};
use zeroize::Zeroizing;

use super::NotSent;

/// What a log-in gives. Never printed.
#[derive(Clone)]
pub struct Token {
    /// The token.
    pub text: Zeroizing<String>,
    /// How long it holds.
    pub lasts: Duration,
}

/// Logs in before sends.
pub trait LogIn: Send + Sync {
    /// Builds the request that logs in. It holds the password: never print it.
    fn request(&self) -> Request<Bytes>;

    /// Reads the answer to it.
    fn token(&self, status: StatusCode, headers: &HeaderMap, body: &[u8])
    -> Result<Token, NotSent>;

    /// Shows the token with the request of a send.
    fn show(&self, token: &Token, request: &mut Request<Bytes>);
}
