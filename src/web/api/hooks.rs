//! Addresses that events are posted to.

use std::time::Duration;

use axum::http::StatusCode;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::actions::api::{self, HookMade};
use crate::domain::{EventKind, HookUrl, WebhookId};

use super::endpoint::{Call, Endpoint, Json, Nothing, Unit};
use super::paging::{ById, SOME_ID, moment};
use super::problem::{Kind, Problem, Refusal};
use super::whole::whole;

/// What a system can be told of.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "EventKind")]
pub(in crate::web) enum Event {
    /// A deployment is new, moved, answered or taken back.
    #[serde(rename = "deployment.changed")]
    DeploymentChanged,
    /// An invitation was accepted or declined.
    #[serde(rename = "invitation.answered")]
    InvitationAnswered,
    /// Somebody is new in the register.
    #[serde(rename = "person.added")]
    PersonAdded,
    /// A field of a record has changed: which one, not its value.
    #[serde(rename = "person.changed")]
    PersonChanged,
    /// An SMS was delivered, has failed or is too old.
    #[serde(rename = "message.settled")]
    MessageSettled,
}

impl Event {
    fn kind(self) -> EventKind {
        match self {
            Self::DeploymentChanged => EventKind::DeploymentChanged,
            Self::InvitationAnswered => EventKind::InvitationAnswered,
            Self::PersonAdded => EventKind::PersonAdded,
            Self::PersonChanged => EventKind::PersonChanged,
            Self::MessageSettled => EventKind::MessageSettled,
        }
    }
}

/// An address, and how it does.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Webhook")]
pub(in crate::web) struct Shown {
    /// Which.
    id: String,
    /// The address.
    url: String,
    /// What it is told of.
    events: Vec<String>,
    /// `working`, `failing`, or `disabled` once nothing has got through for too long.
    state: String,
    /// Until when the secret before signs beside the new one, where it was changed lately.
    old_secret_until: Option<String>,
    /// Why it was disabled.
    reason: Option<String>,
    /// Since when nothing gets through.
    failing_since: Option<String>,
    /// Events that wait.
    waiting: u64,
    /// Events that were given up.
    failed: u64,
    /// When it was made.
    created_at: String,
}

impl From<api::Endpoint> for Shown {
    fn from(endpoint: api::Endpoint) -> Self {
        let webhook = endpoint.webhook;
        let state = webhook.state().to_owned();
        let events = endpoint.kinds.iter();
        Self {
            id: webhook.id.to_string(),
            url: webhook.url,
            events: events.map(|kind| kind.name().to_owned()).collect(),
            state,
            old_secret_until: webhook.old.map(|old| moment(old.until)),
            reason: webhook.reason,
            failing_since: webhook.failing_since.map(moment),
            waiting: endpoint.waiting,
            failed: endpoint.failed,
            created_at: moment(webhook.created_at),
        }
    }
}

fn example() -> Value {
    json!({
        "id": SOME_ID,
        "url": "https://portal.example.org/hooks/cp2",
        "events": ["deployment.changed", "invitation.answered"],
        "state": "working",
        "old_secret_until": null,
        "reason": null,
        "failing_since": null,
        "waiting": 0,
        "failed": 0,
        "created_at": "2026-10-05T09:00:00+03:00",
    })
}

/// Where events are to go.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "NewWebhook")]
#[serde(deny_unknown_fields)]
pub(in crate::web) struct ToMake {
    /// An address that begins with https:// and is no private one.
    #[schemars(length(max = 500))]
    url: String,
    /// What it is to be told of.
    #[schemars(length(min = 1))]
    events: Vec<Event>,
}

/// A new address and its secret.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "WebhookMade")]
pub(in crate::web) struct Made {
    /// The address.
    webhook: Shown,
    /// What its events are signed with. It is shown this once.
    secret: String,
}

pub(in crate::web) struct MakeWebhook;

