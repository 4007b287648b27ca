//! The log-in before sends, as `[token]` describes it.

use std::time::Duration;

use bytes::Bytes;
use http::header::{HeaderName, HeaderValue};
use http::{HeaderMap, Request, StatusCode};
use serde_json::Value;
use zeroize::Zeroizing;

use super::description::{Body, TokenWords, form};
use super::door::{Door, DoorWords};
use super::template::{OfAccount, OfToken, Template, plain};
use super::{Account, DescribedError};
use crate::aggregators::class::by_status;
use crate::aggregators::{LogIn, NotSent, SendOutcome, Token, json};

/// How many tenths of its time a token is used: a send takes a while too.
const TENTHS: u32 = 9;

/// Logs in. Its request is always the same, and made once, so that it can't fail later.
pub(super) struct Gate {
    door: Door,
    query: Zeroizing<Vec<u8>>,
    body: Bytes,
    token: String,
    lasts: Option<String>,
    lasts_s: u64,
    show: Vec<(HeaderName, Template<OfToken>)>,
}

impl Gate {
    pub(super) fn open(words: TokenWords, account: &Account) -> Result<Self, DescribedError> {
        let door = DoorWords {
            method: words.method,
            url: &words.url,
            basic: words.basic.as_ref(),
            headers: &words.headers,
            kind: words.body.as_ref().map(Body::kind),
        };
        let door = Door::open(door, account)?;
        let slots = words.query.values().flat_map(Template::slots);
        let slots = slots.chain(words.body.iter().flat_map(Body::slots));
        for slot in slots {
            if account.value_of(slot).is_none() {
                return Err(DescribedError::NoValue(slot.to_string()));
            }
        }
        let look = |slot: &OfAccount| account.value_of(slot);
        let header = |(name, value): (String, _)| {
            let header = name.parse::<HeaderName>();
            header
                .map(|header| (header, value))
                .map_err(|_| DescribedError::Header(name))
        };
        Ok(Self {
            query: form(&words.query, &look),
            body: words.body.map(|body| body.write(&look)).unwrap_or_default(),
            door,
            token: words.token,
            lasts: words.lasts,
            lasts_s: words.lasts_s,
            show: words
                .show
                .into_iter()
                .map(header)
                .collect::<Result<_, _>>()?,
        })
    }
}

impl LogIn for Gate {
    fn request(&self) -> Request<Bytes> {
        self.door.request(&self.query, self.body.clone())
    }

    fn token(
        &self,
        status: StatusCode,
        headers: &HeaderMap,
        body: &[u8],
    ) -> Result<Token, NotSent> {
        if !status.is_success() {
            return Err(refused(status, headers));
        }
        let value: Value = serde_json::from_slice(body).unwrap_or_default();
        let word = |path: &String| json::at(&value, path).and_then(json::word);
        let text = word(&self.token).filter(|token| !token.is_empty());
        let text = text.ok_or_else(|| NotSent::Transient {
            reason: "the log-in gave no token".into(),
            retry_after: None,
        })?;
        let told = self.lasts.as_ref().and_then(word);
        let seconds = told.and_then(|told| told.parse().ok());
        let lasts = Duration::from_secs(seconds.unwrap_or(self.lasts_s));
        Ok(Token {
            text: Zeroizing::new(text),
            lasts: lasts / 10 * TENTHS,
        })
    }

    fn show(&self, token: &Token, request: &mut Request<Bytes>) {
        for (name, value) in &self.show {
            let value = value.write(&|_: &OfToken| Some(token.text.clone()), plain);
            // A token that no header can carry is refused like a wrong one.
            if let Ok(mut value) = HeaderValue::from_str(&value) {
                value.set_sensitive(true);
                request.headers_mut().insert(name, value);
            }
        }
    }
}

/// Whatever the log-in says, no SMS has left.
fn refused(status: StatusCode, headers: &HeaderMap) -> NotSent {
    if [StatusCode::BAD_REQUEST, StatusCode::FORBIDDEN].contains(&status) {
        return NotSent::BadCredentials;
    }
    match by_status(status, headers) {
        SendOutcome::NotSent(why @ (NotSent::BadCredentials | NotSent::Throttled { .. })) => why,
        _ => NotSent::Transient {
            reason: format!("the log-in was answered with HTTP {}", status.as_u16()),
            retry_after: None,
        },
    }
}
