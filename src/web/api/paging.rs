//! Lists page by page, and how ids and times are written.
//!
//! A page begins after the last thing of the page before, in an order that never changes, so
//! what is written meanwhile moves nothing.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::value::StrDeserializer;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Value, json};

use crate::domain::Timestamp;
use crate::store::changed::{Changed, From};

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

/// A moment that is asked for, with its offset from UTC.
#[derive(Debug, Clone, Copy)]
struct Moment(Timestamp);

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let moment = jiff::Timestamp::deserialize(deserializer)?;
        Ok(Self(Timestamp::from_millis(moment.as_millisecond())))
    }
}

impl JsonSchema for Moment {
    fn schema_name() -> Cow<'static, str> {
        "Moment".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let example = "2026-10-05T06:00:00Z";
        json_schema!({ "type": "string", "format": "date-time", "examples": [example] })
    }
}

/// Where a page of changes ends: when the last one was, and of what.
#[derive(Debug, Clone)]
struct Mark<I> {
    /// When.
    at: Timestamp,
    /// Of what.
    id: I,
}

impl<'de, I: Deserialize<'de>> Deserialize<'de> for Mark<I> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        use serde::de::Error;
        let misread = || D::Error::custom("no mark of a change");
        let text = Cow::<str>::deserialize(deserializer)?;
        let (at, id) = text.split_once('.').ok_or_else(misread)?;
        let at = at.parse().map_err(|_| misread())?;
        let id = StrDeserializer::<D::Error>::new(id);
        Ok(Self {
            at: Timestamp::from_millis(at),
            id: I::deserialize(id)?,
        })
    }
}

impl<I> JsonSchema for Mark<I> {
    fn schema_name() -> Cow<'static, str> {
        "Mark".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "pattern": "^[0-9]{1,15}\\.[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$",
        })
    }
}

/// Which one.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(bound = "")]
pub(in crate::web) struct ById<I> {
    /// Its id.
    #[schemars(with = "Id")]
    pub(super) id: I,
}

/// Which part of what has changed.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(bound = "")]
pub(in crate::web) struct ChangesWanted<I> {
    /// Not before that moment; without it, from the first change on.
    since: Option<Moment>,
    /// What `next` of the page before said.
    after: Option<Mark<I>>,
    /// The most of them on the page.
    #[serde(default)]
    pub(super) limit: Limit,
}

impl<I: AsRef<str>> ChangesWanted<I> {
    /// From where on: after a mark, or else from a moment on.
    pub(super) fn from(&self) -> From<'_> {
        match (&self.after, self.since) {
            (Some(mark), _) => From {
                at: mark.at,
                id: mark.id.as_ref(),
            },
            (None, since) => From {
                at: since.map_or(Timestamp::from_millis(0), |since| since.0),
                id: "",
            },
        }
    }
}

/// What else there is to know about lists of changes.
pub(super) const CHANGES: &str = "In the order of the changes. To follow them, ask again from a \
    minute before the last `changed_at` on: what is written at the same time may be seen later.";

/// Something, and when it changed last.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Changed{T}")]
pub(in crate::web) struct Change<T> {
    /// When it changed last.
    changed_at: String,
    /// As it is now.
    now: T,
}

impl<T> Page<Change<T>> {
    /// A page of changes, by the ids of what has changed.
    pub(super) fn of_changes<F: Into<T>>(
        found: Vec<Changed<F>>,
        limit: Limit,
        id: impl Fn(&F) -> &str,
    ) -> Self {
        let mark = |one: &Changed<F>| format!("{}.{}", one.at.as_millis(), id(&one.what));
        let shown = |one: Changed<F>| Change {
            changed_at: moment(one.at),
            now: one.what.into(),
        };
        Self::of(found, limit, mark, shown)
    }
}

/// An answer with one change, for examples.
pub(super) fn example_of_changes(now: &Value) -> Value {
    let changed = json!({ "changed_at": "2026-10-05T09:00:00+03:00", "now": now });
    json!({ "items": [changed], "next": SOME_MARK })
}

/// A moment as a clock in Kenya shows it.
pub(super) fn moment(time: Timestamp) -> String {
    let local = time.datetime_in_kenya();
    local.strftime("%Y-%m-%dT%H:%M:%S+03:00").to_string()
}

/// A mark for examples.
const SOME_MARK: &str = "1791180000000.0192f3a1-7b40-7c3e-9a51-2f0c6d1e8b77";

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
