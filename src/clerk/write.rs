//! Deciding about a file that was judged, and writing it to its end.

use std::time::{Duration, Instant};

use crate::actions::import::{Import, Plan, sign};
use crate::actions::{ActionError, Decider};
use crate::failpoints::power_may_go;
use crate::imports::{Kind, Line, Numbered};
use crate::store::imports::{self, Import as Kept, Stage};

use super::judge::{form_of, place_of, row_of};
use super::{Clerk, ClerkError, FREE, TRIES, decider, passes, rejects};

/// The longest pause after a part.
const LONGEST_BREATH: Duration = Duration::from_millis(20);

/// What is to become of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// It is written, unless a row is rejected.
    Whole,
    /// Its good rows are written.
    Good,
    /// Nothing of it is.
    Nothing,
}

/// How far a file was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Written {
    /// Rows that are written.
    pub rows: u64,
    /// Rows that something had overtaken.
    pub refused: u64,
    /// Whether that is all.
    pub is_over: bool,
}

impl Clerk {
    /// Decides about a file that was judged. False when it does not wait for that any more, or
    /// can't be written as a whole. `carries_out` says that this clerk is going to write it;
    /// else whoever looks for such work does.
    pub async fn decide(
        &self,
        id: &str,
        decision: Decision,
        carries_out: bool,
        by: Decider<'_>,
    ) -> Result<bool, ClerkError> {
        let now = self.clock.now();
        let mut tx = self.store.begin().await?;
        let Some(import) = imports::by_id(&mut tx, id).await? else {
            return Ok(false);
        };
        if decision == Decision::Whole && import.sums.rejected > 0 {
            return Ok(false);
        }
        let next = match decision {
            Decision::Nothing => Stage::Dropped,
            Decision::Whole | Decision::Good => Stage::Writing,
        };
        if !imports::step(&mut tx, id, (Stage::Judged, next), now).await? {
            return Ok(false);
        }
        imports::decided(&mut tx, id, by.name).await?;
        if next == Stage::Writing {
            let kind = Kind::named(&import.kind).ok_or(ClerkError::BrokeOff)?;
            sign(&mut tx, by, (kind, &import.file, &import.sums), now).await?;
            let mut hold = self.hold(now);
            if !carries_out {
                (hold.owner, hold.until) = ("", FREE);
            }
            imports::hold(&mut tx, id, hold).await?;
        }
        power_may_go!("import.decides");
        tx.commit().await?;
        power_may_go!("import.decided");
        Ok(true)
    }

    /// Writes a file that was decided, to its end.
    pub async fn write(
        &self,
        id: &str,
        mut watch: impl FnMut(&Written),
    ) -> Result<Written, ClerkError> {
        let going_on = |written: &Written| {
            watch(written);
            true
        };
        self.write_while(id, going_on).await
    }

    /// Writes a file that was decided, as long as that says so.
    pub(super) async fn write_while(
        &self,
        id: &str,
        mut goes_on: impl FnMut(&Written) -> bool,
    ) -> Result<Written, ClerkError> {
        let mut tries = 0;
        loop {
            let began = Instant::now();
            match self.write_part(id).await {
                Ok(written) => {
                    if !goes_on(&written) || written.is_over {
                        return Ok(written);
                    }
                    tries = 0;
                    if self.store.has_one_writer() {
                        // Who waits to write, in another process too, comes in between.
                        tokio::time::sleep((began.elapsed() / 4).min(LONGEST_BREATH)).await;
                    }
                }
                Err(error) if passes(&error) && tries < TRIES => tries += 1,
                Err(error) => return Err(error),
            }
        }
    }

    /// Writes the next part, or that there is none.
    async fn write_part(&self, id: &str) -> Result<Written, ClerkError> {
        // What takes time and locks nothing comes first.
        let mut tx = self.store.begin_read().await?;
        let import = imports::by_id(&mut tx, id).await?;
        let import = import.ok_or(ClerkError::NotOurs)?;
        let part = imports::first_part(&mut tx, id).await?;
        drop(tx);
        let part = match part {
            Some((number, sealed)) => Some((number, self.rows(&import, number, &sealed)?)),
            None => None,
        };
        let now = self.clock.now();
        let mut tx = self.store.begin().await?;
        if !imports::take_up(&mut tx, id, self.hold(now), now).await? {
            return Err(ClerkError::NotOurs);
        }
        let Some((number, rows)) = part else {
            imports::step(&mut tx, id, (Stage::Writing, Stage::Done), now).await?;
            tx.commit().await?;
            return Ok(Written {
                rows: import.written,
                refused: import.refused,
                is_over: true,
            });
        };
        let by = import.decided_by.as_deref().unwrap_or(&import.made_by);
        let plan = Plan {
            writes: true,
            tells: import.tells,
        };
        let by = decider(by, &import.channel);
        let mut writing = Import::new(&self.tools, by, plan, id, now);
        let taken = writing.take(&mut tx, rows).await?;
        if !imports::take_part(&mut tx, id, number).await? {
            return Err(ClerkError::NotOurs);
        }
        let (sums, refused) = (writing.sums(), taken.rejected.len() as u64);
        let rows = sums.read - refused;
        imports::add_rejects(&mut tx, id, &rejects(&taken.rejected)).await?;
        imports::wrote(&mut tx, id, (rows, refused), now).await?;
        power_may_go!("import.commits");
        tx.commit().await?;
        power_may_go!("import.committed");
        Ok(Written {
            rows: import.written + rows,
            refused: import.refused + refused,
            is_over: false,
        })
    }

    fn rows(&self, import: &Kept, number: u64, sealed: &[u8]) -> Result<Vec<Numbered>, ClerkError> {
        let row = row_of(&import.id, number);
        let clear = place_of(&row).open(&self.tools.keys, sealed);
        let clear = clear.map_err(ActionError::from)?;
        let lines: Vec<Line> = serde_json::from_slice(&clear).map_err(ActionError::from)?;
        let form = form_of(import)?;
        Ok(lines.iter().map(|line| form.read(line)).collect())
    }

    /// Forgets a file that is not going to be written.
    pub async fn forget(&self, id: &str) -> Result<(), ClerkError> {
        while self.shred(id).await? {}
        let mut tx = self.store.begin().await?;
        imports::forget(&mut tx, id).await?;
        Ok(tx.commit().await?)
    }
}
