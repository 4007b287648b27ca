//! The worker: claims, sends, settles, and cleans up after workers that died.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use tokio::sync::{Notify, Semaphore};
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use zeroize::Zeroizing;

use crate::aggregators::{Channels, NotSent, SendOutcome, Sms};
use crate::config;
use crate::crypto::{Keys, Sealed, chance};
use crate::domain::{Clock, Timestamp};
use crate::store::outbox::{self, Claimed, Lane, Settled};
use crate::store::{
    Store, StoreError, blocked, guesses, menu_versions, reports as report_rows, sessions,
    web_sessions,
};

use super::decide::{Decision, decide};
use super::pace::Paces;
use super::reports;
use super::rests::Rests;
use super::transport::{Transport, TransportError};

/// The most messages in one claim: few, so that an urgent one does not wait behind them.
const CLAIM: usize = 16;

/// How long what was done is counted; the limits go by the day.
const USE_LIFE: Duration = Duration::from_hours(48);

/// How often abandoned, unknown and useless messages are looked for.
const SWEEP: Duration = Duration::from_secs(1);

/// How often what nobody needs any more is forgotten.
const TIDY: Duration = Duration::from_mins(1);

/// The most sessions that are forgotten in one unit of work.
const FORGET: usize = 5_000;

/// How often a text whose answer was lost is sent once more.
const REPEATS: i64 = 1;

/// The waits between tries to write an outcome down.
const FIRST_WAIT: Duration = Duration::from_millis(250);
const LONGEST_WAIT: Duration = Duration::from_secs(5);

/// How long a report waits for its message.
const REPORT_LIFE: Duration = Duration::from_hours(48);

/// How long menu files are kept after the last session began with them.
const MENU_LIFE: Duration = Duration::from_hours(48);

/// What a worker works with.
pub struct WorkerSettings {
    /// Where the messages are.
    pub store: Store,
    /// Opens their texts.
    pub keys: Keys,
    /// Where they go.
    pub channels: Channels,
    /// How.
    pub outbox: config::Outbox,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// Rings when there may be something to send. Without it the worker looks by
    /// itself, only later.
    pub bell: Arc<Notify>,
}

/// Sends what is in the outbox. Any number of workers may share one database.
#[derive(Clone)]
pub struct Worker(Arc<Inner>);

struct Inner {
    settings: WorkerSettings,
    transport: Transport,
    pace: Paces,
    rests: Rests,
    places: Arc<Semaphore>,
    /// When the last round ended well, for readiness.
    alive_at: AtomicI64,
}

impl Worker {
    /// A worker that does nothing yet.
    pub fn new(settings: WorkerSettings) -> Result<Self, reqwest::Error> {
        let transport = Transport::new(settings.outbox.send_timeout())?;
        let pace = Paces::of(&settings.channels);
        let places = Arc::new(Semaphore::new(settings.outbox.in_flight));
        let alive_at = AtomicI64::new(settings.clock.now().as_millis());
        Ok(Self(Arc::new(Inner {
            settings,
            transport,
            pace,
            rests: Rests::default(),
            places,
            alive_at,
        })))
    }

    /// How long ago the last round ended well.
    #[must_use]
    pub fn silent_for(&self) -> Duration {
        let then = Timestamp::from_millis(self.0.alive_at.load(Ordering::Relaxed));
        self.0.settings.clock.now().since(then)
    }

