//! Which channels must leave their aggregator alone, and until when.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::domain::Timestamp;

/// The channels that rest. Each process learns it by itself, by one refusal.
#[derive(Default)]
pub(super) struct Rests(Mutex<BTreeMap<String, Timestamp>>);

impl Rests {
    /// Lets a channel rest until then, or longer if it does already.
    pub(super) fn rest(&self, channel: &str, until: Timestamp) {
        let mut rests = self.lock();
        let end = rests.entry(channel.to_owned()).or_insert(until);
        *end = until.max(*end);
    }

    /// Until when a channel rests, if it does.
    pub(super) fn until(&self, channel: &str, now: Timestamp) -> Option<Timestamp> {
        self.lock().get(channel).copied().filter(|end| now < *end)
    }

    /// Every channel that rests now.
    pub(super) fn resting(&self, now: Timestamp) -> Vec<String> {
        let mut rests = self.lock();
        rests.retain(|_, end| now < *end);
        rests.keys().cloned().collect()
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Timestamp>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_channel_rests_until_the_latest_of_its_ends() {
        let at = Timestamp::from_millis;
        let rests = Rests::default();
        rests.rest("at", at(20));
        rests.rest("at", at(10));
        rests.rest("other", at(5));
        assert_eq!(rests.resting(at(4)), ["at", "other"]);
        assert_eq!(rests.resting(at(5)), ["at"]);
        assert_eq!(rests.until("at", at(19)), Some(at(20)));
        assert_eq!(rests.until("at", at(20)), None);
        assert_eq!(rests.until("none", at(0)), None);
    }
}
