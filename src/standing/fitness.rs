//! Whether a process can work, and what is amiss besides.
//!
//! Unready is what another process or a start anew could mend, or what would do harm: no
//! database, a worker that makes no rounds, a key that is not the one of its name. A channel that
//! is held, or an old key that is missing, is told and does not take the process out of service:
//! people who dial are answered all the same.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::aggregators::Channels;
use crate::crypto::Keys;
use crate::store::channel_states::{self, HoldKind};
use crate::store::{Store, StoreError, Tx, key_marks};

/// A worker that has ended no round for this long is stuck or has no database.
pub(super) const SILENT: Duration = Duration::from_secs(30);

/// Whether the worker does its rounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Worker {
    /// It does.
    Works,
    /// It does not.
    Silent,
    /// Another process has it.
    Elsewhere,
}

impl Worker {
    /// By the time since its last good round, where this process has one.
    #[must_use]
    pub fn of(silent_for: Option<Duration>) -> Self {
        match silent_for {
            Some(time) if time < SILENT => Self::Works,
            Some(_) => Self::Silent,
            None => Self::Elsewhere,
        }
    }

    /// In a word.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Works => "ok",
            Self::Silent => "failing",
            Self::Elsewhere => "elsewhere",
        }
    }
}

/// What can be wrong with a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyFault {
    /// It is not the one that the database knows by that name.
    Wrong,
    /// The database knows it, and the configuration does not.
    Missing,
}

impl KeyFault {
    /// In a word.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Wrong => "wrong",
            Self::Missing => "missing",
        }
    }
}

/// The keys that are not as the database knows them.
pub async fn key_faults(
    tx: &mut Tx,
    keys: &Keys,
) -> Result<BTreeMap<String, KeyFault>, StoreError> {
    let mut known = key_marks::all(tx).await?;
    let mut faults = BTreeMap::new();
    for (name, mark) in keys.marks() {
        if known.remove(name).is_some_and(|kept| kept != mark) {
            faults.insert(name.to_owned(), KeyFault::Wrong);
        }
    }
    faults.extend(known.into_keys().map(|name| (name, KeyFault::Missing)));
    Ok(faults)
}

/// What comes of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// All is well.
    Ready,
    /// It works, and somebody should look.
    Degraded,
    /// It can't work.
    Unready,
}

impl Verdict {
    /// In a word.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Ready => "ready",
            Self::Degraded => "degraded",
            Self::Unready => "unready",
        }
    }
}

/// How fit a process is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fitness {
    /// Whether the database answers.
    pub database: bool,
    /// Whether the worker works.
    pub worker: Worker,
    /// Every channel of the configuration, and why nothing leaves on it.
    pub channels: BTreeMap<String, Option<HoldKind>>,
    /// What is wrong with keys.
    pub keys: BTreeMap<String, KeyFault>,
}

impl Fitness {
    /// Asks the database.
    pub async fn ask(
        store: &Store,
        keys: &Keys,
        channels: &Channels,
        worker: Worker,
    ) -> Result<Self, StoreError> {
        let mut tx = store.begin_read().await?;
        let mut reasons: BTreeMap<_, _> = channel_states::all(&mut tx).await?.into_iter().collect();
        let channels = channels.iter().map(|channel| channel.name.clone());
        let channels = channels.map(|name| {
            let hold = reasons.remove(&name).map(|hold| hold.kind);
            (name, hold)
        });
        Ok(Self {
            database: true,
            worker,
            channels: channels.collect(),
            keys: key_faults(&mut tx, keys).await?,
        })
    }

    /// Of a process whose database does not answer.
    #[must_use]
    pub fn without_database(worker: Worker) -> Self {
        Self {
            database: false,
            worker,
            channels: BTreeMap::new(),
            keys: BTreeMap::new(),
        }
    }

    /// What comes of it.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        let wrong = self.keys.values().any(|fault| *fault == KeyFault::Wrong);
        if !self.database || self.worker == Worker::Silent || wrong {
            Verdict::Unready
        } else if !self.keys.is_empty() || self.channels.values().any(Option::is_some) {
            Verdict::Degraded
        } else {
            Verdict::Ready
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_not_work_is_unready_and_what_is_amiss_is_told() {
        let fit = Fitness {
            database: true,
            worker: Worker::Elsewhere,
            channels: BTreeMap::from([("at".into(), None)]),
            keys: BTreeMap::new(),
        };
        assert_eq!(fit.verdict(), Verdict::Ready);
        let with = |change: fn(&mut Fitness)| {
            let mut fitness = fit.clone();
            change(&mut fitness);
            fitness.verdict()
        };
        let key = |fault| BTreeMap::from([("k1".to_owned(), fault)]);
        assert_eq!(with(|it| it.database = false), Verdict::Unready);
        assert_eq!(with(|it| it.worker = Worker::Silent), Verdict::Unready);
        let mut wrong = fit.clone();
        wrong.keys = key(KeyFault::Wrong);
        assert_eq!(wrong.verdict(), Verdict::Unready);
        let mut missing = fit.clone();
        missing.keys = key(KeyFault::Missing);
        assert_eq!(missing.verdict(), Verdict::Degraded);
        let held = Some(HoldKind::Stopped);
        let mut stopped = fit.clone();
        stopped.channels.insert("at".into(), held);
        assert_eq!(stopped.verdict(), Verdict::Degraded);
    }
}
