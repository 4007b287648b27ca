//! What a session carries from one hop to the next, and what passes between the
//! engine and the actions.

use serde::{Deserialize, Serialize};

use crate::domain::{Language, Proofs};
use crate::menus::{ActionSpec, Fields, Value};

/// Where a person is in the menu and what is known so far.
///
/// It holds personal data: it is stored sealed and never logged. Each hop writes it anew, so what
/// is stored has short names and leaves out what is empty.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct Session {
    /// The language of its screens.
    #[serde(rename = "l")]
    pub language: Language,
    /// The screen that is shown, or the action that is awaited.
    #[serde(rename = "s")]
    pub(super) screen: String,
    /// Which page of that screen.
    #[serde(rename = "p", default, skip_serializing_if = "is_usual")]
    pub(super) page: usize,
    /// The screens behind this one, for `0`.
    #[serde(rename = "t", default, skip_serializing_if = "is_usual")]
    pub(super) trail: Vec<Crumb>,
    /// Where `return` leads from here, the innermost last.
    #[serde(rename = "r", default, skip_serializing_if = "is_usual")]
    pub(super) returns: Vec<Return>,
    /// What the person has proven about who they are.
    #[serde(rename = "i", default, skip_serializing_if = "is_usual")]
    pub(super) proofs: Proofs,
    /// What questions and actions have filled in.
    #[serde(rename = "f", default, skip_serializing_if = "is_usual")]
    pub(super) fields: Fields,
    /// The items that the keys of a list stand for.
    #[serde(rename = "k", default, skip_serializing_if = "is_usual")]
    pub(super) items: Vec<Fields>,
    /// Whether the list goes on after this page.
    #[serde(rename = "m", default, skip_serializing_if = "is_usual")]
    pub(super) more: bool,
    /// Whether its last screen has been shown.
    #[serde(rename = "e", default, skip_serializing_if = "is_usual")]
    pub(super) ended: bool,
    /// Where a dropped session of the same line stood, while it is asked whether to go
    /// on from there.
    #[serde(rename = "o", default, skip_serializing_if = "is_usual")]
    pub(super) offer: Option<Box<Session>>,
}

/// Whether a part need not be stored, since it is the same in a new session.
fn is_usual<T: Default + PartialEq>(part: &T) -> bool {
    *part == T::default()
}

/// A screen to return to.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Crumb {
    #[serde(rename = "s")]
    pub(super) screen: String,
    #[serde(rename = "p", default, skip_serializing_if = "is_usual")]
    pub(super) page: usize,
    #[serde(rename = "r", default, skip_serializing_if = "is_usual")]
    pub(super) returns: Vec<Return>,
}

/// What goes on after a sub-menu.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Return {
    /// The next screen.
    #[serde(rename = "s")]
    pub(super) to: String,
    /// How much of the trail is kept, where `0` must not lead back into the sub-menu.
    #[serde(rename = "t", default, skip_serializing_if = "is_usual")]
    pub(super) trail: Option<usize>,
}

impl Session {
    /// A session that has just been dialled.
    #[must_use]
    pub fn new(language: Language) -> Self {
        Self {
            language,
            screen: String::new(),
            page: 0,
            trail: Vec::new(),
            returns: Vec::new(),
            proofs: Proofs::default(),
            fields: Fields::new(),
            items: Vec::new(),
            more: false,
            ended: false,
            offer: None,
        }
    }

    /// Moves to a screen. What an earlier list showed is no longer there to choose from.
    pub(super) fn stand_on(&mut self, crumb: Crumb) {
        self.screen = crumb.screen;
        self.page = crumb.page;
        self.returns = crumb.returns;
        self.items.clear();
        self.more = false;
    }

    /// Whether its last screen has been shown.
    #[must_use]
    pub fn has_ended(&self) -> bool {
        self.ended
    }

    /// Ends it, and forgets what it knew: nobody goes on from it.
    pub fn close(&mut self) {
        let screen = std::mem::take(&mut self.screen);
        *self = Self {
            screen,
            ended: true,
            ..Self::new(self.language)
        };
    }

    /// Whether it is asked to go on where a dropped one stood.
    #[must_use]
    pub fn is_offered(&self) -> bool {
        self.offer.is_some()
    }

    /// What questions and actions have filled in.
    #[must_use]
    pub fn fields(&self) -> &Fields {
        &self.fields
    }

    /// What the person has proven about who they are.
    #[must_use]
    pub fn proofs(&self) -> Proofs {
        self.proofs
    }

    /// The name of the screen it stands on: a label for logs and counts, nothing personal.
    #[must_use]
    pub fn screen(&self) -> &str {
        &self.screen
    }
}

/// Work that the engine asks for, with what its session knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// The action's name.
    pub action: String,
    /// The part of a list that is wanted.
    pub page: Page,
}

/// A part of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Page {
    /// How many items come before it.
    pub offset: usize,
    /// How many items it holds; an action answers one more to say that the list goes on.
    pub size: usize,
}

/// How an action ended.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Outcome {
    /// One of the outcomes that the action declares.
    pub name: &'static str,
    /// The fields of that outcome.
    pub fields: Vec<(&'static str, Value)>,
    /// The items of a list, one more than the page holds where the list goes on.
    pub items: Vec<Vec<(&'static str, Value)>>,
    /// The language to go on in, where the action changed it.
    pub language: Option<Language>,
    /// Whether something was changed: then `0` leads home and not back into the question.
    pub changed: bool,
    /// Whether the action is to be tried again once something else is done.
    pub again: bool,
    /// What the person has proven by it.
    pub proven: Proofs,
}

impl Outcome {
    /// An outcome without fields.
    #[must_use]
    pub fn of(name: &'static str) -> Self {
        Self {
            name,
            ..Self::default()
        }
    }

    /// A list of what was found, or another outcome where nothing was.
    #[must_use]
    pub fn list(items: Vec<Vec<(&'static str, Value)>>, none: &'static str) -> Self {
        if items.is_empty() {
            return Self::of(none);
        }
        Self {
            items,
            ..Self::of(ActionSpec::LISTED)
        }
    }

    /// The same with one more field.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: Value) -> Self {
        self.fields.push((name, value));
        self
    }

    /// The same, to be tried again once the screens that it leads to return.
    #[must_use]
    pub fn to_try_again(mut self) -> Self {
        self.again = true;
        self
    }

    /// The same, having proven something.
    #[must_use]
    pub fn having_proven(mut self, proofs: Proofs) -> Self {
        self.proven = proofs;
        self
    }

    /// The same, having changed something.
    #[must_use]
    pub fn having_changed(mut self) -> Self {
        self.changed = true;
        self
    }
}
