//! A form-encoded body, read one field at a time.
//!
//! The usual decoders put a replacement character where text is not UTF-8 and
//! let the last of two equal fields win. Both would change what a person
//! typed, so this reader refuses them. Fields nobody asks for are never
//! decoded.

use http::Method;
use http::header::CONTENT_TYPE;
use zeroize::Zeroizing;

use crate::aggregators::id::is_id;
use crate::aggregators::number::full_number;
use crate::aggregators::{CallbackError, RawRequest};
use crate::domain::Msisdn;

pub(in crate::aggregators) struct Form<'a> {
    body: &'a [u8],
}

impl<'a> Form<'a> {
    pub(in crate::aggregators) fn read(request: &RawRequest<'a>) -> Result<Self, CallbackError> {
        if request.method != Method::POST {
            return Err(CallbackError::NotAPost);
        }
        let kind = request.headers.get(CONTENT_TYPE);
        let kind = kind.and_then(|value| value.to_str().ok()).unwrap_or("");
        let kind = kind.split(';').next().unwrap_or("").trim();
        if !kind.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
            return Err(CallbackError::NotAForm);
        }
        Ok(Self { body: request.body })
    }

    /// The query of a request, whatever its method.
    pub(in crate::aggregators) fn of_query(request: &RawRequest<'a>) -> Self {
        let body = request.query.unwrap_or_default().as_bytes();
        Self { body }
    }

    /// The body, whatever it says that it is.
    pub(in crate::aggregators) fn of_body(request: &RawRequest<'a>) -> Self {
        Self { body: request.body }
    }

    /// Every name with its value, decoded.
    pub(in crate::aggregators) fn pairs(&self) -> Vec<(Vec<u8>, Vec<u8>)> {
        let pairs = self.body.split(|&byte| byte == b'&');
        let pairs = pairs.filter(|pair| !pair.is_empty()).map(|pair| {
            let mut sides = pair.splitn(2, |&byte| byte == b'=');
            let mut side = || decode(sides.next().unwrap_or_default());
            (side(), side())
        });
        pairs.collect()
    }

    /// A field that must be there and may be empty.
    pub(in crate::aggregators) fn text(
        &self,
        name: &'static str,
    ) -> Result<Zeroizing<String>, CallbackError> {
        self.find(name)?.ok_or(CallbackError::Missing(name))
    }

    /// A field that may be left out; an empty one counts as left out.
    pub(in crate::aggregators) fn optional(
        &self,
        name: &'static str,
    ) -> Result<Option<String>, CallbackError> {
        let found = self.find(name)?.filter(|value| !value.is_empty());
        Ok(found.map(|value| value.as_str().to_owned()))
    }

    /// A field that must be there and not be empty.
    pub(in crate::aggregators) fn required(
        &self,
        name: &'static str,
    ) -> Result<String, CallbackError> {
        self.optional(name)?.ok_or(CallbackError::Missing(name))
    }

    /// A required field that holds an id or a code.
    pub(in crate::aggregators) fn identifier(
        &self,
        name: &'static str,
    ) -> Result<String, CallbackError> {
        let value = self.required(name)?;
        if is_id(&value) {
            Ok(value)
        } else {
            Err(CallbackError::Malformed(name))
        }
    }

    /// A required mobile number of Kenya.
    pub(in crate::aggregators) fn msisdn(
        &self,
        name: &'static str,
    ) -> Result<Msisdn, CallbackError> {
        let value = self.required(name)?;
        full_number(&value).ok_or(CallbackError::Malformed(name))
    }

    fn find(&self, name: &'static str) -> Result<Option<Zeroizing<String>>, CallbackError> {
        self.value(name, name)
    }

    /// A field of any name, with the one that an error gives it.
    pub(in crate::aggregators) fn value(
        &self,
        role: &'static str,
        name: &str,
    ) -> Result<Option<Zeroizing<String>>, CallbackError> {
        let mut values = self.values(name);
        let Some(raw) = values.next() else {
            return Ok(None);
        };
        if values.next().is_some() {
            return Err(CallbackError::Repeated(role));
        }
        let value = String::from_utf8(decode(raw)).map(Zeroizing::new);
        match value {
            // PostgreSQL can't store the character NUL, and no phone types it.
            Ok(value) if !value.contains('\0') => Ok(Some(value)),
            _ => Err(CallbackError::Malformed(role)),
        }
    }

    fn values(&self, name: &str) -> impl Iterator<Item = &'a [u8]> {
        self.body
            .split(|&byte| byte == b'&')
            .filter_map(move |pair| {
                let mut sides = pair.splitn(2, |&byte| byte == b'=');
                let key = sides.next()?;
                (decode(key) == name.as_bytes()).then(|| sides.next().unwrap_or_default())
            })
    }
}

