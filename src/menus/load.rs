//! From files to a [`Menu`]: syntax, kinds of screen, translations, placeholders.
//! Whether the whole holds together is for [`super::check()`].

use std::collections::BTreeMap;
use std::ops::Range;

use toml::Spanned;

use super::files::MenuFile;
use super::finding::{Finding, Findings, Place};
use super::model::{Ask, Body, Choice, Menu, Placed, Screen, Words};
use super::source::{RawFile, RawOption, RawScreen, RawText};
use super::template::{Template, Texts};

/// Reads a menu from its files, or says all that keeps it from being one.
pub fn load(files: &[MenuFile]) -> Result<Menu, Findings> {
    let mut loader = Loader {
        files,
        file: 0,
        findings: Vec::new(),
    };
    let mut menu = Menu::default();
    let mut words = BTreeMap::new();
    let mut started = false;
    for (index, file) in files.iter().enumerate() {
        loader.file = index;
        let raw: RawFile = match toml::from_str(&file.text) {
            Ok(raw) => raw,
            Err(error) => {
                let at = loader.place(&error.span().unwrap_or_default());
                loader.find(at, error.message().replace('\n', "; "));
                continue;
            }
        };
        if let Some(start) = raw.start {
            let start = loader.placed(start);
            if started {
                loader.find(start.at, "`start` stands in another file already");
            }
            started = true;
            menu.start = start.it;
            menu.start_at = start.at;
        }
        for (name, text) in raw.words {
            let at = loader.place(&name.span());
            words.insert(name.into_inner(), loader.texts(text, at));
        }
        for (name, text) in raw.sms {
            let name = loader.placed(name);
            let texts = loader.texts(text, name.at);
            if menu.sms.insert(name.it.clone(), texts).is_some() {
                loader.find(name.at, format!("a second message called `{}`", name.it));
            }
        }
        for (name, screen) in raw.screen {
            let name = loader.placed(name);
            let Some(screen) = loader.screen(&name, screen) else {
                continue;
            };
            if menu.screens.insert(name.it.clone(), screen).is_some() {
                loader.find(name.at, format!("a second screen called `{}`", name.it));
            }
        }
    }
    loader.file = 0;
    if !started && loader.findings.is_empty() {
        loader.find(Place::default(), "no file says `start = \"SCREEN\"`");
    }
    menu.words = loader.words(words);
    if loader.findings.is_empty() {
        Ok(menu)
    } else {
        Err(findings(files, loader.findings))
    }
}

/// Turns places into lines and columns.
pub(super) fn findings(files: &[MenuFile], found: Vec<(Place, String)>) -> Findings {
    let mut findings: Vec<_> = found
        .into_iter()
        .map(|(place, message)| {
            let (file, before) = files.get(place.file).map_or(("menus", ""), |file| {
                (
                    file.name.as_str(),
                    file.text.get(..place.byte).unwrap_or(""),
                )
            });
            let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
            Finding {
                file: file.to_owned(),
                line: before.matches('\n').count() + 1,
                column: before[line_start..].chars().count() + 1,
                message,
            }
        })
        .collect();
    findings.sort();
    findings.dedup();
    Findings(findings)
}

struct Loader<'a> {
    files: &'a [MenuFile],
    file: usize,
    findings: Vec<(Place, String)>,
}

