//! What goes first where SMS wait.

use serde::Deserialize;

/// How urgent an SMS is; the most urgent stands first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Lane {
    /// New passwords and codes.
    Credential,
    /// One-time links.
    Link,
    /// The confirmation of something a person did.
    Transaction,
    /// News about a person's work.
    Notice,
    /// Campaigns.
    Bulk,
}

impl Lane {
    /// Every lane, the most urgent first.
    pub const ALL: [Self; 5] = [
        Self::Credential,
        Self::Link,
        Self::Transaction,
        Self::Notice,
        Self::Bulk,
    ];

    /// The last lane of messages that somebody stands and waits for.
    pub const LAST_URGENT: Self = Self::Transaction;

    /// Its name in settings, logs and lists.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Credential => "credential",
            Self::Link => "link",
            Self::Transaction => "transaction",
            Self::Notice => "notice",
            Self::Bulk => "bulk",
        }
    }
}
