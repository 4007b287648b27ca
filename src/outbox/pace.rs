//! How fast a channel may send.

use std::time::Duration;

use tokio::time::Instant;

/// How much of a second may leave at once after a pause.
const BURST: f64 = 0.1;

/// Counts what may leave by now. What does not leave is not saved up beyond a short burst.
pub(super) struct Pace {
    per_second: f64,
    burst: f64,
    saved: f64,
    counted_at: Instant,
}

impl Pace {
    pub(super) fn of(per_second: u32) -> Self {
        let per_second = f64::from(per_second.max(1));
        let burst = (per_second * BURST).max(1.0);
        Self {
            per_second,
            burst,
            saved: burst,
            counted_at: Instant::now(),
        }
    }

    /// How many may leave now.
    pub(super) fn ready(&mut self, now: Instant) -> usize {
        let passed = now.saturating_duration_since(self.counted_at);
        self.counted_at = now;
        self.saved = (self.saved + passed.as_secs_f64() * self.per_second).min(self.burst);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "between zero and a tenth of a u32"
        )]
        let whole = self.saved as usize;
        whole
    }

    /// So many have left.
    pub(super) fn spend(&mut self, count: usize) {
        self.saved -= f64::from(u32::try_from(count).unwrap_or(u32::MAX));
    }

    /// How long until the next may leave.
    pub(super) fn until_next(&self) -> Duration {
        Duration::from_secs_f64((1.0 - self.saved).max(0.0) / self.per_second)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_leave_than_the_pace_allows() {
        let start = Instant::now();
        let mut pace = Pace::of(50);
        assert_eq!(pace.ready(start), 5);
        pace.spend(5);
        assert_eq!(pace.ready(start), 0);
        assert_eq!(pace.until_next(), Duration::from_millis(20));
        assert_eq!(pace.ready(start + Duration::from_millis(40)), 2);
        assert_eq!(
            pace.ready(start + Duration::from_mins(1)),
            5,
            "not saved up"
        );
    }

    #[test]
    fn the_slowest_pace_lets_one_leave() {
        assert_eq!(Pace::of(1).ready(Instant::now()), 1);
    }
}
