//! A menu as the engine walks it: every text parsed, every place remembered for
//! the findings of the check.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use crate::domain::{
    CentreCode, CheckCode, Email, KraPin, Language, Msisdn, Name, NationalId, TscNumber,
};
use crate::text;

use super::finding::Place;
use super::kind::Kind;
use super::template::Texts;
use super::value::{Value, Values};

/// All screens and messages of a service.
#[derive(Debug, Clone, Default)]
pub struct Menu {
    /// Where a dial begins and `00` returns to.
    pub start: String,
    /// The screens by name.
    pub screens: BTreeMap<String, Screen>,
    /// The texts that every screen shares.
    pub words: Words,
    /// The messages by name.
    pub sms: BTreeMap<String, Placed<Texts>>,
    /// How many SMS each message may take that may take more than one.
    pub(super) sms_parts: BTreeMap<String, usize>,
    /// The next screen for each outcome that a screen does not handle itself.
    pub(super) on: BTreeMap<String, Placed<String>>,
    pub(super) start_at: Place,
}

/// Where a sub-menu goes at its end: back to what called it.
pub const RETURN: &str = "return";

impl Menu {
    /// Whether a screen is where a dial arrives: nothing lies behind it, so it has no
    /// navigation line. Where the start is an action, each of its outcomes is such a screen.
    #[must_use]
    pub fn is_top(&self, name: &str) -> bool {
        match self.screens.get(&self.start).map(|start| &start.body) {
            Some(Body::Action { on, .. }) => on.values().any(|goto| goto.it == name),
            _ => name == self.start,
        }
    }
}

/// Something and where it stands in the files.
#[derive(Debug, Clone, Default)]
pub struct Placed<T> {
    /// The thing.
    pub it: T,
    pub(super) at: Place,
    /// Where its English and its Kiswahili text begin, for texts.
    pub(super) text_at: [Place; 2],
}

impl Placed<Texts> {
    pub(super) fn at_text(&self, language: Language) -> Place {
        self.text_at[usize::from(language == Language::Sw)]
    }
}

/// The texts that every screen shares.
#[derive(Debug, Clone, Default)]
pub struct Words {
    /// `0:Back`
    pub back: Placed<Texts>,
    /// `00:Home`
    pub home: Placed<Texts>,
    /// `99:More`
    pub more: Placed<Texts>,
    /// Above a menu or list when the key pressed is none of its own.
    pub wrong_choice: Placed<Texts>,
    /// The whole screen when something inside has failed.
    pub unavailable: Placed<Texts>,
    /// The whole screen when an ended session is answered.
    pub session_over: Placed<Texts>,
    /// The question to somebody whose last session was dropped.
    pub resume: Placed<Texts>,
    /// Its option 1: on from where they stood.
    pub resume_yes: Placed<Texts>,
    /// Its option 2: from the start.
    pub resume_no: Placed<Texts>,
}

