//! A guess at a secret: counted before it is looked at, locked when there are too many.
//! Whoever guesses may dial again, take another channel or send ten at once: the count
//! belongs to what is guessed at, not to the session.

use crate::config::Policy;
use crate::domain::Timestamp;
use crate::menus::{FieldSpec, Kind, OutcomeSpec, Value};
use crate::store::guesses::{self, Guesses};
use crate::store::{StoreError, Tx};
use crate::ussd::Outcome;

use super::admission::locked;
use super::work::{ActionError, Work};

pub(super) const WRONG: OutcomeSpec = OutcomeSpec::new(
    "wrong",
    "that was wrong; how many tries are left",
    &[FieldSpec::new("tries", Kind::Number(2))],
);

/// What a guess came to.
pub(super) enum Guess {
    Right,
    /// What the action ends with.
    Not(Outcome),
}

/// What became of a guess.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    Right,
    /// Wrong; so many more before it locks.
    Wrong {
        left: u32,
    },
    /// It did not count, or was one too many.
    Locked {
        until: Timestamp,
    },
}

/// Judges a guess by the guesses before it. While it is locked nothing is compared, so
/// not even the right answer opens it.
fn judge(
    policy: &Policy,
    known: Guesses,
    is_right: impl FnOnce() -> bool,
    now: Timestamp,
) -> (Guesses, Verdict) {
    if known.locked_until > now {
        let until = known.locked_until;
        return (known, Verdict::Locked { until });
    }
    if is_right() {
        let none = Guesses {
            failures: 0,
            locked_until: Timestamp::from_millis(0),
        };
        return (none, Verdict::Right);
    }
    let failures = known.failures.saturating_add(1);
    if let Some(lock) = policy.lock(failures) {
        let until = now.plus(lock);
        let locked = Guesses {
            failures,
            locked_until: until,
        };
        return (locked, Verdict::Locked { until });
    }
    let limit = policy.wrong_guesses.max(1);
    let left = limit - failures % limit;
    (Guesses { failures, ..known }, Verdict::Wrong { left })
}

impl Work<'_> {
    /// Counts a guess. The row of its bucket is held, so that guesses at once follow each
    /// other and none is free.
    pub(super) async fn guess(
        &mut self,
        bucket: &str,
        is_right: impl FnOnce() -> bool,
    ) -> Result<Guess, ActionError> {
        let policy = &self.tools.policy;
        let verdict = guess_at(self.tx, policy, bucket, is_right, self.now).await?;
        Ok(match verdict {
            Verdict::Right => Guess::Right,
            Verdict::Wrong { left } => {
                Guess::Not(Outcome::of(WRONG.name).with("tries", Value::Number(left)))
            }
            Verdict::Locked { until } => Guess::Not(locked(until, self.now)),
        })
    }
}

/// Counts a guess at what a bucket is about, whoever guesses.
pub(super) async fn guess_at(
    tx: &mut Tx,
    policy: &Policy,
    bucket: &str,
    is_right: impl FnOnce() -> bool,
    now: Timestamp,
) -> Result<Verdict, StoreError> {
    let known = guesses::hold(tx, bucket, now).await?;
    let (after, verdict) = judge(policy, known, is_right, now);
    // Kept even where nothing changed, so that every guess is the same work.
    guesses::keep(tx, bucket, after, now).await?;
    Ok(verdict)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const NONE: Guesses = Guesses {
        failures: 0,
        locked_until: Timestamp::from_millis(0),
    };

    #[test]
    fn a_hundred_thousand_tries_are_no_more_than_the_policy_gives() {
        let policy = Policy::default();
        let start = Timestamp::from_millis(1_800_000_000_000);
        // More than a day of one try a second.
        let (mut known, mut compared) = (NONE, 0_u32);
        for second in 0..100_000 {
            let now = start.plus(Duration::from_secs(second));
            let wrong = || {
                compared += 1;
                false
            };
            known = judge(&policy, known, wrong, now).0;
        }
        // Three at once, then three after 15, 30, 60 … minutes: seven locks in 27 hours.
        assert_eq!(compared, 21);
    }

    #[test]
    fn a_lock_grows_up_to_its_longest_and_the_right_answer_ends_it() {
        let policy = Policy::default();
        let mut now = Timestamp::from_millis(1_800_000_000_000);
        let mut known = NONE;
        for minutes in [15, 30, 60, 120, 240, 480, 960, 1440, 1440] {
            for left in [2, 1] {
                let (after, verdict) = judge(&policy, known, || false, now);
                assert_eq!(verdict, Verdict::Wrong { left });
                known = after;
            }
            let (after, verdict) = judge(&policy, known, || false, now);
            let until = after.locked_until;
            assert_eq!(verdict, Verdict::Locked { until });
            let just_before = after.locked_until.minus(Duration::from_secs(1));
            let (same, verdict) = judge(&policy, after, || true, just_before);
            assert_eq!(
                (same, verdict),
                (after, Verdict::Locked { until }),
                "the right one waits too"
            );
            assert_eq!(after.locked_until.since(now), Duration::from_mins(minutes));
            (known, now) = (after, after.locked_until);
        }
        assert_eq!(judge(&policy, known, || true, now), (NONE, Verdict::Right));
    }
}
