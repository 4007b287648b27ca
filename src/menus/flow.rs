//! Which screens can be reached, and which fields are surely there when they are.

use std::collections::{BTreeMap, BTreeSet};

use super::catalogue::{ActionSpec, Catalogue, FieldSpec};
use super::kind::{Kind, Kinds};
use super::model::{Body, Menu, Placed, RETURN, Screen};

/// All ways through a menu.
pub(super) struct Flow {
    /// Every field that a session can hold. A name means one kind everywhere, since `0`
    /// brings back earlier screens with later fields.
    pub(super) kinds: Kinds,
    /// The fields that are there on every way to a screen, for each screen that has one.
    reached: BTreeMap<String, Names>,
}

type Names = BTreeSet<String>;

/// The screens within each sub-menu, by its first: found once, asked for in every round.
type Walks<'a> = BTreeMap<&'a str, BTreeSet<&'a str>>;

impl Flow {
    /// Follows every way from the start until nothing changes any more.
    pub(super) fn of(menu: &Menu, catalogue: &Catalogue) -> Self {
        let mut flow = Self {
            kinds: kinds(menu, catalogue),
            reached: BTreeMap::new(),
        };
        flow.reached.insert(menu.start.clone(), Names::new());
        let mut walks = Walks::new();
        while flow.follow_once(menu, catalogue, &mut walks) {}
        flow
    }

    /// Goes one step on from every screen reached; says whether that brought news.
    fn follow_once<'a>(
        &mut self,
        menu: &'a Menu,
        catalogue: &Catalogue,
        walks: &mut Walks<'a>,
    ) -> bool {
        let mut news = false;
        let mut returns: BTreeMap<&str, Names> = BTreeMap::new();
        for (name, screen) in &menu.screens {
            let Some(here) = self.reached.get(name) else {
                continue;
            };
            for (next, there) in self.ways_on(screen, here, catalogue) {
                if next != RETURN {
                    news |= self.arrive(&next, there);
                } else if let Some(before) = returns.get_mut(name.as_str()) {
                    before.retain(|field| there.contains(field));
                } else {
                    returns.insert(name, there);
                }
            }
        }
        for (name, screen) in &menu.screens {
            for (first, next) in self.calls(menu, name, screen, catalogue) {
                let here = self.without_secrets(&self.reached[name]);
                let walk = walks.entry(first).or_insert_with(|| within(menu, first));
                for inside in walk.iter() {
                    if let Some(found) = returns.get(inside) {
                        news |= self.arrive(next, here.union(found).cloned().collect());
                    }
                }
            }
        }
        news
    }

    /// The sub-menus that a screen reached leads into: their first screens, and where each
    /// return of theirs leads.
    fn calls<'a>(
        &self,
        menu: &'a Menu,
        name: &'a str,
        screen: &'a Screen,
        catalogue: &Catalogue,
    ) -> Vec<(&'a str, &'a str)> {
        if !self.reached.contains_key(name) {
            return Vec::new();
        }
        let calls = match &screen.body {
            Body::Call { call, goto } => vec![(call.it.as_str(), goto.it.as_str())],
            // What has to be done first leads back to the action itself.
            Body::Action { action, on } | Body::List { action, on, .. } => {
                let first = on.iter().filter(|(outcome, _)| {
                    let spec = catalogue.action(&action.it);
                    spec.and_then(|spec| spec.outcome(outcome))
                        .is_some_and(|outcome| outcome.again)
                });
                first.map(|(_, goto)| (goto.it.as_str(), name)).collect()
            }
            Body::Menu { .. } | Body::Question { .. } | Body::End => Vec::new(),
        };
        let is_there = |(first, _): &(&str, &str)| menu.screens.contains_key(*first);
        calls.into_iter().filter(is_there).collect()
    }

    /// What is left once an action has seen it.
    fn without_secrets(&self, here: &Names) -> Names {
        let is_secret = |name: &String| self.kinds.get(name) == Some(&Kind::Secret);
        here.iter()
            .filter(|name| !is_secret(name))
            .cloned()
            .collect()
    }

    /// Whether every way leads to a screen that is there, so that none can be missing.
    pub(super) fn is_whole(&self, menu: &Menu) -> bool {
        self.reached
            .keys()
            .all(|name| menu.screens.contains_key(name))
    }

    /// What is there whenever a screen is reached; none when no way leads to it.
    pub(super) fn known(&self, screen: &str) -> Option<Kinds> {
        let names = self.reached.get(screen)?;
        let known = names
            .iter()
            .filter_map(|name| Some((name.clone(), *self.kinds.get(name)?)));
        Some(known.collect())
    }

    /// Notes one more way to a screen; says whether that is news.
    fn arrive(&mut self, screen: &str, there: Names) -> bool {
        let Some(before) = self.reached.get_mut(screen) else {
            self.reached.insert(screen.to_owned(), there);
            return true;
        };
        let count = before.len();
        before.retain(|name| there.contains(name));
        before.len() < count
    }

    fn ways_on(
        &self,
        screen: &Screen,
        here: &Names,
        catalogue: &Catalogue,
    ) -> Vec<(String, Names)> {
        match &screen.body {
            Body::End => Vec::new(),
            Body::Menu { options } => options
                .iter()
                .map(|option| (option.goto.it.clone(), here.clone()))
                .collect(),
            Body::Question { save, goto, .. } => {
                let mut there = here.clone();
                there.insert(save.it.clone());
                vec![(goto.it.clone(), there)]
            }
            Body::List {
                action, goto, on, ..
            } => {
                let spec = catalogue.action(&action.it).filter(|spec| spec.lists());
                let chosen = match spec {
                    Some(spec) => with(here, listed(spec).chain(spec.item)),
                    None => self.everything(),
                };
                let mut ways = self.outcomes(spec, on, here);
                ways.push((goto.it.clone(), chosen));
                ways
            }
            // Where it goes on to depends on what the sub-menu brings back.
            Body::Call { call, .. } => vec![(call.it.clone(), here.clone())],
            Body::Action { action, on } => {
                let spec = catalogue.action(&action.it).filter(|spec| !spec.lists());
                self.outcomes(spec, on, here)
            }
        }
    }

    /// An action or outcome that is not there has a finding of its own; it is taken to
    /// bring everything, so that it causes no others further on.
    fn outcomes(
        &self,
        spec: Option<&ActionSpec>,
        on: &BTreeMap<String, Placed<String>>,
        here: &Names,
    ) -> Vec<(String, Names)> {
        // What is secret is forgotten once an action has seen it.
        let is_secret = |name: &String| self.kinds.get(name) == Some(&Kind::Secret);
        let here: Names = here
            .iter()
            .filter(|name| !is_secret(name))
            .cloned()
            .collect();
        on.iter()
            .map(|(name, goto)| {
                let outcome = spec.and_then(|spec| spec.outcome(name));
                let there = outcome.map(|outcome| with(&here, outcome.fields));
                (goto.it.clone(), there.unwrap_or_else(|| self.everything()))
            })
            .collect()
    }

    fn everything(&self) -> Names {
        self.kinds.keys().cloned().collect()
    }
}

