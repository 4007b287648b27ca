//! How texts to many people are sent.

use serde::Deserialize;

/// `[campaign]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Campaigns {
    /// What one SMS costs, in cents of a shilling, for the estimate before a start.
    pub cents_per_sms: u64,
    /// The hours of the day, in Kenya, from which and before which promotion may be sent.
    pub promotion_from_hour: i8,
    /// See above.
    pub promotion_until_hour: i8,
}

impl Default for Campaigns {
    fn default() -> Self {
        Self {
            cents_per_sms: 80,
            promotion_from_hour: 8,
            promotion_until_hour: 20,
        }
    }
}
