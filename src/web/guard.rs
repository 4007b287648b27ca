//! How often one user name may be tried.

use std::num::NonZeroU32;
use std::time::Duration;

use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

use crate::config::Policy;
use crate::domain::UserName;

const WAIT_MINUTES: u32 = 15;
const WINDOW: Duration = Duration::from_secs(WAIT_MINUTES as u64 * 60);

/// Counts tries in this process. Every failed try is also in the audit log.
pub(super) struct Guard {
    logins: DefaultKeyedRateLimiter<UserName>,
}

impl Guard {
    pub(super) fn new(policy: &Policy) -> Self {
        let tries = NonZeroU32::new(policy.logins_in_fifteen_minutes).unwrap_or(NonZeroU32::MIN);
        let quota = Quota::with_period(WINDOW / tries.get())
            .unwrap_or(Quota::per_minute(tries))
            .allow_burst(tries);
        Self {
            logins: RateLimiter::keyed(quota),
        }
    }

    /// Whether this user name may be tried once more now; otherwise the minutes to wait.
    pub(super) fn may_log_in(&self, user: &UserName) -> Result<(), u32> {
        // A limiter never forgets by itself.
        if self.logins.len() > 100_000 {
            self.logins.retain_recent();
        }
        self.logins.check_key(user).map_err(|_| WAIT_MINUTES)
    }
}