/// Every screen that a walk from one screen can come to, itself among them, before it
/// returns. What a walk calls on its way belongs to it.
pub(super) fn within<'a>(menu: &'a Menu, first: &'a str) -> BTreeSet<&'a str> {
    let mut seen = BTreeSet::new();
    let mut waiting = vec![first];
    while let Some(name) = waiting.pop() {
        let Some(screen) = menu.screens.get(name).filter(|_| seen.insert(name)) else {
            continue;
        };
        waiting.extend(screen.body.gotos().filter(|next| *next != RETURN));
    }
    seen
}

/// The fields that a list's action tells about the list as a whole.
pub(super) fn listed(spec: &ActionSpec) -> impl Iterator<Item = &'static FieldSpec> {
    spec.outcome(ActionSpec::LISTED)
        .map_or(&[][..], |outcome| outcome.fields)
        .iter()
}

/// The kinds of some fields by name.
pub(super) fn kinds_of(fields: &[FieldSpec]) -> Kinds {
    fields
        .iter()
        .map(|field| (field.name.to_owned(), field.kind))
        .collect()
}

fn kinds(menu: &Menu, catalogue: &Catalogue) -> Kinds {
    let mut kinds = Kinds::new();
    for action in catalogue.actions {
        let fields = action.outcomes.iter().flat_map(|outcome| outcome.fields);
        for field in fields.chain(action.item) {
            widen(&mut kinds, field.name, field.kind);
        }
    }
    for screen in menu.screens.values() {
        if let Body::Question { ask, save, .. } = &screen.body {
            kinds.entry(save.it.clone()).or_insert(ask.kind());
        }
    }
    kinds
}

/// Of two lengths of a kind, the greater.
fn widen(kinds: &mut Kinds, name: &str, kind: Kind) {
    let known = kinds.entry(name.to_owned()).or_insert(kind);
    *known = kind.max(*known);
}

fn with<'a>(here: &Names, fields: impl IntoIterator<Item = &'a FieldSpec>) -> Names {
    let mut there = here.clone();
    there.extend(fields.into_iter().map(|field| field.name.to_owned()));
    there
}
