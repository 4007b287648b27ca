//! What actions promise to menus: their inputs, their outcomes and the fields each
//! outcome fills in. With it a menu is proven before anyone dials.

use super::kind::Kind;

/// A field by name and kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FieldSpec {
    /// Its name, as `{name}` in a text.
    pub name: &'static str,
    /// What it holds.
    pub kind: Kind,
}

impl FieldSpec {
    /// A field of that name and kind.
    #[must_use]
    pub const fn new(name: &'static str, kind: Kind) -> Self {
        Self { name, kind }
    }
}

/// One way an action can end.
#[derive(Debug, Clone, Copy)]
pub struct OutcomeSpec {
    /// Its name, as in `on.NAME`.
    pub name: &'static str,
    /// When it happens, for menu authors.
    pub about: &'static str,
    /// The fields it fills in.
    pub fields: &'static [FieldSpec],
    /// Whether the action is to be tried again once the screens that the outcome leads to
    /// say `goto = "return"`.
    pub again: bool,
}

impl OutcomeSpec {
    /// A way to end, by name.
    #[must_use]
    pub const fn new(
        name: &'static str,
        about: &'static str,
        fields: &'static [FieldSpec],
    ) -> Self {
        Self {
            name,
            about,
            fields,
            again: false,
        }
    }

    /// The same for an action that is to be tried again.
    #[must_use]
    pub const fn and_again(mut self) -> Self {
        self.again = true;
        self
    }
}

/// An action that menus can ask for.
#[derive(Debug, Clone, Copy)]
pub struct ActionSpec {
    /// Its name, as in `action = "NAME"`.
    pub name: &'static str,
    /// What it does, for menu authors.
    pub about: &'static str,
    /// Whether it changes anything. A dialled extension never runs such an action.
    pub writes: bool,
    /// The fields it needs from the session.
    pub inputs: &'static [FieldSpec],
    /// Every way it can end.
    pub outcomes: &'static [OutcomeSpec],
    /// For an action that answers a list: the fields of each item. Its outcome
    /// [`ActionSpec::LISTED`] then means that there are items to show.
    pub item: &'static [FieldSpec],
    /// The messages that it can send. A menu that asks for the action words them.
    pub sends: &'static [&'static SmsSpec],
}

impl ActionSpec {
    /// An action that does nothing: what a new one begins from.
    pub const BLANK: Self = Self {
        name: "",
        about: "",
        writes: false,
        inputs: &[],
        outcomes: &[],
        item: &[],
        sends: &[],
    };

    /// The outcome by which a list action hands over items.
    pub const LISTED: &'static str = "listed";

    /// Whether it answers a list.
    #[must_use]
    pub fn lists(&self) -> bool {
        !self.item.is_empty()
    }

    /// The outcome of that name.
    #[must_use]
    pub fn outcome(&self, name: &str) -> Option<&OutcomeSpec> {
        self.outcomes.iter().find(|outcome| outcome.name == name)
    }
}

/// An SMS that actions send, worded in the menu files under `[sms.NAME]`.
#[derive(Debug, Clone, Copy)]
pub struct SmsSpec {
    /// Its name.
    pub name: &'static str,
    /// The fields its text may name.
    pub fields: &'static [FieldSpec],
}

/// Everything that menu files may rely on.
#[derive(Debug, Clone, Copy)]
pub struct Catalogue {
    /// The actions.
    pub actions: &'static [ActionSpec],
    /// The messages.
    pub sms: &'static [&'static SmsSpec],
}

impl Catalogue {
    /// The action of that name.
    #[must_use]
    pub fn action(&self, name: &str) -> Option<&'static ActionSpec> {
        self.actions.iter().find(|action| action.name == name)
    }
}
