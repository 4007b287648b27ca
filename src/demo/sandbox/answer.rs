//! What the sandbox answers, in Africa's Talking's words.

use axum::Json;
use axum::response::{Html, IntoResponse, Response};
use http::StatusCode;
use http::header::RETRY_AFTER;
use serde_json::{Value, json};

use super::behaviour::Behaviour;
use super::serve::NoReply;

pub(super) fn unauthenticated() -> Response {
    let said = "The supplied authentication is invalid";
    (StatusCode::UNAUTHORIZED, said).into_response()
}

/// The answer of a recipient that spoils the whole request.
pub(super) fn refuse_all(behaviour: &Behaviour) -> Option<Response> {
    match behaviour {
        Behaviour::Unauthenticated => Some(unauthenticated()),
        Behaviour::Html => Some(Html("<html><body>Bad gateway</body></html>").into_response()),
        Behaviour::NoRecipient => Some(Answer::new(1).into_response()),
        Behaviour::Http500 => Some(StatusCode::INTERNAL_SERVER_ERROR.into_response()),
        Behaviour::Throttle { seconds } => {
            let wait = [(RETRY_AFTER, seconds.to_string())];
            Some((StatusCode::TOO_MANY_REQUESTS, wait).into_response())
        }
        _ => None,
    }
}

/// A status code and its name.
pub(super) type Refusal = (u16, &'static str);

pub(super) const INVALID_NUMBER: Refusal = (403, "InvalidPhoneNumber");

/// The refusal of a recipient that leaves the others alone.
pub(super) fn refuse_one(behaviour: &Behaviour) -> Option<Refusal> {
    match behaviour {
        Behaviour::Blacklisted => Some((406, "UserInBlacklist")),
        Behaviour::NoBalance => Some((405, "InsufficientBalance")),
        _ => None,
    }
}

/// The answer to a request that was understood, recipient by recipient.
pub(super) struct Answer {
    parts: usize,
    recipients: Vec<Value>,
    sent: usize,
    no_reply: Option<NoReply>,
}

impl Answer {
    /// For a text of so many parts.
    pub(super) fn new(parts: usize) -> Self {
        Self {
            parts,
            recipients: Vec::new(),
            sent: 0,
            no_reply: None,
        }
    }

    pub(super) fn accepted(&mut self, number: &str, id: &str, behaviour: &Behaviour) {
        self.sent += 1;
        match behaviour {
            Behaviour::LoseReply { .. } => self.no_reply = Some(NoReply::Lost),
            Behaviour::HoldReply { .. } => self.no_reply = Some(NoReply::Held),
            Behaviour::HalfReply { .. } => self.no_reply = Some(NoReply::Half),
            _ => {}
        }
        self.recipients.push(json!({
            "statusCode": 102,
            "number": number,
            "status": "Success",
            "cost": cost(self.parts),
            "messageId": id,
        }));
    }

    pub(super) fn refused(&mut self, number: &str, (code, name): Refusal) {
        self.recipients.push(json!({
            "statusCode": code,
            "number": number,
            "status": name,
            "cost": "0",
            "messageId": "None",
        }));
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        let Self { parts, sent, .. } = self;
        let of = self.recipients.len();
        let total = cost(sent * parts);
        let message = format!("Sent to {sent}/{of} Total Cost: {total} Message parts: {parts}");
        let data = json!({"Message": message, "Recipients": self.recipients});
        let body = Json(json!({"SMSMessageData": data}));
        let mut response = (StatusCode::CREATED, body).into_response();
        if let Some(no_reply) = self.no_reply {
            response.extensions_mut().insert(no_reply);
        }
        response
    }
}

/// 80 cents a part; nothing costs a bare `0`.
fn cost(parts: usize) -> String {
    match parts * 80 {
        0 => "0".to_owned(),
        cents => format!("KES {}.{:02}00", cents / 100, cents % 100),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_part_costs_eighty_cents() {
        assert_eq!(cost(0), "0");
        assert_eq!(cost(1), "KES 0.8000");
        assert_eq!(cost(13), "KES 10.4000");
    }
}
