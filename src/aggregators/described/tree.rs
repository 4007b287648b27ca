//! A JSON value with placeholders in its texts.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use super::template::{Look, Template};

#[derive(Clone, Debug)]
pub(super) enum Tree<S> {
    Text(Template<S>),
    Fixed(Value),
    List(Vec<Tree<S>>),
    Table(BTreeMap<String, Tree<S>>),
}

impl<S> Tree<S> {
    /// The value with every placeholder filled; what a placeholder without a value stands
    /// in is left out.
    pub(super) fn fill(&self, look: Look<'_, S>) -> Option<Value> {
        Some(match self {
            Self::Text(template) => Value::String(template.fill(look)?.as_str().to_owned()),
            Self::Fixed(value) => value.clone(),
            Self::List(items) => items.iter().filter_map(|item| item.fill(look)).collect(),
            Self::Table(entries) => {
                let filled = entries
                    .iter()
                    .filter_map(|(name, value)| Some((name.clone(), value.fill(look)?)));
                Value::Object(filled.collect::<Map<_, _>>())
            }
        })
    }
}

impl<S> Tree<S> {
    /// Every placeholder in it.
    pub(super) fn slots(&self) -> Vec<&S> {
        match self {
            Self::Text(template) => template.slots().collect(),
            Self::Fixed(_) => Vec::new(),
            Self::List(items) => items.iter().flat_map(Self::slots).collect(),
            Self::Table(entries) => entries.values().flat_map(Self::slots).collect(),
        }
    }
}

impl<'de, S: FromStr> Deserialize<'de> for Tree<S> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Reader(PhantomData))
    }
}

struct Reader<S>(PhantomData<S>);

impl<'de, S: FromStr> Visitor<'de> for Reader<S> {
    type Value = Tree<S>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text, a number, a flag, a list or a table")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Tree<S>, E> {
        let template = Template::try_from(text.to_owned()).map_err(E::custom)?;
        Ok(Tree::Text(template))
    }

    fn visit_bool<E: Error>(self, flag: bool) -> Result<Tree<S>, E> {
        Ok(Tree::Fixed(flag.into()))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Tree<S>, E> {
        Ok(Tree::Fixed(number.into()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Tree<S>, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = list.next_element()? {
            items.push(item);
        }
        Ok(Tree::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut table: A) -> Result<Tree<S>, A::Error> {
        let mut entries = BTreeMap::new();
        while let Some((name, value)) = table.next_entry()? {
            entries.insert(name, value);
        }
        Ok(Tree::Table(entries))
    }
}
