//! Keeps the outbox supplied with campaigns, never far ahead of what leaves: so a pause
//! takes effect at once, and what is urgent has no crowd before it.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use crate::actions::campaign::{Sender, feed};
use crate::actions::{ActionError, Tools};
use crate::domain::Clock;
use crate::failpoints::power_may_go;
use crate::store::outbox::{self, Lane};
use crate::store::{Store, campaigns};

/// Between looks.
const EVERY: Duration = Duration::from_millis(250);

/// The most messages that are handed over in one unit of work.
const AT_ONCE: usize = 500;

/// Feeds campaigns to the outbox. Any number may share one database.
pub struct CampaignFeeder {
    /// Where they are.
    pub store: Store,
    /// What their texts are made with.
    pub tools: Tools,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// Rings when there is something to send.
    pub bell: Arc<Notify>,
    /// Who sends, by channel.
    pub senders: BTreeMap<String, Sender>,
    /// The most messages of campaigns that wait in the outbox.
    pub ahead: usize,
}

impl CampaignFeeder {
    /// Feeds until told to stop. Run it in a spawned task.
    pub async fn run(self, stop: CancellationToken) {
        while !stop.is_cancelled() {
            if let Err(error) = self.feed(&stop).await {
                tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    "campaigns are out of reach"
                );
            }
            tokio::select! {
                () = stop.cancelled() => {}
                () = sleep(EVERY) => {}
            }
        }
    }

    /// Takes every running campaign as far as there is room.
    async fn feed(&self, stop: &CancellationToken) -> Result<(), ActionError> {
        let mut tx = self.store.begin_read().await?;
        let running = campaigns::running(&mut tx).await?;
        drop(tx);
        for reference in running {
            while !stop.is_cancelled() && self.step(&reference).await? {
                self.bell.notify_one();
            }
        }
        Ok(())
    }

    async fn step(&self, reference: &str) -> Result<bool, ActionError> {
        let mut tx = self.store.begin().await?;
        let Some(campaign) = campaigns::by_reference(&mut tx, reference).await? else {
            return Ok(false);
        };
        let Some(sender) = self.senders.get(&campaign.channel) else {
            return Ok(false);
        };
        let queued = outbox::queued(&mut tx, Lane::Bulk).await?;
        let room = self
            .ahead
            .saturating_sub(usize::try_from(queued).unwrap_or(usize::MAX));
        let (room, now) = (room.min(AT_ONCE), self.clock.now());
        let more = feed(&mut tx, &self.tools, sender, reference, room, now).await?;
        power_may_go!("campaign.commits");
        tx.commit().await?;
        power_may_go!("campaign.committed");
        Ok(more)
    }
}
