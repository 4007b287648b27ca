//! Which screens can be reached, and which fields are surely there when they are.

use std::collections::{BTreeMap, BTreeSet};

use super::catalogue::{ActionSpec, Catalogue, FieldSpec};
use super::model::{Body, Menu, Screen};
use super::value::Kind;

/// The fields that are there on every way to a screen, each with every kind it can have.
pub(super) type Known = BTreeMap<String, BTreeSet<Kind>>;

/// Follows every `goto` from the start until nothing changes any more.
pub(super) fn known_fields(menu: &Menu, catalogue: &Catalogue) -> BTreeMap<String, Known> {
    let mut reached = BTreeMap::from([(menu.start.clone(), Known::new())]);
    let mut waiting = vec![menu.start.clone()];
    while let Some(name) = waiting.pop() {
        let Some(screen) = menu.screens.get(&name) else {
            continue;
        };
        let here = reached.get(&name).cloned().unwrap_or_default();
        for (next, known) in ways_on(screen, &here, catalogue) {
            let changed = match reached.get_mut(&next) {
                Some(before) => meet(before, &known),
                None => reached.insert(next.clone(), known).is_none(),
            };
            // `00` clears what is known, so nothing flows back into the start.
            if changed && next != menu.start {
                waiting.push(next);
            }
        }
    }
    reached.insert(menu.start.clone(), Known::new());
    reached
}

/// What is known while a list is shown: also what its action tells about the whole.
pub(super) fn known_in_list(here: &Known, action: &ActionSpec) -> Known {
    let mut known = here.clone();
    if let Some(listed) = action.outcome(ActionSpec::LISTED) {
        learn(&mut known, listed.fields);
    }
    known
}

fn ways_on(screen: &Screen, here: &Known, catalogue: &Catalogue) -> Vec<(String, Known)> {
    match &screen.body {
        Body::End => Vec::new(),
        Body::Menu { options } => options
            .iter()
            .map(|option| (option.goto.it.clone(), here.clone()))
            .collect(),
        Body::Question {
            ask, save, goto, ..
        } => {
            let mut known = here.clone();
            known.insert(save.clone(), BTreeSet::from([ask.kind()]));
            vec![(goto.it.clone(), known)]
        }
        Body::List {
            action, goto, on, ..
        } => {
            let Some(spec) = catalogue.action(&action.it) else {
                return Vec::new();
            };
            let mut chosen = known_in_list(here, spec);
            learn(&mut chosen, spec.item);
            let mut ways = outcomes(spec, on, here);
            ways.push((goto.it.clone(), chosen));
            ways
        }
        Body::Action { action, on } => {
            let Some(spec) = catalogue.action(&action.it) else {
                return Vec::new();
            };
            outcomes(spec, on, here)
        }
    }
}

fn outcomes(
    spec: &ActionSpec,
    on: &BTreeMap<String, super::model::Placed<String>>,
    here: &Known,
) -> Vec<(String, Known)> {
    on.iter()
        .filter_map(|(name, goto)| {
            let mut known = here.clone();
            learn(&mut known, spec.outcome(name)?.fields);
            Some((goto.it.clone(), known))
        })
        .collect()
}

pub(super) fn learn(known: &mut Known, fields: &[FieldSpec]) {
    for field in fields {
        known.insert(field.name.to_owned(), BTreeSet::from([field.kind]));
    }
}

/// Keeps the fields that both ways bring, with the kinds of both.
fn meet(before: &mut Known, other: &Known) -> bool {
    let mut changed = false;
    before.retain(|name, kinds| {
        let Some(more) = other.get(name) else {
            changed = true;
            return false;
        };
        for kind in more {
            changed |= kinds.insert(*kind);
        }
        true
    });
    changed
}
