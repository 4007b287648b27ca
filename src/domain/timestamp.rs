//! A moment, and what the clock on a Kenyan wall shows then.

use std::time::Duration;

use jiff::civil::{Date, DateTime};
use jiff::tz::Offset;
use serde::{Deserialize, Serialize};

/// Kenya has kept this offset since 1960 and has no summer time, so no zone
/// data is needed.
const KENYA: Offset = Offset::constant(3);

/// Milliseconds since 1970 began, UTC; the form that both databases store and
/// sort without loss.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(i64);

impl Timestamp {
    /// A moment from its epoch milliseconds.
    #[must_use]
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// The moment a clock in Kenya shows this date and time.
    #[must_use]
    pub fn from_kenya(date: DateTime) -> Self {
        let moment = KENYA.to_timestamp(date).unwrap_or(edge(date.year() < 0));
        Self(moment.as_millisecond())
    }

    /// The epoch milliseconds.
    #[must_use]
    pub fn as_millis(self) -> i64 {
        self.0
    }

    /// The moment this much later.
    #[must_use]
    pub fn plus(self, time: Duration) -> Self {
        let millis = i64::try_from(time.as_millis()).unwrap_or(i64::MAX);
        Self(self.0.saturating_add(millis))
    }

    /// The next moment at which a minute begins, or this one.
    #[must_use]
    pub fn to_full_minute(self) -> Self {
        const MINUTE: i64 = 60_000;
        Self(self.0.saturating_add((-self.0).rem_euclid(MINUTE)))
    }

    /// The moment that long before.
    #[must_use]
    pub fn minus(self, time: Duration) -> Self {
        Self(
            self.0
                .saturating_sub(i64::try_from(time.as_millis()).unwrap_or(i64::MAX)),
        )
    }

    /// The time passed since an earlier moment; zero when that one is the later.
    #[must_use]
    pub fn since(self, earlier: Self) -> Duration {
        let millis = self.0.saturating_sub(earlier.0);
        Duration::from_millis(u64::try_from(millis).unwrap_or(0))
    }

    /// The day it is in Kenya.
    #[must_use]
    pub fn date_in_kenya(self) -> Date {
        self.datetime_in_kenya().date()
    }

    /// The day and the time of day in Kenya.
    #[must_use]
    pub fn datetime_in_kenya(self) -> DateTime {
        let moment = jiff::Timestamp::from_millisecond(self.0).unwrap_or(edge(self.0 < 0));
        KENYA.to_datetime(moment)
    }
}

/// Stands for the moments beyond the calendar, which ends with the year 9999.
fn edge(past: bool) -> jiff::Timestamp {
    if past {
        jiff::Timestamp::MIN
    } else {
        jiff::Timestamp::MAX
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::{date, datetime};
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_minute_is_full_when_it_begins() {
        let full = |millis| Timestamp::from_millis(millis).to_full_minute().as_millis();
        assert_eq!(
            [-1, 0, 1, 60_000, 60_001].map(full),
            [0, 0, 60_000, 60_000, 120_000]
        );
    }

    #[test]
    fn kenya_is_three_hours_ahead() {
        let midnight_in_utc = Timestamp::from_millis(1_791_849_600_000);
        assert_eq!(
            midnight_in_utc.datetime_in_kenya(),
            datetime(2026, 10, 13, 3, 0, 0, 0)
        );
    }

    #[test]
    fn the_day_changes_at_midnight_in_kenya() {
        let last = Timestamp::from_kenya(datetime(2026, 10, 16, 23, 59, 59, 999_000_000));
        assert_eq!(last.date_in_kenya(), date(2026, 10, 16));
        let next = last.plus(Duration::from_millis(1));
        assert_eq!(next.date_in_kenya(), date(2026, 10, 17));
    }

    #[test]
    fn time_since_a_later_moment_is_zero() {
        let early = Timestamp::from_millis(1_000);
        let late = early.plus(Duration::from_secs(2));
        assert_eq!(late.since(early), Duration::from_secs(2));
        assert_eq!(early.since(late), Duration::ZERO);
    }

    #[test]
    fn it_travels_as_a_number() {
        assert_eq!(
            serde_json::to_string(&Timestamp::from_millis(-5)).unwrap(),
            "-5"
        );
    }

    #[test]
    fn the_ends_of_the_calendar_hold() {
        for millis in [i64::MIN, i64::MAX] {
            let shown = Timestamp::from_millis(millis).datetime_in_kenya();
            assert_eq!(shown.year().abs(), 9999);
        }
        for wall in [DateTime::MIN, DateTime::MAX] {
            assert_eq!(
                Timestamp::from_kenya(wall).date_in_kenya().year(),
                wall.year()
            );
        }
    }

    proptest! {
        #[test]
        fn no_moment_overflows(millis in any::<i64>(), seconds in any::<u64>()) {
            let moment = Timestamp::from_millis(millis);
            prop_assert!(moment.plus(Duration::from_secs(seconds)) >= moment);
            let _ = moment.datetime_in_kenya();
        }

        #[test]
        fn a_wall_clock_is_read_back(millis in 0_i64..4_000_000_000_000) {
            let moment = Timestamp::from_millis(millis);
            prop_assert_eq!(Timestamp::from_kenya(moment.datetime_in_kenya()), moment);
        }
    }
}
