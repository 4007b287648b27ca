//! Questions about the SIM cards behind lines, answered in Africa's Talking's words: at
//! once with an id, and with the verdict by callback.

use axum::Json;
use axum::response::{IntoResponse, Response};
use http::HeaderMap;
use serde_json::{Value, json};
use uuid::Uuid;

use super::answer;
use super::office::{Office, in_full};
use crate::domain::CardSwap;

impl Office {
    pub(super) fn ask_about(
        &self,
        headers: &HeaderMap,
        username: &str,
        numbers: &[String],
    ) -> Response {
        if !self.knows(headers, username) {
            return answer::unauthenticated();
        }
        let responses: Vec<Value> = numbers.iter().map(|number| self.ask(number)).collect();
        let body = json!({
            "transactionId": Uuid::now_v7().to_string(),
            "status": "Processed",
            "responses": responses,
        });
        Json(body).into_response()
    }

    fn ask(&self, number: &str) -> Value {
        let card = in_full(number).map(|line| self.script().card_of(&line));
        let date = match card {
            Some(CardSwap::Never) => "01-01-1900".to_owned(),
            Some(CardSwap::On(day)) => day.strftime("%d-%m-%Y").to_string(),
            Some(CardSwap::Untold) | None => return json!({"status": "UnsupportedPhoneNumber"}),
        };
        let id = format!("ATSwpid_{}", Uuid::now_v7().simple());
        if let Some(reporter) = self.reporter() {
            let verdict = json!({
                "requestId": id,
                "status": "Swapped",
                "lastSimSwapDate": date,
            });
            reporter.verdict(&verdict);
        }
        json!({"status": "Queued", "requestId": id})
    }
}
