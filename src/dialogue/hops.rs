//! What hops read and write, gathered: lines that are looked at, turns that are kept; and the
//! sessions that this process remembers.
//!
//! Most turns write nothing but the row of their session. They hand it over here, many are kept
//! by one statement with one flush of the disk, and each hears whether it was kept when that is
//! on the disk. A turn that changes more keeps its row in the unit of work of its change.
//!
//! Records of people are read anew by each hop that shows them, together with those of all hops
//! that come at the same time. They are not remembered between hops: that would be right only if
//! each write by any process were noticed at once, and it saves nothing that can be measured. A
//! session is different. Its row is written under the version that the turn began with, so a
//! memory that is out of date can't do anything; the turn is taken anew.

use std::sync::Arc;

use crate::failpoints::power_may_go;
use crate::store::callers::{self, Asked, Caller};
use crate::store::sessions::{self, NewTurn};
use crate::store::{Store, StoreError, Tx};

use super::gather::{Answered, Batch, Gatherer};
use super::recent::Recent;

/// How many statements of a kind run on one connection before others may have it. Where there
/// is only one that writes, others may after each.
const IN_A_ROW: usize = 100;

/// What all hops of a process share. Cheap to clone; all clones are one.
#[derive(Clone)]
pub struct Hops {
    lines: Gatherer<Lines>,
    turns: Gatherer<Turns>,
    /// The sessions that this process took a turn of.
    pub(super) recent: Arc<Recent>,
}

impl Hops {
    /// On that database. Must be called within a runtime.
    #[must_use]
    pub fn on(store: &Store) -> Self {
        let turns_in_a_row = if store.has_one_writer() { 1 } else { IN_A_ROW };
        Self {
            lines: Gatherer::new(Lines(store.clone()), IN_A_ROW),
            turns: Gatherer::new(Turns(store.clone()), turns_in_a_row),
            recent: Arc::default(),
        }
    }

    /// Looks at a line. Hold no connection meanwhile.
    pub(super) async fn look(&self, asked: Asked) -> Result<Caller, Arc<StoreError>> {
        self.lines.ask(asked).await
    }

    /// Keeps a turn that changes nothing else; false when another one was kept first. Hold no
    /// connection meanwhile.
    pub(super) async fn keep(&self, turn: NewTurn) -> Result<bool, Arc<StoreError>> {
        self.turns.ask(turn).await
    }
}

struct Lines(Store);

impl Batch for Lines {
    type Question = Asked;
    type Answer = Caller;
    type On = Tx;

    fn begin(&self) -> Tx {
        self.0.read_singly()
    }

    async fn answer(&self, mut tx: Tx, asked: &[Asked]) -> Result<Answered<Self>, StoreError> {
        let seen = callers::look(&mut tx, asked).await?;
        Ok((seen, tx.go_on().await?))
    }
}

struct Turns(Store);

impl Batch for Turns {
    type Question = NewTurn;
    type Answer = bool;
    type On = Tx;

    fn begin(&self) -> Tx {
        self.0.write_singly()
    }

    async fn answer(&self, mut tx: Tx, turns: &[NewTurn]) -> Result<Answered<Self>, StoreError> {
        power_may_go!("turn.commits");
        let kept = sessions::keep_together(&mut tx, turns).await?;
        let tx = tx.go_on().await?;
        power_may_go!("turn.committed");
        Ok((kept, tx))
    }
}
