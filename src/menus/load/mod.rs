//! From files to a [`Menu`]: syntax, kinds of screen, translations, placeholders.
//! Whether the whole holds together is for [`super::prove`].

mod fragments;
mod screen;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use toml::Spanned;

use crate::domain::Language;

use super::catalogue::Catalogue;
use super::files::MenuFile;
use super::finding::{Findings, Found, Place};
use super::model::{Body, Menu, Placed, RETURN, Words};
use super::source::{RawFile, RawSms, RawText, Section, Unread};
use super::template::{Template, Texts};

use fragments::Fragment;

/// Each part costs as much as an SMS, and phones join no great number of them.
const MOST_PARTS: usize = 4;

/// Reads a menu from its files, or says all that keeps it from being one. A menu
/// that runs comes from [`super::prove`].
pub fn load(files: &[MenuFile], catalogue: &Catalogue) -> Result<Menu, Findings> {
    let mut found = Found::new(files);
    let loaded = read(&mut found, catalogue);
    found.none_or(loaded.menu)
}

/// What could be read of a menu.
#[derive(Default)]
pub(super) struct Loaded {
    pub(super) menu: Menu,
    /// Screens that are there but have faults, so that nothing is known of them.
    pub(super) broken: BTreeSet<String>,
    /// Files whose syntax is wrong: nothing is known of what they hold.
    pub(super) unreadable: bool,
}

pub(super) fn read(found: &mut Found<'_>, catalogue: &Catalogue) -> Loaded {
    let mut loader = Loader {
        found,
        file: 0,
        started: false,
        words: BTreeMap::new(),
        fragments: BTreeMap::new(),
        loaded: Loaded::default(),
    };
    let mut raws = Vec::new();
    for (index, file) in loader.found.files.iter().enumerate() {
        loader.file = index;
        match RawFile::read(&file.text) {
            Ok((mut raw, unread)) => {
                loader.unread(unread);
                loader.fragments(std::mem::take(&mut raw.fragment));
                raws.push((index, raw));
            }
            Err(unread) => {
                loader.unread(unread);
                loader.loaded.unreadable = true;
            }
        }
    }
    // Fragments may stand in any file, so they are all known before the first screen is read.
    for (index, raw) in raws {
        loader.file = index;
        loader.file(raw);
    }
    let mut whole = loader.finish();
    handle_by_default(&mut whole.menu, catalogue);
    whole
}

/// Lets each action's outcomes that its screen does not handle lead where the menu says
/// for all screens.
fn handle_by_default(menu: &mut Menu, catalogue: &Catalogue) {
    for screen in menu.screens.values_mut() {
        let (Body::Action { action, on } | Body::List { action, on, .. }) = &mut screen.body else {
            continue;
        };
        let outcomes = catalogue
            .action(&action.it)
            .map_or(&[][..], |spec| spec.outcomes);
        for outcome in outcomes {
            if let Some(goto) = menu.on.get(outcome.name) {
                on.entry(outcome.name.to_owned())
                    .or_insert_with(|| goto.clone());
            }
        }
    }
}

struct Loader<'a, 'f> {
    found: &'a mut Found<'f>,
    /// The file that is being read.
    file: usize,
    /// Whether a file has said where to start.
    started: bool,
    words: BTreeMap<String, Placed<Texts>>,
    fragments: BTreeMap<String, Fragment>,
    loaded: Loaded,
}

impl Loader<'_, '_> {
    fn unread(&mut self, unread: Vec<Unread>) {
        for Unread { span, message } in unread {
            self.found.add(self.place(&span), message);
        }
    }

    fn place(&self, span: &Range<usize>) -> Place {
        Place::new(self.file, span)
    }

    fn placed(&self, spanned: Spanned<String>) -> Placed<String> {
        let at = self.place(&spanned.span());
        Placed {
            it: spanned.into_inner(),
            at,
            text_at: [at; 2],
        }
    }

    fn file(&mut self, raw: RawFile) {
        if let Some(start) = raw.start {
            self.start(start);
        }
        for (name, texts) in self.section(raw.words) {
            if self.words.insert(name.it.clone(), texts).is_some() {
                self.found
                    .add(name.at, format!("a second word called `{}`", name.it));
            }
        }
        for (outcome, goto) in raw.on {
            let Some(goto) = goto else { continue };
            let goto = self.placed(goto);
            let at = goto.at;
            let menu = &mut self.loaded.menu;
            if menu.on.insert(outcome.get_ref().clone(), goto).is_some() {
                let message = format!("a second `on.{}` for all screens", outcome.get_ref());
                self.found.add(at, message);
            }
        }
        for (name, raw) in raw.sms {
            let name = self.placed(name);
            self.message(&name, raw);
        }
        for (name, raw) in raw.screen {
            let name = self.placed(name);
            self.name(&name);
            let screen = raw.and_then(|raw| self.screen(&name, raw));
            let Some(screen) = screen else {
                self.loaded.broken.insert(name.it);
                continue;
            };
            if self
                .loaded
                .menu
                .screens
                .insert(name.it.clone(), screen)
                .is_some()
            {
                self.found
                    .add(name.at, format!("a second screen called `{}`", name.it));
            }
        }
    }

