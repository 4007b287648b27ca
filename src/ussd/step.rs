//! One step: what an input does to a session, and what to show or do next.

use crate::domain::Language;
use crate::menus::{ActionSpec, Body, Draft, Fields, Menu, RETURN, Texts, Value, Values};

use super::screen::Screen;
use super::session::{Call, Crumb, Outcome, Page, Return, Session};

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

/// Walks sessions through a menu that has been proven.
#[derive(Debug, Clone, Copy)]
pub struct Engine<'a> {
    /// The menu.
    pub menu: &'a Menu,
    /// How many septets the phone's network shows at once; the proof holds from
    /// [`SCREEN`](crate::menus::SCREEN) upwards.
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
        self.draw(session, false)
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
        if let Some(earlier) = session.offer.take() {
            return self.offer_answered(session, earlier, answer);
        }
        let Some(screen) = self.menu.screens.get(&session.screen) else {
            // The menu has changed under the session.
            return self.go_home(session);
        };
        if let Body::Menu { options } = &screen.body
            && let Some(option) = options
                .iter()
                .find(|option| option.key.it == answer && option.is_shown(&session.fields))
        {
            return self.go_on(session, &option.goto.it);
        }
        match answer {
            "0" if !self.menu.is_top(&session.screen) => return self.go_back(session),
            "00" => return self.go_home(session),
            "99" | "98" if self.goes_on(session) => {
                session.page += 1;
                return self.enter(session);
            }
            _ => {}
        }
        match &screen.body {
            Body::Question {
                ask, save, goto, ..
            } => match ask.read(answer) {
                Some(value) => {
                    session.fields.insert(save.it.clone(), value);
                    self.go_on(session, &goto.it)
                }
                None => Step::Show(self.draw(session, true)),
            },
            Body::List { goto, .. } => match chosen(session, answer) {
                Some(item) => {
                    session.fields.extend(item);
                    self.go_on(session, &goto.it)
                }
                None => Step::Show(self.draw(session, true)),
            },
            Body::Menu { .. } => Step::Show(self.draw(session, true)),
            // Nobody is left standing here, unless the menu has changed under the session.
            Body::Action { .. } | Body::Call { .. } | Body::End => self.go_home(session),
        }
    }

    fn ended(&self, session: &mut Session, outcome: Outcome) -> Step {
        let Some(screen) = self.menu.screens.get(&session.screen) else {
            return self.go_home(session);
        };
        self.forget_secrets(session);
        session.fields.extend(named(outcome.fields));
        session.proofs = session.proofs | outcome.proven;
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
                Step::Show(self.draw(session, false))
            }
            Body::List { .. } if session.page > 0 => {
                // The list has become shorter since its last page was shown.
                session.page = 0;
                self.enter(session)
            }
            Body::List { on, .. } | Body::Action { on, .. } => match on.get(outcome.name) {
                Some(goto) => {
                    if outcome.again {
                        session.returns.push(Return {
                            to: session.screen.clone(),
                            trail: Some(session.trail.len()),
                        });
                    }
                    self.arrive(session, &goto.it)
                }
                // The check at start proves that every outcome is handled.
                None => self.go_home(session),
            },
            Body::Menu { .. } | Body::Question { .. } | Body::Call { .. } | Body::End => {
                self.enter(session)
            }
        }
    }

    /// Forgets what must not be kept, and the way back behind where it was typed: an
    /// action would be missing it there. True where one was typed on the way here.
    pub(super) fn forget_secrets(&self, session: &mut Session) -> bool {
        let fields = &session.fields;
        let typed_here = |crumb: &Crumb| {
            let screen = self.menu.screens.get(&crumb.screen);
            match screen.map(|screen| &screen.body) {
                Some(Body::Question { save, .. }) => {
                    fields.get(&save.it).is_some_and(Value::is_secret)
                }
                _ => false,
            }
        };
        let first = session.trail.iter().position(typed_here);
        if let Some(first) = first {
            // Whoever goes back types it again.
            session.trail.truncate(first + 1);
        }
        session.fields.retain(|_, value| !value.is_secret());
        first.is_some()
    }

    pub(super) fn go_home(&self, session: &mut Session) -> Step {
        session.fields.clear();
        session.trail.clear();
        session.offer = None;
        session.returns.clear();
        self.arrive(session, &self.menu.start)
    }

    /// Leaves a screen that was shown for the next one.
    fn go_on(&self, session: &mut Session, next: &str) -> Step {
        session.trail.push(Crumb {
            screen: session.screen.clone(),
            page: session.page,
            returns: session.returns.clone(),
        });
        self.arrive(session, next)
    }

    fn go_back(&self, session: &mut Session) -> Step {
        if session.page > 0 {
            session.page -= 1;
            return self.enter(session);
        }
        let Some(crumb) = session.trail.pop() else {
            return self.go_home(session);
        };
        session.stand_on(crumb);
        self.enter(session)
    }

    fn arrive(&self, session: &mut Session, next: &str) -> Step {
        if next == RETURN {
            return self.come_back(session);
        }
        // Coming back to a screen is going back: the trail never grows in a circle.
        let is_here = |crumb: &Crumb| crumb.screen == next && crumb.returns == session.returns;
        let mut page = 0;
        if let Some(earlier) = session.trail.iter().position(is_here) {
            // A list goes on where it was left.
            if self.is_list(next) {
                page = session.trail[earlier].page;
            }
            session.trail.truncate(earlier);
        }
        if self.menu.is_top(next) {
            session.trail.clear();
            session.returns.clear();
        }
        let returns = std::mem::take(&mut session.returns);
        session.stand_on(Crumb {
            screen: next.to_owned(),
            page,
            returns,
        });
        self.enter(session)
    }

    fn is_list(&self, screen: &str) -> bool {
        let body = self.menu.screens.get(screen).map(|screen| &screen.body);
        matches!(body, Some(Body::List { .. }))
    }

    /// Ends a sub-menu and goes on with what called it.
    fn come_back(&self, session: &mut Session) -> Step {
        let Some(Return { to, trail }) = session.returns.pop() else {
            // The check at start proves that only what is called returns.
            return self.go_home(session);
        };
        if let Some(kept) = trail {
            session.trail.truncate(kept);
        }
        self.arrive(session, &to)
    }

    /// Shows the screen that a session has come to, or asks for the work it stands for.
    pub(super) fn enter(&self, session: &mut Session) -> Step {
        match self
            .menu
            .screens
            .get(&session.screen)
            .map(|screen| &screen.body)
        {
            Some(Body::List {
                action, per_page, ..
            }) => Step::Run(call(session, &action.it, *per_page)),
            Some(Body::Action { action, .. }) => Step::Run(call(session, &action.it, 0)),
            Some(Body::Call { call, goto }) => {
                session.returns.push(Return {
                    to: goto.it.clone(),
                    trail: None,
                });
                self.arrive(session, &call.it)
            }
            Some(Body::Menu { .. } | Body::Question { .. }) => {
                Step::Show(self.draw(session, false))
            }
            Some(Body::End) | None => {
                session.ended = true;
                Step::Show(self.draw(session, false))
            }
        }
    }

    /// Whether there is a page after the one that is shown.
    fn goes_on(&self, session: &Session) -> bool {
        let draft = self.draft(session);
        draft.is_some_and(|draft| draft.page(session.page, self.limit, false).more)
    }

    pub(super) fn draw(&self, session: &Session, wrong: bool) -> Screen {
        if session.offer.is_some() {
            let text = self.menu.words.offer(session.language, wrong);
            return Screen { text, end: false };
        }
        match self.draft(session) {
            Some(draft) => {
                let text = draft.page(session.page, self.limit, wrong).text;
                Screen {
                    text,
                    end: session.ended,
                }
            }
            None => self.closing(&self.menu.words.unavailable.it, session.language),
        }
    }

    fn draft<'a>(&'a self, session: &'a Session) -> Option<Draft<'a>> {
        let draft = Draft::new(
            self.menu,
            &session.screen,
            session.language,
            &session.fields,
        )?;
        let items = session.items.iter().map(|item| item as &dyn Values);
        Some(draft.with_items(items, session.more))
    }
}

fn call(session: &Session, action: &str, size: usize) -> Call {
    let page = Page {
        offset: session.page * size,
        size,
    };
    Call {
        action: action.to_owned(),
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
