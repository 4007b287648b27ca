//! The last five minutes of this process, for people who look at the board: a scrape of
//! `/metrics` only knows sums since the start.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::SCREEN_BOUNDS;

/// Seconds that are counted together, and how many such slots are kept.
const SLOT_S: u64 = 5;
const SLOTS: usize = 60;

/// Hops in one slot, by the bound that their answer stayed under; the last is beyond all.
#[derive(Debug, Clone, Default)]
struct Slot {
    number: u64,
    hops: [u32; SCREEN_BOUNDS.len() + 1],
}

/// The slots, the oldest first.
#[derive(Debug)]
pub(super) struct Recent {
    began: Instant,
    slots: Mutex<VecDeque<Slot>>,
}

/// What a board shows of them.
#[derive(Debug, Clone)]
pub struct Pace {
    /// Hops, in slots of five seconds, the oldest first.
    pub hops: Vec<u32>,
    /// Seconds that half of the answers took at most; none without any.
    pub p50_s: Option<f64>,
    /// Seconds that 95 of 100 took at most.
    pub p95_s: Option<f64>,
}

impl Pace {
    /// Hops a second, a slot each, the oldest first.
    #[must_use]
    pub fn hops_a_second(&self) -> Vec<f64> {
        let seconds = Duration::from_secs(SLOT_S).as_secs_f64();
        let hops = self.hops.iter().copied().map(f64::from);
        hops.map(|hops| hops / seconds).collect()
    }
}

impl Default for Recent {
    fn default() -> Self {
        Self {
            began: Instant::now(),
            slots: Mutex::default(),
        }
    }
}

impl Recent {
    /// A hop was answered after so long.
    pub(super) fn hop(&self, after: Duration) {
        self.count(self.began.elapsed(), after);
    }

    /// The pace up to now.
    pub(super) fn pace(&self) -> Pace {
        self.pace_at(self.began.elapsed())
    }

    fn count(&self, at: Duration, after: Duration) {
        let number = at.as_secs() / SLOT_S;
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        if slots.back().is_none_or(|slot| slot.number < number) {
            if slots.len() == SLOTS {
                slots.pop_front();
            }
            slots.push_back(Slot {
                number,
                ..Slot::default()
            });
        }
        let bound = SCREEN_BOUNDS.partition_point(|bound| *bound < after.as_secs_f64());
        if let Some(slot) = slots.back_mut() {
            slot.hops[bound] += 1;
        }
    }

    fn pace_at(&self, at: Duration) -> Pace {
        let last = at.as_secs() / SLOT_S;
        let slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        let mut hops = vec![0; SLOTS];
        let mut sums = [0_u32; SCREEN_BOUNDS.len() + 1];
        for slot in slots.iter() {
            let age = usize::try_from(last.saturating_sub(slot.number)).unwrap_or(SLOTS);
            let Some(place) = SLOTS.checked_sub(age + 1) else {
                continue;
            };
            hops[place] += slot.hops.iter().sum::<u32>();
            for (sum, count) in sums.iter_mut().zip(slot.hops) {
                *sum += count;
            }
        }
        Pace {
            hops,
            p50_s: bound_of(&sums, 50),
            p95_s: bound_of(&sums, 95),
        }
    }
}

/// The bound under which so many of a hundred stayed; the longest one where that is beyond.
fn bound_of(sums: &[u32], percent: u32) -> Option<f64> {
    let all: u32 = sums.iter().sum();
    let wanted = (all * percent).div_ceil(100);
    let mut so_far = 0;
    let place = sums.iter().position(|count| {
        so_far += count;
        so_far >= wanted
    })?;
    let longest = SCREEN_BOUNDS.len() - 1;
    (all > 0).then(|| SCREEN_BOUNDS[place.min(longest)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pace_is_that_of_the_last_five_minutes() {
        let recent = Recent::default();
        let (second, millis) = (Duration::from_secs, Duration::from_millis);
        assert_eq!(recent.pace_at(second(0)).p50_s, None);
        for (at, after) in [(1, 4), (2, 8), (6, 8), (7, 90)] {
            recent.count(second(at), millis(after));
        }
        let pace = recent.pace_at(second(9));
        assert_eq!(pace.hops[SLOTS - 2..], [2, 2]);
        assert_eq!((pace.p50_s, pace.p95_s), (Some(0.01), Some(0.1)));
        let later = recent.pace_at(second(9 + 300));
        assert_eq!(later.hops.iter().sum::<u32>(), 0);
        assert_eq!(later.p95_s, None);
    }
}