    /// Works until told to stop, then finishes what is being sent.
    pub async fn run(self, stop: CancellationToken) {
        let tracker = TaskTracker::new();
        let mut swept: Option<Instant> = None;
        let mut tidied: Option<Instant> = None;
        let is_due = |last: Option<Instant>, every| last.is_none_or(|last| last.elapsed() >= every);
        while !stop.is_cancelled() {
            let mut round = Ok(());
            if is_due(swept, SWEEP) {
                round = self.0.sweep().await;
                swept = Some(Instant::now());
            }
            if is_due(tidied, TIDY) {
                round = round.and(self.0.tidy().await);
                tidied = Some(Instant::now());
            }
            let claimed = match round {
                Ok(()) => self.claim(&tracker, &stop).await,
                Err(error) => Err(error),
            };
            match claimed {
                Ok(claimed) => {
                    let now = self.0.settings.clock.now();
                    self.0.alive_at.store(now.as_millis(), Ordering::Relaxed);
                    if claimed == CLAIM {
                        continue;
                    }
                }
                Err(error) => tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    "the outbox is out of reach"
                ),
            }
            let poll = Duration::from_millis(self.0.settings.outbox.poll_ms);
            tokio::select! {
                () = stop.cancelled() => {}
                () = self.0.settings.bell.notified() => {}
                () = sleep(poll) => {}
            }
        }
        tracker.close();
        tracker.wait().await;
    }

    /// Claims what can be sent now and sends each message in a task of its own.
    async fn claim(
        &self,
        tracker: &TaskTracker,
        stop: &CancellationToken,
    ) -> Result<usize, StoreError> {
        let inner = &self.0;
        let mut places = Vec::new();
        while places.len() < CLAIM
            && let Ok(place) = Arc::clone(&inner.places).try_acquire_owned()
        {
            places.push(place);
        }
        if places.is_empty() {
            return Ok(0);
        }
        let now = inner.settings.clock.now();
        let lease_until = now.plus(inner.settings.outbox.lease());
        let resting = inner.rests.resting(now);
        let mut tx = inner.settings.store.begin().await?;
        let claimed = outbox::claim(&mut tx, now, lease_until, places.len(), &resting).await?;
        tx.commit().await?;
        let count = claimed.len();
        for (message, place) in claimed.into_iter().zip(places) {
            let (worker, stop) = (self.clone(), stop.clone());
            tracker.spawn(async move {
                worker.0.deliver(message, lease_until, &stop).await;
                drop(place);
            });
        }
        Ok(count)
    }
}

impl Inner {
    /// Sends one message and writes down what became of it.
    async fn deliver(&self, message: Claimed, lease_until: Timestamp, stop: &CancellationToken) {
        let settled = if self.turn_comes(&message.channel, lease_until, stop).await {
            self.attempt(&message).await
        } else {
            self.give_back(&message)
        };
        let (state, reason) = words(&settled);
        tracing::info!(
            sms = message.id.as_str(),
            lane = message.lane.name(),
            attempt = message.attempt,
            state,
            reason,
            "send attempted"
        );
        self.settle(&message, &settled, lease_until, stop).await;
    }

    /// Waits for the channel's turn. False when it does not come while no other worker
    /// can take the message, not even during the send.
    async fn turn_comes(
        &self,
        channel: &str,
        lease_until: Timestamp,
        stop: &CancellationToken,
    ) -> bool {
        let clock = &self.settings.clock;
        let timeout = self.settings.outbox.send_timeout();
        let left = || lease_until.since(clock.now()).saturating_sub(timeout);
        tokio::select! {
            biased;
            () = self.pace.wait(channel) => {}
            () = sleep(left()) => return false,
            () = stop.cancelled() => return false,
        }
        !left().is_zero() && self.rests.until(channel, clock.now()).is_none()
    }

    /// Nothing was tried: the message keeps its place in the queue.
    fn give_back(&self, message: &Claimed) -> Settled {
        let rest = self
            .rests
            .until(&message.channel, self.settings.clock.now());
        Settled::Again {
            due_at: rest.unwrap_or(message.due_at),
            reason: "its turn did not come".into(),
        }
    }

    async fn attempt(&self, message: &Claimed) -> Settled {
        let outcome = self.send(message).await;
        let Decision {
            settled,
            rest,
            alarm,
        } = decide(
            outcome,
            message.attempt,
            self.settings.clock.now(),
            &self.settings.outbox,
            chance(),
        );
        if let Some(until) = rest {
            self.rests.rest(&message.channel, until);
        }
        if let Some(alarm) = alarm {
            tracing::error!(channel = message.channel, alarm, "the channel can't send");
        }
        settled
    }

    async fn send(&self, message: &Claimed) -> SendOutcome {
        let never = |reason: &str| {
            SendOutcome::NotSent(NotSent::Permanent {
                reason: reason.into(),
            })
        };
        let Some(channel) = self.settings.channels.named(&message.channel) else {
            return never("the configuration has no such channel");
        };
        let place = Sealed {
            column: "outbox.body",
            row: message.id.as_str(),
        };
        let opened = place.open(&self.settings.keys, &message.body).ok();
        let Some(text) = opened
            .and_then(|bytes| String::from_utf8(bytes.to_vec()).ok())
            .map(Zeroizing::new)
        else {
            return never("the text can't be opened with the keys of the configuration");
        };
        let sms = Sms {
            to: &message.recipient,
            text: &text,
            sender: None,
            link_id: None,
        };
        match self
            .transport
            .send(channel.aggregator.sms_request(&sms))
            .await
        {
            Ok(answer) => {
                channel
                    .aggregator
                    .sms_outcome(answer.status, &answer.headers, &answer.body)
            }
            Err(TransportError::NotSent) => SendOutcome::NotSent(NotSent::OutOfReach),
            Err(error @ TransportError::Unknown(_)) => SendOutcome::Unknown {
                reason: error.to_string(),
            },
        }
    }

