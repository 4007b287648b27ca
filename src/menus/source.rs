//! A menu file word for word, before anything is understood.

use std::collections::BTreeMap;
use std::ops::Range;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use toml::Spanned;
use toml::de::{DeTable, DeValue, Error, ValueDeserializer};

/// A file of `ussd_menus/`.
#[derive(Debug, Default)]
pub(super) struct RawFile {
    pub(super) start: Option<Spanned<String>>,
    pub(super) words: Section<RawText>,
    pub(super) screen: Section<RawScreen>,
    pub(super) sms: Section<RawText>,
}

/// The entries of a table by name; none where an entry could not be read.
pub(super) type Section<T> = BTreeMap<Spanned<String>, Option<T>>;

/// A text in both languages.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a text in `en` and `sw`")]
pub(super) struct RawText {
    pub(super) en: Option<Spanned<String>>,
    pub(super) sw: Option<Spanned<String>>,
}

/// One `[screen.NAME]`. Which of `option`, `ask`, `list`, `action` and `end` it
/// has says what kind of screen it is.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a screen")]
pub(super) struct RawScreen {
    pub(super) text: Option<RawText>,
    pub(super) option: Option<Vec<RawOption>>,
    pub(super) ask: Option<Spanned<String>>,
    pub(super) save: Option<Spanned<String>>,
    pub(super) invalid: Option<RawText>,
    pub(super) list: Option<Spanned<String>>,
    pub(super) item: Option<RawText>,
    pub(super) per_page: Option<Spanned<usize>>,
    pub(super) action: Option<Spanned<String>>,
    #[serde(default)]
    pub(super) on: BTreeMap<Spanned<String>, Spanned<String>>,
    pub(super) goto: Option<Spanned<String>>,
    #[serde(default)]
    pub(super) end: bool,
    pub(super) paged: Option<Spanned<bool>>,
}

/// One option of a menu screen.
#[derive(Debug, Deserialize)]
#[serde(
    deny_unknown_fields,
    expecting = "an option with `key`, `label` and `goto`"
)]
pub(super) struct RawOption {
    pub(super) key: Spanned<String>,
    pub(super) label: RawText,
    pub(super) goto: Spanned<String>,
}

/// Something that could not be read, and the bytes it stands in.
#[derive(Debug)]
pub(super) struct Unread {
    pub(super) span: Range<usize>,
    pub(super) message: String,
}

impl RawFile {
    /// Reads as much of a file as can be read, entry by entry: a mistake in one screen
    /// must not hide the mistakes in others. A file that is no TOML is an error.
    pub(super) fn read(text: &str) -> Result<(Self, Vec<Unread>), Vec<Unread>> {
        let (table, errors) = DeTable::parse_recoverable(text);
        if !errors.is_empty() {
            let mut unread: Vec<_> = errors.iter().map(Unread::from).collect();
            // Where a table stands twice, each key in it does too: once is enough.
            unread.dedup_by(|later, earlier| later.message == earlier.message);
            return Err(unread);
        }
        let mut file = Self::default();
        let mut unread = Vec::new();
        for (key, value) in table.into_inner() {
            file.entry(key.span(), key.get_ref(), value, &mut unread);
        }
        Ok((file, unread))
    }

    fn entry(
        &mut self,
        at: Range<usize>,
        key: &str,
        value: Spanned<DeValue<'_>>,
        unread: &mut Vec<Unread>,
    ) {
        match key {
            "start" => {
                let unknown = Spanned::new(value.span(), String::new());
                self.start = one(value, unread).or(Some(unknown));
            }
            "words" => self.words = section(value, unread),
            "screen" => self.screen = section(value, unread),
            "sms" => self.sms = section(value, unread),
            _ => unread.push(Unread {
                span: at,
                message: format!(
                    "unknown field `{key}`, expected one of `start`, `words`, `screen`, `sms`"
                ),
            }),
        }
    }
}

fn section<T: DeserializeOwned>(
    value: Spanned<DeValue<'_>>,
    unread: &mut Vec<Unread>,
) -> Section<T> {
    let span = value.span();
    let DeValue::Table(table) = value.into_inner() else {
        unread.push(Unread {
            span,
            message: "this must be a table".to_owned(),
        });
        return Section::new();
    };
    table
        .into_iter()
        .map(|(key, value)| {
            let name = Spanned::new(key.span(), key.into_inner().into_owned());
            (name, one(value, unread))
        })
        .collect()
}

fn one<T: DeserializeOwned>(value: Spanned<DeValue<'_>>, unread: &mut Vec<Unread>) -> Option<T> {
    let read = T::deserialize(ValueDeserializer::from(value));
    read.map_err(|error| unread.push(Unread::from(&error))).ok()
}

impl From<&Error> for Unread {
    fn from(error: &Error) -> Self {
        Self {
            span: error.span().unwrap_or_default(),
            message: error.message().replace('\n', "; "),
        }
    }
}