impl Endpoint for MakeWebhook {
    const SUMMARY: &'static str = "Have events posted to an address";
    const MORE: &'static str = "They are signed as Standard Webhooks has it: `webhook-id`, `webhook-timestamp`, `webhook-signature`.";
    const STATUS: StatusCode = StatusCode::CREATED;
    const ONCE: bool = true;
    const PROBLEMS: &'static [Kind] = &[Kind::Refused];
    type Wanted = Nothing;
    type Sent = Json<ToMake>;
    type Given = Json<Made>;

    fn example_sent() -> Value {
        json!({
            "url": "https://portal.example.org/hooks/cp2",
            "events": ["deployment.changed", "invitation.answered"],
        })
    }

    fn example_given() -> Value {
        let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo=";
        json!({ "webhook": example(), "secret": secret })
    }

    async fn run(
        call: &mut Call,
        _: Nothing,
        Json(sent): Json<ToMake>,
    ) -> Result<Json<Made>, Refusal> {
        let Unit {
            tx,
            tools,
            caller,
            now,
            ..
        } = call.unit().await?;
        let url = HookUrl::parse(&sent.url, tools.api.webhooks_may_be_local);
        let url = url.map_err(|error| Problem::of_field("url", error.to_string()))?;
        let kinds: Vec<_> = sent.events.iter().map(|event| event.kind()).collect();
        if kinds.is_empty() {
            let detail = "events: one at least";
            return Err(Problem::new(Kind::Unreadable, detail).into());
        }
        match api::make_webhook(tx, tools, caller, (&url, &kinds), now).await? {
            HookMade::Done(endpoint, secret) => Ok(Json(Made {
                webhook: (*endpoint).into(),
                secret: secret.reveal().as_str().to_owned(),
            })),
            HookMade::TooMany(most) => {
                let detail = format!("a system has at most {most} addresses; remove one first");
                Err(Problem::new(Kind::Refused, detail).into())
            }
        }
    }
}

/// All addresses of the system that asks.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Webhooks")]
pub(in crate::web) struct All {
    /// The oldest first.
    items: Vec<Shown>,
}

pub(in crate::web) struct ListWebhooks;

impl Endpoint for ListWebhooks {
    const SUMMARY: &'static str = "Read where events go";
    const MORE: &'static str = "A system sees and steers its own addresses alone.";
    type Wanted = Nothing;
    type Sent = Nothing;
    type Given = Json<All>;

    fn example_given() -> Value {
        json!({ "items": [example()] })
    }

    async fn run(call: &mut Call, _: Nothing, _: Nothing) -> Result<Json<All>, Refusal> {
        let Unit { tx, caller, .. } = call.unit().await?;
        let found = api::webhooks(tx, caller).await?;
        let items = found.into_iter().map(Shown::from).collect();
        Ok(Json(All { items }))
    }
}

fn none() -> Refusal {
    Problem::not_found("webhook").into()
}

pub(in crate::web) struct ReadWebhook;

impl Endpoint for ReadWebhook {
    const SUMMARY: &'static str = "Read how an address does";
    const PROBLEMS: &'static [Kind] = &[Kind::NotFound];
    type Wanted = ById<WebhookId>;
    type Sent = Nothing;
    type Given = Json<Shown>;

    fn example_given() -> Value {
        example()
    }

    async fn run(
        call: &mut Call,
        wanted: ById<WebhookId>,
        _: Nothing,
    ) -> Result<Json<Shown>, Refusal> {
        let Unit { tx, caller, .. } = call.unit().await?;
        let found = api::webhook(tx, caller, &wanted.id).await?;
        Ok(Json(found.ok_or_else(none)?.into()))
    }
}

pub(in crate::web) struct RemoveWebhook;

impl Endpoint for RemoveWebhook {
    const SUMMARY: &'static str = "Post no more events to an address";
    const MORE: &'static str = "What waits for it is forgotten.";
    const STATUS: StatusCode = StatusCode::NO_CONTENT;
    const PROBLEMS: &'static [Kind] = &[Kind::NotFound];
    type Wanted = ById<WebhookId>;
    type Sent = Nothing;
    type Given = Nothing;

    async fn run(call: &mut Call, wanted: ById<WebhookId>, _: Nothing) -> Result<Nothing, Refusal> {
        let Unit {
            tx, caller, now, ..
        } = call.unit().await?;
        let removed = api::remove_webhook(tx, caller, &wanted.id, now).await?;
        removed.then_some(Nothing {}).ok_or_else(none)
    }
}

