//! One `[screen.NAME]`.

use std::collections::BTreeMap;

use toml::Spanned;

use crate::menus::finding::Place;
use crate::menus::model::{Ask, Body, Choice, Condition, Placed, Screen};
use crate::menus::source::{RawOption, RawScreen, RawText};
use crate::menus::template::Texts;

use super::Loader;

/// How many items a page of a list holds when the author does not say.
const PER_PAGE: usize = 4;

impl Loader<'_, '_> {
    /// Reads a screen; none when a fault leaves too little of it.
    pub(super) fn screen(&mut self, name: &Placed<String>, mut raw: RawScreen) -> Option<Screen> {
        self.leftovers(name, &raw);
        let text = self.screen_text(name, &mut raw);
        let paged = raw.paged.as_ref().is_some_and(|paged| *paged.get_ref());
        let body = self.body(name, raw)?;
        Some(Screen {
            text,
            body,
            paged,
            at: name.at,
        })
    }

    fn screen_text(&mut self, name: &Placed<String>, raw: &mut RawScreen) -> Placed<Texts> {
        match raw.text.take() {
            None if raw.action.is_some() || raw.call.is_some() => Placed::default(),
            text => self.needed(text, name, "text"),
        }
    }

    fn body(&mut self, name: &Placed<String>, raw: RawScreen) -> Option<Body> {
        let RawScreen {
            option,
            include,
            call,
            ask,
            save,
            invalid,
            list,
            item,
            per_page,
            action,
            on,
            goto,
            end,
            letters,
            ..
        } = raw;
        let on = self.outcomes(on);
        let chooses = option.is_some() || !include.is_empty();
        match (chooses, ask, list, action, call, end) {
            (true, None, None, None, None, false) => {
                Some(self.menu(name, option.unwrap_or_default(), include))
            }
            (false, Some(ask), None, None, None, false) => {
                let invalid = self.needed(invalid, name, "invalid");
                let goto = self.next(goto, name);
                let ask = self.placed(ask);
                let asked = ask.at;
                let save = save.map_or_else(|| ask.clone(), |save| self.placed(save));
                let Some(ask) = Ask::parse(&ask.it) else {
                    self.found.add(
                        ask.at,
                        format!("`ask` takes one of {}", Ask::names().join(", ")),
                    );
                    return None;
                };
                self.letters(asked, ask, letters);
                Some(Body::Question {
                    ask,
                    save,
                    invalid,
                    goto: goto?,
                })
            }
            (false, None, Some(action), None, None, false) => {
                let item = self.needed(item, name, "item");
                let per_page = self.per_page(per_page);
                let goto = self.next(goto, name);
                Some(Body::List {
                    action: self.placed(action),
                    item,
                    per_page,
                    goto: goto?,
                    on,
                })
            }
            (false, None, None, Some(action), None, false) => Some(Body::Action {
                action: self.placed(action),
                on,
            }),
            (false, None, None, None, Some(call), false) => Some(Body::Call {
                call: self.placed(call),
                goto: self.next(goto, name)?,
            }),
            (false, None, None, None, None, true) => Some(Body::End),
            _ => {
                let message = format!(
                    "screen `{}` needs exactly one of `option`, `ask`, `list`, `action`, `call` or `end = true`",
                    name.it
                );
                self.found.add(name.at, message);
                None
            }
        }
    }

    fn menu(
        &mut self,
        name: &Placed<String>,
        own: Vec<RawOption>,
        include: Vec<Spanned<String>>,
    ) -> Body {
        if own.is_empty() && include.is_empty() {
            self.found.add(
                name.at,
                format!("screen `{}` has nothing to choose", name.it),
            );
        }
        let mut options: Vec<_> = own.into_iter().map(|option| self.choice(option)).collect();
        options.extend(self.included(include));
        Body::Menu { options }
    }