    fn start(&mut self, start: Spanned<String>) {
        let start = self.placed(start);
        if self.started {
            self.found.add(start.at, "a second `start`; a menu has one");
            return;
        }
        self.started = true;
        self.loaded.menu.start = start.it;
        self.loaded.menu.start_at = start.at;
    }

    fn section(&mut self, section: Section<RawText>) -> Vec<(Placed<String>, Placed<Texts>)> {
        let mut read = Vec::new();
        for (name, raw) in section {
            let name = self.placed(name);
            let texts = raw.map_or_else(Placed::default, |raw| self.texts(raw, name.at));
            read.push((name, texts));
        }
        read
    }

    fn message(&mut self, name: &Placed<String>, raw: Option<RawSms>) {
        let texts = match raw {
            Some(RawSms { en, sw, parts }) => {
                self.parts(&name.it, parts);
                self.texts(RawText { en, sw }, name.at)
            }
            None => Placed::default(),
        };
        let sms = &mut self.loaded.menu.sms;
        if sms.insert(name.it.clone(), texts).is_some() {
            self.found
                .add(name.at, format!("a second SMS called `{}`", name.it));
        }
    }

    fn parts(&mut self, name: &str, parts: Option<Spanned<usize>>) {
        let Some(parts) = parts else { return };
        let (at, parts) = (self.place(&parts.span()), parts.into_inner());
        if (1..=MOST_PARTS).contains(&parts) {
            self.loaded.menu.sms_parts.insert(name.to_owned(), parts);
        } else {
            let message = format!("an SMS takes 1 to {MOST_PARTS} parts, not {parts}");
            self.found.add(at, message);
        }
    }

    /// Names are labels in logs and on maps.
    fn name(&mut self, name: &Placed<String>) {
        let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        if name.it == RETURN {
            self.found
                .add(name.at, "`return` is the end of a sub-menu and no screen");
        }
        if name.it.is_empty() || !name.it.chars().all(is_plain) {
            let message = format!("`{}` must be lowercase letters, digits and `_`", name.it);
            self.found.add(name.at, message);
        }
    }

    fn texts(&mut self, raw: RawText, at: Place) -> Placed<Texts> {
        // A missing translation is best looked for beside the one that is there.
        let beside = raw.en.as_ref().or(raw.sw.as_ref());
        let beside = beside.map_or(at, |text| self.place(&text.span()));
        let (en, en_at) = self.text(raw.en, beside, Language::En);
        let (sw, sw_at) = self.text(raw.sw, beside, Language::Sw);
        Placed {
            it: Texts { en, sw },
            at,
            text_at: [en_at, sw_at],
        }
    }

    fn text(
        &mut self,
        raw: Option<Spanned<String>>,
        at: Place,
        language: Language,
    ) -> (Template, Place) {
        let code = language.code();
        let Some(raw) = raw else {
            let message = format!("the `{code}` text is missing; each text stands in en and sw");
            self.found.add(at, message);
            return (Template::default(), at);
        };
        let at = self.place(&raw.span());
        let text = raw.into_inner();
        if text.trim().is_empty() {
            self.found.add(at, format!("the `{code}` text is empty"));
        }
        let template = Template::parse(&text).unwrap_or_else(|error| {
            self.found
                .add(self.found.byte_of(at, &text, error.at), error.message);
            Template::default()
        });
        let template = self.with_fragments(template, at, language);
        (template, at)
    }

    fn finish(mut self) -> Loaded {
        if !self.loaded.unreadable {
            self.loaded.menu.words = self.take_words();
            if !self.started {
                self.found
                    .add(Place::default(), "no file says `start = \"SCREEN\"`");
            }
            self.idle_fragments();
        }
        self.loaded
    }

    fn take_words(&mut self) -> Words {
        let mut words = std::mem::take(&mut self.words);
        let mut take = |name: &str| {
            words.remove(name).unwrap_or_else(|| {
                let message = format!("`[words]` has no `{name}.en` and `{name}.sw`");
                self.found.add(Place::default(), message);
                Placed::default()
            })
        };
        let taken = Words {
            back: take("back"),
            home: take("home"),
            more: take("more"),
            wrong_choice: take("wrong_choice"),
            unavailable: take("unavailable"),
            session_over: take("session_over"),
            resume: take("resume"),
            resume_yes: take("resume_yes"),
            resume_no: take("resume_no"),
        };
        for (name, texts) in words {
            self.found
                .add(texts.at, format!("nothing uses the word `{name}`"));
        }
        taken
    }
}
