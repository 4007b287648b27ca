//! How fast a channel may send, in all processes together.

use std::time::Duration;

use crate::store::channel_paces::Used;

/// How much may leave at once after a pause, in microseconds of its pace.
const BURST: i64 = 100_000;

/// Counts what may leave by now: each message uses up its share of time. What does not leave
/// is not saved up beyond a short burst.
pub(super) struct Pace {
    /// What one message uses up, in microseconds.
    each: i64,
    burst: i64,
}

impl Pace {
    pub(super) fn of(per_second: u32) -> Self {
        let each = i64::from(1_000_000_u32.div_ceil(per_second.max(1)));
        Self {
            each,
            burst: BURST.max(each),
        }
    }

    /// How many may leave now.
    pub(super) fn ready(&self, used: Used) -> usize {
        let free = used.now - self.counted_from(used);
        usize::try_from(free / self.each).unwrap_or(0)
    }

    /// Until when it is used up once so many have left.
    pub(super) fn after(&self, used: Used, count: usize) -> i64 {
        let count = i64::try_from(count).unwrap_or(i64::MAX);
        self.counted_from(used)
            .saturating_add(self.each.saturating_mul(count))
    }

    /// How long until the next may leave.
    pub(super) fn until_next(&self, used: Used) -> Duration {
        let wait = self.counted_from(used) + self.each - used.now;
        Duration::from_micros(u64::try_from(wait).unwrap_or(0))
    }

    fn counted_from(&self, used: Used) -> i64 {
        if used.until > used.now {
            // The clock was put back: nobody waits until it is where it was.
            return used.now - self.each;
        }
        used.until.max(used.now - self.burst)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn used(until: i64, now: i64) -> Used {
        Used { until, now }
    }

    #[test]
    fn no_more_leave_than_the_pace_allows() {
        let pace = Pace::of(50);
        let start = used(0, 9_000_000);
        assert_eq!(pace.ready(start), 5);
        let until = pace.after(start, 5);
        assert_eq!(pace.ready(used(until, 9_000_000)), 0);
        assert_eq!(
            pace.until_next(used(until, 9_000_000)),
            Duration::from_millis(20)
        );
        assert_eq!(pace.ready(used(until, 9_040_000)), 2);
        assert_eq!(pace.ready(used(until, 69_000_000)), 5, "not saved up");
    }

    #[test]
    fn the_slowest_pace_lets_one_leave() {
        assert_eq!(Pace::of(1).ready(used(0, 9_000_000)), 1);
    }

    #[test]
    fn a_pace_that_no_microsecond_divides_is_not_exceeded() {
        let (pace, mut until, mut left) = (Pace::of(7), 0, 0);
        for now in (10_000_000..=110_000_000).step_by(1000) {
            let ready = pace.ready(used(until, now));
            until = pace.after(used(until, now), ready);
            left += ready;
        }
        assert_eq!(left, 700, "in a hundred seconds");
    }

    #[test]
    fn a_clock_that_is_put_back_holds_nothing_back() {
        let pace = Pace::of(10);
        let before = pace.after(used(0, 3_600_000_000), 1);
        assert_eq!(pace.ready(used(before, 9_000_000)), 1);
        let until = pace.after(used(before, 9_000_000), 1);
        assert_eq!(pace.ready(used(until, 9_000_000)), 0);
        assert_eq!(pace.ready(used(until, 9_100_000)), 1);
    }
}
