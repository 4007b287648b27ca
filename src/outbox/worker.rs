//! The worker: claims what may leave, has it sent and settled, and goes round.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use tokio::sync::{Notify, OwnedSemaphorePermit, mpsc};
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::aggregators::{Channels, Routes};
use crate::config;
use crate::crypto::Keys;
use crate::domain::{Clock, Lane, Timestamp};
use crate::failpoints::power_may_go;
use crate::metrics::Metrics;
use crate::store::outbox::{self, Claim};
use crate::store::{Store, StoreError, channel_paces, channel_states};

use super::attempt::Attempt;
use super::decide::next_probe;
use super::links::Links;
use super::outlet::{Outlet, Room};
use super::settler::{self, Outcome};
use super::standings::Standings;
use super::tokens::Tokens;
use super::transport::Transport;

/// How often abandoned, unknown and useless messages are looked for.
const SWEEP: Duration = Duration::from_secs(1);

/// How often what nobody needs any more is forgotten.
const TIDY: Duration = Duration::from_mins(1);

/// The shortest time between two claims while there is much to send, so that each takes
/// many.
const BREATH: Duration = Duration::from_millis(5);

/// The most outcomes that wait to be written down; while the database is away, more sends
/// would only be more to remember.
const UNSETTLED: usize = 1024;

/// What a worker works with.
pub struct WorkerSettings {
    /// Where the messages are.
    pub store: Store,
    /// Opens their texts.
    pub keys: Keys,
    /// Where they go.
    pub channels: Channels,
    /// Those of them that keep a connection, while it is up in this process.
    pub links: Links,
    /// Which of them a message may take instead.
    pub routes: Routes,
    /// How.
    pub outbox: config::Outbox,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// Where it counts.
    pub metrics: Metrics,
    /// Rings when there may be something to send. Without it the worker looks by
    /// itself, only later.
    pub bell: Arc<Notify>,
}

/// Sends what is in the outbox. Any number of workers may share one database.
#[derive(Clone)]
pub struct Worker(Arc<Inner>);

/// What the parts of the worker share.
pub(super) struct Inner {
    pub(super) settings: WorkerSettings,
    pub(super) transport: Transport,
    pub(super) tokens: Tokens,
    pub(super) standings: Standings,
    /// Rings when places have become free.
    pub(super) freed: Notify,
    /// When the last round ended well, for readiness.
    alive_at: AtomicI64,
}

impl Worker {
    /// A worker that does nothing yet.
    pub fn new(settings: WorkerSettings) -> Result<Self, reqwest::Error> {
        let transport = Transport::new(settings.outbox.send_timeout())?;
        let alive_at = AtomicI64::new(settings.clock.now().as_millis());
        Ok(Self(Arc::new(Inner {
            settings,
            transport,
            tokens: Tokens::default(),
            standings: Standings::default(),
            freed: Notify::new(),
            alive_at,
        })))
    }

    /// What it is made of, for who goes its rounds by hand.
    #[cfg(test)]
    pub(super) fn inner(self) -> Arc<Inner> {
        self.0
    }

    /// How long ago the last round ended well.
    #[must_use]
    pub fn silent_for(&self) -> Duration {
        let then = Timestamp::from_millis(self.0.alive_at.load(Ordering::Relaxed));
        self.0.settings.clock.now().since(then)
    }

    /// Works until told to stop, then finishes what is being sent.
    pub async fn run(self, stop: CancellationToken) {
        let (settling, inbox) = mpsc::channel(UNSETTLED);
        let settler = tokio::spawn(settler::run(Arc::clone(&self.0), inbox, stop.clone()));
        let mut rounds = Rounds::of(self.0, settling, stop.clone());
        while !stop.is_cancelled() {
            let pause = rounds.next().await;
            rounds.wait(pause).await;
        }
        rounds.finish().await;
        // It ends when the last that sends is gone; what it could not write is logged.
        let _ = settler.await;
    }
}

/// What was claimed on one channel.
#[derive(Default)]
pub(super) struct Claims {
    pub(super) attempts: Vec<Attempt>,
    pub(super) may_be_more: bool,
}

impl Inner {
    /// Places and pace of each channel.
    pub(super) fn outlets(&self) -> Vec<Outlet> {
        let in_flight = self.settings.outbox.in_flight;
        let channels = self.settings.channels.iter();
        channels.map(|c| Outlet::of(c, in_flight)).collect()
    }

