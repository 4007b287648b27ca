//! One step: what an input does to a session, and what to show or do next.

use crate::domain::Language;
use crate::menus::{ActionSpec, Body, Fields, Menu, Texts, Value};

use super::layout::Draft;
use super::screen::Screen;
use super::session::{Call, Crumb, Outcome, Page, Session};

/// What comes in.
pub enum Input<'a> {
    /// The code was dialled.
    Dial,
    /// Something was typed.
    Answer(&'a str),
    /// The action asked for has ended.
    Ended(Outcome),
}

/// What comes out.
#[derive(Debug, PartialEq, Eq)]
pub enum Step {
    /// A screen for the phone.
    Show(Screen),
    /// Work to do; the engine waits for [`Input::Ended`].
    Run(Call),
}

/// Walks sessions through a menu that has been checked.
#[derive(Debug, Clone, Copy)]
pub struct Engine<'a> {
    /// The menu.
    pub menu: &'a Menu,
    /// How many septets the phone's network shows at once.
    pub limit: usize,
}

impl Engine<'_> {
    /// Takes one input.
    pub fn step(&self, session: &mut Session, input: Input<'_>) -> Step {
        match input {
            Input::Dial => self.go_home(session),
            Input::Answer(answer) => self.answer(session, answer.trim()),
            Input::Ended(outcome) => self.ended(session, outcome),
        }
    }

    /// The screen a session stands on, once more.
    #[must_use]
    pub fn show(&self, session: &Session) -> Screen {
        self.draw(session, None)
    }

    /// A whole screen that stands outside the menu, such as "try again shortly".
    #[must_use]
    pub fn closing(&self, words: &Texts, language: Language) -> Screen {
        let text = words
            .of(language)
            .fill(&Fields::new(), language, usize::MAX);
        Screen { text, end: true }
    }

    fn answer(&self, session: &mut Session, answer: &str) -> Step {
        if session.ended {
            return Step::Show(self.closing(&self.menu.words.session_over.it, session.language));
        }
        let Some(screen) = self.menu.screens.get(&session.screen) else {
            // The menu has changed under the session.
            return self.go_home(session);
        };
        if let Body::Menu { options } = &screen.body
            && let Some(option) = options.iter().find(|option| option.key.it == answer)
        {
            return self.go_on(session, &option.goto.it);
        }
        match answer {
            "0" if !self.menu.is_top(&session.screen) => return self.go_back(session),
            "00" => return self.go_home(session),
            "99" | "98" => return self.turn_page(session),
            _ => {}
        }
        match &screen.body {
            Body::Question {
                ask,
                save,
                invalid,
                goto,
            } => match ask.read(answer) {
                Some(value) => {
                    session.fields.insert(save.clone(), value);
                    self.go_on(session, &goto.it)
                }
                None => Step::Show(self.draw(session, Some(&invalid.it))),
            },
            Body::List { goto, .. } => match chosen(session, answer) {
                Some(item) => {
                    session.fields.extend(item);
                    self.go_on(session, &goto.it)
                }
                None => self.wrong_choice(session),
            },
            Body::Menu { .. } | Body::Action { .. } | Body::End => self.wrong_choice(session),
        }
    }

    fn wrong_choice(&self, session: &Session) -> Step {
        Step::Show(self.draw(session, Some(&self.menu.words.wrong_choice.it)))
    }

    fn ended(&self, session: &mut Session, outcome: Outcome) -> Step {
        let Some(screen) = self.menu.screens.get(&session.screen) else {
            return self.go_home(session);
        };
        session.fields.extend(named(outcome.fields));
        session.language = outcome.language.unwrap_or(session.language);
        if outcome.changed {
            session.trail.clear();
        }
        match &screen.body {
            Body::List { per_page, .. } if outcome.name == ActionSpec::LISTED => {
                session.more = outcome.items.len() > *per_page;
                session.items = outcome
                    .items
                    .into_iter()
                    .take(*per_page)
                    .map(named)
                    .collect();
                Step::Show(self.draw(session, None))
            }
            Body::List { on, .. } | Body::Action { on, .. } => match on.get(outcome.name) {
                Some(goto) => self.arrive(session, &goto.it),
                // The check at start proves that every outcome is handled.
                None => self.go_home(session),
            },
            Body::Menu { .. } | Body::Question { .. } | Body::End => {
                Step::Show(self.draw(session, None))
            }
        }
    }

    fn go_home(&self, session: &mut Session) -> Step {
        session.fields.clear();
        session.trail.clear();
        self.arrive(session, &self.menu.start)
    }

    /// Leaves a screen that was shown for the next one.
    fn go_on(&self, session: &mut Session, next: &str) -> Step {
        session.trail.push(Crumb {
            screen: session.screen.clone(),
            page: session.page,
        });
        self.arrive(session, next)
    }

    fn go_back(&self, session: &mut Session) -> Step {
        if let Some(screen) = self.menu.screens.get(&session.screen)
            && session.page > 0
        {
            session.page -= 1;
            return self.redraw(session, &screen.body);
        }
        let Some(crumb) = session.trail.pop() else {
            return self.go_home(session);
        };
        session.screen = crumb.screen;
        session.page = crumb.page;
        match self.menu.screens.get(&session.screen) {
            Some(screen) => self.redraw(session, &screen.body),
            None => self.go_home(session),
        }
    }

    fn turn_page(&self, session: &mut Session) -> Step {
        let Some(screen) = self.menu.screens.get(&session.screen) else {
            return self.go_home(session);
        };
        let goes_on = match screen.body {
            Body::List { .. } => session.more,
            _ => self
                .draft(session, None)
                .is_some_and(|draft| draft.page(session.page, self.limit).1),
        };
        if !goes_on {
            return self.wrong_choice(session);
        }
        session.page += 1;
        self.redraw(session, &screen.body)
    }

    /// Shows a screen that was shown before; a list is asked for again.
    fn redraw(&self, session: &mut Session, body: &Body) -> Step {
        match body {
            Body::List {
                action, per_page, ..
            } => Step::Run(call(session, &action.it, *per_page)),
            _ => Step::Show(self.draw(session, None)),
        }
    }

    fn arrive(&self, session: &mut Session, next: &str) -> Step {
        next.clone_into(&mut session.screen);
        session.page = 0;
        session.items.clear();
        session.more = false;
        if self.menu.is_top(next) {
            session.trail.clear();
        }
        let Some(screen) = self.menu.screens.get(next) else {
            return Step::Show(self.closing(&self.menu.words.unavailable.it, session.language));
        };
        match &screen.body {
            Body::List {
                action, per_page, ..
            } => Step::Run(call(session, &action.it, *per_page)),
            Body::Action { action, .. } => Step::Run(call(session, &action.it, 0)),
            Body::End => {
                session.ended = true;
                Step::Show(self.draw(session, None))
            }
            Body::Menu { .. } | Body::Question { .. } => Step::Show(self.draw(session, None)),
        }
    }

    fn draw(&self, session: &Session, error: Option<&Texts>) -> Screen {
        match self.draft(session, error) {
            Some(draft) => Screen {
                text: draft.page(self.page_of(session), self.limit).0,
                end: session.ended,
            },
            None => self.closing(&self.menu.words.unavailable.it, session.language),
        }
    }

    /// The page of a screen's text. A list's pages are pages of its data instead.
    fn page_of(&self, session: &Session) -> usize {
        match self
            .menu
            .screens
            .get(&session.screen)
            .map(|screen| &screen.body)
        {
            Some(Body::List { .. }) => 0,
            _ => session.page,
        }
    }

    fn draft<'a>(&'a self, session: &'a Session, error: Option<&'a Texts>) -> Option<Draft<'a>> {
        let screen = self.menu.screens.get(&session.screen)?;
        let lines = match &screen.body {
            Body::Menu { options } => options
                .iter()
                .map(|option| (option.key.it.clone(), &option.label.it, &session.fields))
                .collect(),
            Body::List { item, .. } => session
                .items
                .iter()
                .zip(1..)
                .map(|(fields, number): (_, usize)| (number.to_string(), &item.it, fields))
                .collect(),
            Body::Question { .. } | Body::Action { .. } | Body::End => Vec::new(),
        };
        Some(Draft {
            menu: self.menu,
            language: session.language,
            fields: &session.fields,
            error,
            text: &screen.text.it,
            lines,
            can_go_back: !session.ended && !self.menu.is_top(&session.screen),
            more: session.more,
        })
    }
}

fn call(session: &Session, action: &str, size: usize) -> Call {
    let page = Page {
        offset: session.page * size,
        size,
    };
    Call {
        action: action.to_owned(),
        fields: session.fields.clone(),
        page,
    }
}

fn chosen(session: &Session, answer: &str) -> Option<Fields> {
    let number: usize = answer.parse().ok()?;
    session.items.get(number.checked_sub(1)?).cloned()
}

fn named(fields: Vec<(&'static str, Value)>) -> Fields {
    fields
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}
