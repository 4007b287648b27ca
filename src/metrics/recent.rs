//! The last five minutes of this process, for people who look at the board: a scrape of
//! `/metrics` only knows sums since the start. Those of several processes add up.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use super::SCREEN_BOUNDS;

/// Seconds that are counted together, and how many such slots are kept.
const SLOT_S: u64 = 5;
const SLOTS: usize = 60;

/// Hops by the bound that their answer stayed under; the last is beyond all.
type ByBound = [u32; SCREEN_BOUNDS.len() + 1];

/// Hops in one slot.
#[derive(Debug, Clone, Default)]
struct Slot {
    number: u64,
    hops: ByBound,
}

/// The slots, the oldest first.
#[derive(Debug)]
pub(super) struct Recent {
    began: Instant,
    slots: Mutex<VecDeque<Slot>>,
}

/// What a board shows of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pace {
    /// Hops, in slots of five seconds, the oldest first.
    hops: Vec<u32>,
    /// All of them, by the bound that their answer stayed under.
    answers: ByBound,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            hops: vec![0; SLOTS],
            answers: ByBound::default(),
        }
    }
}

impl Pace {
    /// As it is kept for other processes.
    #[must_use]
    pub fn to_text(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Reads it; none of a version that keeps it otherwise.
    #[must_use]
    pub fn from_text(text: &str) -> Option<Self> {
        let pace: Self = serde_json::from_str(text).ok()?;
        (pace.hops.len() == SLOTS).then_some(pace)
    }

    /// Adds what another process has counted up to so long ago.
    pub fn add(&mut self, other: &Self, age: Duration) {
        let later = usize::try_from(age.as_secs() / SLOT_S).unwrap_or(SLOTS);
        for (sum, count) in self.hops.iter_mut().zip(other.hops.iter().skip(later)) {
            *sum += count;
        }
        for (sum, count) in self.answers.iter_mut().zip(other.answers) {
            *sum += count;
        }
    }

    /// Seconds that so many of a hundred answers took at most; none without any.
    #[must_use]
    pub fn within_s(&self, percent: u32) -> Option<f64> {
        bound_of(&self.answers, percent)
    }

    /// Answers by the seconds that they stayed under; the last took longer than all.
    #[must_use]
    pub fn answers(&self) -> Vec<(Option<f64>, u32)> {
        let bounds = SCREEN_BOUNDS.into_iter().map(Some).chain([None]);
        bounds.zip(self.answers).collect()
    }

    /// Hops a second in the last minute.
    #[must_use]
    pub fn last_minute(&self) -> f64 {
        let slots = usize::try_from(60 / SLOT_S).unwrap_or(SLOTS);
        let hops: u32 = self.hops.iter().rev().take(slots).sum();
        f64::from(hops) / 60.0
    }

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
        let mut answers = ByBound::default();
        for slot in slots.iter() {
            let age = usize::try_from(last.saturating_sub(slot.number)).unwrap_or(SLOTS);
            let Some(place) = SLOTS.checked_sub(age + 1) else {
                continue;
            };
            hops[place] += slot.hops.iter().sum::<u32>();
            for (sum, count) in answers.iter_mut().zip(slot.hops) {
                *sum += count;
            }
        }
        Pace { hops, answers }
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
        assert_eq!(recent.pace_at(second(0)).within_s(50), None);
        for (at, after) in [(1, 4), (2, 8), (6, 8), (7, 90)] {
            recent.count(second(at), millis(after));
        }
        let pace = recent.pace_at(second(9));
        assert_eq!(pace.hops[SLOTS - 2..], [2, 2]);
        assert_eq!(pace.within_s(50), Some(0.01));
        assert_eq!(pace.within_s(95), Some(0.1));
        let later = recent.pace_at(second(9 + 300));
        assert_eq!(later.hops.iter().sum::<u32>(), 0);
        assert_eq!(later.within_s(95), None);
    }

    #[test]
    fn what_two_processes_have_counted_adds_up_at_its_time() {
        let recent = Recent::default();
        let (second, millis) = (Duration::from_secs, Duration::from_millis);
        recent.count(second(296), millis(4));
        let own = recent.pace_at(second(299));
        let mut sum = Pace::from_text(&own.to_text()).unwrap();
        sum.add(&own, second(0));
        assert_eq!(sum.hops[SLOTS - 1], 2);
        sum.add(&own, second(11));
        assert_eq!(sum.hops[SLOTS - 3..], [1, 0, 2]);
        assert_eq!(sum.answers()[0], (Some(0.005), 3));
        assert_eq!(Pace::from_text("{}"), None);
    }
}
