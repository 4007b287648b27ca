//! The request that sends one SMS, as `[send]` describes it.

use std::collections::BTreeMap;

use bytes::Bytes;
use data_encoding::BASE64;
use http::header::{AUTHORIZATION, CONTENT_TYPE, HeaderName, HeaderValue};
use http::{HeaderMap, Request, Uri};
use zeroize::Zeroizing;

use super::answer::Answer;
use super::description::{Body, Method, SendWords, form};
use super::template::{OfAccount, OfSms, Template, plain};
use super::{Account, DescribedError};
use crate::aggregators::Sms;

/// Where and as whom we send. What does not change from one SMS to the next is made once,
/// so that it can't fail later.
pub(super) struct Desk {
    method: http::Method,
    url: Zeroizing<String>,
    headers: HeaderMap,
    query: BTreeMap<String, Template<OfSms>>,
    body: Option<Body<OfSms>>,
    pub(super) answer: Answer,
}

impl Desk {
    pub(super) fn open(words: SendWords, account: &Account) -> Result<Self, DescribedError> {
        let url = filled(&words.url, account)?;
        if !is_address(&url) {
            return Err(DescribedError::Url);
        }
        let mut headers = HeaderMap::new();
        for (name, value) in &words.headers {
            insert(&mut headers, name, &filled(value, account)?)?;
        }
        if let Some([user, password]) = &words.basic {
            let both = [filled(user, account)?, filled(password, account)?];
            let both = Zeroizing::new(format!("{}:{}", *both[0], *both[1]));
            let value = Zeroizing::new(format!("Basic {}", BASE64.encode(both.as_bytes())));
            insert(&mut headers, AUTHORIZATION.as_str(), &value)?;
        }
        if let Some(body) = &words.body {
            headers.entry(CONTENT_TYPE).or_insert(body.kind());
        }
        let desk = Self {
            method: match words.method {
                Method::Get => http::Method::GET,
                Method::Post => http::Method::POST,
            },
            url,
            headers,
            query: words.query,
            body: words.body,
            answer: words.answer,
        };
        desk.all_set(account)?;
        Ok(desk)
    }

    pub(super) fn request(&self, sms: &Sms<'_>, account: &Account) -> Request<Bytes> {
        let look = |slot: &OfSms| match slot {
            OfSms::Text => Some(plain(sms.text)),
            OfSms::To => Some(plain(sms.to.as_str())),
            OfSms::ToPlus => Some(Zeroizing::new(sms.to.e164())),
            OfSms::ToLocal => Some(Zeroizing::new(format!("0{}", &sms.to.as_str()[3..]))),
            OfSms::LinkId => sms.link_id.map(plain),
            OfSms::Account(OfAccount::Sender) if sms.sender.is_some() => sms.sender.map(plain),
            OfSms::Account(slot) => account.value_of(slot),
        };
        let body = self.body.as_ref().map(|body| body.write(&look));
        let mut request = Request::new(body.unwrap_or_default());
        *request.method_mut() = self.method.clone();
        // What is not an address is surely not sent; `open` has seen that this one is.
        *request.uri_mut() = self.address(&form(&self.query, &look)).unwrap_or_default();
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

    /// Every value that an SMS will need is there. The sender may be left to the aggregator.
    fn all_set(&self, account: &Account) -> Result<(), DescribedError> {
        let mut slots: Vec<&OfSms> = self.query.values().flat_map(Template::slots).collect();
        if let Some(body) = &self.body {
            slots.extend(body.slots());
        }
        for slot in slots {
            if let OfSms::Account(slot) = slot
                && *slot != OfAccount::Sender
                && account.value_of(slot).is_none()
            {
                return Err(DescribedError::NoValue(slot.to_string()));
            }
        }
        Ok(())
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
