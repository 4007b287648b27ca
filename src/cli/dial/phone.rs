//! The phones on the desk, and what can be seen of them.

use std::collections::HashSet;
use std::time::Duration;

use tokio::time::Instant;

use crate::demo::Carrier;
use crate::demo::handset::{Call, HandsetError, Received, Reply};
use crate::domain::Msisdn;
use crate::text;

/// A phone with a line.
pub(super) struct Phone {
    pub(super) from: Msisdn,
    pub(super) carrier: &'static Carrier,
    pub(super) call: Option<Call>,
    /// When its last screen came.
    pub(super) asked_at: Instant,
    /// What it shows.
    pub(super) screen: String,
    /// What stands below: how full the screen is, or why there is none.
    pub(super) state: String,
    /// Its SMS, oldest first, but for those that were there before.
    pub(super) sms: Vec<Received>,
    /// How many of them nobody has waited for yet.
    pub(super) unheard: usize,
    /// The SMS that are known; None before the first look.
    seen: Option<HashSet<String>>,
}

/// All phones, and the one in hand.
pub(super) struct Phones {
    pub(super) all: Vec<Phone>,
    pub(super) current: usize,
}

/// When a network ends a session.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    /// After so long without an answer; as the phone's network does, where it is not said.
    pub(super) silence: Option<Duration>,
    /// After so long in all.
    pub(super) session: Duration,
}

/// Something that happened to the phone in hand, or an SMS to any.
pub(super) enum Event<'a> {
    /// It dialled.
    Dialled(&'a str),
    /// A screen was answered.
    Typed(&'a str),
    /// A screen came.
    Screen(&'a Reply),
    /// An SMS came to the phone at that place.
    Sms(usize, &'a Received),
    /// The network ended the session of the phone at that place.
    TimedOut(usize, Limit),
    /// The person ended it.
    HungUp,
    /// The service did not answer as it should.
    Failed(&'a HandsetError),
    /// Another phone was taken up.
    TakenUp,
}

/// A limit that ran out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Limit {
    Silence(Duration),
    Session(Duration),
}

impl Limit {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Silence(_) => "silence",
            Self::Session(_) => "session",
        }
    }

    pub(super) fn seconds(self) -> u64 {
        let (Self::Silence(limit) | Self::Session(limit)) = self;
        limit.as_secs()
    }
}

impl Phone {
    pub(super) fn new(from: Msisdn, carrier: &'static Carrier) -> Self {
        Self {
            from,
            carrier,
            call: None,
            asked_at: Instant::now(),
            screen: String::new(),
            state: "no session".to_owned(),
            sms: Vec::new(),
            unheard: 0,
            seen: None,
        }
    }

    /// Who it is, for a headline.
    pub(super) fn title(&self) -> String {
        format!("{} {}", self.from.as_str(), self.carrier.name)
    }

    pub(super) fn show(&mut self, reply: &Reply) {
        self.screen.clone_from(&reply.text);
        self.state = self.fill(&reply.text);
        self.asked_at = Instant::now();
    }

    /// How full its screen is with that.
    fn fill(&self, shown: &str) -> String {
        let limit = self.carrier.limits().screen;
        match text::septets(shown) {
            Some(septets) if septets <= limit => format!("{septets} of {limit} septets"),
            Some(septets) => format!("{septets} septets, {} TOO MANY", septets - limit),
            None => "NOT GSM-7".to_owned(),
        }
    }

    /// How long it may be silent.
    pub(super) fn silence(&self, limits: Limits) -> Duration {
        let usual = Duration::from_secs(self.carrier.idle_seconds);
        limits.silence.unwrap_or(usual)
    }

    /// When its network ends the session, and by which limit; None without a session.
    pub(super) fn deadline(&self, limits: Limits) -> Option<(Instant, Limit)> {
        let call = self.call.as_ref()?;
        let silence = self.silence(limits);
        let by_silence = (self.asked_at + silence, Limit::Silence(silence));
        let started = Instant::from_std(call.started);
        let by_session = (started + limits.session, Limit::Session(limits.session));
        Some(if by_silence.0 <= by_session.0 {
            by_silence
        } else {
            by_session
        })
    }

    /// Takes the messages of its inbox, newest first; gives the new ones, oldest first.
    /// What is there at the first look is not new.
    pub(super) fn take(&mut self, inbox: Vec<Received>) -> Vec<Received> {
        let is_first = self.seen.is_none();
        let seen = self.seen.get_or_insert_default();
        let mut new: Vec<_> = inbox
            .into_iter()
            .filter(|sms| seen.insert(sms.id.clone()) && !is_first)
            .collect();
        new.reverse();
        new
    }
}

impl Phones {
    pub(super) fn in_hand(&self) -> &Phone {
        &self.all[self.current]
    }

    pub(super) fn in_hand_mut(&mut self) -> &mut Phone {
        &mut self.all[self.current]
    }

    /// The session that its network ends first.
    pub(super) fn next_deadline(&self, limits: Limits) -> Option<(usize, Instant, Limit)> {
        let phones = self.all.iter().enumerate();
        phones
            .filter_map(|(place, phone)| {
                let (at, limit) = phone.deadline(limits)?;
                Some((place, at, limit))
            })
            .min_by_key(|(_, at, _)| *at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn phone() -> Phone {
        let from = Msisdn::parse("254700000007").unwrap();
        Phone::new(from, Carrier::named("airtel").unwrap())
    }

    fn sms(id: &str) -> Received {
        Received {
            id: id.into(),
            text: "Habari".into(),
            at: String::new(),
            segments: 1,
        }
    }

    #[test]
    fn only_what_comes_after_the_first_look_is_new() {
        let mut phone = phone();
        assert!(phone.take(vec![sms("old")]).is_empty());
        let new = phone.take(vec![sms("c"), sms("b"), sms("old")]);
        let ids: Vec<_> = new.iter().map(|sms| sms.id.as_str()).collect();
        assert_eq!(ids, ["b", "c"]);
        assert!(phone.take(vec![sms("c")]).is_empty());
    }

    #[test]
    fn the_network_ends_a_session_by_the_limit_that_comes_first() {
        let mut phone = phone();
        let mut limits = Limits {
            silence: None,
            session: Duration::from_mins(3),
        };
        assert!(phone.deadline(limits).is_none());
        phone.call = Some(Call::new(phone.from.clone(), phone.carrier, ""));
        let limit = |limits| phone.deadline(limits).unwrap().1;
        assert_eq!(limit(limits), Limit::Silence(Duration::from_mins(1)));
        limits.session = Duration::from_secs(5);
        assert_eq!(limit(limits), Limit::Session(limits.session));
    }

    #[test]
    fn a_screen_says_how_full_it_is() {
        let phone = phone();
        assert_eq!(phone.fill("Habari"), "6 of 184 septets");
        assert_eq!(phone.fill(&"x".repeat(185)), "185 septets, 1 TOO MANY");
        assert_eq!(phone.fill("\u{2019}"), "NOT GSM-7");
    }
}