impl Words {
    pub(super) fn all(&self) -> [(&'static str, &Placed<Texts>); 9] {
        [
            ("back", &self.back),
            ("home", &self.home),
            ("more", &self.more),
            ("wrong_choice", &self.wrong_choice),
            ("unavailable", &self.unavailable),
            ("session_over", &self.session_over),
            ("resume", &self.resume),
            ("resume_yes", &self.resume_yes),
            ("resume_no", &self.resume_no),
        ]
    }

    /// The words that are whole screens.
    pub(super) fn closing(&self) -> [(&'static str, &Placed<Texts>); 2] {
        [
            ("unavailable", &self.unavailable),
            ("session_over", &self.session_over),
        ]
    }
}

/// One screen.
#[derive(Debug, Clone)]
pub struct Screen {
    /// What it says; empty for an action.
    pub text: Placed<Texts>,
    /// What it is.
    pub body: Body,
    /// Whether it may be shown in pages where it is longer than a phone's screen.
    pub paged: bool,
    pub(super) at: Place,
}

/// The kinds of screen.
#[derive(Debug, Clone)]
pub enum Body {
    /// A choice by key.
    Menu {
        /// What can be chosen.
        options: Vec<Choice>,
    },
    /// Something to type.
    Question {
        /// What it must be.
        ask: Ask,
        /// The field it is kept in.
        save: Placed<String>,
        /// Shown above the question after something else was typed.
        invalid: Placed<Texts>,
        /// The next screen.
        goto: Placed<String>,
    },
    /// A choice among items that an action finds, page by page.
    List {
        /// The action.
        action: Placed<String>,
        /// One item.
        item: Placed<Texts>,
        /// How many items a page holds.
        per_page: usize,
        /// The next screen once an item is chosen; the item's fields are kept.
        goto: Placed<String>,
        /// The next screen for each other outcome of the action.
        on: BTreeMap<String, Placed<String>>,
    },
    /// Work to do; the outcome decides the next screen.
    Action {
        /// The action.
        action: Placed<String>,
        /// The next screen for each outcome.
        on: BTreeMap<String, Placed<String>>,
    },
    /// A sub-menu to walk before the next screen.
    Call {
        /// Its first screen.
        call: Placed<String>,
        /// The next screen once it returns.
        goto: Placed<String>,
    },
    /// The last screen of a session.
    End,
}

impl Body {
    /// Every screen that it names as the next, `return` among them.
    pub(super) fn gotos(&self) -> impl Iterator<Item = &str> {
        let (options, goto, call, on) = match self {
            Self::Menu { options } => (options.as_slice(), None, None, None),
            Self::Question { goto, .. } => (&[][..], Some(goto), None, None),
            Self::List { goto, on, .. } => (&[][..], Some(goto), None, Some(on)),
            Self::Action { on, .. } => (&[][..], None, None, Some(on)),
            Self::Call { call, goto } => (&[][..], Some(goto), Some(call), None),
            Self::End => (&[][..], None, None, None),
        };
        let options = options.iter().map(|option| &option.goto);
        let outcomes = on.into_iter().flat_map(BTreeMap::values);
        let all = options.chain(goto).chain(call).chain(outcomes);
        all.map(|goto| goto.it.as_str())
    }
}

/// One option of a menu.
#[derive(Debug, Clone)]
pub struct Choice {
    /// The key to press.
    pub key: Placed<String>,
    /// What it says.
    pub label: Placed<Texts>,
    /// The next screen.
    pub goto: Placed<String>,
    /// When it is shown, if not always.
    pub when: Option<Placed<Condition>>,
}

impl Choice {
    /// Whether it is shown, given what is known. What nobody knows hides nothing.
    #[must_use]
    pub fn is_shown(&self, values: &dyn Values) -> bool {
        let Some(Condition { flag, is }) = self.when.as_ref().map(|when| &when.it) else {
            return true;
        };
        values.flag(flag).is_none_or(|holds| holds == *is)
    }
}

/// What must hold for an option to be shown.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Condition {
    /// A field that is true or false.
    pub flag: String,
    /// Which of both it must be.
    pub is: bool,
}

impl Condition {
    /// Reads `flag` or `!flag`.
    pub(super) fn parse(text: &str) -> Self {
        let flag = text.strip_prefix('!');
        Self {
            flag: flag.unwrap_or(text).to_owned(),
            is: flag.is_none(),
        }
    }

    /// Whether both can never hold at once.
    pub(super) fn excludes(&self, other: &Self) -> bool {
        self.flag == other.flag && self.is != other.is
    }
}

/// What a question asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ask {
    /// A Kenyan mobile number, in any spelling.
    Msisdn,
    /// A KRA PIN.
    KraPin,
    /// A centre code.
    Centre,
    /// A national ID number.
    NationalId,
    /// A teacher's number.
    Tsc,
    /// A year of birth.
    BirthYear,
    /// A PIN of four digits.
    Pin,
    /// A one-time code of six digits.
    Code,
    /// Four to nine digits that prove something and are never shown.
    Digits,
    /// The code that tells a genuine letter from a forged one.
    CheckCode,
    /// A whole number of at most four digits.
    Number,
    /// A distance in whole kilometres, 1 to 999.
    Kilometres,
    /// A person's name.
    Name,
    /// A few words.
    Words,
    /// An e-mail address.
    Email,
}

/// The most characters of an answer in a person's own words.
const WORDS: usize = 60;

