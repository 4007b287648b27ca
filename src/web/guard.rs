//! How often one user name may be tried, and one key may call.

use std::num::NonZeroU32;
use std::time::Duration;

use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

use crate::actions::api::Caller;
use crate::config::{Api, Policy};
use crate::domain::UserName;

const WAIT_MINUTES: u32 = 15;
const WINDOW: Duration = Duration::from_secs(WAIT_MINUTES as u64 * 60);

/// Counts in this process. Every failed try to log in is also in the audit log.
pub(super) struct Guard {
    logins: DefaultKeyedRateLimiter<UserName>,
    calls: DefaultKeyedRateLimiter<String>,
}

impl Guard {
    pub(super) fn new(policy: &Policy, api: &Api) -> Self {
        let tries = NonZeroU32::new(policy.logins_in_fifteen_minutes).unwrap_or(NonZeroU32::MIN);
        let quota = Quota::with_period(WINDOW / tries.get())
            .unwrap_or(Quota::per_minute(tries))
            .allow_burst(tries);
        let calls = NonZeroU32::new(api.calls_a_minute).unwrap_or(NonZeroU32::MIN);
        Self {
            logins: RateLimiter::keyed(quota),
            calls: RateLimiter::keyed(Quota::per_minute(calls)),
        }
    }

    /// Whether this system may call once more now with its key; otherwise how long to wait.
    /// Only keys that exist come here, so there are few.
    pub(super) fn may_call(&self, caller: &Caller) -> Result<(), Duration> {
        let checked = self.calls.check_key(&caller.key);
        checked.map_err(|until| until.wait_time_from(DefaultClock::default().now()))
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
