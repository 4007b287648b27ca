//! The API for the council's own systems.

use std::time::Duration;

use serde::Deserialize;

/// `[api]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Api {
    /// How many calls a key may make in a minute, in each process.
    pub calls_a_minute: u32,
    /// How long an address that events are posted to may take to answer, in seconds.
    pub webhook_timeout_s: u64,
    /// After how long without one event that gets through an address is given up, in hours.
    pub webhook_disabled_after_h: u64,
    /// Whether events may go to private addresses and without https. Only a demo may do so.
    pub webhooks_may_be_local: bool,
}

impl Default for Api {
    fn default() -> Self {
        Self {
            calls_a_minute: 600,
            webhook_timeout_s: 15,
            webhook_disabled_after_h: 72,
            webhooks_may_be_local: false,
        }
    }
}

impl Api {
    /// How long an address may take to answer.
    #[must_use]
    pub fn webhook_timeout(&self) -> Duration {
        Duration::from_secs(self.webhook_timeout_s)
    }

    /// After how long an address is given up.
    #[must_use]
    pub fn webhook_disabled_after(&self) -> Duration {
        Duration::from_hours(self.webhook_disabled_after_h)
    }
}