impl Loader<'_> {
    fn find(&mut self, at: Place, message: impl Into<String>) {
        self.findings.push((at, message.into()));
    }

    fn place(&self, span: &Range<usize>) -> Place {
        Place {
            file: self.file,
            byte: span.start,
        }
    }

    fn placed(&self, spanned: Spanned<String>) -> Placed<String> {
        let at = self.place(&spanned.span());
        Placed {
            it: spanned.into_inner(),
            at,
            text_at: [at; 2],
        }
    }

    fn words(&mut self, mut words: BTreeMap<String, Placed<Texts>>) -> Words {
        let mut take = |name: &str| {
            words.remove(name).unwrap_or_else(|| {
                self.find(
                    Place::default(),
                    format!("`[words]` has no `{name}.en` and `{name}.sw`"),
                );
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
        };
        for (name, texts) in words {
            self.find(texts.at, format!("nothing uses the word `{name}`"));
        }
        taken
    }

    fn texts(&mut self, raw: RawText, at: Place) -> Placed<Texts> {
        let (en, en_at) = self.text(raw.en, at, "en");
        let (sw, sw_at) = self.text(raw.sw, at, "sw");
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
        language: &str,
    ) -> (Template, Place) {
        let Some(raw) = raw else {
            self.find(
                at,
                format!("the `{language}` text is missing; each text stands in en and sw"),
            );
            return (Template::default(), at);
        };
        let span = raw.span();
        let at = self.place(&span);
        let template = Template::parse(raw.get_ref()).unwrap_or_else(|error| {
            let exact = self.within(&span, raw.get_ref(), error.at);
            self.find(exact, error.message);
            Template::default()
        });
        (template, at)
    }

    /// The place of a byte of a string: exact where the string has no escapes.
    fn within(&self, span: &Range<usize>, text: &str, byte: usize) -> Place {
        let source = self.files[self.file].text.get(span.clone()).unwrap_or("");
        let start = source.find(text).map_or(0, |quote| quote + byte);
        Place {
            file: self.file,
            byte: span.start + start,
        }
    }

    fn screen(&mut self, name: &Placed<String>, raw: RawScreen) -> Option<Screen> {
        let kinds = [
            raw.option.is_some(),
            raw.ask.is_some(),
            raw.list.is_some(),
            raw.action.is_some(),
            raw.end,
        ];
        if kinds.iter().filter(|&&is| is).count() != 1 {
            self.find(
                name.at,
                format!(
                    "screen `{}` needs exactly one of `option`, `ask`, `list`, `action` or `end = true`",
                    name.it
                ),
            );
            return None;
        }
        self.leftovers(name, &raw);
        let text = match raw.text {
            Some(text) => self.texts(text, name.at),
            None if raw.action.is_some() => Placed::default(),
            None => {
                self.find(
                    name.at,
                    format!("screen `{}` has no `text.en` and `text.sw`", name.it),
                );
                Placed::default()
            }
        };
        let goto = raw.goto.map(|goto| self.placed(goto));
        let on: BTreeMap<_, _> = raw
            .on
            .into_iter()
            .map(|(outcome, goto)| (outcome.into_inner(), self.placed(goto)))
            .collect();
        let body = if let Some(options) = raw.option {
            Body::Menu {
                options: options
                    .into_iter()
                    .map(|option| self.choice(option))
                    .collect(),
            }
        } else if let Some(ask) = raw.ask {
            let ask = self.placed(ask);
            let save = raw.save.map_or_else(|| ask.it.clone(), Spanned::into_inner);
            let Some(kind) = Ask::parse(&ask.it) else {
                self.find(ask.at, format!("`ask` takes one of {}", Ask::NAMES));
                return None;
            };
            let invalid = self.needed(raw.invalid, name, "invalid");
            Body::Question {
                ask: kind,
                save,
                invalid,
                goto: self.next(goto, name)?,
            }
        } else if let Some(action) = raw.list {
            let item = self.needed(raw.item, name, "item");
            Body::List {
                action: self.placed(action),
                item,
                per_page: raw.per_page.unwrap_or(4),
                goto: self.next(goto, name)?,
                on,
            }
        } else if let Some(action) = raw.action {
            Body::Action {
                action: self.placed(action),
                on,
            }
        } else {
            Body::End
        };
        Some(Screen {
            text,
            body,
            paged: raw.paged,
            at: name.at,
        })
    }

    fn choice(&mut self, raw: RawOption) -> Choice {
        let key = self.placed(raw.key);
        Choice {
            label: self.texts(raw.label, key.at),
            goto: self.placed(raw.goto),
            key,
        }
    }

    fn needed(&mut self, raw: Option<RawText>, name: &Placed<String>, what: &str) -> Placed<Texts> {
        if let Some(raw) = raw {
            return self.texts(raw, name.at);
        }
        self.find(
            name.at,
            format!("screen `{}` needs `{what}.en` and `{what}.sw`", name.it),
        );
        Placed::default()
    }

    fn next(
        &mut self,
        goto: Option<Placed<String>>,
        name: &Placed<String>,
    ) -> Option<Placed<String>> {
        if goto.is_none() {
            self.find(
                name.at,
                format!("screen `{}` needs `goto`, the screen that follows", name.it),
            );
        }
        goto
    }

    /// Finds keys that a screen of this kind has no use for.
    fn leftovers(&mut self, name: &Placed<String>, raw: &RawScreen) {
        let asks = raw.ask.is_some();
        let lists = raw.list.is_some();
        let acts = raw.action.is_some();
        let idle = [
            ("save", raw.save.is_some() && !asks),
            ("invalid", raw.invalid.is_some() && !asks),
            ("item", raw.item.is_some() && !lists),
            ("per_page", raw.per_page.is_some() && !lists),
            ("on", !raw.on.is_empty() && !lists && !acts),
            ("goto", raw.goto.is_some() && !lists && !asks),
            ("text", raw.text.is_some() && acts),
        ];
        for (key, _) in idle.into_iter().filter(|(_, is_idle)| *is_idle) {
            self.find(
                name.at,
                format!("screen `{}` has no use for `{key}`", name.it),
            );
        }
    }
}
