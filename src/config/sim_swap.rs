//! What is done about lines that may have a new SIM card.

use std::time::Duration;

use serde::Deserialize;

use crate::domain::Level;

/// `[policy.sim_swap]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SimSwapPolicy {
    /// Whether the aggregator is asked.
    pub check: SimSwapCheck,
    /// How long a verdict holds, in hours; then it is asked for anew.
    pub verdict_hours: u64,
    /// How long a verdict is waited for, in minutes.
    pub patience_minutes: u64,
    /// What holds where there is none.
    pub untold: Untold,
    /// For how many days a new card is a new one.
    pub fresh_days: u16,
    /// What everything demands, at least, while the card is new.
    pub proof: Level,
    /// How long after the day of the swap credentials, letters and changes of the number
    /// wait, in hours.
    pub wait_hours: u64,
}

/// Whether the aggregator is asked about cards.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SimSwapCheck {
    /// No check is available, or wanted.
    #[default]
    None,
    /// The channel that the person came by is asked.
    Ask,
}

/// What holds where nobody tells whether a card is new.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Untold {
    /// The same as for an old card.
    #[default]
    Allow,
    /// The proof that a new card demands.
    Raise,
}

impl Default for SimSwapPolicy {
    fn default() -> Self {
        Self {
            check: SimSwapCheck::None,
            verdict_hours: 24,
            patience_minutes: 5,
            untold: Untold::Allow,
            fresh_days: 7,
            proof: Level::Pin,
            wait_hours: 48,
        }
    }
}

impl SimSwapPolicy {
    /// How long a verdict holds.
    #[must_use]
    pub fn verdict_life(&self) -> Duration {
        Duration::from_secs(self.verdict_hours * 3600)
    }

    /// How long a verdict is waited for.
    #[must_use]
    pub fn patience(&self) -> Duration {
        Duration::from_secs(self.patience_minutes * 60)
    }

    /// How long after the day of a swap things wait.
    #[must_use]
    pub fn wait(&self) -> Duration {
        Duration::from_secs(self.wait_hours * 3600)
    }
}
