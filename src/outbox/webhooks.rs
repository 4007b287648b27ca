//! Posts events to the addresses of the council's own systems, signed as Standard Webhooks has
//! it, until they arrive or nobody can expect any more that they do.
//!
//! An event that fails is tried again by a schedule of its own. The address rests meanwhile and
//! is tried with one event at a time, so that a thousand events do not hammer at one that is
//! down.

use std::collections::BTreeSet;
use std::iter;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, RETRY_AFTER, USER_AGENT};
use http::{HeaderMap, Request, StatusCode};
use serde_json::json;
use tokio::task::JoinSet;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use crate::config::Api;
use crate::crypto::{HookSecret, Keys, Sealed, chance};
use crate::domain::{Clock, EventKind, HookUrl, Timestamp, WebhookId};
use crate::store::webhooks::{self, Event, Posted, Webhook};
use crate::store::{Store, StoreError};

use super::transport::Transport;

/// The waits before the second attempt and each later one.
const SCHEDULE: [Duration; 9] = [
    Duration::from_secs(5),
    Duration::from_mins(5),
    Duration::from_mins(30),
    Duration::from_hours(2),
    Duration::from_hours(5),
    Duration::from_hours(10),
    Duration::from_hours(14),
    Duration::from_hours(20),
    Duration::from_hours(24),
];

/// How long an address rests after its first failure, doubling up to the longest.
const REST: Duration = Duration::from_secs(5);
const LONGEST_REST: Duration = Duration::from_mins(5);

/// The longest rest that an address may ask for.
const LONGEST_ASKED: Duration = Duration::from_hours(1);

/// The most events that are on their way to one address at once.
const AT_ONCE: usize = 16;

/// What the posting of events is done with.
pub struct WebhooksSettings {
    /// Where events are.
    pub store: Store,
    /// What secrets are sealed with.
    pub keys: Keys,
    /// Limits.
    pub api: Api,
    /// Between looks.
    pub poll: Duration,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
}

/// Posts for one process; any number may share one database.
#[derive(Clone)]
pub struct Webhooks {
    settings: Arc<WebhooksSettings>,
    transport: Transport,
}

/// What came of one attempt.
struct Outcome {
    event: Event,
    status: Option<StatusCode>,
    /// Why it did not arrive; nothing when it did.
    failure: Option<String>,
    /// How long the address wants to be left alone.
    rest: Option<Duration>,
}

impl Webhooks {
    /// Nothing is posted yet.
    pub fn new(settings: WebhooksSettings) -> Result<Self, reqwest::Error> {
        let timeout = settings.api.webhook_timeout();
        let transport = if settings.api.webhooks_may_be_local {
            Transport::new(timeout)?
        } else {
            Transport::to_the_open(timeout)?
        };
        Ok(Self {
            settings: Arc::new(settings),
            transport,
        })
    }

    /// Posts until told to stop, then finishes what is out. Run it in a spawned task.
    pub async fn run(self, stop: CancellationToken) {
        let mut out: JoinSet<WebhookId> = JoinSet::new();
        let mut busy = BTreeSet::new();
        while !stop.is_cancelled() {
            match self.due(&busy).await {
                Ok(due) => {
                    for webhook in due {
                        busy.insert(webhook.id.clone());
                        out.spawn(self.clone().post_some(webhook));
                    }
                }
                Err(error) => warn(&error),
            }
            tokio::select! {
                () = stop.cancelled() => {}
                // One that is slow holds nobody else up.
                Some(done) = out.join_next() => {
                    if let Ok(id) = done {
                        busy.remove(&id);
                    }
                }
                () = sleep(self.settings.poll) => {}
            }
        }
        while out.join_next().await.is_some() {}
    }

    async fn due(&self, busy: &BTreeSet<WebhookId>) -> Result<Vec<Webhook>, StoreError> {
        let mut tx = self.settings.store.begin_read().await?;
        let mut due = webhooks::due(&mut tx, self.settings.clock.now()).await?;
        due.retain(|webhook| !busy.contains(&webhook.id));
        Ok(due)
    }

    /// Posts some of what is due to an address.
    async fn post_some(self, webhook: Webhook) -> WebhookId {
        if let Err(error) = self.try_to_post(&webhook).await {
            warn(&error);
        }
        webhook.id
    }

