//! Asks aggregators about the SIM cards behind lines. The verdicts come by callback.

use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

use crate::aggregators::{Channels, SimSwapAsked};
use crate::config::SimSwapPolicy;
use crate::domain::Clock;
use crate::store::sim_checks::{self, Asked, Question};
use crate::store::{Store, StoreError};

use super::transport::Transport;

/// Between looks for questions: people wait for the answers.
const EVERY: Duration = Duration::from_millis(500);

/// The most questions that are out at once.
const AT_ONCE: usize = 16;

/// How often what is out of date is forgotten.
const TIDY: Duration = Duration::from_hours(1);

/// Puts the questions that actions have left. Any number may share one database.
pub struct SimChecks {
    store: Store,
    channels: Channels,
    transport: Transport,
    clock: Arc<dyn Clock>,
    life: Duration,
}

impl SimChecks {
    /// Nothing is asked yet.
    pub fn new(
        store: Store,
        channels: Channels,
        rules: &SimSwapPolicy,
        send_timeout: Duration,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, reqwest::Error> {
        let fresh = Duration::from_hours(24 * (u64::from(rules.fresh_days) + 1));
        Ok(Self {
            store,
            channels,
            transport: Transport::new(send_timeout)?,
            clock,
            life: rules.verdict_life().max(fresh),
        })
    }

    /// Asks until told to stop, then finishes what is out. Run it in a spawned task.
    pub async fn run(self, stop: CancellationToken) {
        let mut tidied: Option<Instant> = None;
        while !stop.is_cancelled() {
            let mut done = self.ask().await;
            if tidied.is_none_or(|tidied| tidied.elapsed() >= TIDY) {
                done = done.and(self.tidy().await);
                tidied = Some(Instant::now());
            }
            if let Err(error) = done {
                tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    "questions about SIM cards are out of reach"
                );
            }
            tokio::select! {
                () = stop.cancelled() => {}
                () = sleep(EVERY) => {}
            }
        }
    }

    /// Puts what is due, and writes down under which references the verdicts will come.
    async fn ask(&self) -> Result<(), StoreError> {
        let mut tx = self.store.begin().await?;
        let questions = sim_checks::claim(&mut tx, AT_ONCE).await?;
        tx.commit().await?;
        let mut out: JoinSet<(Question, SimSwapAsked)> = JoinSet::new();
        for question in questions {
            let (channels, transport) = (self.channels.clone(), self.transport.clone());
            out.spawn(async move {
                let asked = put(&channels, &transport, &question).await;
                (question, asked)
            });
        }
        while let Some(put) = out.join_next().await {
            let Ok((question, asked)) = put else { continue };
            let mut tx = self.store.begin().await?;
            sim_checks::settle(&mut tx, &question.line, what_came(&question, &asked)).await?;
            tx.commit().await?;
        }
        Ok(())
    }

    async fn tidy(&self) -> Result<(), StoreError> {
        let mut tx = self.store.begin().await?;
        sim_checks::forget(&mut tx, self.life, self.clock.now()).await?;
        tx.commit().await
    }
}

async fn put(channels: &Channels, transport: &Transport, question: &Question) -> SimSwapAsked {
    let failed = |reason: String| SimSwapAsked::Failed { reason };
    let Some(channel) = channels.named(&question.channel) else {
        return failed("the configuration has no such channel".into());
    };
    let Some(cards) = channel.aggregator.sim_cards() else {
        return SimSwapAsked::Unsupported;
    };
    match transport.send(cards.sim_swap_request(&question.line)).await {
        Ok(answer) => cards.sim_swap_asked(answer.status, &answer.body),
        Err(error) => failed(error.to_string()),
    }
}

fn what_came<'a>(question: &Question, asked: &'a SimSwapAsked) -> Asked<'a> {
    match asked {
        SimSwapAsked::Pending { request_id } => Asked::Reference(request_id),
        SimSwapAsked::Unsupported => Asked::Untold,
        SimSwapAsked::Failed { reason } => {
            tracing::warn!(
                channel = question.channel,
                reason,
                "a SIM card was not asked about"
            );
            Asked::Untold
        }
    }
}
