//! A USSD session: its id and its end.

use std::fmt;
use std::time::Duration;

use super::Network;
use super::id::is_id;
use crate::domain::Msisdn;

/// The aggregator's id of a USSD session: opaque, 1 to 128 visible ASCII
/// characters.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SessionId(String);

impl SessionId {
    /// Reads an id, or nothing when it is not one.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        is_id(text).then(|| Self(text.to_owned()))
    }

    /// The id as the aggregator wrote it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The notice that a session is over.
///
/// Aggregators also send what was typed and what we last showed. Both hold
/// secrets and neither is needed, so they are not even read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionEnd {
    /// Which session.
    pub session: SessionId,
    /// Who was calling, when told.
    pub caller: Option<Msisdn>,
    /// The dialled code, when told.
    pub service_code: Option<String>,
    /// The caller's network, when told.
    pub network: Option<Network>,
    /// How it ended.
    pub status: EndStatus,
    /// How long it took.
    pub duration: Option<Duration>,
    /// How many hops it had.
    pub hops: Option<u32>,
    /// What it cost, in the aggregator's own words, such as `KES 0.10`.
    pub cost: Option<String>,
    /// What went wrong, in the aggregator's own words.
    pub error: Option<String>,
}

/// How a session ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EndStatus {
    /// It reached its last screen.
    Success,
    /// The person left or waited too long while an answer was awaited.
    Incomplete,
    /// Our answer was missing, late or bad.
    Failed,
    /// A word that is not in the aggregator's list.
    Other(String),
}
