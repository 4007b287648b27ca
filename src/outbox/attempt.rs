//! One attempt to send one message.

use bytes::Bytes;
use http::Request;
use tokio_util::sync::CancellationToken;
use tracing::Instrument;
use tracing::field::Empty;
use zeroize::Zeroizing;

use crate::aggregators::{HttpSms, LogIn, NotSent, SendOutcome, Sms, Wire};
use crate::crypto::{Sealed, chance};
use crate::domain::{HomeNetwork, Timestamp};
use crate::metrics::About;
use crate::store::outbox::{Claimed, Settled};

use super::decide::{Decision, Health, decide, open_circuit};
use super::settler::{ChannelWord, Outcome};
use super::transport::TransportError;
use super::worker::Inner;

/// A message that is to be sent now.
pub(super) struct Attempt {
    pub(super) message: Claimed,
    pub(super) lease_until: Timestamp,
    /// Whether it tries if its channel, which is held, sends again.
    pub(super) is_probe: bool,
}

impl Inner {
    /// Sends one message, unless that would be wrong by now.
    pub(super) async fn attempt(&self, attempt: Attempt, stop: &CancellationToken) -> Outcome {
        if !self.may_send(&attempt, stop) {
            return given_back(attempt);
        }
        let span = tracing::debug_span!(
            "send",
            channel = attempt.message.channel,
            lane = attempt.message.lane.name(),
            attempt = attempt.message.attempt,
            state = Empty
        );
        let began = self.settings.clock.now();
        let outcome = self.send(&attempt).instrument(span.clone()).await;
        let concluded = self.conclude(attempt, outcome, began, chance());
        span.record("state", concluded.settled.state());
        concluded
    }

    /// Not while another worker could take the message, not even during the send, and not
    /// on a channel that was held since.
    pub(super) fn may_send(&self, attempt: &Attempt, stop: &CancellationToken) -> bool {
        self.has_time(attempt)
            && !stop.is_cancelled()
            && (attempt.is_probe || self.standings.hold_on(&attempt.message.channel).is_none())
    }

    fn has_time(&self, attempt: &Attempt) -> bool {
        let left = attempt.lease_until.since(self.settings.clock.now());
        left > self.settings.outbox.send_timeout()
    }

    /// What a send that began then came to. `chance` is random in 0..=1.
    pub(super) fn conclude(
        &self,
        attempt: Attempt,
        outcome: SendOutcome,
        began: Timestamp,
        chance: f64,
    ) -> Outcome {
        let message = &attempt.message;
        let settings = &self.settings.outbox;
        let now = self.settings.clock.now();
        self.count(message, &outcome, now);
        let decision = decide(outcome, message.attempt, now, settings, chance);
        let word = self.word_on_channel(&message.channel, &decision, began, now);
        ended(attempt, decision.settled, word)
    }

    fn count(&self, message: &Claimed, outcome: &SendOutcome, now: Timestamp) {
        let about = About {
            channel: &message.channel,
            network: HomeNetwork::of(&message.recipient),
            lane: message.lane,
        };
        let metrics = &self.settings.metrics;
        metrics.attempted(about, outcome.class());
        if let SendOutcome::Accepted { cost, .. } = outcome {
            let after = now.since(message.created_at);
            metrics.handed_over(about, after, cost.as_deref());
        }
    }

    /// What the attempt says about its channel.
    fn word_on_channel(
        &self,
        channel: &str,
        decision: &Decision,
        began: Timestamp,
        now: Timestamp,
    ) -> Option<ChannelWord> {
        if let Some(alarm) = decision.alarm {
            tracing::error!(channel, alarm, "the channel can't send");
        }
        let hold = match &decision.channel {
            Health::Works => {
                let is_news = self.standings.works(channel, began);
                if is_news {
                    tracing::warn!(channel, "the channel sends again");
                }
                return is_news.then_some(ChannelWord::Works);
            }
            Health::Held(hold) => hold.clone(),
            Health::Fails => {
                let settings = &self.settings.outbox;
                if self.standings.failed(channel) < settings.circuit_failures {
                    return None;
                }
                tracing::error!(
                    channel,
                    alarm = "the aggregator does not answer as it should; look at its status page",
                    "the channel can't send"
                );
                open_circuit(now, settings)
            }
        };
        self.standings.hold(channel, hold.clone());
        Some(ChannelWord::Held(hold))
    }