    async fn try_to_post(&self, webhook: &Webhook) -> Result<(), StoreError> {
        let (store, now) = (&self.settings.store, self.settings.clock.now());
        let limit = if webhook.failures > 0 { 1 } else { AT_ONCE };
        // Longer than an attempt, so that nobody else begins the next one meanwhile.
        let lease = self.settings.api.webhook_timeout() * 2;
        let mut tx = store.begin().await?;
        let events = webhooks::claim(&mut tx, &webhook.id, limit, lease, now).await?;
        tx.commit().await?;
        let mut out: JoinSet<Outcome> = JoinSet::new();
        for event in events {
            let (own, webhook) = (self.clone(), webhook.clone());
            out.spawn(async move { own.post(&webhook, event).await });
        }
        let outcomes = out.join_all().await;
        self.settle(webhook, &outcomes).await
    }

    async fn post(&self, webhook: &Webhook, event: Event) -> Outcome {
        let failed = |event, reason: String| Outcome {
            event,
            status: None,
            failure: Some(reason),
            rest: None,
        };
        let request = match self.request(webhook, &event) {
            Ok(request) => request,
            Err(reason) => return failed(event, reason),
        };
        match self.transport.status_of(request).await {
            Ok((status, headers)) => Outcome {
                event,
                status: Some(status),
                failure: (!status.is_success()).then(|| format!("status {}", status.as_u16())),
                rest: asked_rest(&headers),
            },
            Err(error) => failed(event, error.to_string()),
        }
    }

    /// The request for one event, signed for this attempt.
    fn request(&self, webhook: &Webhook, event: &Event) -> Result<Request<Bytes>, String> {
        let WebhooksSettings {
            keys, api, clock, ..
        } = &*self.settings;
        // What was allowed when it was made may not be any more.
        let url = HookUrl::parse(&webhook.url, api.webhooks_may_be_local);
        let url = url.map_err(|error| error.to_string())?;
        let (body, now) = (body_of(event), clock.now());
        let seconds = now.as_millis() / 1000;
        let open = |sealed: &[u8]| {
            let secret = Sealed::webhook(webhook.id.as_str()).open(keys, sealed);
            secret.map(|secret| HookSecret::from_bytes(&secret))
        };
        let secret = open(&webhook.secret);
        let secret = secret.map_err(|_| "its secret can't be opened: a key is missing")?;
        // For a while the one before signs too, so that a receiver can change over when it
        // likes; where it can't be opened any more, the new one is enough.
        let old = webhook.old.as_ref().filter(|old| now < old.until);
        let old = old.and_then(|old| open(&old.sealed).ok());
        let signatures = iter::once(secret).chain(old);
        let signatures = signatures.map(|secret| secret.sign(&event.id, seconds, body.as_bytes()));
        let signatures = signatures.collect::<Vec<_>>().join(" ");
        Request::post(url.as_str())
            .header(CONTENT_TYPE, "application/json")
            .header(USER_AGENT, concat!("cp2/", env!("CARGO_PKG_VERSION")))
            .header("webhook-id", &event.id)
            .header("webhook-timestamp", seconds)
            .header("webhook-signature", signatures)
            .body(Bytes::from(body))
            .map_err(|_| "the address can't be called".to_owned())
    }

    async fn settle(&self, webhook: &Webhook, outcomes: &[Outcome]) -> Result<(), StoreError> {
        let now = self.settings.clock.now();
        let mut tx = self.settings.store.begin().await?;
        for outcome in outcomes {
            let status = outcome.status.map(|status| status.as_u16());
            let posted = what_next(outcome, now);
            webhooks::settle(&mut tx, &outcome.event, status, &posted).await?;
        }
        let failure = outcomes.iter().find(|one| one.failure.is_some());
        if outcomes.iter().any(|one| one.failure.is_none()) {
            webhooks::works(&mut tx, &webhook.id).await?;
        } else if let Some(Outcome { rest, .. }) = failure {
            let rest = rest.unwrap_or_default().max(rest_after(webhook.failures));
            webhooks::rests(&mut tx, webhook, now.plus(rest), now).await?;
        }
        let given_up = self.reason_to_give_up(webhook, outcomes, now);
        if let Some(reason) = given_up
            && webhooks::disable(&mut tx, &webhook.id, reason, now).await?
        {
            tracing::warn!(
                webhook = webhook.id.as_str(),
                client = webhook.client,
                reason,
                "a webhook is disabled"
            );
        }
        tx.commit().await
    }

