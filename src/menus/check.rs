//! The proof: every way through the menus works, fits and is worded in both
//! languages, whatever the data.
//!
//! A screen is proven at most [`SCREEN`] septets long for the longest value that
//! each of its fields can hold, with the navigation line and, where something can
//! be answered wrongly, with the line that says so. Only a screen that says
//! `paged = true` may be longer; the engine then shows it in pages.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::Language;
use crate::text;

use super::catalogue::{ActionSpec, Catalogue, FieldSpec};
use super::files::MenuFile;
use super::finding::{Findings, Place};
use super::flow::{self, Known};
use super::load;
use super::model::{Body, Menu, Placed, Screen};
use super::template::{Part, Texts};
use super::value::Kind;

/// The septets that every network can show at once (Safaricom's limit is the lowest).
pub(super) const SCREEN: usize = 160;

/// Keys that the engine or an operator's own paging takes: `98`/`00` are paging keys there.
const RESERVED: [&str; 4] = ["0", "00", "98", "99"];

/// Proves a menu, or says everything that is wrong with it.
pub fn check(menu: &Menu, files: &[MenuFile], catalogue: &Catalogue) -> Result<(), Findings> {
    let mut check = Check {
        menu,
        catalogue,
        found: Vec::new(),
    };
    check.words();
    check.sms();
    check.screens();
    let findings = load::findings(files, check.found);
    if findings.0.is_empty() {
        Ok(())
    } else {
        Err(findings)
    }
}

struct Check<'a> {
    menu: &'a Menu,
    catalogue: &'a Catalogue,
    found: Vec<(Place, String)>,
}