    /// Claims what can leave on one channel now. Its commit is the durable word that the
    /// first bytes may leave.
    pub(super) async fn claim(&self, outlet: &mut Outlet) -> Result<Claims, StoreError> {
        let settings = &self.settings;
        let nothing = |may_be_more| Claims {
            attempts: Vec::new(),
            may_be_more,
        };
        if outlet.keeps_connection && !settings.links.is_open(&outlet.channel) {
            // It is down, or another process has it.
            return Ok(nothing(false));
        }
        let now = settings.clock.now();
        let Some(room) = outlet.room(Instant::now()) else {
            return Ok(nothing(!outlet.is_crowded()));
        };
        let hold = self.standings.hold_on(&outlet.channel);
        let room = match &hold {
            None => room,
            Some(hold) if hold.until.is_some_and(|until| until <= now) => Room { limit: 1, ..room },
            Some(_) => return Ok(nothing(false)),
        };
        let lease_until = now.plus(settings.outbox.lease());
        let mut tx = settings.store.begin().await?;
        let used = channel_paces::hold(&mut tx, &outlet.channel).await?;
        let limit = room.limit.min(outlet.ready(used));
        if limit == 0 {
            // Other processes have used it up.
            return Ok(nothing(true));
        }
        let wanted = Claim {
            channel: &outlet.channel,
            last: room.last,
            limit,
            lease_until,
        };
        let claimed = outbox::claim(&mut tx, &wanted, now).await?;
        if claimed.is_empty() {
            return Ok(nothing(false));
        }
        if let Some(hold) = &hold {
            let next = next_probe(hold.kind, now, &settings.outbox);
            if !channel_states::take_probe(&mut tx, &outlet.channel, now, next).await? {
                return Ok(nothing(false));
            }
            self.standings.next_probe(&outlet.channel, next);
        }
        let until = outlet.spend(used, claimed.len());
        channel_paces::keep(&mut tx, &outlet.channel, until).await?;
        power_may_go!("outbox.claims");
        tx.commit().await?;
        power_may_go!("outbox.claimed");
        let is_full = claimed.len() == limit && room.last == Lane::Bulk;
        let is_probe = hold.is_some();
        let attempts = claimed.into_iter().map(|message| Attempt {
            message,
            lease_until,
            is_probe,
        });
        Ok(Claims {
            attempts: attempts.collect(),
            may_be_more: is_full && !is_probe,
        })
    }
}

/// The rounds of a running worker.
struct Rounds {
    worker: Arc<Inner>,
    outlets: Vec<Outlet>,
    settling: mpsc::Sender<Outcome>,
    sends: TaskTracker,
    stop: CancellationToken,
    swept: Option<Instant>,
    tidied: Option<Instant>,
    has_begun: bool,
}

impl Rounds {
    fn of(worker: Arc<Inner>, settling: mpsc::Sender<Outcome>, stop: CancellationToken) -> Self {
        Self {
            outlets: worker.outlets(),
            worker,
            settling,
            sends: TaskTracker::new(),
            stop,
            swept: None,
            tidied: None,
            has_begun: false,
        }
    }

    /// Goes round once; says how long to wait before the next.
    async fn next(&mut self) -> Duration {
        match self.round().await {
            Ok(pause) => {
                let now = self.worker.settings.clock.now();
                self.worker
                    .alive_at
                    .store(now.as_millis(), Ordering::Relaxed);
                pause
            }
            Err(error) => {
                tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    "the outbox is out of reach"
                );
                self.poll()
            }
        }
    }

    async fn round(&mut self) -> Result<Duration, StoreError> {
        let is_due = |last: Option<Instant>, every| last.is_none_or(|last| last.elapsed() >= every);
        if !self.has_begun {
            let mut tx = self.worker.settings.store.begin().await?;
            channel_states::resume_stopped(&mut tx).await?;
            tx.commit().await?;
            self.has_begun = true;
        }
        if is_due(self.swept, SWEEP) {
            self.worker.sweep().await?;
            self.swept = Some(Instant::now());
        }
        if is_due(self.tidied, TIDY) {
            self.worker.tidy().await?;
            self.tidied = Some(Instant::now());
        }
        let mut pause = self.poll();
        for index in 0..self.outlets.len() {
            if self.claim(index).await? {
                pause = pause.min(self.outlets[index].until_next()).max(BREATH);
            }
        }
        Ok(pause)
    }

    /// Claims what can leave on one channel now and sends each message in a task of its
    /// own. True when there may be more.
    async fn claim(&mut self, index: usize) -> Result<bool, StoreError> {
        let outlet = &mut self.outlets[index];
        let claims = self.worker.claim(outlet).await?;
        for attempt in claims.attempts {
            let Some(place) = outlet.take() else { break };
            self.sends.spawn(send(
                Arc::clone(&self.worker),
                attempt,
                place,
                self.settling.clone(),
                self.stop.clone(),
            ));
        }
        Ok(claims.may_be_more)
    }

    fn poll(&self) -> Duration {
        Duration::from_millis(self.worker.settings.outbox.poll_ms)
    }

    /// Waits for something to do.
    async fn wait(&self, pause: Duration) {
        let is_crowded = self.outlets.iter().any(Outlet::is_crowded);
        let places = async {
            self.worker.freed.notified().await;
            sleep(BREATH).await;
        };
        tokio::select! {
            () = self.stop.cancelled() => {}
            () = self.worker.settings.bell.notified() => {}
            () = places, if is_crowded => {}
            () = sleep(pause) => {}
        }
    }

    async fn finish(self) {
        drop(self.settling);
        self.sends.close();
        self.sends.wait().await;
    }
}

async fn send(
    worker: Arc<Inner>,
    attempt: Attempt,
    place: OwnedSemaphorePermit,
    settling: mpsc::Sender<Outcome>,
    stop: CancellationToken,
) {
    let outcome = worker.attempt(attempt, &stop).await;
    // Nobody takes it only when the worker itself is gone.
    let _ = settling.send(outcome).await;
    drop(place);
    worker.freed.notify_one();
}
