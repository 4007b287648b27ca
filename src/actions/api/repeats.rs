//! Requests that may be repeated: the answer is kept in the unit of work that does what was
//! asked, so that whoever lost it gets the same one, and nothing is done twice. Of two at once
//! the second waits for the first and gets its answer.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::actions::work::{ActionError, Tools};
use crate::crypto::Sealed;
use crate::domain::Timestamp;
use crate::store::{StoreError, Tx, api_answers};

use super::Caller;

/// How long an answer is kept.
const LIFE: Duration = Duration::from_hours(24);

/// What was answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// The status of HTTP.
    pub status: u16,
    /// The JSON; empty where there is none.
    pub body: String,
}

/// What is known of a request.
pub enum Repeat {
    /// Nothing yet: it is to be done, and its answer kept.
    First,
    /// It was done, and this was answered.
    Again(Answer),
    /// The key was given to another request.
    Other,
}

#[derive(Serialize, Deserialize)]
struct Kept {
    /// A hash of what was asked.
    asked: String,
    answer: Answer,
}

fn place(row: &str) -> Sealed<'_> {
    Sealed {
        column: "api_answers.sealed",
        row,
    }
}

/// What a sealed answer is bound to.
fn row(caller: &Caller, request: &str) -> String {
    format!("{}\0{request}", caller.client.as_str())
}

/// Takes the key that a system gave to a request, or finds what it was answered.
pub async fn look_for_repeat(
    tx: &mut Tx,
    tools: &Tools,
    caller: &Caller,
    (request, asked): (&str, &str),
    now: Timestamp,
) -> Result<Repeat, ActionError> {
    let client = caller.client.as_str();
    if api_answers::take(tx, client, request, now).await? {
        return Ok(Repeat::First);
    }
    let Some(sealed) = api_answers::of(tx, client, request).await? else {
        // Forgotten in this very moment.
        return Ok(Repeat::First);
    };
    let row = row(caller, request);
    let clear = place(&row).open(&tools.keys, &sealed)?;
    let kept: Kept = serde_json::from_slice(&clear)?;
    Ok(if kept.asked == asked {
        Repeat::Again(kept.answer)
    } else {
        Repeat::Other
    })
}

/// Keeps the answer to a request.
pub async fn keep_answer(
    tx: &mut Tx,
    tools: &Tools,
    caller: &Caller,
    (request, asked): (&str, &str),
    answer: &Answer,
) -> Result<(), ActionError> {
    let kept = Kept {
        asked: asked.to_owned(),
        answer: answer.clone(),
    };
    let clear = Zeroizing::new(serde_json::to_vec(&kept)?);
    let row = row(caller, request);
    let sealed = place(&row).seal(&tools.keys, &clear);
    Ok(api_answers::keep(tx, caller.client.as_str(), request, &sealed).await?)
}

/// Forgets answers that are too old.
pub async fn forget_answers(tx: &mut Tx, now: Timestamp) -> Result<(), StoreError> {
    api_answers::forget_before(tx, now.minus(LIFE)).await
}
