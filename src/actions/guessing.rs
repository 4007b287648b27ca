//! A guess at a secret: counted before it is looked at, locked when there are too many.
//! Whoever guesses may dial again, take another channel or send ten at once: the count
//! belongs to what is guessed at, not to the session.

use crate::domain::Timestamp;
use crate::menus::{FieldSpec, Kind, OutcomeSpec, Value};
use crate::store::guesses::{self, Guesses};
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

impl Work<'_> {
    /// Counts a guess. The row of its bucket is held, so that guesses at once follow each
    /// other and none is free.
    pub(super) async fn guess(
        &mut self,
        bucket: &str,
        is_right: impl FnOnce() -> bool,
    ) -> Result<Guess, ActionError> {
        let known = guesses::hold(self.tx, bucket, self.now).await?;
        if known.locked_until > self.now {
            return Ok(Guess::Not(locked(known.locked_until, self.now)));
        }
        if is_right() {
            let none = Guesses {
                failures: 0,
                locked_until: Timestamp::from_millis(0),
            };
            guesses::keep(self.tx, bucket, none, self.now).await?;
            return Ok(Guess::Right);
        }
        let policy = &self.tools.policy;
        let failures = known.failures.saturating_add(1);
        let lock = policy.lock(failures);
        let after = Guesses {
            failures,
            locked_until: lock.map_or(known.locked_until, |lock| self.now.plus(lock)),
        };
        guesses::keep(self.tx, bucket, after, self.now).await?;
        if lock.is_some() {
            return Ok(Guess::Not(locked(after.locked_until, self.now)));
        }
        let limit = policy.wrong_guesses.max(1);
        let left = limit - failures % limit;
        Ok(Guess::Not(
            Outcome::of(WRONG.name).with("tries", Value::Number(left)),
        ))
    }
}