    async fn send(&self, attempt: &Attempt) -> SendOutcome {
        let message = &attempt.message;
        let never = |reason: &str| {
            SendOutcome::NotSent(NotSent::Permanent {
                reason: reason.into(),
            })
        };
        let Some(channel) = self.settings.channels.named(&message.channel) else {
            return never("the configuration has no such channel");
        };
        let place = Sealed::sms(message.id.as_str());
        let opened = place.open(&self.settings.keys, &message.body).ok();
        let Some(text) = opened
            .and_then(|bytes| String::from_utf8(bytes.to_vec()).ok())
            .map(Zeroizing::new)
        else {
            return never("the text can't be opened with the keys of the configuration");
        };
        let sms = Sms {
            id: &message.id,
            now: self.settings.clock.now(),
            to: &message.recipient,
            text: &text,
            sender: None,
            link_id: message.link_id.as_deref(),
        };
        match channel.aggregator.wire() {
            Wire::Http(wire) => match wire.log_in() {
                None => self.request(wire, wire.sms_request(&sms)).await,
                Some(log_in) => self.with_token(wire, log_in, &sms, attempt).await,
            },
            Wire::Smpp(_) => self.settings.links.send(&channel.name, &sms).await,
        }
    }

    /// A token may be taken back before its time: then there is one more log-in. Who has
    /// waited for one too long sends nothing: the message may be another worker's soon.
    async fn with_token(
        &self,
        wire: &dyn HttpSms,
        log_in: &dyn LogIn,
        sms: &Sms<'_>,
        attempt: &Attempt,
    ) -> SendOutcome {
        let channel = attempt.message.channel.as_str();
        let mut outcome = SendOutcome::NotSent(NotSent::BadCredentials);
        for _ in 0..2 {
            let token = match self.tokens.get(channel, log_in, &self.transport).await {
                Ok(token) => token,
                Err(why) => return SendOutcome::NotSent(why),
            };
            if !self.has_time(attempt) {
                return SendOutcome::NotSent(NotSent::OutOfReach);
            }
            let mut request = wire.sms_request(sms);
            log_in.show(&token, &mut request);
            outcome = self.request(wire, request).await;
            if outcome != SendOutcome::NotSent(NotSent::BadCredentials) {
                break;
            }
            self.tokens.forget(channel, &token).await;
        }
        outcome
    }

    async fn request(&self, wire: &dyn HttpSms, request: Request<Bytes>) -> SendOutcome {
        match self.transport.send(request).await {
            Ok(answer) => wire.sms_outcome(answer.status, &answer.headers, &answer.body),
            Err(TransportError::NotSent) => SendOutcome::NotSent(NotSent::OutOfReach),
            Err(error @ TransportError::Unknown(_)) => SendOutcome::Unknown {
                reason: error.to_string(),
            },
        }
    }
}

/// Nothing was tried: the message keeps its place in the queue.
pub(super) fn given_back(attempt: Attempt) -> Outcome {
    let settled = Settled::Again {
        due_at: attempt.message.due_at,
        reason: "its turn did not come".into(),
    };
    ended(attempt, settled, None)
}

fn ended(attempt: Attempt, settled: Settled, word: Option<ChannelWord>) -> Outcome {
    let message = attempt.message;
    tracing::info!(
        sms = message.id.as_str(),
        lane = message.lane.name(),
        attempt = message.attempt,
        state = settled.state(),
        reason = settled.reason(),
        "send attempted"
    );
    Outcome {
        message,
        settled,
        word,
        lease_until: attempt.lease_until,
    }
}
