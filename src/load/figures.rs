//! What came of it.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use hdrhistogram::Histogram;
use serde::Serialize;

/// Answer times are kept in microseconds, to three digits, up to a minute.
const LONGEST: u64 = 60_000_000;
const DIGITS: u8 = 3;

/// What is counted while the load is on.
#[derive(Default)]
pub(super) struct Figures(Mutex<Counts>);

struct Counts {
    times: Histogram<u64>,
    sessions: u64,
    completed: u64,
    live: u64,
    most_live: u64,
    busy: u64,
    last_good: Option<Instant>,
    longest_gap: Duration,
    repeats: u64,
    changed: u64,
    errors: BTreeMap<String, u64>,
}

impl Default for Counts {
    fn default() -> Self {
        Self {
            // Bounds and digits are its own limits, so it can't refuse them.
            times: Histogram::new_with_bounds(1, LONGEST, DIGITS)
                .unwrap_or_else(|_| unreachable!("a histogram of one minute")),
            sessions: 0,
            completed: 0,
            live: 0,
            most_live: 0,
            busy: 0,
            last_good: None,
            longest_gap: Duration::ZERO,
            repeats: 0,
            changed: 0,
            errors: BTreeMap::new(),
        }
    }
}

impl Figures {
    fn counts(&self) -> MutexGuard<'_, Counts> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn hops(&self) -> u64 {
        self.counts().times.len()
    }

    pub(super) fn begun(&self) {
        let mut counts = self.counts();
        counts.live += 1;
        counts.most_live = counts.most_live.max(counts.live);
    }

    /// A session is over; it counts when it began in the time that is measured.
    pub(super) fn over(&self, counts_for: bool, is_complete: bool) {
        let mut counts = self.counts();
        counts.live = counts.live.saturating_sub(1);
        counts.sessions += u64::from(counts_for);
        counts.completed += u64::from(counts_for && is_complete);
    }

    /// A hop was answered, perhaps only by that the service is busy.
    pub(super) fn answered(&self, after: Duration, is_busy: bool) {
        let micros = u64::try_from(after.as_micros()).unwrap_or(LONGEST);
        let mut counts = self.counts();
        counts.times.saturating_record(micros.max(1));
        counts.busy += u64::from(is_busy);
        if !is_busy {
            let now = Instant::now();
            let last = counts.last_good.replace(now).unwrap_or(now);
            counts.longest_gap = counts.longest_gap.max(now.duration_since(last));
        }
    }

    pub(super) fn failed(&self, why: &str) {
        *self.counts().errors.entry(why.to_owned()).or_default() += 1;
    }

    pub(super) fn repeated(&self, is_same: bool) {
        let mut counts = self.counts();
        counts.repeats += 1;
        counts.changed += u64::from(!is_same);
    }

    pub(super) fn summary(&self, over: Duration) -> Summary {
        let counts = self.counts();
        let millis = |micros: u64| Duration::from_micros(micros).as_secs_f64() * 1000.0;
        let at = |quantile: f64| millis(counts.times.value_at_quantile(quantile));
        Summary {
            seconds: over.as_secs_f64(),
            hops: counts.times.len(),
            hops_per_second: rate(counts.times.len(), over),
            sessions: counts.sessions,
            sessions_completed: counts.completed,
            sessions_per_second: rate(counts.sessions, over),
            most_sessions_at_once: counts.most_live,
            latency_ms: Latency {
                p50: at(0.5),
                p95: at(0.95),
                p99: at(0.99),
                max: millis(counts.times.max()),
            },
            repeats: counts.repeats,
            repeats_answered_otherwise: counts.changed,
            busy: counts.busy,
            longest_gap_ms: counts.longest_gap.as_secs_f64() * 1000.0,
            errors: counts.errors.clone(),
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
fn rate(count: u64, over: Duration) -> f64 {
    count as f64 / over.as_secs_f64().max(f64::EPSILON)
}

/// What a load came to; only what was due in the time that is measured.
#[derive(Debug, Clone, Serialize)]
pub struct Summary {
    /// How long it was measured.
    pub seconds: f64,
    /// Hops that were answered.
    pub hops: u64,
    /// The same a second.
    pub hops_per_second: f64,
    /// Sessions that are over.
    pub sessions: u64,
    /// Those of them that the service ended.
    pub sessions_completed: u64,
    /// Sessions a second.
    pub sessions_per_second: f64,
    /// The most that were open at the same time.
    pub most_sessions_at_once: u64,
    /// How long answers took.
    pub latency_ms: Latency,
    /// Hops that were sent again.
    pub repeats: u64,
    /// Those of them that got another answer, or none.
    pub repeats_answered_otherwise: u64,
    /// Hops that were answered by that the service is busy.
    pub busy: u64,
    /// The longest time in which no hop was answered otherwise, in milliseconds.
    pub longest_gap_ms: f64,
    /// Hops without an answer that a phone can show, by what happened.
    pub errors: BTreeMap<String, u64>,
}

/// Answer times, in milliseconds, from when each hop was due.
#[derive(Debug, Clone, Serialize)]
pub struct Latency {
    /// Half took no longer.
    pub p50: f64,
    /// 95 of a hundred.
    pub p95: f64,
    /// 99 of a hundred.
    pub p99: f64,
    /// All.
    pub max: f64,
}

impl Summary {
    /// Whether each hop was answered, and each repeat like the first.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.hops > 0 && self.errors.is_empty() && self.repeats_answered_otherwise == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_summary_says_what_was_counted() {
        let figures = Figures::default();
        figures.begun();
        figures.begun();
        for millis in 1..=100 {
            figures.answered(Duration::from_millis(millis), millis > 98);
        }
        figures.over(true, true);
        figures.over(false, true);
        figures.begun();
        figures.repeated(true);
        let summary = figures.summary(Duration::from_secs(2));
        assert_eq!((summary.hops, summary.sessions), (100, 1));
        assert_eq!(summary.most_sessions_at_once, 2);
        assert!((summary.hops_per_second - 50.0).abs() < 0.01);
        assert!((summary.latency_ms.p95 - 95.0).abs() < 0.1, "{summary:?}");
        assert!((summary.latency_ms.max - 100.0).abs() < 0.1, "{summary:?}");
        assert_eq!(summary.busy, 2);
        assert!(summary.is_clean());
        figures.failed("time-out");
        figures.repeated(false);
        let summary = figures.summary(Duration::from_secs(2));
        assert_eq!(
            (summary.repeats, summary.repeats_answered_otherwise),
            (2, 1)
        );
        assert!(!summary.is_clean());
    }
}
