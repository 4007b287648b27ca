//! Taking over what files of the council say, some thousand rows at a time.
//!
//! Every batch is looked up, judged and, where that is wanted, written. The unit of work is
//! the caller's; `clerk` sees to it that a file is written as a whole or not at all.

mod centres;
mod deployments;
mod notices;
mod professionals;

use std::collections::HashMap;
use std::hash::{BuildHasher, Hash, RandomState};

use crate::domain::Timestamp;
use crate::imports::{Fault, Kind, Numbered, Reason, Row};
use crate::store::audit::{self, Entry};
use crate::store::imports::Sums;
use crate::store::{Tx, milestones};

use super::decider::Decider;
use super::work::{ActionError, Tools};

pub(super) use notices::{CANCELLED, CHANGED, INVITED, NEW};

/// One import of one file.
pub struct Import<'a> {
    tools: &'a Tools,
    by: Decider<'a>,
    now: Timestamp,
    plan: Plan,
    /// Names it in the causes of its SMS.
    run: String,
    seen: Seen,
    sums: Sums,
}

/// What is to be done with what is read.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    /// Whether anything is written; else it is only counted.
    pub writes: bool,
    /// Whether people are told about their deployments.
    pub tells: bool,
}

/// A row that can't be taken.
#[derive(Debug, Clone)]
pub struct Rejected {
    /// Which, counted as spreadsheets do.
    pub row: u64,
    /// What is wrong with it.
    pub fault: Fault,
}

/// What became of some rows.
#[derive(Debug, Clone, Default)]
pub struct Taken {
    /// The numbers of those that move something.
    pub moving: Vec<u64>,
    /// Those that can't be taken, in their order.
    pub rejected: Vec<Rejected>,
}

/// What a row comes to.
enum Verdict {
    New,
    Changed,
    Same,
    Not(Fault),
}

impl<'a> Import<'a> {
    /// An import of which nothing was read yet.
    #[must_use]
    pub fn new(
        tools: &'a Tools,
        by: Decider<'a>,
        plan: Plan,
        run: impl Into<String>,
        now: Timestamp,
    ) -> Self {
        Self {
            tools,
            by,
            now,
            plan,
            run: run.into(),
            seen: Seen::default(),
            sums: Sums::default(),
        }
    }

    /// What it has come to so far.
    #[must_use]
    pub fn sums(&self) -> Sums {
        self.sums
    }

    /// Takes the next rows.
    pub async fn take(&mut self, tx: &mut Tx, rows: Vec<Numbered>) -> Result<Taken, ActionError> {
        let (mut centres, mut professionals, mut deployments) = (vec![], vec![], vec![]);
        let mut verdicts = Vec::with_capacity(rows.len());
        for (row, read) in rows {
            match read {
                Ok(Row::Centre(centre)) => centres.push((row, centre)),
                Ok(Row::Professional(person)) => professionals.push((row, *person)),
                Ok(Row::Deployment(deployment)) => deployments.push((row, deployment)),
                Err(fault) => verdicts.push((row, Verdict::Not(fault))),
            }
        }
        if !centres.is_empty() {
            verdicts.extend(self.take_centres(tx, centres).await?);
        }
        if !professionals.is_empty() {
            verdicts.extend(self.take_professionals(tx, professionals).await?);
        }
        if !deployments.is_empty() {
            verdicts.extend(self.take_deployments(tx, deployments).await?);
        }
        Ok(self.count(verdicts))
    }

    fn count(&mut self, verdicts: Vec<(u64, Verdict)>) -> Taken {
        let mut taken = Taken::default();
        for (row, verdict) in verdicts {
            self.sums.read += 1;
            match verdict {
                Verdict::New => {
                    self.sums.new += 1;
                    taken.moving.push(row);
                }
                Verdict::Changed => {
                    self.sums.changed += 1;
                    taken.moving.push(row);
                }
                Verdict::Same => self.sums.same += 1,
                Verdict::Not(fault) => {
                    self.sums.rejected += 1;
                    taken.rejected.push(Rejected { row, fault });
                }
            }
        }
        taken.moving.sort_unstable();
        taken.rejected.sort_by_key(|one| one.row);
        taken
    }
}

/// Writes down who has imported what.
pub async fn sign(
    tx: &mut Tx,
    by: Decider<'_>,
    (kind, file, sums): (Kind, &str, &Sums),
    now: Timestamp,
) -> Result<(), ActionError> {
    let Sums {
        new,
        changed,
        rejected,
        ..
    } = sums;
    let what = format!("import.{}", kind.name());
    let entry = Entry {
        actor: by.name,
        subject: None,
        what: &what,
        way: by.way.name(),
        detail: Some(format!(
            "{file}: {new} new, {changed} changed, {rejected} rejected"
        )),
    };
    audit::add(tx, &entry, now).await?;
    let written = i64::try_from(sums.moving()).unwrap_or(i64::MAX);
    Ok(milestones::reach(tx, &what, written, now).await?)
}

/// What stood further up in the file, by a hash of it: a quarter of a million rows take a few
/// megabytes.
#[derive(Default)]
struct Seen {
    hasher: RandomState,
    rows: HashMap<u64, u64>,
}

impl Seen {
    /// Remembers that a row holds this; an earlier one that does is the reason to refuse it.
    fn twice(&mut self, thing: impl Hash, row: u64) -> Option<Reason> {
        let earlier = self.rows.insert(self.hasher.hash_one(thing), row);
        earlier.map(Reason::Twice)
    }
}
