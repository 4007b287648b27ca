//! Going on where a dropped session stood.
//!
//! Nobody has looked at the phone since, so a single key must not change anything: a
//! session is taken back to before the question whose answer does. Whatever else nobody may
//! come back to (what has been proven in a session, say) is undone in [`Engine::resumable`].

use crate::menus::{Body, Catalogue};

use super::screen::Screen;
use super::session::{Crumb, Session};
use super::step::{Engine, Step};

/// The most actions behind one key. The check of menus proves that there is no circle.
const ACTIONS: usize = 16;

impl Engine<'_> {
    /// The session to go on with after this one was dropped: where it stood, or at the
    /// nearest screen behind that where no key changes anything. None when it has ended,
    /// or when only the start is left, or what a change has led to.
    #[must_use]
    pub fn resumable(&self, dropped: &Session, catalogue: &Catalogue) -> Option<Session> {
        if dropped.ended || dropped.offer.is_some() {
            return None;
        }
        let mut session = dropped.clone();
        loop {
            // Behind the start lies nothing, and what a change leads to has its way back cut.
            if session.trail.is_empty() || self.menu.is_top(&session.screen) {
                return None;
            }
            if !self.may_change(&session.screen, catalogue, ACTIONS) {
                break;
            }
            let behind = session.trail.pop()?;
            session.stand_on(behind);
        }
        // A list is fetched anew.
        session.stand_on(Crumb {
            screen: session.screen.clone(),
            page: session.page,
        });
        Some(session)
    }

    /// Asks a session that has just come to its first screen whether to go on where a
    /// dropped one stood. None, and nothing has happened, when there is nothing to go on
    /// with or when the line is received elsewhere by now.
    #[must_use]
    pub fn offer(
        &self,
        session: &mut Session,
        dropped: &Session,
        catalogue: &Catalogue,
    ) -> Option<Screen> {
        let earlier = self.resumable(dropped, catalogue)?;
        let began_at = &earlier.trail.first()?.screen;
        if session.ended || *began_at != session.screen {
            return None;
        }
        session.offer = Some(Box::new(earlier));
        Some(self.draw(session, false))
    }

    pub(super) fn offer_answered(
        &self,
        session: &mut Session,
        earlier: Box<Session>,
        answer: &str,
    ) -> Step {
        match answer {
            "1" => {
                *session = *earlier;
                self.enter(session)
            }
            "2" | "0" | "00" => self.go_home(session),
            _ => {
                session.offer = Some(earlier);
                Step::Show(self.draw(session, true))
            }
        }
    }

    /// Whether one key can change something on this screen, or on the one that is shown
    /// instead where its list has come to nothing. At the start people know what they do.
    fn may_change(&self, screen: &str, catalogue: &Catalogue, left: usize) -> bool {
        let changes = |next: &str| self.leads_to_change(next, catalogue, ACTIONS);
        let body = self.menu.screens.get(screen).map(|screen| &screen.body);
        let on = match body {
            Some(Body::Menu { options }) => {
                return !self.menu.is_top(screen)
                    && options.iter().any(|option| changes(&option.goto.it));
            }
            Some(Body::Question { .. } | Body::End) => return false,
            None => return true,
            Some(Body::List { goto, .. }) if changes(&goto.it) => return true,
            Some(Body::List { on, .. } | Body::Action { on, .. }) => on,
        };
        let mut ends = on.values();
        left == 0
            || changes(screen)
            || ends.any(|goto| self.may_change(&goto.it, catalogue, left - 1))
    }

    /// Whether coming to a screen runs an action that writes, before anything is shown.
    fn leads_to_change(&self, screen: &str, catalogue: &Catalogue, left: usize) -> bool {
        let body = self.menu.screens.get(screen).map(|screen| &screen.body);
        let Some(Body::Action { action, on } | Body::List { action, on, .. }) = body else {
            return false;
        };
        let writes = |name| catalogue.action(name).is_none_or(|spec| spec.writes);
        left == 0
            || writes(&action.it)
            || on
                .values()
                .any(|goto| self.leads_to_change(&goto.it, catalogue, left - 1))
    }
}
