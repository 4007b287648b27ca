//! What the sandbox does with a recipient.

use std::collections::{HashMap, VecDeque};

use crate::domain::{CardSwap, Msisdn};

/// What becomes of a message to one number.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Behaviour {
    /// Accepted, and reported as delivered.
    #[default]
    Deliver,
    /// Accepted, and reported as delivered before the answer leaves.
    ReportFirst,
    /// Accepted, and never heard of again.
    NoReport,
    /// Accepted, and reported as failed for this reason, such as
    /// `UserDoesNotExist`.
    FailReport(String),
    /// Accepted, but the connection breaks before the answer.
    LoseReply {
        /// Whether a delivery report follows nevertheless.
        reported: bool,
    },
    /// Accepted, and the sender waits for the answer until it gives up.
    HoldReply {
        /// Whether a delivery report follows nevertheless.
        reported: bool,
    },
    /// Accepted, but the connection breaks in the middle of the answer.
    HalfReply {
        /// Whether a delivery report follows nevertheless.
        reported: bool,
    },
    /// Accepted, and reported as delivered twice, with older news in between.
    ReportOutOfOrder,
    /// Not accepted: the answer is a page of HTML, as proxies send it.
    Html,
    /// Not accepted: the answer is a success that names no recipient.
    NoRecipient,
    /// Refused: the user name or the key is wrong.
    Unauthenticated,
    /// Refused: the person has blocked the sender.
    Blacklisted,
    /// Refused: the account is empty.
    NoBalance,
    /// Not accepted, and the answer does not say so: HTTP 500.
    Http500,
    /// Not accepted: HTTP 429 with this `Retry-After`.
    Throttle {
        /// How long to stay away.
        seconds: u32,
    },
}

/// What was asked for, by number.
#[derive(Default)]
pub(super) struct Script {
    cards: HashMap<Msisdn, CardSwap>,
    always: HashMap<Msisdn, Behaviour>,
    next: HashMap<Msisdn, VecDeque<Behaviour>>,
}

impl Script {
    pub(super) fn always(&mut self, to: &Msisdn, behaviour: Behaviour) {
        self.always.insert(to.clone(), behaviour);
    }

    pub(super) fn next(&mut self, to: &Msisdn, behaviours: impl IntoIterator<Item = Behaviour>) {
        self.next.entry(to.clone()).or_default().extend(behaviours);
    }

    pub(super) fn card(&mut self, of: &Msisdn, swap: CardSwap) {
        self.cards.insert(of.clone(), swap);
    }

    /// What is told of the SIM card behind a line: that it is as old as the line, unless
    /// something else is known.
    pub(super) fn card_of(&self, line: &Msisdn) -> CardSwap {
        self.cards.get(line).copied().unwrap_or(CardSwap::Never)
    }

    /// What to do with the message that has just come.
    pub(super) fn take(&mut self, to: &Msisdn) -> Behaviour {
        let next = self.next.get_mut(to).and_then(VecDeque::pop_front);
        next.unwrap_or_else(|| self.always.get(to).cloned().unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_next_is_used_up_before_what_always_holds() {
        let to = Msisdn::parse("254700000001").unwrap();
        let mut script = Script::default();
        script.always(&to, Behaviour::NoReport);
        script.next(&to, [Behaviour::Http500, Behaviour::NoBalance]);
        let taken: Vec<_> = (0..4).map(|_| script.take(&to)).collect();
        assert_eq!(
            taken,
            [
                Behaviour::Http500,
                Behaviour::NoBalance,
                Behaviour::NoReport,
                Behaviour::NoReport
            ]
        );
    }
}
