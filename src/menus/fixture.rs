//! A small menu and its actions, for the tests of this room.

use super::{ActionSpec, Catalogue, FieldSpec, Kind, MenuFile, OutcomeSpec, SmsSpec};

/// A menu without faults, with one screen of each kind.
pub(super) const SOUND: &str = include_str!("fixture.toml");

pub(super) fn file(name: &str, text: &str) -> MenuFile {
    MenuFile {
        name: name.to_owned(),
        text: text.to_owned(),
    }
}

const NAME: FieldSpec = FieldSpec {
    name: "name",
    kind: Kind::Name(60),
};
const CODE: FieldSpec = FieldSpec {
    name: "code",
    kind: Kind::Code(8),
};
const DAY: FieldSpec = FieldSpec {
    name: "day",
    kind: Kind::Date,
};
const LINE: FieldSpec = FieldSpec {
    name: "line",
    kind: Kind::Msisdn,
};

const fn outcome(name: &'static str, fields: &'static [FieldSpec]) -> OutcomeSpec {
    OutcomeSpec {
        name,
        about: "said by a test",
        fields,
    }
}

const FIND: ActionSpec = ActionSpec {
    name: "find",
    about: "",
    writes: false,
    inputs: &[],
    outcomes: &[outcome("one", &[NAME, CODE, DAY]), outcome("none", &[])],
    item: &[],
};

const LIST: ActionSpec = ActionSpec {
    name: "list",
    about: "",
    writes: false,
    inputs: &[],
    outcomes: &[outcome(ActionSpec::LISTED, &[DAY]), outcome("none", &[])],
    item: &[NAME, CODE],
};

const SAVE: ActionSpec = ActionSpec {
    name: "save",
    about: "",
    writes: true,
    inputs: &[LINE],
    outcomes: &[outcome("saved", &[])],
    item: &[],
};

pub(super) const CATALOGUE: Catalogue = Catalogue {
    actions: &[FIND, LIST, SAVE],
    sms: &[&SmsSpec {
        name: "saved",
        fields: &[CODE],
    }],
};
