//! Which screens can be reached, and which fields are surely there when they are.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::mem;

use super::catalogue::{ActionSpec, Catalogue, FieldSpec};
use super::kind::{Kind, Kinds};
use super::model::{Body, Menu, Placed, RETURN, Screen};

/// All ways through a menu.
pub(super) struct Flow {
    /// Every field that a session can hold. A name means one kind everywhere, since `0`
    /// brings back earlier screens with later fields.
    pub(super) kinds: Kinds,
    /// The fields that are there on every way to a screen, for each screen that has one.
    reached: BTreeMap<String, BTreeSet<String>>,
}

impl Flow {
    /// Follows every way from the start until nothing changes any more.
    pub(super) fn of(menu: &Menu, catalogue: &Catalogue) -> Self {
        let kinds = kinds(menu, catalogue);
        let mut ways = Ways {
            menu,
            catalogue,
            kinds: &kinds,
            reached: BTreeMap::new(),
            news: BTreeSet::new(),
            returns: BTreeMap::new(),
            walks: BTreeMap::new(),
        };
        ways.arrive(&menu.start, Names::new());
        while !ways.news.is_empty() {
            ways.follow();
        }
        let owned = |names: Names<'_>| names.into_iter().map(str::to_owned).collect();
        let reached = ways.reached.into_iter();
        let reached = reached.map(|(screen, names)| (screen.to_owned(), owned(names)));
        Self {
            reached: reached.collect(),
            kinds,
        }
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
}

type Names<'a> = BTreeSet<&'a str>;

/// The ways, as far as they are followed.
struct Ways<'a> {
    menu: &'a Menu,
    catalogue: &'a Catalogue,
    kinds: &'a Kinds,
    /// The fields that are there on every way to a screen.
    reached: BTreeMap<&'a str, Names<'a>>,
    /// The screens of which less is known to be there than when their ways were followed last.
    news: BTreeSet<&'a str>,
    /// What is there whenever a screen returns, for each that does.
    returns: BTreeMap<&'a str, Names<'a>>,
    /// The screens within each sub-menu, by its first.
    walks: BTreeMap<&'a str, BTreeSet<&'a str>>,
}

impl<'a> Ways<'a> {
    /// Goes one step on from every screen that there is news of.
    fn follow(&mut self) {
        let menu = self.menu;
        let news = mem::take(&mut self.news);
        for name in &news {
            let Some(screen) = menu.screens.get(*name) else {
                continue;
            };
            let (back, on): (Vec<_>, Vec<_>) = self
                .ways_on(screen, &self.reached[name])
                .into_iter()
                .partition(|(next, _)| *next == RETURN);
            for (next, there) in on {
                self.arrive(next, there);
            }
            let back = back.into_iter().map(|(_, there)| there);
            if let Some(back) = back.reduce(|one, other| &one & &other) {
                self.returns.insert(name, back);
            }
        }
        for (name, screen) in &menu.screens {
            for (first, next) in self.calls(name, screen) {
                self.walks
                    .entry(first)
                    .or_insert_with(|| within(menu, first));
                let walk = &self.walks[first];
                if !news.contains(name.as_str()) && walk.is_disjoint(&news) {
                    continue;
                }
                let found = walk.iter().filter_map(|inside| self.returns.get(inside));
                let here = self.without_secrets(&self.reached[name.as_str()]);
                let there: Vec<Names<'_>> = found.map(|found| &here | found).collect();
                for there in there {
                    self.arrive(next, there);
                }
            }
        }
    }

    /// The sub-menus that a screen reached leads into: their first screens, and where each
    /// return of theirs leads.
    fn calls(&self, name: &'a str, screen: &'a Screen) -> Vec<(&'a str, &'a str)> {
        if !self.reached.contains_key(name) {
            return Vec::new();
        }
        let calls = match &screen.body {
            Body::Call { call, goto } => vec![(call.it.as_str(), goto.it.as_str())],
            // What has to be done first leads back to the action itself.
            Body::Action { action, on } | Body::List { action, on, .. } => {
                let first = on.iter().filter(|(outcome, _)| {
                    let spec = self.catalogue.action(&action.it);
                    spec.and_then(|spec| spec.outcome(outcome))
                        .is_some_and(|outcome| outcome.again)
                });
                first.map(|(_, goto)| (goto.it.as_str(), name)).collect()
            }
            Body::Menu { .. } | Body::Question { .. } | Body::End => Vec::new(),
        };
        let is_there = |(first, _): &(&str, &str)| self.menu.screens.contains_key(*first);
        calls.into_iter().filter(is_there).collect()
    }

    /// What is left once an action has seen it.
    fn without_secrets(&self, here: &Names<'a>) -> Names<'a> {
        let is_secret = |name: &str| self.kinds.get(name) == Some(&Kind::Secret);
        let left = here.iter().copied();
        left.filter(|name| !is_secret(name)).collect()
    }

    /// Notes one more way to a screen.
    fn arrive(&mut self, screen: &'a str, there: Names<'a>) {
        match self.reached.entry(screen) {
            Entry::Vacant(entry) => {
                entry.insert(there);
            }
            Entry::Occupied(mut entry) => {
                let before = entry.get().len();
                entry.get_mut().retain(|name| there.contains(name));
                if entry.get().len() == before {
                    return;
                }
            }
        }
        self.news.insert(screen);
    }

    fn ways_on(&self, screen: &'a Screen, here: &Names<'a>) -> Vec<(&'a str, Names<'a>)> {
        match &screen.body {
            Body::End => Vec::new(),
            Body::Menu { options } => options
                .iter()
                .map(|option| (option.goto.it.as_str(), here.clone()))
                .collect(),
            Body::Question { save, goto, .. } => {
                let mut there = here.clone();
                there.insert(&save.it);
                vec![(&goto.it, there)]
            }
            Body::List {
                action, goto, on, ..
            } => {
                let spec = self.catalogue.action(&action.it);
                let spec = spec.filter(|spec| spec.lists());
                let chosen = match spec {
                    Some(spec) => with(here, listed(spec).chain(spec.item)),
                    None => self.everything(),
                };
                let mut ways = self.outcomes(spec, on, here);
                ways.push((&goto.it, chosen));
                ways
            }
            // Where it goes on to depends on what the sub-menu brings back.
            Body::Call { call, .. } => vec![(&call.it, here.clone())],
            Body::Action { action, on } => {
                let spec = self.catalogue.action(&action.it);
                self.outcomes(spec.filter(|spec| !spec.lists()), on, here)
            }
        }
    }

    /// An action or outcome that is not there has a finding of its own; it is taken to
    /// bring everything, so that it causes no others further on.
    fn outcomes(
        &self,
        spec: Option<&ActionSpec>,
        on: &'a BTreeMap<String, Placed<String>>,
        here: &Names<'a>,
    ) -> Vec<(&'a str, Names<'a>)> {
        let here = self.without_secrets(here);
        on.iter()
            .map(|(name, goto)| {
                let outcome = spec.and_then(|spec| spec.outcome(name));
                let there = outcome.map(|outcome| with(&here, outcome.fields));
                let there = there.unwrap_or_else(|| self.everything());
                (goto.it.as_str(), there)
            })
            .collect()
    }

    fn everything(&self) -> Names<'a> {
        self.kinds.keys().map(String::as_str).collect()
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

fn with<'a>(here: &Names<'a>, fields: impl IntoIterator<Item = &'static FieldSpec>) -> Names<'a> {
    let mut there = here.clone();
    there.extend(fields.into_iter().map(|field| field.name));
    there
}
