//! What became of SMS.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::domain::{MessageId, PersonId};
use crate::store::outbox::{self, Message};
use crate::store::people;

use super::endpoint::{Call, Endpoint, Json, Nothing, Unit};
use super::paging::{ById, Id, Limit, Page, SOME_ID, moment};
use super::problem::{Kind, Problem, Refusal};

/// An SMS, without its text, which is erased once it has left.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Message")]
pub(in crate::web) struct Shown {
    /// Which.
    id: String,
    /// About whom; nothing where it is about nobody known.
    person: Option<String>,
    /// How urgent it is: `credential`, `link`, `transaction`, `notice` or `bulk`.
    lane: String,
    /// Through which channel it leaves.
    channel: String,
    /// How many SMS it takes.
    segments: i64,
    /// `queued`, `sending`, `accepted`, `unknown`, `delivered`, `failed` or `expired`.
    state: String,
    /// Why, where there is more to say.
    reason: Option<String>,
    /// What the aggregator says that it cost.
    cost: Option<String>,
    /// When it was made.
    created_at: String,
    /// When it came to its state.
    updated_at: String,
}

impl From<Message> for Shown {
    fn from(message: Message) -> Self {
        Self {
            id: message.id.to_string(),
            person: message.person.map(|person| person.to_string()),
            lane: message.lane.name().to_owned(),
            channel: message.channel,
            segments: message.segments,
            state: message.state,
            reason: message.reason,
            cost: message.cost,
            created_at: moment(message.created_at),
            updated_at: moment(message.updated_at),
        }
    }
}

fn example() -> Value {
    json!({
        "id": SOME_ID,
        "person": SOME_ID,
        "lane": "notice",
        "channel": "at",
        "segments": 1,
        "state": "delivered",
        "reason": null,
        "cost": "KES 0.8000",
        "created_at": "2026-10-05T09:00:00+03:00",
        "updated_at": "2026-10-05T09:00:03+03:00",
    })
}

pub(in crate::web) struct ReadMessage;

impl Endpoint for ReadMessage {
    const SUMMARY: &'static str = "Read what became of an SMS";
    const PROBLEMS: &'static [Kind] = &[Kind::NotFound];
    type Wanted = ById<MessageId>;
    type Sent = Nothing;
    type Given = Json<Shown>;

    fn example_given() -> Value {
        example()
    }

    async fn run(
        call: &mut Call,
        wanted: ById<MessageId>,
        _: Nothing,
    ) -> Result<Json<Shown>, Refusal> {
        let Unit { tx, .. } = call.unit().await?;
        let found = outbox::by_id(tx, &wanted.id).await?;
        let found = found.ok_or_else(|| Problem::not_found("message"))?;
        Ok(Json(found.into()))
    }
}

/// Which part of whose list.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::web) struct Listed {
    /// About whom.
    #[schemars(with = "Id")]
    id: PersonId,
    /// What `next` of the page before said.
    #[schemars(with = "Id")]
    after: Option<MessageId>,
    /// The most messages on the page.
    #[serde(default)]
    limit: Limit,
}

pub(in crate::web) struct ListMessages;

impl Endpoint for ListMessages {
    const SUMMARY: &'static str = "Read what became of all SMS about a person, the oldest first";
    const PROBLEMS: &'static [Kind] = &[Kind::NotFound];
    type Wanted = Listed;
    type Sent = Nothing;
    type Given = Json<Page<Shown>>;

    fn example_given() -> Value {
        json!({ "items": [example()], "next": null })
    }

    async fn run(
        call: &mut Call,
        wanted: Listed,
        _: Nothing,
    ) -> Result<Json<Page<Shown>>, Refusal> {
        let Unit { tx, .. } = call.unit().await?;
        let person = people::by_id(tx, &wanted.id).await?;
        person.ok_or_else(|| Problem::not_found("person"))?;
        let (after, limit) = (wanted.after.as_ref(), wanted.limit);
        let found = outbox::after(tx, &wanted.id, after, limit.and_one()).await?;
        let cursor = |message: &Message| message.id.to_string();
        Ok(Json(Page::of(found, limit, cursor, Shown::from)))
    }
}
