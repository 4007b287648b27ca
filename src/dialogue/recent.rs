//! Sessions in memory, so that the next hop need not read and open what this process has just
//! sealed and written.
//!
//! What is remembered may be out of date: another process may have taken a turn since. Whoever
//! relies on it writes under the version that stands here, and starts anew when that is not the
//! version of the row. It is wiped when it goes.

use std::sync::Arc;

use quick_cache::Weighter;
use quick_cache::sync::Cache;
use zeroize::Zeroizing;

use crate::domain::Timestamp;
use crate::store::sessions::Shown;

/// The most bytes that are remembered: some 15,000 sessions, as many as call at once on the worst
/// day of the whole country.
const MOST: u64 = 16 * 1024 * 1024;

/// What a session takes, roughly, with its name.
const USUAL: u64 = 1024;

/// What an entry costs besides its bytes.
const AROUND: u64 = 160;

/// A session after its last turn.
pub(super) struct Remembered {
    /// Its version.
    pub(super) version: i64,
    /// What is sealed in its row, in clear.
    pub(super) clear: Zeroizing<Vec<u8>>,
    /// The screens it has shown.
    pub(super) shown: Shown,
    /// When its row is forgotten.
    pub(super) expires_at: Timestamp,
}

/// By name, the ones used last.
pub(super) struct Recent(Cache<String, Arc<Remembered>, Bytes>);

#[derive(Clone)]
struct Bytes;

impl Weighter<String, Arc<Remembered>> for Bytes {
    fn weight(&self, name: &String, session: &Arc<Remembered>) -> u64 {
        let bytes = name.len() + session.clear.len() + session.shown.bytes();
        u64::try_from(bytes)
            .unwrap_or(u64::MAX)
            .saturating_add(AROUND)
    }
}

impl Default for Recent {
    fn default() -> Self {
        Self::of(MOST)
    }
}

impl Recent {
    fn of(bytes: u64) -> Self {
        let sessions = usize::try_from(bytes / USUAL).unwrap_or(1);
        Self(Cache::with_weighter(sessions, bytes, Bytes))
    }

    /// What is remembered of a session, unless its row may be gone.
    pub(super) fn of_session(
        &self,
        channel: &str,
        id: &str,
        now: Timestamp,
    ) -> Option<Arc<Remembered>> {
        let found = self.0.get(name(channel, id).as_str())?;
        (now < found.expires_at).then_some(found)
    }

    /// Remembers a session as it was kept, or forgets it.
    pub(super) fn after_turn(&self, channel: &str, id: &str, session: Option<Remembered>) {
        let name = name(channel, id);
        match session {
            Some(session) => self.0.insert(name, Arc::new(session)),
            None => drop(self.0.remove(name.as_str())),
        }
    }
}

/// What tells a session from all others. Neither part can hold a line break.
pub(super) fn name(channel: &str, id: &str) -> String {
    format!("{channel}\n{id}")
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_000);

    fn session(version: i64, bytes: usize) -> Remembered {
        Remembered {
            version,
            clear: Zeroizing::new(vec![0; bytes]),
            shown: Shown::default(),
            expires_at: Timestamp::from_millis(2_000),
        }
    }

    #[test]
    fn a_session_is_known_by_channel_and_id_until_its_row_may_be_gone() {
        let recent = Recent::default();
        recent.after_turn("at", "1", Some(session(3, 10)));
        let of = |channel, id, now| Some(recent.of_session(channel, id, now)?.version);
        assert_eq!(of("at", "1", NOW), Some(3));
        assert_eq!(of("other", "1", NOW), None);
        assert_eq!(of("at", "2", NOW), None);
        assert_eq!(of("at", "1", Timestamp::from_millis(2_000)), None);
        recent.after_turn("at", "1", Some(session(4, 10)));
        assert_eq!(of("at", "1", NOW), Some(4));
        recent.after_turn("at", "1", None);
        assert_eq!(of("at", "1", NOW), None);
    }

    #[test]
    fn no_more_is_remembered_than_there_is_room_for() {
        let recent = Recent::of(64 * 1024);
        for id in 0..1000 {
            recent.after_turn("at", &id.to_string(), Some(session(1, 1000)));
        }
        let known = (0..1000).filter(|id| recent.of_session("at", &id.to_string(), NOW).is_some());
        let known = known.count();
        assert!((1..=64).contains(&known), "{known}");
    }
}