impl Check<'_> {
    fn find(&mut self, at: Place, message: String) {
        self.found.push((at, message));
    }

    fn words(&mut self) {
        let nothing = Known::new();
        for (name, words) in self.menu.words.all() {
            self.alphabet(words);
            self.placeholders(words, &nothing, &format!("the word `{name}`"));
        }
    }

    fn sms(&mut self) {
        for spec in self.catalogue.sms {
            let Some(texts) = self.menu.sms.get(spec.name) else {
                self.find(
                    Place::default(),
                    format!("`[sms.{}]` is missing", spec.name),
                );
                continue;
            };
            let mut known = Known::new();
            flow::learn(&mut known, spec.fields);
            let what = format!("the SMS `{}`", spec.name);
            self.alphabet(texts);
            self.placeholders(texts, &known, &what);
            for language in Language::ALL {
                let longest = longest(texts, &known, language, Kind::longest_uncut);
                if longest > SCREEN {
                    self.find(
                        texts.at_text(language),
                        format!("{what} can need {longest} septets; one segment holds {SCREEN}, so shorten it"),
                    );
                }
            }
        }
        for (name, texts) in &self.menu.sms {
            if !self.catalogue.sms.iter().any(|spec| spec.name == name) {
                self.find(texts.at, format!("no action sends an SMS called `{name}`"));
            }
        }
    }

    fn screens(&mut self) {
        if !self.menu.screens.contains_key(&self.menu.start) {
            let message = format!(
                "`start` names the screen `{}`, {}",
                self.menu.start,
                self.known_screens()
            );
            self.find(self.menu.start_at, message);
            return;
        }
        let reached = flow::known_fields(self.menu, self.catalogue);
        for (name, screen) in &self.menu.screens {
            match reached.get(name) {
                Some(known) => self.screen(name, screen, known),
                None => self.find(
                    screen.at,
                    format!("no way leads to the screen `{name}`; remove it or join it by `goto`"),
                ),
            }
        }
        self.circles();
    }

    fn screen(&mut self, name: &str, screen: &Screen, known: &Known) {
        self.texts(&screen.text, known, name);
        match &screen.body {
            Body::End => self.fits(name, screen, known, 0),
            Body::Menu { options } => {
                self.keys(name, screen);
                for option in options {
                    self.goto(&option.goto);
                    self.texts(&option.label, known, name);
                }
                self.fits(
                    name,
                    screen,
                    known,
                    self.error_line(&self.menu.words.wrong_choice),
                );
            }
            Body::Question { invalid, goto, .. } => {
                self.goto(goto);
                self.texts(invalid, known, name);
                self.fits(name, screen, known, self.error_line(invalid));
            }
            Body::List {
                action,
                item,
                per_page,
                goto,
                on,
            } => {
                self.goto(goto);
                let Some(spec) = self.action(action, known) else {
                    return;
                };
                if !spec.lists() {
                    self.find(action.at, format!("`{}` answers no list", spec.name));
                    return;
                }
                if !(1..=9).contains(per_page) {
                    self.find(
                        screen.at,
                        format!("`per_page` of `{name}` must be 1 to 9: one key an item"),
                    );
                }
                self.outcomes(action, spec, on);
                let mut items = Known::new();
                flow::learn(&mut items, spec.item);
                self.texts(item, &items, name);
                items.extend(flow::known_in_list(known, spec));
                self.fits(
                    name,
                    screen,
                    &items,
                    self.error_line(&self.menu.words.wrong_choice),
                );
            }
            Body::Action { action, on } => {
                let Some(spec) = self.action(action, known) else {
                    return;
                };
                if spec.lists() {
                    self.find(
                        action.at,
                        format!("`{}` answers a list; use `list = ` instead", spec.name),
                    );
                }
                self.outcomes(action, spec, on);
            }
        }
    }

    fn goto(&mut self, goto: &Placed<String>) {
        if !self.menu.screens.contains_key(&goto.it) {
            self.find(
                goto.at,
                format!("there is no screen `{}`; {}", goto.it, self.known_screens()),
            );
        }
    }

    fn known_screens(&self) -> String {
        let names: Vec<_> = self.menu.screens.keys().map(String::as_str).collect();
        format!("the screens are: {}", names.join(", "))
    }

    fn action(&mut self, action: &Placed<String>, known: &Known) -> Option<&'static ActionSpec> {
        let Some(spec) = self.catalogue.action(&action.it) else {
            let names: Vec<_> = self
                .catalogue
                .actions
                .iter()
                .map(|action| action.name)
                .collect();
            self.find(
                action.at,
                format!(
                    "there is no action `{}`; the actions are: {}",
                    action.it,
                    names.join(", ")
                ),
            );
            return None;
        };
        for FieldSpec { name, kind } in spec.inputs {
            match known.get(*name) {
                None => self.find(action.at, format!("`{}` needs the field `{name}`, which is not there on every way to this screen", spec.name)),
                Some(kinds) if kinds.iter().any(|known| std::mem::discriminant(known) != std::mem::discriminant(kind)) => {
                    self.find(action.at, format!("`{}` needs `{name}` to be {kind:?}, but it can be {kinds:?}", spec.name));
                }
                Some(_) => {}
            }
        }
        Some(spec)
    }

    fn outcomes(
        &mut self,
        action: &Placed<String>,
        spec: &ActionSpec,
        on: &BTreeMap<String, Placed<String>>,
    ) {
        for (name, goto) in on {
            self.goto(goto);
            if spec.outcome(name).is_none() || (spec.lists() && name == ActionSpec::LISTED) {
                self.find(
                    goto.at,
                    format!("`{}` has no outcome `{name}` to handle", spec.name),
                );
            }
        }
        for outcome in spec.outcomes {
            let shown_here = spec.lists() && outcome.name == ActionSpec::LISTED;
            if !shown_here && !on.contains_key(outcome.name) {
                self.find(
                    action.at,
                    format!("`on.{}` is missing: {}", outcome.name, outcome.about),
                );
            }
        }
    }

    fn keys(&mut self, name: &str, screen: &Screen) {
        let Body::Menu { options } = &screen.body else {
            return;
        };
        let mut seen = BTreeSet::new();
        for option in options {
            let key = option.key.it.as_str();
            if !seen.insert(key) {
                self.find(
                    option.key.at,
                    format!("the key `{key}` stands twice in `{name}`"),
                );
            }
            let is_exit = key == "0" && self.menu.is_top(name);
            if RESERVED.contains(&key) && !is_exit {
                self.find(
                    option.key.at,
                    format!("the key `{key}` is taken: 0 goes back, 00 home, 98 and 99 turn pages"),
                );
            }
            if key.is_empty() || key.len() > 3 || !key.bytes().all(|b| b.is_ascii_digit()) {
                self.find(
                    option.key.at,
                    format!("a key is one to three digits, not `{key}`"),
                );
            }
        }
    }

    fn texts(&mut self, texts: &Placed<Texts>, known: &Known, screen: &str) {
        self.alphabet(texts);
        self.placeholders(texts, known, &format!("`{screen}`"));
    }

    fn alphabet(&mut self, texts: &Placed<Texts>) {
        for language in Language::ALL {
            for part in texts.it.of(language).parts() {
                let Part::Words(words) = part else { continue };
                if let Some(odd) = text::not_gsm7(words) {
                    let message = format!(
                        "`{odd}` is not in the GSM-7 alphabet and would halve the screen; write `{}`",
                        text::fold(&odd.to_string())
                    );
                    self.find(texts.at_text(language), message);
                }
            }
        }
    }

    fn placeholders(&mut self, texts: &Placed<Texts>, known: &Known, place: &str) {
        for language in Language::ALL {
            for part in texts.it.of(language).parts() {
                let Part::Field { name, format } = part else {
                    continue;
                };
                match known.get(name) {
                    None => {
                        let names: Vec<_> = known.keys().map(String::as_str).collect();
                        let message = format!(
                            "`{{{name}}}` is not filled on every way to {place}; there are: {}",
                            names.join(", ")
                        );
                        self.find(texts.at_text(language), message);
                    }
                    Some(kinds) => {
                        if let Some(kind) = kinds.iter().find(|kind| !kind.takes(*format)) {
                            let message =
                                format!("`{{{name}}}` is {kind:?} and can't be shown that way");
                            self.find(texts.at_text(language), message);
                        }
                    }
                }
            }
        }
    }

    /// The septets of the line that an unfit answer adds.
    fn error_line(&self, texts: &Placed<Texts>) -> usize {
        let line = |language| longest(texts, &Known::new(), language, Kind::longest) + 1;
        Language::ALL.into_iter().map(line).max().unwrap_or(0)
    }

    fn fits(&mut self, name: &str, screen: &Screen, known: &Known, error_line: usize) {
        for language in Language::ALL {
            let body = self.longest_screen(name, screen, known, language);
            let longest = body + error_line;
            if longest > SCREEN && !screen.paged {
                let because = if body > SCREEN {
                    format!("`{name}` can need {body} septets in `{}`", language.code())
                } else {
                    format!(
                        "`{name}` can need {body} septets in `{}`, {longest} with the line above it after a wrong answer",
                        language.code()
                    )
                };
                let texts = &screen.text;
                self.find(texts.at_text(language), format!("{because}; a screen holds {SCREEN}: shorten it, or let it be `paged = true`"));
            }
        }
    }

    fn longest_screen(
        &self,
        name: &str,
        screen: &Screen,
        known: &Known,
        language: Language,
    ) -> usize {
        let of = |texts: &Placed<Texts>| longest(texts, known, language, Kind::longest);
        let mut lines = vec![of(&screen.text)];
        match &screen.body {
            Body::Menu { options } => {
                lines.extend(
                    options
                        .iter()
                        .map(|option| option.key.it.len() + ". ".len() + of(&option.label)),
                );
            }
            Body::List { item, per_page, .. } => {
                lines.extend((0..*per_page).map(|_| "1. ".len() + of(item)));
            }
            Body::Question { .. } | Body::Action { .. } | Body::End => {}
        }
        let words = &self.menu.words;
        let mut navigation = Vec::new();
        if screen.paged || matches!(screen.body, Body::List { .. }) {
            navigation.push(of(&words.more));
        }
        if !matches!(screen.body, Body::End) && !self.menu.is_top(name) {
            navigation.push(of(&words.back));
            navigation.push(of(&words.home));
        }
        if !navigation.is_empty() {
            lines.push(navigation.iter().sum::<usize>() + navigation.len() - 1);
        }
        lines.iter().sum::<usize>() + lines.len() - 1
    }

    /// Actions that lead to actions must come to a screen at last.
    fn circles(&mut self) {
        for (name, screen) in &self.menu.screens {
            let mut seen = BTreeSet::new();
            let mut waiting = vec![name.as_str()];
            while let Some(next) = waiting.pop() {
                let Some(Body::Action { on, .. }) =
                    self.menu.screens.get(next).map(|screen| &screen.body)
                else {
                    continue;
                };
                if !seen.insert(next) {
                    continue;
                }
                if on.values().any(|goto| goto.it == *name) {
                    self.find(
                        screen.at,
                        format!("`{name}` leads back to itself without showing anything"),
                    );
                    break;
                }
                waiting.extend(on.values().map(|goto| goto.it.as_str()));
            }
        }
    }
}

/// The most septets a text can need, by the given measure of its fields.
fn longest(
    texts: &Placed<Texts>,
    known: &Known,
    language: Language,
    measure: fn(Kind, super::value::Format, Language) -> usize,
) -> usize {
    let parts = texts.it.of(language).parts();
    parts
        .iter()
        .map(|part| match part {
            Part::Words(words) => text::septets(words).unwrap_or_else(|| words.chars().count()),
            Part::Field { name, format } => known.get(name).map_or(0, |kinds| {
                kinds
                    .iter()
                    .map(|kind| measure(*kind, *format, language))
                    .max()
                    .unwrap_or(0)
            }),
        })
        .sum()
}
