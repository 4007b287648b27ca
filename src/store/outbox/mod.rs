//! Every SMS that leaves, from the moment it is caused to its end.
//!
//! ```text
//! queued ──claim──▶ sending ──▶ accepted ──▶ delivered | failed
//!   ▲  ▲               │ │
//!   │  └── not sent ───┘ └─ answer lost, or the process died ─▶ unknown ─┐
//!   └────────── the very same text again, where that is harmless ────────┘
//! ```
//!
//! A claim writes `sending` and raises `attempt`; every later word about that
//! attempt must name it, so that a worker that lost its lease changes nothing.

mod bulk;
mod kept;
mod lists;
mod queue;
mod unsettled;
mod verdicts;

pub use bulk::{add_many, queued};
pub use kept::{Kept, erase_kept, erase_kept_of, keep, kept};
pub use lists::{DeadLetter, dead_letters, is_under_way, last_lost, oldest_urgent, tally};
pub use queue::{Claimed, NewMessage, Settled, add, claim, settle};
pub use unsettled::{abandon_leases, expire, resolve_unknown};
pub use verdicts::{Orphan, Verdict, adopt_report, orphans, report};

use super::tx::decode;

/// What goes first when there is a queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
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
    const ALL: [Self; 5] = [
        Self::Credential,
        Self::Link,
        Self::Transaction,
        Self::Notice,
        Self::Bulk,
    ];

    /// Its name in logs and lists.
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

    /// The one of that number, as rows have it.
    #[must_use]
    pub fn of_number(number: usize) -> Option<Self> {
        Self::ALL.get(number).copied()
    }

    pub(super) fn number(self) -> i64 {
        Self::ALL
            .iter()
            .zip(0..)
            .find(|(lane, _)| **lane == self)
            .map_or(0, |(_, number)| number)
    }

    pub(super) fn from_number(number: i64) -> Result<Self, sqlx::Error> {
        let lane = usize::try_from(number).ok().and_then(Self::of_number);
        lane.ok_or_else(|| decode("no such lane"))
    }
}
