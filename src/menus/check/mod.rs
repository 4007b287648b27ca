//! The proof: every way through the menus works, fits and is worded in both
//! languages, whatever the data.
//!
//! A screen is proven to fit [`SCREEN`](super::SCREEN) septets with the longest value that each of its
//! fields can hold, with the navigation line and, where something can be answered
//! wrongly, with the line that says so. Only a screen that says `paged = true` may be
//! longer; the engine then shows it in pages.

mod circles;
mod screens;
mod shared;
mod size;
#[cfg(test)]
mod tests;
mod texts;

use std::collections::BTreeMap;

use super::catalogue::{Catalogue, FieldSpec};
use super::files::MenuFile;
use super::finding::{Findings, Found, Place};
use super::flow::{Flow, kinds_of};
use super::kind::Kinds;
use super::load::{self, Loaded};
use super::model::{Body, Menu};

/// Reads a menu and proves it, or says everything that is wrong with it.
pub fn prove(files: &[MenuFile], catalogue: &Catalogue) -> Result<Menu, Findings> {
    let mut found = Found::new(files);
    let loaded = load::read(&mut found, catalogue);
    if !loaded.unreadable {
        Check {
            loaded: &loaded,
            menu: &loaded.menu,
            catalogue,
            found: &mut found,
        }
        .everything();
    }
    found.none_or(loaded.menu)
}

struct Check<'a, 'f> {
    loaded: &'a Loaded,
    menu: &'a Menu,
    catalogue: &'a Catalogue,
    found: &'a mut Found<'f>,
}

impl Check<'_, '_> {
    fn everything(&mut self) {
        self.words();
        self.sms();
        self.screens();
        self.defaults();
        self.returns();
        self.circles();
    }

    fn words(&mut self) {
        let menu = self.menu;
        for (name, words) in menu.words.all() {
            self.texts(words, &Known::default(), &format!("the word `{name}`"));
        }
        for (name, words) in menu.words.closing() {
            self.fits_alone(words, &Known::default(), &format!("the word `{name}`"));
        }
        self.offer_fits();
    }

    fn sms(&mut self) {
        let menu = self.menu;
        let needed = self.sent();
        for spec in self.catalogue.sms {
            let Some(texts) = menu.sms.get(spec.name) else {
                if let Some(action) = needed.get(spec.name) {
                    let message = format!("`[sms.{}]` is missing: `{action}` sends it", spec.name);
                    self.found.add(Place::default(), message);
                }
                continue;
            };
            let known = Known::only(spec.fields);
            let what = format!("the SMS `{}`", spec.name);
            self.texts(texts, &known, &what);
            match menu.sms_parts.get(spec.name) {
                Some(&parts) if parts > 1 => self.fits_parts(texts, &known, &what, parts),
                _ => self.fits_alone(texts, &known, &what),
            }
        }
        for (name, texts) in &menu.sms {
            if !self.catalogue.sms.iter().any(|spec| spec.name == name) {
                self.found
                    .add(texts.at, format!("no action sends an SMS called `{name}`"));
            }
        }
    }

    /// The messages that the menu's actions can send, each with one such action.
    fn sent(&self) -> BTreeMap<&'static str, &'static str> {
        let bodies = self.menu.screens.values().map(|screen| &screen.body);
        let specs = bodies.filter_map(|body| match body {
            Body::Action { action, .. } | Body::List { action, .. } => {
                self.catalogue.action(&action.it)
            }
            _ => None,
        });
        specs
            .flat_map(|spec| spec.sends.iter().map(|sms| (sms.name, spec.name)))
            .collect()
    }

    fn screens(&mut self) {
        let menu = self.menu;
        if !self.is_there(&menu.start) && !menu.start.is_empty() {
            let message = format!("there is no screen `{}` to start with", menu.start);
            self.found.add(menu.start_at, message);
        }
        let flow = Flow::of(menu, self.catalogue);
        // Where a way leads into the dark, so may the only way to a screen.
        let sees_all = flow.is_whole(menu) && self.loaded.broken.is_empty();
        for (name, screen) in &menu.screens {
            let known = match flow.known(name) {
                Some(kinds) => Known {
                    kinds,
                    may_be_more: false,
                },
                None => Known {
                    kinds: flow.kinds.clone(),
                    may_be_more: true,
                },
            };
            if known.may_be_more && sees_all {
                let message =
                    format!("no way leads to `{name}`: remove it, or let a `goto` lead there");
                self.found.add(screen.at, message);
            }
            self.screen(name, screen, known, &flow.kinds);
        }
    }

    /// Whether a screen is in the files, whatever its faults.
    fn is_there(&self, screen: &str) -> bool {
        self.menu.screens.contains_key(screen) || self.loaded.broken.contains(screen)
    }
}

/// The fields that are there at some place of the menu.
#[derive(Default)]
struct Known {
    kinds: Kinds,
    /// Whether nobody knows what else is there, because no way leads to the place.
    may_be_more: bool,
}

impl Known {
    /// Exactly these.
    fn only(fields: &[FieldSpec]) -> Self {
        Self {
            kinds: kinds_of(fields),
            may_be_more: false,
        }
    }
}