pub(in crate::web) struct EnableWebhook;

impl Endpoint for EnableWebhook {
    const SUMMARY: &'static str = "Post events again to an address that was disabled or fails";
    const MORE: &'static str = "What waits is posted at once.";
    const PROBLEMS: &'static [Kind] = &[Kind::NotFound];
    type Wanted = ById<WebhookId>;
    type Sent = Nothing;
    type Given = Json<Shown>;

    fn example_given() -> Value {
        example()
    }

    async fn run(
        call: &mut Call,
        wanted: ById<WebhookId>,
        _: Nothing,
    ) -> Result<Json<Shown>, Refusal> {
        let Unit {
            tx, caller, now, ..
        } = call.unit().await?;
        let found = api::enable_webhook(tx, caller, &wanted.id, now).await?;
        Ok(Json(found.ok_or_else(none)?.into()))
    }
}

/// How long two secrets sign.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "Rotation")]
#[serde(deny_unknown_fields)]
pub(in crate::web) struct Rotation {
    /// For so many hours the secret before signs too.
    #[serde(default = "a_day", deserialize_with = "whole")]
    #[schemars(range(max = LONGEST_OVERLAP))]
    overlap_hours: u32,
}

fn a_day() -> u32 {
    24
}

/// The longest that two secrets sign, in hours: a week.
const LONGEST_OVERLAP: u32 = 168;

pub(in crate::web) struct RotateWebhook;

impl Endpoint for RotateWebhook {
    const SUMMARY: &'static str = "Give an address a new secret";
    const MORE: &'static str = "For a while both sign: `webhook-signature` then holds two signatures with a space between, the new one first, and the receiver takes an event of which one holds.";
    const ONCE: bool = true;
    const PROBLEMS: &'static [Kind] = &[Kind::NotFound, Kind::Refused];
    type Wanted = ById<WebhookId>;
    type Sent = Json<Rotation>;
    type Given = Json<Made>;

    fn example_sent() -> Value {
        json!({ "overlap_hours": 24 })
    }

    fn example_given() -> Value {
        let secret = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oDC2FVsBQIhrs=";
        json!({ "webhook": example(), "secret": secret })
    }

    async fn run(
        call: &mut Call,
        wanted: ById<WebhookId>,
        Json(sent): Json<Rotation>,
    ) -> Result<Json<Made>, Refusal> {
        if sent.overlap_hours > LONGEST_OVERLAP {
            let detail = format!("two secrets sign for {LONGEST_OVERLAP} hours at most");
            return Err(Problem::of_field("overlap_hours", detail).into());
        }
        let Unit {
            tx,
            tools,
            caller,
            now,
            ..
        } = call.unit().await?;
        let overlap = Duration::from_hours(u64::from(sent.overlap_hours));
        let rotated = api::rotate_webhook(tx, tools, caller, (&wanted.id, overlap), now).await?;
        let (endpoint, secret) = rotated.ok_or_else(none)?;
        Ok(Json(Made {
            webhook: endpoint.into(),
            secret: secret.reveal().as_str().to_owned(),
        }))
    }
}

pub(in crate::web) struct PingWebhook;

impl Endpoint for PingWebhook {
    const SUMMARY: &'static str = "Post an event in which nothing has happened";
    const MORE: &'static str = "Its type is `webhook.ping`.";
    const STATUS: StatusCode = StatusCode::NO_CONTENT;
    const PROBLEMS: &'static [Kind] = &[Kind::NotFound];
    type Wanted = ById<WebhookId>;
    type Sent = Nothing;
    type Given = Nothing;

    async fn run(call: &mut Call, wanted: ById<WebhookId>, _: Nothing) -> Result<Nothing, Refusal> {
        let Unit {
            tx, caller, now, ..
        } = call.unit().await?;
        let pinged = api::ping_webhook(tx, caller, &wanted.id, now).await?;
        pinged.then_some(Nothing {}).ok_or_else(none)
    }
}