    pub(super) fn choice(&mut self, raw: RawOption) -> Choice {
        let key = self.placed(raw.key);
        Choice {
            label: self.texts(raw.label, key.at),
            goto: self.placed(raw.goto),
            when: raw.when.map(|when| {
                let when = self.placed(when);
                Placed {
                    it: Condition::parse(&when.it),
                    at: when.at,
                    text_at: when.text_at,
                }
            }),
            key,
        }
    }

    fn outcomes(
        &self,
        on: BTreeMap<Spanned<String>, Spanned<String>>,
    ) -> BTreeMap<String, Placed<String>> {
        on.into_iter()
            .map(|(outcome, goto)| (outcome.into_inner(), self.placed(goto)))
            .collect()
    }

    /// Letters cost several presses each while the network waits for an answer, so an
    /// author who asks for them says that it is meant.
    fn letters(&mut self, asked: Place, ask: Ask, letters: Option<Spanned<bool>>) {
        let name = ask.name();
        match (letters, ask.needs_letters()) {
            (None, true) => {
                let message = format!(
                    "`{name}` is typed in letters, several presses each: ask for digits, or say `letters = true`"
                );
                self.found.add(asked, message);
            }
            (Some(said), needed) if !needed || !said.get_ref() => {
                let instead = if needed {
                    "say `letters = true`"
                } else {
                    "remove `letters`"
                };
                let at = self.place(&said.span());
                self.found
                    .add(at, format!("that is not how `{name}` is typed: {instead}"));
            }
            _ => {}
        }
    }

    fn per_page(&mut self, raw: Option<Spanned<usize>>) -> usize {
        let Some(raw) = raw else { return PER_PAGE };
        if (1..=9).contains(raw.get_ref()) {
            return raw.into_inner();
        }
        let at = self.place(&raw.span());
        self.found
            .add(at, "`per_page` must be 1 to 9: one key an item");
        1
    }

    fn needed(&mut self, raw: Option<RawText>, name: &Placed<String>, what: &str) -> Placed<Texts> {
        if let Some(raw) = raw {
            return self.texts(raw, name.at);
        }
        self.found.add(
            name.at,
            format!("screen `{}` needs `{what}.en` and `{what}.sw`", name.it),
        );
        Placed::default()
    }

    fn next(
        &mut self,
        goto: Option<Spanned<String>>,
        name: &Placed<String>,
    ) -> Option<Placed<String>> {
        if goto.is_none() {
            self.found.add(
                name.at,
                format!("screen `{}` needs `goto`, the screen that follows", name.it),
            );
        }
        goto.map(|goto| self.placed(goto))
    }

    /// Finds keys that a screen of this kind has no use for.
    fn leftovers(&mut self, name: &Placed<String>, raw: &RawScreen) {
        let asks = raw.ask.is_some();
        let lists = raw.list.is_some();
        let acts = raw.action.is_some();
        let calls = raw.call.is_some();
        let chooses = raw.option.is_some() || !raw.include.is_empty();
        let text = |text: &Option<RawText>| text.as_ref().map(|_| name.at);
        let string = |string: &Option<Spanned<String>>| {
            string.as_ref().map(|string| self.place(&string.span()))
        };
        let idle: [(&str, bool, Option<Place>); 9] = [
            ("save", asks, string(&raw.save)),
            ("invalid", asks, text(&raw.invalid)),
            ("item", lists, text(&raw.item)),
            (
                "per_page",
                lists,
                raw.per_page
                    .as_ref()
                    .map(|number| self.place(&number.span())),
            ),
            (
                "on",
                lists || acts,
                raw.on.keys().next().map(|key| self.place(&key.span())),
            ),
            ("goto", lists || asks || calls, string(&raw.goto)),
            ("text", !acts && !calls, text(&raw.text)),
            (
                "paged",
                chooses || asks,
                raw.paged.as_ref().map(|paged| self.place(&paged.span())),
            ),
            (
                "letters",
                asks,
                raw.letters.as_ref().map(|said| self.place(&said.span())),
            ),
        ];
        for (key, is_used, at) in idle {
            if let Some(at) = at.filter(|_| !is_used) {
                self.found
                    .add(at, format!("screen `{}` has no use for `{key}`", name.it));
            }
        }
    }
}
