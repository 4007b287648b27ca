//! One text to one person.

use axum::http::StatusCode;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::actions::api::{Notice, Noticed, send_notice};
use crate::actions::campaign::MOST_SEGMENTS;
use crate::domain::PersonId;

use super::endpoint::{Call, Endpoint, Json, Nothing, Unit};
use super::paging::{Id, SOME_ID};
use super::problem::{Kind, Problem, Refusal};
use super::whole::whole;

/// A text in both languages; people read the one they have chosen.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(in crate::web) struct Texts {
    /// In English. `{name}` and `{code}` stand for the person and for what they dial.
    #[schemars(length(min = 1, max = 480))]
    en: String,
    /// In Kiswahili.
    #[schemars(length(min = 1, max = 480))]
    sw: String,
}

/// A notice.
#[derive(Debug, Deserialize, JsonSchema)]
#[schemars(rename = "Notice")]
#[serde(deny_unknown_fields)]
pub(in crate::web) struct ToSend {
    /// To whom.
    #[schemars(with = "Id")]
    person: PersonId,
    /// What it says.
    text: Texts,
    /// The most SMS that it may take, with the longest name.
    #[serde(default = "one", deserialize_with = "whole")]
    #[schemars(range(min = 1, max = MOST_SEGMENTS))]
    segments: u8,
}

fn one() -> u8 {
    1
}

/// Which message it became.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "NoticeSent")]
pub(in crate::web) struct Queued {
    /// What becomes of it stands at `/messages/{id}`.
    message: String,
}

pub(in crate::web) struct SendNotice;

impl Endpoint for SendNotice {
    const SUMMARY: &'static str = "Send a person an SMS";
    const MORE: &'static str = "It is on its way once this is answered, in their language. Give an Idempotency-Key, and a repeat sends nothing.";
    const STATUS: StatusCode = StatusCode::ACCEPTED;
    const ONCE: bool = true;
    const PROBLEMS: &'static [Kind] = &[Kind::NotFound, Kind::Refused];
    type Wanted = Nothing;
    type Sent = Json<ToSend>;
    type Given = Json<Queued>;

    fn example_sent() -> Value {
        json!({
            "person": SOME_ID,
            "text": {
                "en": "Payment for KCSE 2026 was sent to your bank today. Questions: dial {code}",
                "sw": "Malipo ya KCSE 2026 yametumwa kwa benki yako leo. Maswali: piga {code}",
            },
        })
    }

    fn example_given() -> Value {
        json!({ "message": SOME_ID })
    }

    async fn run(
        call: &mut Call,
        _: Nothing,
        Json(sent): Json<ToSend>,
    ) -> Result<Json<Queued>, Refusal> {
        let segments = usize::from(sent.segments);
        if !(1..=MOST_SEGMENTS).contains(&segments) {
            let detail = format!("segments: between 1 and {MOST_SEGMENTS}");
            return Err(Problem::new(Kind::Unreadable, detail).into());
        }
        let Unit {
            tx,
            tools,
            caller,
            channel,
            now,
        } = call.unit().await?;
        let notice = Notice {
            person: &sent.person,
            en: &sent.text.en,
            sw: &sent.text.sw,
            segments,
            channel,
        };
        match send_notice(tx, tools, caller, &notice, now).await? {
            Noticed::Queued(message) => Ok(Json(Queued {
                message: message.to_string(),
            })),
            Noticed::NoPerson => Err(Problem::not_found("person").into()),
            Noticed::NoLine => {
                Err(Problem::of_field("person", "has no line to send an SMS to").into())
            }
            Noticed::Wrong(faults) => Err(Problem::of_field("text", faults.join("; ")).into()),
        }
    }
}
