//! How each channel stands, as this process knows it.
//!
//! What holds a channel back is kept in the database, so that it holds for every process
//! and across restarts; this is the copy that each send looks at.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::domain::Timestamp;
use crate::store::channel_states::Hold;

/// Every channel that is not simply well.
#[derive(Default)]
pub(super) struct Standings(Mutex<BTreeMap<String, Standing>>);

#[derive(Default)]
struct Standing {
    hold: Option<Hold>,
    /// How many sends in a row came to nothing.
    failures: u32,
}

impl Standings {
    /// What holds a channel back.
    pub(super) fn hold_on(&self, channel: &str) -> Option<Hold> {
        self.lock().get(channel)?.hold.clone()
    }

    /// Holds a channel back, unless something graver does already.
    pub(super) fn hold(&self, channel: &str, new: Hold) {
        let mut all = self.lock();
        let standing = all.entry(channel.to_owned()).or_default();
        match &mut standing.hold {
            Some(old) if old.kind > new.kind => {}
            Some(old) if old.kind == new.kind => old.until = old.until.max(new.until),
            hold => *hold = Some(new),
        }
    }

    /// A send came to nothing; says how many have in a row.
    pub(super) fn failed(&self, channel: &str) -> u32 {
        let mut all = self.lock();
        let standing = all.entry(channel.to_owned()).or_default();
        standing.failures = standing.failures.saturating_add(1);
        standing.failures
    }

    /// A send that began then was answered as it should be. True when that is news: the
    /// channel was held before it began.
    pub(super) fn works(&self, channel: &str, began: Timestamp) -> bool {
        let mut all = self.lock();
        let Some(standing) = all.get_mut(channel) else {
            return false;
        };
        standing.failures = 0;
        let is_over = standing.hold.as_ref().is_some_and(|hold| {
            hold.since < began || hold.until.is_some_and(|until| until <= began)
        });
        if is_over {
            standing.hold = None;
        }
        is_over
    }

    /// When one message may next try a held channel.
    pub(super) fn next_probe(&self, channel: &str, at: Timestamp) {
        if let Some(standing) = self.lock().get_mut(channel)
            && let Some(hold) = &mut standing.hold
        {
            hold.until = Some(at);
        }
    }

    /// Takes over what the database knows.
    pub(super) fn refresh(&self, held: Vec<(String, Hold)>) {
        let mut all = self.lock();
        for standing in all.values_mut() {
            standing.hold = None;
        }
        for (channel, hold) in held {
            all.entry(channel).or_default().hold = Some(hold);
        }
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Standing>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use crate::store::channel_states::HoldKind;

    use super::*;

    fn hold(kind: HoldKind, until: i64) -> Hold {
        Hold {
            kind,
            reason: "a reason".into(),
            since: Timestamp::from_millis(0),
            until: Some(Timestamp::from_millis(until)),
        }
    }

    fn until(standings: &Standings) -> Option<i64> {
        standings.hold_on("at")?.until.map(Timestamp::as_millis)
    }

    #[test]
    fn a_channel_is_held_until_the_latest_of_its_ends() {
        let standings = Standings::default();
        standings.hold("at", hold(HoldKind::Throttled, 20));
        standings.hold("at", hold(HoldKind::Throttled, 10));
        assert_eq!(until(&standings), Some(20));
        assert_eq!(standings.hold_on("other"), None);
    }

    #[test]
    fn what_is_graver_is_not_covered_up() {
        let standings = Standings::default();
        standings.hold("at", hold(HoldKind::Parked, 20));
        standings.hold("at", hold(HoldKind::Throttled, 30));
        assert_eq!(until(&standings), Some(20));
    }

    #[test]
    fn only_a_send_that_began_under_the_hold_ends_it() {
        let at = Timestamp::from_millis;
        let standings = Standings::default();
        standings.hold("at", hold(HoldKind::Parked, 20));
        assert!(!standings.works("at", at(0)));
        assert!(standings.works("at", at(21)));
        assert!(!standings.works("at", at(22)), "no news the second time");
    }

    #[test]
    fn failures_count_in_a_row() {
        let standings = Standings::default();
        assert_eq!([standings.failed("at"), standings.failed("at")], [1, 2]);
        standings.works("at", Timestamp::from_millis(1));
        assert_eq!(standings.failed("at"), 1);
    }
}
