//! A menu as the engine walks it: every text parsed, every place remembered for
//! the findings of the check.

use std::collections::BTreeMap;

use crate::domain::{CentreCode, KraPin, Language, Msisdn};

use super::finding::Place;
use super::kind::Kind;
use super::template::Texts;
use super::value::Value;

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
    pub(super) start_at: Place,
}

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
    /// The last screen of a session.
    End,
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
}

impl Ask {
    const ALL: [Self; 3] = [Self::Msisdn, Self::KraPin, Self::Centre];

    /// Every name that `ask` takes.
    pub(super) fn names() -> [&'static str; 3] {
        Self::ALL.map(Self::name)
    }

    pub(super) fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|ask| ask.name() == name)
    }

    fn name(self) -> &'static str {
        match self {
            Self::Msisdn => "msisdn",
            Self::KraPin => "kra_pin",
            Self::Centre => "centre_code",
        }
    }

    /// The kind of value an answer becomes.
    #[must_use]
    pub fn kind(self) -> Kind {
        match self {
            Self::Msisdn => Kind::Msisdn,
            Self::KraPin => Kind::KraPin,
            Self::Centre => Kind::Centre,
        }
    }

    /// Reads what was typed.
    #[must_use]
    pub fn read(self, answer: &str) -> Option<Value> {
        match self {
            Self::Msisdn => Msisdn::parse(answer).ok().map(Value::Msisdn),
            Self::KraPin => KraPin::parse(answer).ok().map(Value::KraPin),
            Self::Centre => CentreCode::parse(answer).ok().map(Value::Centre),
        }
    }
}
