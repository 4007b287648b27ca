//! Where the time comes from.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use super::Timestamp;

/// Tells the time; tests bring one that stands still.
pub trait Clock: Send + Sync {
    /// The present moment.
    fn now(&self) -> Timestamp;
}

/// The clock of this computer.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        #[expect(
            clippy::disallowed_methods,
            reason = "this is the one clock that all others replace"
        )]
        let now = jiff::Timestamp::now();
        Timestamp::from_millis(now.as_millisecond())
    }
}

/// A clock that moves only when told to; its clones show the same time.
#[derive(Debug, Clone)]
pub struct FixedClock(Arc<AtomicI64>);

impl FixedClock {
    /// A clock standing at this moment.
    #[must_use]
    pub fn new(now: Timestamp) -> Self {
        Self(Arc::new(AtomicI64::new(now.as_millis())))
    }

    /// Moves it to this moment, forwards or back.
    pub fn set(&self, now: Timestamp) {
        self.0.store(now.as_millis(), Ordering::SeqCst);
    }

    /// Moves it forwards.
    pub fn advance(&self, time: Duration) {
        self.0.update(Ordering::SeqCst, Ordering::SeqCst, |millis| {
            Timestamp::from_millis(millis).plus(time).as_millis()
        });
    }
}

impl Clock for FixedClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.0.load(Ordering::SeqCst))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fixed_clock_moves_only_when_told_to() {
        let clock = FixedClock::new(Timestamp::from_millis(1_000));
        assert_eq!(clock.now(), Timestamp::from_millis(1_000));
        clock.advance(Duration::from_secs(1));
        assert_eq!(clock.now(), Timestamp::from_millis(2_000));
        clock.set(Timestamp::from_millis(500));
        assert_eq!(clock.now(), Timestamp::from_millis(500));
    }

    #[test]
    fn clones_of_a_fixed_clock_show_the_same_time() {
        let clock = FixedClock::new(Timestamp::from_millis(0));
        let given_away: Arc<dyn Clock> = Arc::new(clock.clone());
        clock.advance(Duration::from_millis(7));
        assert_eq!(given_away.now(), Timestamp::from_millis(7));
    }

    #[test]
    fn the_system_clock_is_past_the_day_this_was_written() {
        let written = Timestamp::from_kenya(jiff::civil::datetime(2025, 1, 1, 0, 0, 0, 0));
        assert!(SystemClock.now() > written);
    }
}
