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

const NAME: FieldSpec = FieldSpec::new("name", Kind::Name(60));
const CODE: FieldSpec = FieldSpec::new("code", Kind::Code(8));
const DAY: FieldSpec = FieldSpec::new("day", Kind::Date);
const LINE: FieldSpec = FieldSpec::new("line", Kind::Msisdn);

const fn outcome(name: &'static str, fields: &'static [FieldSpec]) -> OutcomeSpec {
    OutcomeSpec::new(name, "said by a test", fields)
}

const FIND: ActionSpec = ActionSpec {
    name: "find",
    about: "",
    outcomes: &[outcome("one", &[NAME, CODE, DAY]), outcome("none", &[])],
    ..ActionSpec::BLANK
};

const LIST: ActionSpec = ActionSpec {
    name: "list",
    about: "",
    outcomes: &[outcome(ActionSpec::LISTED, &[DAY]), outcome("none", &[])],
    item: &[NAME, CODE],
    ..ActionSpec::BLANK
};

const SAVE: ActionSpec = ActionSpec {
    name: "save",
    about: "",
    writes: true,
    inputs: &[LINE],
    outcomes: &[outcome("saved", &[])],
    sends: &[&SAVED],
    ..ActionSpec::BLANK
};

const PIN: FieldSpec = FieldSpec::new("pin", Kind::Secret);

const RAISE: ActionSpec = ActionSpec {
    name: "raise",
    about: "",
    writes: true,
    outcomes: &[
        outcome("raised", &[FieldSpec::new("boss", Kind::Flag)]),
        outcome("needs_pin", &[]).and_again(),
    ],
    ..ActionSpec::BLANK
};

const PROVE: ActionSpec = ActionSpec {
    name: "prove",
    about: "",
    writes: true,
    inputs: &[PIN],
    outcomes: &[outcome("proven", &[]), outcome("wrong", &[])],
    ..ActionSpec::BLANK
};

const SAVED: SmsSpec = SmsSpec {
    name: "saved",
    fields: &[CODE],
};

pub(super) const CATALOGUE: Catalogue = Catalogue {
    actions: &[FIND, LIST, SAVE, RAISE, PROVE],
    sms: &[&SAVED],
};
