//! What the answer to a send means, as `[send.answer]` describes it.

use std::collections::BTreeMap;

use http::{HeaderMap, StatusCode};
use serde::Deserialize;
use serde_json::Value;

use super::description::meaning;
use crate::aggregators::SendOutcome;
use crate::aggregators::class::{Class, by_status, refusal};
use crate::aggregators::id::is_id;
use crate::aggregators::json;
use crate::aggregators::quote::quote;
use crate::aggregators::retry_after::retry_after;

/// How the answer to a send is read.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Answer {
    read: AnswerForm,
    /// Where the message's id stands.
    id: Option<String>,
    /// Where the price stands.
    cost: Option<String>,
    /// Where the status stands; of several places, the first that is there.
    #[serde(default)]
    status: Vec<String>,
    /// What its words stand for. A word that is not here decides nothing.
    #[serde(default)]
    words: BTreeMap<Class, Vec<String>>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum AnswerForm {
    Json,
    /// The status is how the text begins.
    Text,
}

impl Answer {
    pub(super) fn outcome(
        &self,
        status: StatusCode,
        headers: &HeaderMap,
        body: &[u8],
    ) -> SendOutcome {
        let said = Said::of(self, body);
        match said.class {
            Some(Class::Accepted) if status.is_success() => SendOutcome::Accepted {
                message_id: said.id,
                cost: said.cost,
            },
            // "Accepted", but in an answer that reports an error.
            Some(Class::Accepted) => unknown("acceptance in an answer that is an error"),
            Some(class) => refusal(class, &said.status, retry_after(headers)),
            None if status.is_success() => unknown("a status that is not in the list"),
            None => by_status(status, headers),
        }
    }
}

#[derive(Default)]
struct Said {
    class: Option<Class>,
    status: String,
    id: Option<String>,
    cost: Option<String>,
}

impl Said {
    fn of(answer: &Answer, body: &[u8]) -> Self {
        match answer.read {
            AnswerForm::Json => Self::json(answer, body),
            AnswerForm::Text => Self::text(answer, body),
        }
    }

    fn json(answer: &Answer, body: &[u8]) -> Self {
        let Ok(value) = serde_json::from_slice::<Value>(body) else {
            return Self::default();
        };
        let word = |path: &String| json::at(&value, path).and_then(json::word);
        let id = answer.id.as_ref().and_then(word).filter(|id| is_id(id));
        let status = answer.status.iter().find_map(word);
        // Where nothing else is told, an id is what an accepted message has.
        let class = match &status {
            Some(status) => meaning(status, &answer.words),
            None if answer.status.is_empty() => id.as_ref().map(|_| Class::Accepted),
            None => None,
        };
        Self {
            class,
            status: status.unwrap_or_default(),
            cost: answer.cost.as_ref().and_then(word).map(|cost| quote(&cost)),
            id,
        }
    }

    fn text(answer: &Answer, body: &[u8]) -> Self {
        let Ok(status) = str::from_utf8(body).map(str::trim) else {
            return Self::default();
        };
        let begins = |word: &String| {
            let start = status.get(..word.len());
            start.is_some_and(|start| start.eq_ignore_ascii_case(word))
        };
        let found = answer
            .words
            .iter()
            .find(|(_, words)| words.iter().any(begins));
        Self {
            class: found.map(|(class, _)| *class),
            status: status.to_owned(),
            id: None,
            cost: None,
        }
    }
}

fn unknown(reason: &str) -> SendOutcome {
    SendOutcome::Unknown {
        reason: reason.to_owned(),
    }
}
