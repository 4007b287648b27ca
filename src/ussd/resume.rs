//! Going on where a dropped session stood.
//!
//! Nobody has looked at the phone since, so a single key must not change anything: a
//! session is taken back to before the question whose answer does. Nobody comes back past a
//! proof of who they are, nor into the sub-menu that asks for one.

use crate::menus::{Body, Catalogue, RETURN};

use super::screen::Screen;
use super::session::{Crumb, Return, Session};
use super::step::{Engine, Step};

/// The most actions behind one key. The check of menus proves that there is no circle.
const ACTIONS: usize = 16;

impl Engine<'_> {
    /// The session to go on with after this one was dropped: where it stood, or at the
    /// nearest screen behind that where no key changes anything. None when it has ended,
    /// or when only the start is left, or what a change has led to.
    #[must_use]
    pub fn resumable(&self, dropped: &Session, catalogue: &Catalogue) -> Option<Session> {
        // Where in the trail something was proven is not known, so all of it may be behind it.
        if dropped.ended || dropped.offer.is_some() || dropped.proofs.any() {
            return None;
        }
        let mut session = dropped.clone();
        if self.forget_secrets(&mut session) {
            let typed_at = session.trail.pop()?;
            session.stand_on(typed_at);
        }
        loop {
            // Behind the start lies nothing, and what a change leads to has its way back cut.
            if session.trail.is_empty() || self.menu.is_top(&session.screen) {
                return None;
            }
            // What is to be tried again after a sub-menu would run at its end.
            let is_asked_for_more = session.returns.iter().any(|back| back.trail.is_some());
            let way = Way {
                catalogue,
                returns: session.returns.clone(),
                left: ACTIONS,
            };
            if !is_asked_for_more && !self.may_change(&session.screen, &way) {
                break;
            }
            let behind = session.trail.pop()?;
            session.stand_on(behind);
        }
        // A list is fetched anew.
        session.stand_on(Crumb {
            screen: session.screen.clone(),
            page: session.page,
            returns: session.returns.clone(),
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
    fn may_change(&self, screen: &str, way: &Way<'_>) -> bool {
        let body = self.menu.screens.get(screen).map(|screen| &screen.body);
        let changes = |next: &str| self.leads_to_change(next, way);
        let on = match body {
            Some(Body::Menu { options }) => {
                return !self.menu.is_top(screen)
                    && options.iter().any(|option| changes(&option.goto.it));
            }
            Some(Body::Question { .. } | Body::End) => return false,
            None | Some(Body::Call { .. }) => return changes(screen),
            Some(Body::List { goto, .. }) if changes(&goto.it) => return true,
            Some(Body::List { on, .. } | Body::Action { on, .. }) => on,
        };
        let Some(next) = way.next() else { return true };
        changes(screen) || on.values().any(|goto| self.may_change(&goto.it, &next))
    }

    /// Whether coming to a screen runs an action that writes, before anything is shown.
    fn leads_to_change(&self, screen: &str, way: &Way<'_>) -> bool {
        let Some(mut next) = way.next() else {
            return true;
        };
        if screen == RETURN {
            // What was not called returns to the start.
            let back = next.returns.pop();
            return back.is_some_and(|back| self.leads_to_change(&back.to, &next));
        }
        let body = self.menu.screens.get(screen).map(|screen| &screen.body);
        match body {
            Some(Body::Action { action, on } | Body::List { action, on, .. }) => {
                let spec = way.catalogue.action(&action.it);
                spec.is_none_or(|spec| spec.writes)
                    || on
                        .values()
                        .any(|goto| self.leads_to_change(&goto.it, &next))
            }
            Some(Body::Call { call, goto }) => {
                next.returns.push(Return {
                    to: goto.it.clone(),
                    trail: None,
                });
                self.leads_to_change(&call.it, &next)
            }
            Some(Body::Menu { .. } | Body::Question { .. } | Body::End) | None => false,
        }
    }
}

/// A look ahead.
#[derive(Clone)]
struct Way<'a> {
    catalogue: &'a Catalogue,
    /// Where `return` leads.
    returns: Vec<Return>,
    /// How much further it looks.
    left: usize,
}

impl Way<'_> {
    fn next(&self) -> Option<Self> {
        let left = self.left.checked_sub(1)?;
        let mut next = self.clone();
        next.left = left;
        Some(next)
    }
}
