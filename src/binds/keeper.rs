//! Keeps one channel bound: takes its turn among the processes, connects, and tries again.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, sleep, timeout_at};
use tokio_util::sync::CancellationToken;

use crate::aggregators::smpp::{Refusal, Smpp, refusal};
use crate::aggregators::{Channel, NotSent, Wire};
use crate::crypto::chance;
use crate::domain::{MessageId, Timestamp};
use crate::store::channel_states::{self, Hold, HoldKind};
use crate::store::{StoreError, binds};

use super::Binds;
use super::connect::connect;
use super::link::{Link, Lost, Opened};
use super::serve::Bound;

/// How long a process has a bind without saying so again, and how often it says so.
const LEASE: Duration = Duration::from_secs(30);
const RENEW: Duration = Duration::from_secs(10);

/// How often a process that may not bind looks again.
const LOOK: Duration = Duration::from_secs(1);

/// Keeps one channel bound.
pub(super) struct Keeper {
    binds: Binds,
    channel: Channel,
    /// This process, as others see it.
    owner: String,
}

/// Why a channel is not bound.
enum NotBound {
    /// It is no use to try.
    Refused(Hold),
    /// It may go better soon.
    Failed(String),
}

impl Keeper {
    pub(super) fn new(binds: Binds, channel: Channel) -> Self {
        Self {
            binds,
            channel,
            owner: MessageId::fresh().as_str().to_owned(),
        }
    }

    pub(super) async fn run(self, stop: CancellationToken) {
        let Wire::Smpp(account) = self.channel.aggregator.wire() else {
            return;
        };
        let mut tries = 0;
        while !stop.is_cancelled() {
            let wait = match self.may_bind().await {
                Ok(true) => self.bind(account, &mut tries, &stop).await,
                Ok(false) => LOOK,
                Err(error) => {
                    warn(&error);
                    LOOK
                }
            };
            tokio::select! {
                () = stop.cancelled() => {}
                () = sleep(wait) => {}
            }
        }
        if let Err(error) = self.release().await {
            warn(&error);
        }
    }

    /// Takes the bind, or keeps it. Not where somebody must mend the configuration first.
    async fn may_bind(&self) -> Result<bool, StoreError> {
        let mut tx = self.binds.store.begin().await?;
        let held = channel_states::all(&mut tx).await?;
        let is_stopped = held
            .iter()
            .any(|(name, hold)| *name == self.channel.name && hold.kind == HoldKind::Stopped);
        let now = self.now();
        let may = !is_stopped
            && binds::take(
                &mut tx,
                &self.channel.name,
                &self.owner,
                now,
                now.plus(LEASE),
            )
            .await?;
        tx.commit().await?;
        Ok(may)
    }

    async fn release(&self) -> Result<(), StoreError> {
        let mut tx = self.binds.store.begin().await?;
        binds::release(&mut tx, &self.channel.name, &self.owner).await?;
        tx.commit().await
    }

    /// Binds and serves until that is over; says how long to wait then.
    async fn bind(&self, account: &Smpp, tries: &mut i64, stop: &CancellationToken) -> Duration {
        *tries += 1;
        let hold = match self.try_to_bind(account).await {
            Ok(opened) => {
                *tries = 0;
                self.serve(account, opened, stop).await;
                return self.binds.outbox.backoff(1, chance());
            }
            Err(NotBound::Refused(hold)) => {
                tracing::error!(
                    channel = self.channel.name,
                    alarm = "the SMSC refuses the name or password; mend the configuration",
                    "the channel can't bind"
                );
                hold
            }
            Err(NotBound::Failed(reason)) => {
                tracing::warn!(
                    channel = self.channel.name,
                    reason,
                    "the channel can't bind"
                );
                let now = self.now();
                Hold {
                    kind: HoldKind::Unreachable,
                    reason,
                    since: now,
                    until: Some(now.plus(self.binds.outbox.circuit())),
                }
            }
        };
        if let Err(error) = self.hold(&hold).await {
            warn(&error);
        }
        self.binds.outbox.backoff(*tries, chance())
    }

    async fn try_to_bind(&self, account: &Smpp) -> Result<Opened, NotBound> {
        let failed = |reason: &str| NotBound::Failed(reason.to_owned());
        let until = Instant::now() + self.binds.outbox.send_timeout();
        let request = account.bind().map_err(|error| failed(&error.to_string()))?;
        let (place, tls) = account.place();
        let stream = match timeout_at(until, connect(place, tls)).await {
            Ok(Ok(stream)) => stream,
            Ok(Err(error)) => return Err(NotBound::Failed(error.to_string())),
            Err(_) => return Err(failed("no connection in time")),
        };
        let (link, incoming) = Link::over(stream, account.window());
        let answer = link.ask_now(request, until).await;
        let status = answer.map(|answer| answer.status());
        let refused = match status.map(refusal) {
            Ok(None) => return Ok((link, incoming)),
            Ok(Some(Refusal::Credentials)) => NotBound::Refused(Hold {
                kind: HoldKind::Stopped,
                reason: NotSent::BadCredentials.to_string(),
                since: self.now(),
                until: None,
            }),
            Ok(Some(Refusal::ForNow(reason))) => NotBound::Failed(reason),
            Err(Lost::NotSent | Lost::Unknown) => failed("the SMSC did not answer the bind"),
        };
        link.end();
        Err(refused)
    }
}

impl Keeper {
    /// Serves until the connection is over, or another process has the bind.
    async fn serve(&self, account: &Smpp, (link, incoming): Opened, stop: &CancellationToken) {
        let (name, binds) = (&self.channel.name, &self.binds);
        tracing::info!(channel = name, "bound");
        if let Err(error) = self.reached().await {
            warn(&error);
        }
        let patience = binds.outbox.send_timeout();
        let (channel, intake) = (self.channel.clone(), binds.intake.clone());
        let bound = Bound::new(channel, account, Arc::clone(&link), intake, patience);
        let mut errands = binds.links.open(name);
        let over = CancellationToken::new();
        let serving = async {
            let every = account.enquire_every();
            bound.serve(incoming, &mut errands, every, stop).await;
            over.cancel();
        };
        tokio::join!(serving, self.renew(&link, &over));
        binds.links.close(name, errands);
        tracing::info!(channel = name, "no longer bound");
    }

    /// Says again and again whose bind it is, and ends the connection before another process
    /// may think that it is free.
    async fn renew(&self, link: &Link, over: &CancellationToken) {
        let mut renewed = Instant::now();
        while over.run_until_cancelled(sleep(RENEW)).await.is_some() {
            let is_ours = match self.may_bind().await {
                Ok(true) => {
                    renewed = Instant::now();
                    true
                }
                Ok(false) => false,
                Err(error) => {
                    warn(&error);
                    renewed.elapsed() + RENEW < LEASE
                }
            };
            if !is_ours {
                link.end();
            }
        }
    }

    async fn reached(&self) -> Result<(), StoreError> {
        let mut tx = self.binds.store.begin().await?;
        channel_states::reached(&mut tx, &self.channel.name).await?;
        tx.commit().await
    }

    async fn hold(&self, hold: &Hold) -> Result<(), StoreError> {
        let mut tx = self.binds.store.begin().await?;
        channel_states::hold(&mut tx, &self.channel.name, hold).await?;
        tx.commit().await
    }

    fn now(&self) -> Timestamp {
        self.binds.clock.now()
    }
}

fn warn(error: &StoreError) {
    tracing::warn!(
        error = error as &dyn std::error::Error,
        "the states of binds are out of reach"
    );
}
