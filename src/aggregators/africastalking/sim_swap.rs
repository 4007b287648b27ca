//! Asking when a line last got a new SIM card ("Insights").
//!
//! The question goes to a host of its own and costs money; the verdict comes
//! later, as a JSON callback.

use http::{Method, StatusCode};
use jiff::civil::Date;
use serde::Deserialize;

use crate::aggregators::id::is_id;
use crate::aggregators::quote::quote;
use crate::aggregators::{CallbackError, RawRequest, SimSwap, SimSwapAsked};
use crate::domain::CardSwap;

#[derive(Deserialize)]
struct Answer {
    responses: Vec<Item>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Item {
    status: String,
    request_id: Option<String>,
}

pub(super) fn asked(status: StatusCode, body: &[u8]) -> SimSwapAsked {
    if !status.is_success() {
        let reason = format!("HTTP {}", status.as_u16());
        return SimSwapAsked::Failed { reason };
    }
    let answer = serde_json::from_slice::<Answer>(body);
    let item = answer
        .ok()
        .and_then(|answer| answer.responses.into_iter().next());
    match item {
        Some(Item {
            request_id: Some(request_id),
            ..
        }) if is_id(&request_id) => SimSwapAsked::Pending { request_id },
        Some(item) if item.status == "UnsupportedPhoneNumber" => SimSwapAsked::Unsupported,
        Some(item) => SimSwapAsked::Failed {
            reason: quote(&item.status),
        },
        None => SimSwapAsked::Failed {
            reason: "unreadable answer".to_owned(),
        },
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Verdict {
    request_id: Option<String>,
    last_sim_swap_date: Option<String>,
}

pub(super) fn read_verdict(request: &RawRequest<'_>) -> Result<SimSwap, CallbackError> {
    if request.method != Method::POST {
        return Err(CallbackError::NotAPost);
    }
    let verdict = serde_json::from_slice::<Verdict>(request.body);
    let verdict = verdict.map_err(|_| CallbackError::NotJson)?;
    let request_id = verdict
        .request_id
        .ok_or(CallbackError::Missing("requestId"))?;
    if !is_id(&request_id) {
        return Err(CallbackError::Malformed("requestId"));
    }
    let swap = verdict
        .last_sim_swap_date
        .map_or(CardSwap::Untold, |date| swap_of(&date));
    Ok(SimSwap { request_id, swap })
}

/// Dates are day, month, year; one of 1900 stands for "never". The list of statuses is not
/// public, so the date alone is believed.
fn swap_of(date: &str) -> CardSwap {
    match Date::strptime("%d-%m-%Y", date) {
        Ok(day) if day.year() > 1900 => CardSwap::On(day),
        Ok(_) => CardSwap::Never,
        Err(_) => CardSwap::Untold,
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::super::{AfricasTalking, wire};
    use super::*;
    use crate::aggregators::SimCards;

    fn verdict(body: &str) -> Result<SimSwap, CallbackError> {
        wire::posted(body, AfricasTalking::read_sim_swap)
    }

    #[test]
    fn a_question_is_pending_unsupported_or_failed() {
        let item = |item: &str| {
            format!(
                r#"{{"transactionId":"t","status":"Processed","totalCost":{{"amount":5,"currencyCode":"KES"}},"responses":[{item}]}}"#
            )
        };
        let failed = |reason: &str| SimSwapAsked::Failed {
            reason: reason.to_owned(),
        };
        let pending = SimSwapAsked::Pending {
            request_id: "ATSwpid_1".to_owned(),
        };
        for (status, body, expected) in [
            (
                200,
                item(r#"{"status":"Queued","requestId":"ATSwpid_1"}"#),
                pending,
            ),
            (
                200,
                item(r#"{"status":"UnsupportedPhoneNumber"}"#),
                SimSwapAsked::Unsupported,
            ),
            (200, item(r#"{"status":"Refused"}"#), failed("Refused")),
            (200, item(""), failed("unreadable answer")),
            (200, "<html>".to_owned(), failed("unreadable answer")),
            (401, "no".to_owned(), failed("HTTP 401")),
        ] {
            let status = StatusCode::from_u16(status).unwrap();
            let asked = wire::account().sim_swap_asked(status, body.as_bytes());
            assert_eq!(asked, expected, "{body}");
        }
    }

    #[test]
    fn a_verdict_names_the_day_of_the_last_swap() {
        let read = |day: &str| {
            let body = format!(
                r#"{{"status":"Swapped","lastSimSwapDate":"{day}","providerRefId":"p","requestId":"ATSwpid_1","transactionId":"t"}}"#
            );
            verdict(&body).unwrap()
        };
        let swapped = read("31-10-2026");
        assert_eq!(swapped.request_id, "ATSwpid_1");
        assert_eq!(swapped.swap, CardSwap::On(date(2026, 10, 31)));
        assert_eq!(read("01-01-1900").swap, CardSwap::Never);
        for odd in ["", "2026-10-31", "31-13-2026"] {
            assert_eq!(read(odd).swap, CardSwap::Untold, "{odd}");
        }
        let silent = verdict(r#"{"requestId":"ATSwpid_1"}"#).unwrap();
        assert_eq!(silent.swap, CardSwap::Untold);
    }

    #[test]
    fn a_verdict_that_is_no_json_or_names_no_question_is_refused() {
        assert_eq!(verdict("status=Swapped"), Err(CallbackError::NotJson));
        let no_id = verdict(r#"{"status":"Swapped"}"#);
        assert_eq!(no_id, Err(CallbackError::Missing("requestId")));
        let odd_id = verdict(r#"{"status":"Swapped","requestId":"nul\u0000"}"#);
        assert_eq!(odd_id, Err(CallbackError::Malformed("requestId")));
    }
}
