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
//! attempt must name it, so that a worker that lost its lease changes nothing. Each
//! change of state or channel is in the [`history`] of its message.

mod board;
mod detours;
mod figures;
mod history;
mod kept;
mod lists;
mod queue;
mod settle;
mod unsettled;
mod verdicts;

pub use board::{Figure, figures};
pub use detours::{Detour, divert, repeat_by};
pub use figures::{Open, Times, Waiting, open, queued, times_to, waiting};
pub use history::{Event, history};
pub use kept::{Kept, erase_kept, erase_kept_of, keep, kept};
pub use lists::{
    DeadLetter, Message, Sent, after, by_id, dead_letters, kept_is_under_way, last_delivered_to,
    last_lost, of_person, oldest_urgent, tally,
};
pub use queue::{Claim, Claimed, NewMessage, add, add_many, claim};
pub use settle::{Settled, Settlement, settle};
pub use unsettled::{abandon_leases, expire, resolve_unknown};
pub use verdicts::{Orphan, Reported, Verdict, adopt_report, orphans, report};

pub use crate::domain::Lane;

use super::tx::decode;

/// A lane as the database keeps it.
fn number(lane: Lane) -> i64 {
    Lane::ALL
        .iter()
        .zip(0..)
        .find(|(other, _)| **other == lane)
        .map_or(0, |(_, number)| number)
}

fn lane(number: i64) -> Result<Lane, sqlx::Error> {
    let found = usize::try_from(number)
        .ok()
        .and_then(|number| Lane::ALL.get(number));
    found.copied().ok_or_else(|| decode("no such lane"))
}
