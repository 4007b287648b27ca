//! Where a request goes and what it says of us. What does not change from one to the next is
//! made once, so that it can't fail later.

use std::collections::BTreeMap;

use bytes::Bytes;
use data_encoding::BASE64;
use http::header::{AUTHORIZATION, HeaderName, HeaderValue};
use http::{HeaderMap, Request, Uri};
use zeroize::Zeroizing;

use super::description::Method;
use super::template::{OfAccount, Template, plain};
use super::{Account, DescribedError};

/// What a description says of it.
pub(super) struct DoorWords<'a> {
    pub(super) method: Method,
    pub(super) url: &'a Template<OfAccount>,
    pub(super) basic: Option<&'a [Template<OfAccount>; 2]>,
    pub(super) headers: &'a BTreeMap<String, Template<OfAccount>>,
    /// What the body is, where there is one and no header says so.
    pub(super) kind: Option<HeaderValue>,
}

/// Where requests go, and as whom.
pub(super) struct Door {
    method: http::Method,
    url: Zeroizing<String>,
    headers: HeaderMap,
}

impl Door {
    pub(super) fn open(words: DoorWords<'_>, account: &Account) -> Result<Self, DescribedError> {
        let url = filled(words.url, account)?;
        if !is_address(&url) {
            return Err(DescribedError::Url);
        }
        let mut headers = HeaderMap::new();
        for (name, value) in words.headers {
            insert(&mut headers, name, &filled(value, account)?)?;
        }
        if let Some([user, password]) = words.basic {
            let both = [filled(user, account)?, filled(password, account)?];
            let both = Zeroizing::new(format!("{}:{}", *both[0], *both[1]));
            let value = Zeroizing::new(format!("Basic {}", BASE64.encode(both.as_bytes())));
            insert(&mut headers, AUTHORIZATION.as_str(), &value)?;
        }
        if let Some(kind) = words.kind {
            headers.entry(http::header::CONTENT_TYPE).or_insert(kind);
        }
        let method = match words.method {
            Method::Get => http::Method::GET,
            Method::Post => http::Method::POST,
        };
        Ok(Self {
            method,
            url,
            headers,
        })
    }

    pub(super) fn request(&self, query: &[u8], body: Bytes) -> Request<Bytes> {
        let mut request = Request::new(body);
        *request.method_mut() = self.method.clone();
        // What is not an address is surely not sent; `open` has seen that this one is.
        *request.uri_mut() = self.address(query).unwrap_or_default();
        *request.headers_mut() = self.headers.clone();
        request
    }

    fn address(&self, query: &[u8]) -> Option<Uri> {
        if query.is_empty() {
            return self.url.parse().ok();
        }
        let query = std::str::from_utf8(query).ok()?;
        let joint = if self.url.contains('?') { '&' } else { '?' };
        let whole = Zeroizing::new(format!("{}{joint}{query}", *self.url));
        whole.parse().ok()
    }
}

/// A text of the account's values, each of which must be there.
pub(super) fn filled(
    template: &Template<OfAccount>,
    account: &Account,
) -> Result<Zeroizing<String>, DescribedError> {
    let missing = template
        .slots()
        .find(|slot| account.value_of(slot).is_none());
    match missing {
        Some(slot) => Err(DescribedError::NoValue(slot.to_string())),
        None => Ok(template.write(&|slot| account.value_of(slot), plain)),
    }
}

fn insert(headers: &mut HeaderMap, name: &str, value: &str) -> Result<(), DescribedError> {
    let refuse = || DescribedError::Header(name.to_owned());
    let header: HeaderName = name.parse().map_err(|_| refuse())?;
    let mut value = HeaderValue::from_str(value).map_err(|_| refuse())?;
    value.set_sensitive(true);
    headers.insert(header, value);
    Ok(())
}

/// Passwords travel there: only this machine may be reached without TLS.
fn is_address(url: &str) -> bool {
    let Ok(uri) = url.parse::<Uri>() else {
        return false;
    };
    match (uri.scheme_str(), uri.host()) {
        (Some("https"), Some(_)) => true,
        (Some("http"), Some(host)) => ["127.0.0.1", "localhost", "[::1]"].contains(&host),
        _ => false,
    }
}
