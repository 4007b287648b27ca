//! Rows that a system hands over, taken by the rules of an import.

use crate::actions::decider::Decider;
use crate::actions::import::{Import, Plan, Rejected, sign};
use crate::actions::work::{ActionError, Tools, Way};
use crate::domain::{MessageId, Timestamp};
use crate::imports::{Kind, Numbered};
use crate::store::Tx;
use crate::store::imports::Sums;

use super::Caller;

/// The most rows at once.
pub const MOST_ROWS: usize = 1000;

/// How rows are to be taken.
#[derive(Debug, Clone, Copy)]
pub struct Batch<'a> {
    /// What they are about.
    pub kind: Kind,
    /// Whether they are only counted.
    pub dry_run: bool,
    /// Whether those that can be taken are, where others can't.
    pub keep_good: bool,
    /// Whether people are told about their deployments; as the policy has it where that is
    /// not said.
    pub tell: Option<bool>,
    /// The channel that SMS leave by.
    pub channel: &'a str,
}

/// What became of rows.
pub struct Taken {
    /// What they came to.
    pub sums: Sums,
    /// Those that can't be taken.
    pub rejected: Vec<Rejected>,
    /// Whether the rest is taken.
    pub is_done: bool,
}

/// Takes rows. Where they are refused as a whole, the unit of work is to be dropped.
pub async fn take_batch(
    tx: &mut Tx,
    tools: &Tools,
    caller: &Caller,
    batch: Batch<'_>,
    rows: Vec<Numbered>,
    now: Timestamp,
) -> Result<Taken, ActionError> {
    let actor = caller.actor();
    let by = Decider {
        name: &actor,
        way: Way::Api,
        channel: batch.channel,
    };
    let plan = Plan {
        writes: !batch.dry_run,
        tells: batch.tell.unwrap_or(tools.policy.notify_deployments),
    };
    // Names the rows in the causes of their SMS.
    let run = MessageId::fresh();
    let mut import = Import::new(tools, by, plan, run.as_str(), now);
    let rejected = import.take(tx, rows).await?.rejected;
    let sums = import.sums();
    let is_done = batch.keep_good || rejected.is_empty();
    if plan.writes && is_done && sums.moving() > 0 {
        sign(tx, by, (batch.kind, "by API", &sums), now).await?;
    }
    Ok(Taken {
        sums,
        rejected,
        is_done,
    })
}
