//! How long things are kept.

use std::time::Duration;

use serde::Deserialize;

/// `[retention]`: days after which a kind of data is forgotten.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Retention {
    /// SMS that left or were given up, without their texts.
    pub messages_days: u64,
    /// SMS that came in and were dealt with.
    pub incoming_days: u64,
    /// Links to letters, after they ended.
    pub links_days: u64,
    /// Reported problems, after they were answered.
    pub problems_days: u64,
    /// Requests to be registered or for a number, after they were decided.
    pub requests_days: u64,
    /// What stood in a record before it was changed.
    pub changes_days: u64,
    /// Who was sent a campaign, after it ended.
    pub campaigns_days: u64,
    /// Imported files: their sums and rejected rows.
    pub imports_days: u64,
    /// Wrong guesses, after the last one.
    pub guesses_days: u64,
    /// The language, blocks and opt-outs of lines that nobody in the register holds.
    pub lines_days: u64,
    /// Which screens a line has seen in its sessions.
    pub conversations_days: u64,
    /// Events for other systems, posted or not.
    pub events_days: u64,
    /// How many sessions went through which screen.
    pub traffic_days: u64,
    /// The audit log.
    pub audit_days: u64,
    /// Deployments and attendance, after their last day: what the law wants kept of payments.
    pub work_days: u64,
}

impl Default for Retention {
    fn default() -> Self {
        Self {
            messages_days: 400,
            incoming_days: 90,
            links_days: 90,
            problems_days: 730,
            requests_days: 365,
            changes_days: 2_557,
            campaigns_days: 400,
            imports_days: 30,
            guesses_days: 90,
            lines_days: 730,
            conversations_days: 30,
            events_days: 30,
            traffic_days: 1_096,
            audit_days: 3_653,
            work_days: 2_557,
        }
    }
}

impl Retention {
    /// Each setting with its days.
    #[must_use]
    pub fn all(&self) -> [(&'static str, u64); 15] {
        [
            ("messages_days", self.messages_days),
            ("incoming_days", self.incoming_days),
            ("links_days", self.links_days),
            ("problems_days", self.problems_days),
            ("requests_days", self.requests_days),
            ("changes_days", self.changes_days),
            ("campaigns_days", self.campaigns_days),
            ("imports_days", self.imports_days),
            ("guesses_days", self.guesses_days),
            ("lines_days", self.lines_days),
            ("conversations_days", self.conversations_days),
            ("events_days", self.events_days),
            ("traffic_days", self.traffic_days),
            ("audit_days", self.audit_days),
            ("work_days", self.work_days),
        ]
    }

    /// How long work is kept after its last day.
    #[must_use]
    pub fn work(&self) -> Duration {
        days(self.work_days)
    }
}

/// So many days.
#[must_use]
pub fn days(days: u64) -> Duration {
    Duration::from_hours(days.saturating_mul(24))
}
