//! Bringing a restored database to rest, before a service works on it.

use crate::store::audit::{self, Entry};
use crate::store::{Tx, restored};

use super::decider::Decider;
use super::work::ActionError;
use crate::domain::Timestamp;

/// What waited when the backup was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settled {
    /// SMS that are given up, since they may have been sent.
    pub sms: u64,
    /// Campaigns that are held.
    pub campaigns: u64,
}

/// Sends nothing again that may have been sent, and lets nobody in who may have been shut out.
pub async fn settle(tx: &mut Tx, by: Decider<'_>, now: Timestamp) -> Result<Settled, ActionError> {
    let settled = Settled {
        sms: restored::give_up_sms(tx, now).await?,
        campaigns: restored::hold_campaigns(tx, now).await?,
    };
    restored::close_doors(tx, now).await?;
    let Settled { sms, campaigns } = settled;
    let entry = Entry {
        actor: by.name,
        subject: None,
        what: "database.restored",
        way: by.way.name(),
        detail: Some(format!("{sms} SMS given up, {campaigns} campaigns held")),
    };
    audit::add(tx, &entry, now).await?;
    Ok(settled)
}
