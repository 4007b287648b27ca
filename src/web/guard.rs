//! How often one key of the API may call.

use std::num::NonZeroU32;
use std::time::Duration;

use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

use crate::actions::api::Caller;
use crate::config::Api;

/// Counts in this process.
pub(super) struct Guard(DefaultKeyedRateLimiter<String>);

impl Guard {
    pub(super) fn new(api: &Api) -> Self {
        let calls = NonZeroU32::new(api.calls_a_minute).unwrap_or(NonZeroU32::MIN);
        Self(RateLimiter::keyed(Quota::per_minute(calls)))
    }

    /// Whether this system may call once more now with its key; otherwise how long to wait.
    /// Only keys that exist come here, so there are few.
    pub(super) fn may_call(&self, caller: &Caller) -> Result<(), Duration> {
        let checked = self.0.check_key(&caller.key);
        checked.map_err(|until| until.wait_time_from(DefaultClock::default().now()))
    }
}
