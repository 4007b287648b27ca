//! A menu file word for word: what serde reads, before anything is understood.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;

/// A file of `ussd_menus/`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawFile {
    pub(super) start: Option<Spanned<String>>,
    #[serde(default)]
    pub(super) words: BTreeMap<Spanned<String>, RawText>,
    #[serde(default)]
    pub(super) screen: BTreeMap<Spanned<String>, RawScreen>,
    #[serde(default)]
    pub(super) sms: BTreeMap<Spanned<String>, RawText>,
}

/// A text in both languages.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawText {
    pub(super) en: Option<Spanned<String>>,
    pub(super) sw: Option<Spanned<String>>,
}

/// One `[screen.NAME]`. Which of `option`, `ask`, `list`, `action` and `end` it
/// has says what kind of screen it is.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawScreen {
    pub(super) text: Option<RawText>,
    pub(super) option: Option<Vec<RawOption>>,
    pub(super) ask: Option<Spanned<String>>,
    pub(super) save: Option<Spanned<String>>,
    pub(super) invalid: Option<RawText>,
    pub(super) list: Option<Spanned<String>>,
    pub(super) item: Option<RawText>,
    pub(super) per_page: Option<usize>,
    pub(super) action: Option<Spanned<String>>,
    #[serde(default)]
    pub(super) on: BTreeMap<Spanned<String>, Spanned<String>>,
    pub(super) goto: Option<Spanned<String>>,
    #[serde(default)]
    pub(super) end: bool,
    #[serde(default)]
    pub(super) paged: bool,
}

/// One option of a menu screen.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawOption {
    pub(super) key: Spanned<String>,
    pub(super) label: RawText,
    pub(super) goto: Spanned<String>,
}
