//! The proof: every way through the menus works, fits and is worded in both
//! languages, whatever the data.
//!
//! A screen is proven to fit [`SCREEN`](super::SCREEN) septets with the longest value that each of its
//! fields can hold, with the navigation line and, where something can be answered
//! wrongly, with the line that says so. Only a screen that says `paged = true` may be
//! longer; the engine then shows it in pages.

mod circles;
mod screens;
mod size;
#[cfg(test)]
mod tests;
mod texts;

use super::catalogue::Catalogue;
use super::files::MenuFile;
use super::finding::{Findings, Found, Place};
use super::flow::{Flow, kinds_of};
use super::kind::Kinds;
use super::load::{self, Loaded};
use super::model::Menu;

/// Reads a menu and proves it, or says everything that is wrong with it.
pub fn prove(files: &[MenuFile], catalogue: &Catalogue) -> Result<Menu, Findings> {
    let mut found = Found::new(files);
    let loaded = load::read(&mut found);
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
        self.circles();
    }

    fn words(&mut self) {
        let menu = self.menu;
        for (name, words) in menu.words.all() {
            self.texts(words, &Kinds::new(), &format!("the word `{name}`"));
        }
        for (name, words) in menu.words.closing() {
            self.fits_alone(words, &Kinds::new(), &format!("the word `{name}`"));
        }
    }

    fn sms(&mut self) {
        let menu = self.menu;
        for spec in self.catalogue.sms {
            let Some(texts) = menu.sms.get(spec.name) else {
                self.found.add(
                    Place::default(),
                    format!("`[sms.{}]` is missing", spec.name),
                );
                continue;
            };
            let known = kinds_of(spec.fields);
            let what = format!("the SMS `{}`", spec.name);
            self.texts(texts, &known, &what);
            self.fits_alone(texts, &known, &what);
        }
        for (name, texts) in &menu.sms {
            if !self.catalogue.sms.iter().any(|spec| spec.name == name) {
                self.found
                    .add(texts.at, format!("no action sends an SMS called `{name}`"));
            }
        }
    }

    fn screens(&mut self) {
        let menu = self.menu;
        let starts = menu.screens.contains_key(&menu.start);
        if !starts && !menu.start.is_empty() && !self.loaded.broken.contains(&menu.start) {
            let message = format!("there is no screen `{}` to start with", menu.start);
            self.found.add(menu.start_at, message);
        }
        let flow = Flow::of(menu, self.catalogue);
        for (name, screen) in &menu.screens {
            let known = flow.known(name);
            // What a broken screen leads to is not known.
            if known.is_none() && starts && self.loaded.broken.is_empty() {
                let message =
                    format!("no way leads to `{name}`: remove it, or let a `goto` lead there");
                self.found.add(screen.at, message);
            }
            self.screen(
                name,
                screen,
                &known.unwrap_or_else(|| flow.kinds.clone()),
                &flow.kinds,
            );
        }
    }
}
