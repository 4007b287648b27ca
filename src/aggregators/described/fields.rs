//! The fields of a callback, wherever a description says they stand.

use http::Method;
use serde_json::Value;
use zeroize::Zeroizing;

use super::description::Read;
use crate::aggregators::form::Form;
use crate::aggregators::id::is_id;
use crate::aggregators::json;
use crate::aggregators::number::full_number;
use crate::aggregators::{CallbackError, RawRequest, SessionId};
use crate::domain::Msisdn;

/// The fields of one callback, or of one element of a callback that brings many.
pub(super) struct Fields<'a> {
    rest: &'a str,
    values: Values<'a>,
}

enum Values<'a> {
    Form(Form<'a>),
    Json(Value),
}

/// A field by the name the aggregator gives it, and the one that our errors give it.
pub(super) type Name<'a> = (&'static str, &'a str);

impl<'a> Fields<'a> {
    pub(super) fn read(read: Read, request: &RawRequest<'a>) -> Result<Self, CallbackError> {
        let values = match read {
            Read::Query => Values::Form(Form::of_query(request)),
            Read::Form => Values::Form(Form::read(request)?),
            Read::Json => Values::Json(json_of(request)?),
        };
        let rest = request.rest;
        Ok(Self { rest, values })
    }

    /// The elements of the list that stands at this path, or the callback itself.
    pub(super) fn each(self, path: Option<&str>) -> Result<Vec<Self>, CallbackError> {
        let (Some(path), Values::Json(whole)) = (path, &self.values) else {
            return Ok(vec![self]);
        };
        let list = json::at(whole, path).and_then(Value::as_array);
        let elements = list.ok_or(CallbackError::Missing("each"))?;
        let element = |value: &Value| Self {
            rest: self.rest,
            values: Values::Json(value.clone()),
        };
        Ok(elements.iter().map(element).collect())
    }

    /// A field as it came; nothing when it is not there.
    pub(super) fn find(
        &self,
        (role, name): Name<'_>,
    ) -> Result<Option<Zeroizing<String>>, CallbackError> {
        if let Some(place) = name.strip_prefix('/') {
            let place = place.parse::<usize>().ok().filter(|place| *place > 0);
            let segment = place.and_then(|place| self.rest.split('/').nth(place - 1));
            return Ok(segment.map(|text| Zeroizing::new(text.to_owned())));
        }
        match &self.values {
            Values::Form(form) => form.value(role, name),
            Values::Json(value) => match json::at(value, name) {
                None | Some(Value::Null) => Ok(None),
                Some(found) => match json::word(found).map(Zeroizing::new) {
                    // PostgreSQL can't store the character NUL, and no phone types it.
                    Some(text) if !text.contains('\0') => Ok(Some(text)),
                    _ => Err(CallbackError::Malformed(role)),
                },
            },
        }
    }

    /// A field that must be there and may be empty.
    pub(super) fn text(&self, name: Name<'_>) -> Result<Zeroizing<String>, CallbackError> {
        self.find(name)?.ok_or(CallbackError::Missing(name.0))
    }

    /// A field that a description may not know, and a callback may leave out.
    pub(super) fn optional(
        &self,
        role: &'static str,
        name: Option<&str>,
    ) -> Result<Option<String>, CallbackError> {
        let Some(name) = name else { return Ok(None) };
        let found = self.find((role, name))?.filter(|text| !text.is_empty());
        Ok(found.map(|text| text.as_str().to_owned()))
    }

    /// A field that must be there and not be empty.
    pub(super) fn required(&self, (role, name): Name<'_>) -> Result<String, CallbackError> {
        self.optional(role, Some(name))?
            .ok_or(CallbackError::Missing(role))
    }

    /// A required field that holds an id.
    pub(super) fn identifier(&self, name: Name<'_>) -> Result<String, CallbackError> {
        let id = self.required(name)?;
        if is_id(&id) {
            Ok(id)
        } else {
            Err(CallbackError::Malformed(name.0))
        }
    }

    /// A required mobile number of Kenya.
    pub(super) fn msisdn(&self, name: Name<'_>) -> Result<Msisdn, CallbackError> {
        full_number(&self.required(name)?).ok_or(CallbackError::Malformed(name.0))
    }

    /// The id of a session.
    pub(super) fn session(&self, name: &str) -> Result<SessionId, CallbackError> {
        let id = self.required(("session", name))?;
        SessionId::parse(&id).ok_or(CallbackError::Malformed("session"))
    }
}

fn json_of(request: &RawRequest<'_>) -> Result<Value, CallbackError> {
    if request.method != Method::POST {
        return Err(CallbackError::NotAPost);
    }
    let value = serde_json::from_slice::<Value>(request.body).ok();
    value
        .filter(|value| value.is_object() || value.is_array())
        .ok_or(CallbackError::NotJson)
}

/// What can be read of a list. One element that can't be holds up no other, unless it is
/// all there is.
pub(super) fn readable<T>(
    elements: &[Fields<'_>],
    read: impl Fn(&Fields<'_>) -> Result<T, CallbackError>,
) -> Result<Vec<T>, CallbackError> {
    let (mut good, mut fault) = (Vec::new(), None);
    for element in elements {
        match read(element) {
            Ok(one) => good.push(one),
            Err(error) => fault = Some(error),
        }
    }
    match fault {
        Some(error) if good.is_empty() => Err(error),
        _ => Ok(good),
    }
}