    /// Writes the outcome down. The database may be away for a while; an outcome that
    /// is not written before its message expires, or in time before the worker stops,
    /// is left to a delivery report.
    async fn settle(
        &self,
        message: &Claimed,
        settled: &Settled,
        lease_until: Timestamp,
        stop: &CancellationToken,
    ) {
        let mut wait = FIRST_WAIT;
        loop {
            let error = match self.try_settle(message, settled).await {
                Ok(true) => return,
                Ok(false) => {
                    tracing::warn!(
                        sms = message.id.as_str(),
                        attempt = message.attempt,
                        "the attempt was settled by others"
                    );
                    return;
                }
                Err(error) => error,
            };
            let end = if stop.is_cancelled() {
                lease_until
            } else {
                message.expires_at
            };
            if self.settings.clock.now() >= end {
                tracing::error!(
                    sms = message.id.as_str(),
                    error = &error as &dyn std::error::Error,
                    "the outcome is lost"
                );
                return;
            }
            sleep(wait).await;
            wait = LONGEST_WAIT.min(wait * 2);
        }
    }

    async fn try_settle(&self, message: &Claimed, settled: &Settled) -> Result<bool, StoreError> {
        let now = self.settings.clock.now();
        let mut tx = self.settings.store.begin().await?;
        let kept = outbox::settle(&mut tx, &message.id, message.attempt, settled, now).await?;
        if let Settled::Failed { reason } = settled
            && *reason == NotSent::Blocked.to_string()
        {
            blocked::mark(&mut tx, &message.recipient, blocked::BLOCKED, now).await?;
        }
        if let Settled::Accepted {
            provider_id: Some(id),
            ..
        } = settled
        {
            reports::apply_waiting(&mut tx, &message.channel, id, now).await?;
        }
        tx.commit().await?;
        Ok(kept)
    }

    /// Picks up what nobody is working on.
    async fn sweep(&self) -> Result<(), StoreError> {
        let now = self.settings.clock.now();
        let mut tx = self.settings.store.begin().await?;
        let until = now.plus(self.settings.outbox.unknown_wait());
        let abandoned = outbox::abandon_leases(&mut tx, now, until).await?;
        reports::apply_overtaken(&mut tx, now).await?;
        reports::match_orphans(&mut tx, now).await?;
        let resent = outbox::resolve_unknown(&mut tx, now, Lane::Link, REPEATS).await?;
        let expired = outbox::expire(&mut tx, now).await?;
        outbox::erase_kept(&mut tx, now).await?;
        tx.commit().await?;
        if abandoned + resent + expired > 0 {
            tracing::warn!(abandoned, resent, expired, "messages without a worker");
        }
        Ok(())
    }

    /// Forgets what nobody needs any more.
    async fn tidy(&self) -> Result<(), StoreError> {
        let now = self.settings.clock.now();
        loop {
            let mut tx = self.settings.store.begin().await?;
            let gone = sessions::forget_expired(&mut tx, now, FORGET).await?;
            tx.commit().await?;
            if gone < FORGET {
                break;
            }
        }
        let mut tx = self.settings.store.begin().await?;
        menu_versions::forget_before(&mut tx, now.minus(MENU_LIFE)).await?;
        web_sessions::forget_expired(&mut tx, now).await?;
        guesses::forget_before(&mut tx, now.minus(USE_LIFE)).await?;
        report_rows::forget_before(&mut tx, now.minus(REPORT_LIFE)).await?;
        tx.commit().await
    }
}

fn words(settled: &Settled) -> (&'static str, Option<&str>) {
    match settled {
        Settled::Accepted { .. } => ("accepted", None),
        Settled::Again { reason, .. } => ("queued", Some(reason)),
        Settled::Failed { reason } => ("failed", Some(reason)),
        Settled::Unknown { reason, .. } => ("unknown", Some(reason)),
    }
}