fn decode(mut raw: &[u8]) -> Vec<u8> {
    let mut plain = Vec::with_capacity(raw.len());
    while let [first, rest @ ..] = raw {
        raw = rest;
        match (first, escaped(rest)) {
            (b'+', _) => plain.push(b' '),
            (b'%', Some(byte)) => {
                plain.push(byte);
                raw = &rest[2..];
            }
            _ => plain.push(*first),
        }
    }
    plain
}

fn escaped(digits: &[u8]) -> Option<u8> {
    let [high, low, ..] = digits else {
        return None;
    };
    let high = char::from(*high).to_digit(16)?;
    let low = char::from(*low).to_digit(16)?;
    u8::try_from(high * 16 + low).ok()
}

#[cfg(test)]
mod tests {
    use http::HeaderMap;
    use proptest::prelude::*;

    use super::*;

    fn form(body: &[u8]) -> Form<'_> {
        Form { body }
    }

    fn read_as(method: &Method, content_type: Option<&str>) -> Option<CallbackError> {
        let mut headers = HeaderMap::new();
        if let Some(kind) = content_type {
            headers.insert(CONTENT_TYPE, kind.parse().unwrap());
        }
        let request = RawRequest {
            method,
            path: "/",
            rest: "",
            query: None,
            headers: &headers,
            body: b"text=1",
        };
        Form::read(&request).err()
    }

    #[test]
    fn only_a_posted_form_is_a_form() {
        let urlencoded = "application/x-www-form-urlencoded";
        let with_charset = "Application/X-WWW-Form-Urlencoded; charset=utf-8";
        assert_eq!(read_as(&Method::POST, Some(urlencoded)), None);
        assert_eq!(read_as(&Method::POST, Some(with_charset)), None);
        for other in [Some("application/json"), Some("text/plain"), None] {
            assert_eq!(read_as(&Method::POST, other), Some(CallbackError::NotAForm));
        }
        assert_eq!(
            read_as(&Method::GET, Some(urlencoded)),
            Some(CallbackError::NotAPost)
        );
    }

    #[test]
    fn escapes_are_decoded_and_stray_percent_signs_stay() {
        let form = form(b"a=1%2A2+%C3%A9%26&b=100%&c=%zz%4&%64=x%3Dy=z&e");
        assert_eq!(form.text("a").unwrap().as_str(), "1*2 é&");
        assert_eq!(form.text("b").unwrap().as_str(), "100%");
        assert_eq!(form.text("c").unwrap().as_str(), "%zz%4");
        assert_eq!(form.text("d").unwrap().as_str(), "x=y=z");
        assert_eq!(form.text("e").unwrap().as_str(), "");
    }

    #[test]
    fn a_field_that_comes_twice_is_refused() {
        let form = form(b"text=1&te%78t=2");
        assert_eq!(form.text("text"), Err(CallbackError::Repeated("text")));
    }

    #[test]
    fn a_field_that_is_not_utf_8_or_holds_nul_is_refused() {
        for body in [&b"text=%E9"[..], b"text=\xe9", b"text=1%002"] {
            assert_eq!(
                form(body).text("text"),
                Err(CallbackError::Malformed("text"))
            );
        }
    }

    #[test]
    fn damage_in_a_field_nobody_asks_for_does_no_harm() {
        let form = form(b"other=%E9&other=2&text=1");
        assert_eq!(form.text("text").unwrap().as_str(), "1");
    }

    #[test]
    fn an_empty_field_is_there_only_for_text() {
        let form = form(b"a=");
        assert_eq!(form.text("a").unwrap().as_str(), "");
        assert_eq!(form.optional("a"), Ok(None));
        assert_eq!(form.required("a"), Err(CallbackError::Missing("a")));
        assert_eq!(form.text("b"), Err(CallbackError::Missing("b")));
    }

    #[test]
    fn a_number_is_read_even_when_its_plus_became_a_space() {
        for body in [
            "n=%2B254700000001",
            "n=+254700000001",
            "n=%20254700000001",
            "n=254700000001",
        ] {
            let number = form(body.as_bytes()).msisdn("n").unwrap();
            assert_eq!(number.as_str(), "254700000001");
        }
        let foreign = form(b"n=%2B14155550100").msisdn("n");
        assert_eq!(foreign, Err(CallbackError::Malformed("n")));
    }

    proptest! {
        #[test]
        fn what_an_encoder_writes_is_read_back(value in "[^\0]{0,40}") {
            let body = serde_urlencoded::to_string([("before", "x"), ("text", &value)]).unwrap();
            let read = form(body.as_bytes()).text("text").unwrap();
            prop_assert_eq!(read.as_str(), value);
        }

        #[test]
        fn no_body_makes_the_reader_panic(body: Vec<u8>) {
            let _ = form(&body).text("text");
        }
    }
}
