//! Reading how all processes stand, from the database alone.

use std::time::Duration;

use crate::domain::Timestamp;
use crate::metrics::Pace;
use crate::store::campaigns::{self, Stage};
use crate::store::channel_states::{self, Hold};
use crate::store::milestones::{self, Milestone};
use crate::store::outbox::{self, Open};
use crate::store::processes::{self, Process};
use crate::store::{StoreError, Tx, audit, conversations, inbound, sessions};

use super::beat::FRESH;
use super::fitness::SILENT;

/// A session without a hop for so long has most likely ended: networks cut it off.
const SESSION: Duration = Duration::from_mins(3);

/// How everything stands.
#[derive(Debug, Clone)]
pub struct Standing {
    /// When that was.
    pub at: Timestamp,
    /// The processes that run.
    pub processes: Vec<Process>,
    /// Sessions that go on.
    pub sessions: i64,
    /// SMS that are not done, by channel, network, lane and state.
    pub open: Vec<Open>,
    /// Channels that are held back.
    pub held: Vec<(String, Hold)>,
    /// SMS from people that wait to be read.
    pub inbound: u64,
    /// Entries of the audit log that wait to be chained.
    pub unchained: u64,
    /// Campaigns that are being sent.
    pub campaigns: u64,
    /// What was done last when.
    pub milestones: Vec<Milestone>,
}

impl Standing {
    /// Reads it. Sessions are remembered for `session_life` after their last hop.
    pub async fn read(
        tx: &mut Tx,
        session_life: Duration,
        now: Timestamp,
    ) -> Result<Self, StoreError> {
        let running = campaigns::all(tx).await?;
        let running = running.iter().filter(|one| one.stage == Stage::Running);
        Ok(Self {
            at: now,
            campaigns: u64::try_from(running.count()).unwrap_or(u64::MAX),
            processes: processes::since(tx, now.minus(FRESH)).await?,
            sessions: sessions_now(tx, session_life, now).await?,
            open: outbox::open(tx).await?,
            held: channel_states::all(tx).await?,
            inbound: inbound::count_waiting(tx).await?,
            unchained: audit::waiting(tx).await?,
            milestones: milestones::all(tx).await?,
        })
    }

    /// Whether somebody answers, and somebody sends.
    #[must_use]
    pub fn works(&self) -> (bool, bool) {
        let is_fresh = |silent: i64| silent.unsigned_abs() < SILENT.as_secs();
        let answers = self.processes.iter().any(|one| one.parts != "worker");
        let sends = self.processes.iter().filter_map(|one| one.silent_s);
        (answers, sends.into_iter().any(is_fresh))
    }

    /// When something was done last.
    #[must_use]
    pub fn last(&self, what: &str) -> Option<&Milestone> {
        self.milestones.iter().find(|one| one.what == what)
    }
}

/// Sessions that had a hop lately, without those that are over by now.
async fn sessions_now(tx: &mut Tx, life: Duration, now: Timestamp) -> Result<i64, StoreError> {
    let since = now.minus(SESSION);
    let lately = sessions::remembered_until(tx, since.plus(life)).await?;
    let over = conversations::count_since(tx, since).await?;
    Ok((lately - over).max(0))
}

/// The pace of all processes that run; of `own`, what it knows itself, which is newer.
#[must_use]
pub fn pace_of(processes: &[Process], own: Option<(&str, Pace)>, now: Timestamp) -> Pace {
    let (own_id, mut sum) = match own {
        Some((id, pace)) => (id, pace),
        None => ("", Pace::default()),
    };
    for process in processes.iter().filter(|process| process.id != own_id) {
        if let Some(pace) = Pace::from_text(&process.pace) {
            sum.add(&pace, now.since(process.seen_at));
        }
    }
    sum
}
