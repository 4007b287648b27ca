//! Writes down what attempts came to, together: a durable commit costs a flush of the disk,
//! and two thousand a second are too many.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use crate::aggregators::NotSent;
use crate::domain::Timestamp;
use crate::failpoints::power_may_go;
use crate::store::channel_states::{self, Hold};
use crate::store::outbox::{self, Claimed, Settled, Settlement};
use crate::store::{StoreError, blocked};

use super::reports;
use super::worker::Inner;

/// How long the first outcome waits for others.
const GATHER: Duration = Duration::from_millis(4);

/// The most outcomes in one unit of work.
const MOST: usize = 256;

/// The waits between tries to write outcomes down.
const FIRST_WAIT: Duration = Duration::from_millis(250);
const LONGEST_WAIT: Duration = Duration::from_secs(5);

/// What one attempt came to.
pub(super) struct Outcome {
    pub(super) message: Claimed,
    pub(super) settled: Settled,
    /// What it says about the channel.
    pub(super) word: Option<ChannelWord>,
    pub(super) lease_until: Timestamp,
}

/// What an attempt says about its channel, where that is news.
pub(super) enum ChannelWord {
    /// Nothing can leave on it.
    Held(Hold),
    /// It sends again.
    Works,
}

/// Writes outcomes down until all that send are gone.
pub(super) async fn run(
    worker: Arc<Inner>,
    mut inbox: mpsc::Receiver<Outcome>,
    stop: CancellationToken,
) {
    let mut batch = Vec::new();
    while inbox.recv_many(&mut batch, MOST).await > 0 {
        if batch.len() < MOST {
            sleep(GATHER).await;
            while batch.len() < MOST
                && let Ok(more) = inbox.try_recv()
            {
                batch.push(more);
            }
        }
        worker.settle(&mut batch, &stop).await;
        batch.clear();
    }
}

impl Inner {
    /// Writes outcomes down. The database may be away for a while; an outcome that is not
    /// written before its message expires, or in time before the worker stops, is left to
    /// a delivery report.
    async fn settle(&self, batch: &mut Vec<Outcome>, stop: &CancellationToken) {
        let mut wait = FIRST_WAIT;
        while !batch.is_empty() {
            let Err(error) = self.try_settle(batch).await else {
                return;
            };
            let now = self.settings.clock.now();
            batch.retain(|outcome| {
                let end = if stop.is_cancelled() {
                    outcome.lease_until
                } else {
                    outcome.message.expires_at
                };
                if now >= end {
                    tracing::error!(
                        sms = outcome.message.id.as_str(),
                        error = &error as &dyn std::error::Error,
                        "the outcome is lost"
                    );
                }
                now < end
            });
            sleep(wait).await;
            wait = LONGEST_WAIT.min(wait * 2);
        }
    }

    pub(super) async fn try_settle(&self, batch: &[Outcome]) -> Result<(), StoreError> {
        let now = self.settings.clock.now();
        let settlements: Vec<_> = batch
            .iter()
            .map(|outcome| Settlement {
                id: &outcome.message.id,
                attempt: outcome.message.attempt,
                settled: &outcome.settled,
            })
            .collect();
        let mut tx = self.settings.store.begin().await?;
        let kept = outbox::settle(&mut tx, &settlements, now).await?;
        let mut accepted = Vec::new();
        for Outcome {
            message,
            settled,
            word,
            ..
        } in batch
        {
            let channel = message.channel.as_str();
            match settled {
                Settled::Accepted {
                    provider_id: Some(id),
                    ..
                } => accepted.push((channel, id.as_str())),
                Settled::Failed { reason } if *reason == NotSent::Blocked.to_string() => {
                    blocked::mark(&mut tx, &message.recipient, blocked::BLOCKED, now).await?;
                }
                _ => {}
            }
            match word {
                Some(ChannelWord::Held(hold)) => {
                    channel_states::hold(&mut tx, channel, hold).await?;
                }
                Some(ChannelWord::Works) => {
                    channel_states::resume(&mut tx, channel).await?;
                }
                None => {}
            }
        }
        reports::apply_waiting_for(&mut tx, &accepted, now, &self.settings.metrics).await?;
        power_may_go!("settle.commits");
        tx.commit().await?;
        power_may_go!("settle.committed");
        for outcome in batch
            .iter()
            .filter(|o| !kept.iter().any(|id| id == o.message.id.as_str()))
        {
            tracing::warn!(
                sms = outcome.message.id.as_str(),
                attempt = outcome.message.attempt,
                "the attempt was settled by others"
            );
        }
        Ok(())
    }
}
