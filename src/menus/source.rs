//! A menu file word for word, before anything is understood.

use std::collections::BTreeMap;
use std::ops::Range;

use schemars::JsonSchema;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use toml::Spanned;
use toml::de::{DeTable, DeValue, Error, ValueDeserializer};

/// A file of menus. All files of the folder make one menu.
#[derive(Debug, Default, JsonSchema)]
#[schemars(deny_unknown_fields)]
pub(super) struct RawFile {
    /// The screen that a dial comes to and `00` returns to. One file says it.
    #[schemars(with = "Option<String>")]
    pub(super) start: Option<Spanned<String>>,
    /// The texts that every screen shares: back, home, more, `wrong_choice`,
    /// unavailable, `session_over`, resume, `resume_yes` and `resume_no`.
    #[schemars(with = "BTreeMap<String, RawText>")]
    pub(super) words: Section<RawText>,
    /// The screens by name.
    #[schemars(with = "BTreeMap<String, RawScreen>")]
    pub(super) screen: Section<RawScreen>,
    /// Stretches that several screens share: options for `include`, a text for `{>NAME}`.
    #[schemars(with = "BTreeMap<String, RawFragment>")]
    pub(super) fragment: Section<RawFragment>,
    /// The next screen for each outcome that a screen does not handle itself.
    #[schemars(with = "BTreeMap<String, String>")]
    pub(super) on: Section<Spanned<String>>,
    /// The messages by name, one SMS each where they do not say `parts`.
    #[schemars(with = "BTreeMap<String, RawSms>")]
    pub(super) sms: Section<RawSms>,
}

/// The entries of a table by name; none where an entry could not be read.
pub(super) type Section<T> = BTreeMap<Spanned<String>, Option<T>>;

/// A text in both languages; `{name}` is filled in, also as `{day:long}`,
/// `{role:short}` and `{line:masked}`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, expecting = "a text in `en` and `sw`")]
#[schemars(rename = "Text", extend("required" = ["en", "sw"]))]
pub(super) struct RawText {
    /// In English.
    #[schemars(with = "Option<String>")]
    pub(super) en: Option<Spanned<String>>,
    /// In Kiswahili.
    #[schemars(with = "Option<String>")]
    pub(super) sw: Option<Spanned<String>>,
}

/// The words of a message in both languages.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, expecting = "a text in `en` and `sw`")]
#[schemars(rename = "Sms", extend("required" = ["en", "sw"]))]
pub(super) struct RawSms {
    /// In English.
    #[schemars(with = "Option<String>")]
    pub(super) en: Option<Spanned<String>>,
    /// In Kiswahili.
    #[schemars(with = "Option<String>")]
    pub(super) sw: Option<Spanned<String>>,
    /// How many SMS it may take; 1 where it is not said.
    #[schemars(with = "Option<usize>", range(min = 1, max = 4))]
    pub(super) parts: Option<Spanned<usize>>,
}

/// What several screens share.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, expecting = "a fragment with `text` or `option`")]
#[schemars(rename = "Fragment")]
pub(super) struct RawFragment {
    /// A stretch of text, put in where a text says `{>NAME}`.
    pub(super) text: Option<RawText>,
    /// Options, put behind those of a screen that says `include = ["NAME"]`.
    #[serde(default)]
    pub(super) option: Vec<RawOption>,
}

/// A screen. Which of `option`, `ask`, `list`, `action`, `call` and `end` it has says
/// what kind of screen it is.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, expecting = "a screen")]
#[schemars(rename = "Screen", extend("oneOf" = [
    {"required": ["option"]}, {"required": ["ask"]}, {"required": ["list"]},
    {"required": ["action"]}, {"required": ["call"]}, {"required": ["end"]}
]))]
pub(super) struct RawScreen {
    /// What it says. An action and a call say nothing.
    pub(super) text: Option<RawText>,
    /// A menu: what can be chosen.
    pub(super) option: Option<Vec<RawOption>>,
    /// The fragments whose options a menu has too, after its own.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub(super) include: Vec<Spanned<String>>,
    /// A question: what must be typed.
    #[schemars(with = "Option<String>")]
    pub(super) ask: Option<Spanned<String>>,
    /// The field that the answer is kept in; without it the name of what is asked.
    #[schemars(with = "Option<String>")]
    pub(super) save: Option<Spanned<String>>,
    /// What stands above a question after an answer that is no such thing.
    pub(super) invalid: Option<RawText>,
    /// A list: the action that finds its items.
    #[schemars(with = "Option<String>")]
    pub(super) list: Option<Spanned<String>>,
    /// How a list shows an item.
    pub(super) item: Option<RawText>,
    /// How many items a page of a list holds; 4 where it is not said.
    #[schemars(with = "Option<usize>", range(min = 1, max = 9))]
    pub(super) per_page: Option<Spanned<usize>>,
    /// An action: what is done. Its outcome decides the next screen.
    #[schemars(with = "Option<String>")]
    pub(super) action: Option<Spanned<String>>,
    /// A call: the first screen of a sub-menu. Its `goto = "return"` comes back here and
    /// goes on to this screen's own `goto`.
    #[schemars(with = "Option<String>")]
    pub(super) call: Option<Spanned<String>>,
    /// The next screen for each outcome of an action, or of a list without items.
    #[serde(default)]
    #[schemars(with = "BTreeMap<String, String>")]
    pub(super) on: BTreeMap<Spanned<String>, Spanned<String>>,
    /// The next screen after an answer to a question, a choice from a list or a call;
    /// `return` ends a sub-menu.
    #[schemars(with = "Option<String>")]
    pub(super) goto: Option<Spanned<String>>,
    /// Whether it is the last screen of a session.
    #[serde(default)]
    pub(super) end: bool,
    /// Whether a menu or a question may be shown in pages where it is long.
    #[schemars(with = "Option<bool>")]
    pub(super) paged: Option<Spanned<bool>>,
    /// Says that a question is answered in letters, each several presses of a key.
    #[schemars(with = "Option<bool>")]
    pub(super) letters: Option<Spanned<bool>>,
}

/// One option of a menu.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(
    deny_unknown_fields,
    expecting = "an option with `key`, `label` and `goto`"
)]
#[schemars(rename = "Option")]
pub(super) struct RawOption {
    /// The key to press: one to three digits, but not 0, 00, 98 or 99. The first menu may
    /// have 0 to leave.
    #[schemars(with = "String", regex(pattern = "^[0-9]{1,3}$"))]
    pub(super) key: Spanned<String>,
    /// What it says.
    pub(super) label: RawText,
    /// The flag that must be true for it to be shown; `!flag` for false.
    #[schemars(with = "Option<String>", regex(pattern = "^!?[a-z_]+$"))]
    pub(super) when: Option<Spanned<String>>,
    /// The next screen.
    #[schemars(with = "String")]
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
            "fragment" => self.fragment = section(value, unread),
            "on" => self.on = section(value, unread),
            "sms" => self.sms = section(value, unread),
            _ => unread.push(Unread {
                span: at,
                message: format!(
                    "unknown field `{key}`, expected one of `start`, `words`, `screen`, \
                     `fragment`, `on`, `sms`"
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