    fn reason_to_give_up(
        &self,
        webhook: &Webhook,
        outcomes: &[Outcome],
        now: Timestamp,
    ) -> Option<&'static str> {
        let all_failed = outcomes.iter().all(|one| one.failure.is_some());
        let is_gone = |one: &Outcome| one.status == Some(StatusCode::GONE);
        let patience = self.settings.api.webhook_disabled_after();
        if outcomes.iter().any(is_gone) {
            Some("it answered 410, gone")
        } else if all_failed
            && webhook
                .failing_since
                .is_some_and(|since| now.since(since) >= patience)
        {
            Some("nothing has got through for too long")
        } else {
            None
        }
    }
}

fn warn(error: &StoreError) {
    tracing::warn!(
        error = error as &dyn std::error::Error,
        "events for other systems are out of reach"
    );
}

/// What becomes of an event after an attempt.
fn what_next(outcome: &Outcome, now: Timestamp) -> Posted {
    let Some(reason) = outcome.failure.clone() else {
        return Posted::Delivered;
    };
    let attempts = usize::try_from(outcome.event.attempt).unwrap_or(usize::MAX);
    match SCHEDULE.get(attempts.saturating_sub(1)) {
        // Spread a little, so that what failed together does not come back together.
        Some(wait) => Posted::Again {
            at: now.plus(wait.mul_f64(1.0 + chance() / 5.0)),
            reason,
        },
        None => Posted::GivenUp { reason },
    }
}

/// How long an address rests after so many failures before this one.
fn rest_after(failures: i64) -> Duration {
    let doublings = u32::try_from(failures).unwrap_or(u32::MAX).min(16);
    REST.saturating_mul(1 << doublings).min(LONGEST_REST)
}

fn asked_rest(headers: &HeaderMap) -> Option<Duration> {
    let seconds = headers.get(RETRY_AFTER)?.to_str().ok()?.parse().ok()?;
    Some(Duration::from_secs(seconds).min(LONGEST_ASKED))
}

/// What is posted: ids and words of ours, and nothing that is private.
fn body_of(event: &Event) -> String {
    let Event {
        subject,
        person,
        detail,
        ..
    } = event;
    let data = match event.kind {
        EventKind::DeploymentChanged => {
            json!({ "deployment": subject, "person": person, "state": detail })
        }
        EventKind::InvitationAnswered => {
            json!({ "deployment": subject, "person": person, "answer": detail })
        }
        EventKind::PersonAdded => json!({ "person": subject }),
        EventKind::PersonChanged => json!({ "person": subject, "field": detail }),
        EventKind::MessageSettled => {
            json!({ "message": subject, "person": person, "state": detail })
        }
        EventKind::Ping => json!({ "webhook": subject }),
    };
    let at = event.at.datetime_in_kenya();
    let at = at.strftime("%Y-%m-%dT%H:%M:%S+03:00").to_string();
    json!({ "type": event.kind.name(), "timestamp": at, "data": data }).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(kind: EventKind, attempt: i64) -> Event {
        Event {
            id: "e1".into(),
            kind,
            at: Timestamp::from_millis(1_791_849_600_000),
            subject: "s1".into(),
            person: Some("p1".into()),
            detail: Some("posted".into()),
            attempt,
        }
    }

    fn failed(attempt: i64) -> Outcome {
        Outcome {
            event: event(EventKind::Ping, attempt),
            status: None,
            failure: Some("no connection".into()),
            rest: None,
        }
    }

    #[test]
    fn an_event_is_tried_for_some_days_and_then_given_up() {
        let (mut now, mut attempt) = (Timestamp::from_millis(0), 1);
        while let Posted::Again { at, .. } = what_next(&failed(attempt), now) {
            assert!(at > now);
            (now, attempt) = (at, attempt + 1);
        }
        assert_eq!(attempt, 10);
        let hours = now.as_millis() / 3_600_000;
        assert!((75..=91).contains(&hours), "{hours}");
    }

    #[test]
    fn an_address_that_is_down_rests_longer_and_longer() {
        let rests: Vec<_> = (0..9)
            .map(|failures| rest_after(failures).as_secs())
            .collect();
        assert_eq!(rests, [5, 10, 20, 40, 80, 160, 300, 300, 300]);
        assert_eq!(rest_after(i64::MAX), LONGEST_REST);
    }

    #[test]
    fn an_event_says_what_and_whose_and_no_more() {
        assert_eq!(
            body_of(&event(EventKind::DeploymentChanged, 1)),
            "{\"data\":{\"deployment\":\"s1\",\"person\":\"p1\",\"state\":\"posted\"},\
             \"timestamp\":\"2026-10-13T03:00:00+03:00\",\"type\":\"deployment.changed\"}"
        );
    }
}
