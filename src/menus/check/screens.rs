//! One screen by its kind: where it leads, what it runs, which keys it takes.

use std::collections::BTreeMap;

use crate::menus::catalogue::{ActionSpec, FieldSpec};
use crate::menus::flow::listed;
use crate::menus::kind::{Kind, Kinds};
use crate::menus::model::{Ask, Body, Choice, Placed, RETURN, Screen};

use super::{Check, Known};

/// Keys that the engine or an operator's own paging takes.
const RESERVED: [&str; 4] = ["0", "00", "98", "99"];

impl Check<'_, '_> {
    /// Checks a screen, given what is there whenever it is reached and every field there is.
    pub(super) fn screen(&mut self, name: &str, screen: &Screen, mut known: Known, kinds: &Kinds) {
        let place = format!("`{name}`");
        match &screen.body {
            Body::End => {
                self.texts(&screen.text, &known, &place);
                self.fits(name, screen, &known, None);
            }
            Body::Menu { options } => {
                self.texts(&screen.text, &known, &place);
                self.keys(name, options);
                for option in options {
                    self.condition(option, &known);
                    self.goto(&option.goto);
                    self.texts(&option.label, &known, &place);
                }
                self.fits(name, screen, &known, None);
            }
            Body::Question {
                ask,
                save,
                invalid,
                goto,
            } => {
                self.saved(*ask, save, kinds);
                self.goto(goto);
                self.texts(&screen.text, &known, &place);
                self.texts(invalid, &known, &place);
                self.fits(name, screen, &known, None);
            }
            Body::List {
                action,
                item,
                goto,
                on,
                ..
            } => {
                self.goto(goto);
                let Some(spec) = self.action(action, true, on, &known) else {
                    return;
                };
                known
                    .kinds
                    .extend(listed(spec).map(|field| (field.name.to_owned(), field.kind)));
                let items = Known::only(spec.item);
                self.texts(&screen.text, &known, &place);
                self.texts(item, &items, &format!("an item of `{name}`"));
                self.fits(name, screen, &known, Some(&items));
            }
            Body::Action { action, on } => {
                self.action(action, false, on, &known);
            }
            Body::Call { call, goto } => {
                self.goto(call);
                self.goto(goto);
            }
        }
    }

    /// An option's condition is about something that is surely true or false there.
    fn condition(&mut self, option: &Choice, known: &Known) {
        let Some(when) = &option.when else { return };
        let flag = &when.it.flag;
        let message = match known.kinds.get(flag) {
            Some(Kind::Flag) => return,
            None if known.may_be_more => return,
            Some(kind) => format!("`{flag}` is {kind}, not true or false"),
            None => {
                let flags = known.kinds.iter().filter(|(_, kind)| **kind == Kind::Flag);
                let names = joined(flags.map(|(name, _)| name.as_str()));
                format!("`{flag}` is not known on every way here; there are: {names}")
            }
        };
        self.found.add(when.at, message);
    }

    pub(super) fn goto(&mut self, goto: &Placed<String>) {
        if goto.it != RETURN && !self.is_there(&goto.it) {
            let names = joined(self.menu.screens.keys().map(String::as_str));
            self.found.add(
                goto.at,
                format!("there is no screen `{}`; there are: {names}", goto.it),
            );
        }
    }

    /// A field means one thing wherever it is filled in.
    fn saved(&mut self, ask: Ask, save: &Placed<String>, kinds: &Kinds) {
        if let Some(kind) = kinds.get(&save.it).filter(|kind| !kind.is_like(ask.kind())) {
            let message = format!(
                "`{}` is {kind} elsewhere and {} here: save it under another name",
                save.it,
                ask.kind()
            );
            self.found.add(save.at, message);
        }
    }

    /// An action with what it needs and how it can end; none when there is no such action.
    fn action(
        &mut self,
        action: &Placed<String>,
        lists: bool,
        on: &BTreeMap<String, Placed<String>>,
        known: &Known,
    ) -> Option<&'static ActionSpec> {
        for goto in on.values() {
            self.goto(goto);
        }
        let message = match self.catalogue.action(&action.it) {
            Some(spec) if spec.lists() == lists => {
                self.inputs(action, spec, known);
                self.outcomes(action, spec, on);
                return Some(spec);
            }
            Some(_) if lists => format!("`{}` answers no list: use `action = `", action.it),
            Some(_) => format!("`{}` answers a list: use `list = `", action.it),
            None => {
                let names = joined(self.catalogue.actions.iter().map(|action| action.name));
                format!("there is no action `{}`; there are: {names}", action.it)
            }
        };
        self.found.add(action.at, message);
        None
    }

    fn inputs(&mut self, action: &Placed<String>, spec: &ActionSpec, known: &Known) {
        for FieldSpec { name, kind } in spec.inputs {
            let message = match known.kinds.get(*name) {
                None if known.may_be_more => continue,
                None => format!(
                    "`{}` needs `{name}`, which is not there on every way to it",
                    spec.name
                ),
                Some(known) if !known.is_like(*kind) => {
                    format!(
                        "`{}` needs `{name}` to be {kind}, but it is {known}",
                        spec.name
                    )
                }
                Some(_) => continue,
            };
            self.found.add(action.at, message);
        }
    }

    fn outcomes(
        &mut self,
        action: &Placed<String>,
        spec: &ActionSpec,
        on: &BTreeMap<String, Placed<String>>,
    ) {
        // The list is shown where it stands and leads on by its own `goto`.
        let is_shown = |name: &str| spec.lists() && name == ActionSpec::LISTED;
        for (name, goto) in on {
            if is_shown(name) || spec.outcome(name).is_none() {
                self.found.add(
                    goto.at,
                    format!("`{}` has no outcome `{name}` to handle", spec.name),
                );
            }
        }
        for outcome in spec.outcomes {
            if !is_shown(outcome.name) && !on.contains_key(outcome.name) {
                self.found.add(
                    action.at,
                    format!("`on.{}` is missing: {}", outcome.name, outcome.about),
                );
            }
        }
    }

    fn keys(&mut self, name: &str, options: &[Choice]) {
        for (place, option) in options.iter().enumerate() {
            let key = option.key.it.as_str();
            // Without a start nobody knows where the top is.
            let is_exit =
                key == "0" && (self.menu.is_top(name) || !self.is_there(&self.menu.start));
            let message = if options[..place]
                .iter()
                .any(|earlier| clash(earlier, option))
            {
                format!("the key `{key}` stands twice in `{name}`")
            } else if RESERVED.contains(&key) && !is_exit {
                format!("the key `{key}` is taken: 0 goes back, 00 home, 98 and 99 turn pages")
            } else if !(1..=3).contains(&key.len()) || !key.bytes().all(|b| b.is_ascii_digit()) {
                format!("a key is one to three digits, not `{key}`")
            } else {
                continue;
            };
            self.found.add(option.key.at, message);
        }
    }
}

/// Whether two options have one key and can be shown together.
fn clash(one: &Choice, other: &Choice) -> bool {
    let apart = match (&one.when, &other.when) {
        (Some(one), Some(other)) => one.it.excludes(&other.it),
        _ => false,
    };
    one.key.it == other.key.it && !apart
}

fn joined<'a>(names: impl Iterator<Item = &'a str>) -> String {
    names.collect::<Vec<_>>().join(", ")
}