impl Ask {
    const ALL: [Self; 15] = [
        Self::Msisdn,
        Self::KraPin,
        Self::Centre,
        Self::NationalId,
        Self::Tsc,
        Self::BirthYear,
        Self::Pin,
        Self::Code,
        Self::Digits,
        Self::CheckCode,
        Self::Number,
        Self::Kilometres,
        Self::Name,
        Self::Words,
        Self::Email,
    ];

    /// Every name that `ask` takes.
    pub(super) fn names() -> [&'static str; Self::ALL.len()] {
        Self::ALL.map(Self::name)
    }

    pub(super) fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|ask| ask.name() == name)
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Msisdn => "msisdn",
            Self::KraPin => "kra_pin",
            Self::Centre => "centre_code",
            Self::NationalId => "national_id",
            Self::Tsc => "tsc_number",
            Self::BirthYear => "birth_year",
            Self::Pin => "pin",
            Self::Code => "code",
            Self::Digits => "digits",
            Self::CheckCode => "check_code",
            Self::Number => "number",
            Self::Kilometres => "kilometres",
            Self::Name => "name",
            Self::Words => "words",
            Self::Email => "email",
        }
    }

    /// Whether an answer can't be typed in digits alone.
    pub(super) fn needs_letters(self) -> bool {
        matches!(self, Self::KraPin | Self::Name | Self::Words | Self::Email)
    }

    /// The kind of value an answer becomes.
    #[must_use]
    pub fn kind(self) -> Kind {
        match self {
            Self::Msisdn => Kind::Msisdn,
            Self::KraPin => Kind::KraPin,
            Self::Centre => Kind::Centre,
            Self::NationalId => Kind::NationalId,
            Self::Tsc => Kind::Tsc,
            Self::BirthYear | Self::Number => Kind::Number(4),
            Self::Kilometres => Kind::Number(3),
            Self::CheckCode => Kind::Code(15),
            Self::Pin | Self::Code | Self::Digits => Kind::Secret,
            Self::Name | Self::Words => Kind::Name(WORDS),
            Self::Email => Kind::Email,
        }
    }

    /// Reads what was typed.
    #[must_use]
    pub fn read(self, answer: &str) -> Option<Value> {
        match self {
            Self::Msisdn => Msisdn::parse(answer).ok().map(Value::Msisdn),
            Self::KraPin => KraPin::parse(answer).ok().map(Value::KraPin),
            Self::Centre => CentreCode::parse(answer).ok().map(Value::Centre),
            Self::NationalId => NationalId::parse(answer).ok().map(Value::NationalId),
            Self::Tsc => TscNumber::parse(answer).ok().map(Value::Tsc),
            Self::BirthYear => digits(answer, 4..=4)
                .and_then(|year| year.parse().ok())
                .filter(|year| (1900..2100).contains(year))
                .map(Value::Number),
            Self::Pin => digits(answer, 4..=4).map(Value::Secret),
            Self::Code => digits(answer, 6..=6).map(Value::Secret),
            Self::Digits => digits(&unspaced(answer), 4..=9).map(Value::Secret),
            Self::CheckCode => {
                CheckCode::parse(answer).map(|code| Value::Code(code.as_str().to_owned()))
            }
            Self::Number => digits(answer, 1..=4)
                .and_then(|number| number.parse().ok())
                .map(Value::Number),
            Self::Kilometres => digits(answer, 1..=3)
                .and_then(|km| km.parse().ok())
                .filter(|km| *km > 0)
                .map(Value::Number),
            Self::Name => Name::parse(answer)
                .ok()
                .map(|name| Value::name(name.as_str())),
            Self::Words => words(answer).map(Value::Name),
            Self::Email => Email::parse(answer).ok().map(Value::Email),
        }
    }
}

/// So many digits.
fn digits(answer: &str, count: RangeInclusive<usize>) -> Option<String> {
    let is_digits = count.contains(&answer.len()) && answer.bytes().all(|b| b.is_ascii_digit());
    is_digits.then(|| answer.to_owned())
}

fn unspaced(answer: &str) -> String {
    answer.chars().filter(|c| !matches!(c, ' ' | '-')).collect()
}

/// What a person says in their own words, as every phone can show it.
fn words(answer: &str) -> Option<String> {
    let folded = text::fold(answer);
    let words = folded.split_whitespace().collect::<Vec<_>>().join(" ");
    (1..=WORDS).contains(&words.len()).then_some(words)
}
