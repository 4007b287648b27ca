//! The council's files on their way into the register, and tables on their way out, whoever
//! brings or wants them: the command line or the console.
//!
//! A quarter of a million rows take seconds to write, and on SQLite nobody else writes
//! meanwhile: no password would leave. So a file is taken in three steps, none of which holds
//! anybody up. It is judged, and what it would move is kept in parts, sealed. Somebody decides,
//! which is one short unit of work. Then each part is written and taken away in a unit of its
//! own, to the end: what was decided is carried out by the next process when one is gone. So a
//! file that breaks off before it was decided leaves nothing, and after it, nothing half done.
//!
//! The clerk also forgets what was kept long enough.
//!
//! Has no rules about rows; those are in `actions::import`.

mod export;
mod forget;
mod judge;
mod keeper;
mod table;
mod write;

use std::sync::Arc;
use std::time::Duration;

use crate::actions::{ActionError, Decider, Tools};
use crate::domain::{Clock, Timestamp};
use crate::imports::FileError;
use crate::store::imports::{Hold, Reject};
use crate::store::{Store, StoreError};

pub use export::{Export, ExportError};
pub use judge::Judged;
pub use table::Table;
pub use write::{Decision, Written};

/// How long an import belongs to its process after its last word. The clocks of two machines
/// may differ by less.
const HOLD: Duration = Duration::from_mins(5);

/// Until when nobody has an import.
const FREE: Timestamp = Timestamp::from_millis(0);

/// How often a unit of work is tried that somebody else was in the way of.
const TRIES: u32 = 5;

/// Takes files into the register. Cheap to clone.
#[derive(Clone)]
pub struct Clerk {
    store: Store,
    tools: Tools,
    clock: Arc<dyn Clock>,
    /// This process.
    owner: Arc<str>,
}

/// Why a file could not be taken.
#[derive(Debug, thiserror::Error)]
pub enum ClerkError {
    /// It can't be read.
    #[error(transparent)]
    File(#[from] FileError),
    /// The register could not do as told.
    #[error(transparent)]
    Action(#[from] ActionError),
    /// Somebody else works on it, or has given it up.
    #[error("another process has taken the import over, or it was given up")]
    NotOurs,
    /// Whoever watches it can't go on.
    #[error("the rejected rows can't be listed")]
    Watch(#[from] std::io::Error),
    /// It broke off.
    #[error("the reading of the file broke off")]
    BrokeOff,
}

impl From<StoreError> for ClerkError {
    fn from(error: StoreError) -> Self {
        Self::Action(error.into())
    }
}

impl Clerk {
    /// A clerk at a desk of their own.
    #[must_use]
    pub fn new(store: Store, tools: Tools, clock: Arc<dyn Clock>) -> Self {
        Self {
            store,
            tools,
            clock,
            owner: uuid::Uuid::now_v7().to_string().into(),
        }
    }

    fn hold(&self, now: Timestamp) -> Hold<'_> {
        Hold {
            owner: &self.owner,
            until: now.plus(HOLD),
        }
    }
}

/// Rejected rows as they are kept.
fn rejects(rejected: &[crate::actions::import::Rejected]) -> Vec<Reject> {
    let reject = |one: &crate::actions::import::Rejected| Reject {
        row: i64::try_from(one.row).unwrap_or(i64::MAX),
        column: one.fault.column.to_owned(),
        value: one.fault.value.clone(),
        reason: one.fault.reason.to_string(),
    };
    rejected.iter().map(reject).collect()
}

/// Whether a unit of work that failed so may succeed when it is tried again.
fn passes(error: &ClerkError) -> bool {
    matches!(
        error,
        ClerkError::Action(ActionError::Store(
            StoreError::Duplicate | StoreError::Unavailable(_)
        ))
    )
}

/// Who decides, as a file remembers them.
fn decider<'a>(name: &'a str, channel: &'a str) -> Decider<'a> {
    Decider {
        name,
        way: crate::actions::Way::Operator,
        channel,
    }
}
