//! Callbacks that are signed, as `[signature]` describes it.

use data_encoding::BASE64;
use hmac::{Hmac, KeyInit, Mac};
use http::HeaderName;
use sha1::Sha1;
use zeroize::Zeroizing;

use super::description::{Scheme, SignatureWords};
use super::door::filled;
use super::{Account, DescribedError};
use crate::aggregators::form::Form;
use crate::aggregators::{CallbackError, RawRequest};

pub(super) struct Check {
    scheme: Scheme,
    header: HeaderName,
    key: Zeroizing<String>,
    public_url: String,
}

/// Whether a callback is signed, where it should be.
pub(super) fn verify(check: Option<&Check>, request: &RawRequest<'_>) -> Result<(), CallbackError> {
    check.map_or(Ok(()), |check| check.verify(request))
}

impl Check {
    pub(super) fn open(words: &SignatureWords, account: &Account) -> Result<Self, DescribedError> {
        let header = words.header.parse();
        Ok(Self {
            scheme: words.scheme,
            header: header.map_err(|_| DescribedError::Header(words.header.clone()))?,
            key: filled(&words.key, account)?,
            public_url: account.public_url.clone(),
        })
    }

    fn verify(&self, request: &RawRequest<'_>) -> Result<(), CallbackError> {
        let Scheme::UrlAndForm = self.scheme;
        let signature = request.headers.get(&self.header);
        let signature = signature.and_then(|value| BASE64.decode(value.as_bytes()).ok());
        let signature = signature.ok_or(CallbackError::NotSigned)?;
        let mac = Hmac::<Sha1>::new_from_slice(self.key.as_bytes());
        let mut mac = mac.map_err(|_| CallbackError::NotSigned)?;
        mac.update(self.public_url.as_bytes());
        mac.update(request.path.as_bytes());
        if let Some(query) = request.query {
            mac.update(b"?");
            mac.update(query.as_bytes());
        }
        // By name, then by value, each pair once.
        let mut pairs = Form::of_body(request).pairs();
        pairs.sort();
        pairs.dedup();
        for (name, value) in &pairs {
            mac.update(name);
            mac.update(value);
        }
        // In constant time.
        mac.verify_slice(&signature)
            .map_err(|_| CallbackError::NotSigned)
    }
}
