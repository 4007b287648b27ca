//! Lists page by page, and how ids and times are written.
//!
//! A page begins after the last thing of the page before, in an order that never changes, so
//! what is written meanwhile moves nothing.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize};

use crate::domain::Timestamp;

/// The most things on one page.
const MOST: usize = 200;

/// Things on a page when nobody says how many.
const USUAL: usize = 50;

/// A part of a list.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "PageOf{T}")]
pub(in crate::web) struct Page<T> {
    /// What is on it.
    items: Vec<T>,
    /// What to ask for as `after` to read on; nothing on the last page.
    next: Option<String>,
}

impl<T> Page<T> {
    /// A page of what was found when one more than wanted was looked for.
    pub(super) fn of<F>(
        mut found: Vec<F>,
        limit: Limit,
        cursor: impl Fn(&F) -> String,
        shown: impl Fn(F) -> T,
    ) -> Self {
        let has_more = found.len() > limit.0;
        found.truncate(limit.0);
        let next = found.last().filter(|_| has_more);
        let next = next.map(cursor);
        Self {
            items: found.into_iter().map(shown).collect(),
            next,
        }
    }
}

/// How many things a page has at most.
#[derive(Debug, Clone, Copy)]
pub(in crate::web) struct Limit(usize);

impl Limit {
    /// As many, and one that tells whether there are more.
    pub(super) fn and_one(self) -> usize {
        self.0 + 1
    }
}

impl Default for Limit {
    fn default() -> Self {
        Self(USUAL)
    }
}

impl<'de> Deserialize<'de> for Limit {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let limit = usize::deserialize(deserializer)?;
        let fits = (1..=MOST).contains(&limit);
        let out_of_bounds = || serde::de::Error::custom("out of bounds");
        fits.then_some(Self(limit)).ok_or_else(out_of_bounds)
    }
}

impl JsonSchema for Limit {
    fn schema_name() -> Cow<'static, str> {
        "Limit".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "integer", "minimum": 1, "maximum": MOST, "default": USUAL })
    }
}

/// An id, as documents describe it.
pub(super) struct Id;

impl JsonSchema for Id {
    fn schema_name() -> Cow<'static, str> {
        "Id".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "pattern": "^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$",
        })
    }
}

/// The code of a centre, as documents describe it.
pub(super) struct Code;

impl JsonSchema for Code {
    fn schema_name() -> Cow<'static, str> {
        "CentreCode".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "pattern": "^[0-9]{8}$" })
    }
}

/// A moment as a clock in Kenya shows it.
pub(super) fn moment(time: Timestamp) -> String {
    let local = time.datetime_in_kenya();
    local.strftime("%Y-%m-%dT%H:%M:%S+03:00").to_string()
}

/// An id for examples.
pub(super) const SOME_ID: &str = "0192f3a1-7b40-7c3e-9a51-2f0c6d1e8b77";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_says_how_to_read_on_only_when_there_is_more() {
        let page = |found: &[&str]| {
            let found = found.iter().map(|&one| one.to_owned()).collect();
            Page::of(found, Limit(2), String::clone, |one| one)
        };
        assert_eq!(page(&["a", "b", "c"]).next.as_deref(), Some("b"));
        assert_eq!(page(&["a", "b", "c"]).items, ["a", "b"]);
        assert_eq!(page(&["a", "b"]).next, None);
        assert_eq!(page(&[]).next, None);
    }
}
