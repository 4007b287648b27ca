//! Taking over what files of the council say, some thousand rows at a time.
//!
//! Every batch is looked up, judged and, where that is wanted, written. The unit of work is
//! the caller's: an import that breaks off leaves nothing behind.

mod centres;
mod deployments;
mod notices;
mod professionals;

use std::collections::HashMap;
use std::hash::{BuildHasher, Hash, RandomState};

use crate::domain::Timestamp;
use crate::imports::{Fault, Kind, Numbered, Reason, Row};
use crate::store::audit::{self, Entry};
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
    tally: Tally,
}

/// What is to be done with what is read.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    /// Whether anything is written; else it is only counted.
    pub writes: bool,
    /// Whether people are told about their deployments.
    pub tells: bool,
}

/// What an import comes to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Rows that were read.
    pub read: u64,
    /// Those that add something.
    pub new: u64,
    /// Those that change something.
    pub changed: u64,
    /// Those that say what is known.
    pub same: u64,
    /// Those that can't be taken.
    pub rejected: u64,
    /// People who are told by SMS.
    pub told: u64,
}

impl Tally {
    /// Whether taking it over would change anything.
    #[must_use]
    pub fn changes_nothing(&self) -> bool {
        self.new == 0 && self.changed == 0
    }
}

/// A row that can't be taken.
#[derive(Debug, Clone)]
pub struct Rejected {
    /// Which, counted as spreadsheets do.
    pub row: u64,
    /// What is wrong with it.
    pub fault: Fault,
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
    pub fn new(tools: &'a Tools, by: Decider<'a>, plan: Plan, now: Timestamp) -> Self {
        Self {
            tools,
            by,
            now,
            plan,
            run: uuid::Uuid::now_v7().to_string(),
            seen: Seen::default(),
            tally: Tally::default(),
        }
    }

    /// What it has come to so far.
    #[must_use]
    pub fn tally(&self) -> Tally {
        self.tally
    }

    /// Takes the next rows; gives back those that can't be taken.
    pub async fn take(
        &mut self,
        tx: &mut Tx,
        rows: Vec<Numbered>,
    ) -> Result<Vec<Rejected>, ActionError> {
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

    /// Writes down who has imported what.
    pub async fn sign(&self, tx: &mut Tx, kind: Kind, file: &str) -> Result<(), ActionError> {
        let Tally {
            new,
            changed,
            rejected,
            ..
        } = self.tally;
        let detail = format!("{file}: {new} new, {changed} changed, {rejected} rejected");
        let what = format!("import.{}", kind.name());
        let entry = Entry {
            actor: self.by.name,
            subject: None,
            what: &what,
            way: self.by.way.name(),
            detail: Some(detail),
        };
        audit::add(tx, &entry, self.now).await?;
        let written = i64::try_from(new + changed).unwrap_or(i64::MAX);
        Ok(milestones::reach(tx, &what, written, self.now).await?)
    }

    fn count(&mut self, verdicts: Vec<(u64, Verdict)>) -> Vec<Rejected> {
        let mut rejected = Vec::new();
        for (row, verdict) in verdicts {
            self.tally.read += 1;
            match verdict {
                Verdict::New => self.tally.new += 1,
                Verdict::Changed => self.tally.changed += 1,
                Verdict::Same => self.tally.same += 1,
                Verdict::Not(fault) => {
                    self.tally.rejected += 1;
                    rejected.push(Rejected { row, fault });
                }
            }
        }
        rejected.sort_by_key(|one| one.row);
        rejected
    }
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
