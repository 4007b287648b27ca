//! What the answer to a send means.

use http::header::HeaderMap;
use http::status::StatusCode;
use serde::Deserialize;
use serde_json::Value;

use super::status;
use crate::aggregators::SendOutcome;
use crate::aggregators::class::{Class, by_status, refusal};
use crate::aggregators::id::is_id;
use crate::aggregators::json::word;
use crate::aggregators::quote::quote;
use crate::aggregators::retry_after::retry_after;

pub(super) fn outcome(status: StatusCode, headers: &HeaderMap, body: &[u8]) -> SendOutcome {
    if status.is_success() {
        return read(body);
    }
    if status == StatusCode::CONFLICT {
        // "Do not disturb", at this hour.
        return refusal(Class::Transient, "HTTP 409", retry_after(headers));
    }
    by_status(status, headers)
}

#[derive(Deserialize)]
struct Answer {
    #[serde(rename = "SMSMessageData")]
    data: Data,
}

#[derive(Deserialize)]
struct Data {
    #[serde(rename = "Message", default)]
    message: String,
    #[serde(rename = "Recipients", default)]
    recipients: Vec<Recipient>,
}

/// Numbers are seen both bare and in quotes. An accepted message must not
/// become a doubtful one because of that, so `Value` takes either.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Recipient {
    status_code: Value,
    status: String,
    cost: Value,
    message_id: Value,
}

/// A request names one recipient, so its answer must name one or none.
fn read(body: &[u8]) -> SendOutcome {
    let Ok(Answer { data }) = serde_json::from_slice(body) else {
        return unknown("unreadable answer");
    };
    match data.recipients.as_slice() {
        [] => nobody(&data.message),
        [recipient] => one(recipient),
        _ => unknown("answer for several recipients"),
    }
}

fn one(recipient: &Recipient) -> SendOutcome {
    let code = word(&recipient.status_code).and_then(|code| code.parse().ok());
    let class = match code {
        Some(code) => status::class_of_code(code),
        None => status::class_of_name(&recipient.status),
    };
    match class {
        Some(Class::Accepted) => SendOutcome::Accepted {
            message_id: word(&recipient.message_id).filter(|id| is_id(id) && id != "None"),
            cost: word(&recipient.cost).map(|cost| quote(&cost)),
        },
        Some(class) => refusal(class, &recipient.status, None),
        None => unknown("a status that is not in the list"),
    }
}

/// Without a recipient, the message may be the name of a status that hit the
/// whole request.
fn nobody(message: &str) -> SendOutcome {
    if let Some(class) = status::class_of_name(message) {
        return refusal(class, message, None);
    }
    match message {
        "" => unknown("answer without a recipient"),
        _ if message.starts_with("Sent to 0/") => refusal(Class::Transient, message, None),
        _ if message.starts_with("Sent to ") => unknown("answer without its recipient"),
        _ => refusal(Class::Permanent, message, None),
    }
}

fn unknown(reason: &str) -> SendOutcome {
    SendOutcome::Unknown {
        reason: reason.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use http::header::RETRY_AFTER;

    use super::*;
    use crate::aggregators::NotSent;

    fn ask(status: u16, body: &str) -> SendOutcome {
        let status = StatusCode::from_u16(status).unwrap();
        outcome(status, &HeaderMap::new(), body.as_bytes())
    }

    fn answer(message: &str, recipients: &str) -> String {
        format!(r#"{{"SMSMessageData":{{"Message":"{message}","Recipients":[{recipients}]}}}}"#)
    }

    fn recipient(code: u16, status: &str) -> String {
        let recipient = format!(
            r#"{{"statusCode":{code},"number":"+254700000001","status":"{status}","cost":"0","messageId":"None"}}"#
        );
        answer("Sent to 0/1 Total Cost: 0", &recipient)
    }

    fn permanent(reason: &str) -> SendOutcome {
        let reason = reason.to_owned();
        SendOutcome::NotSent(NotSent::Permanent { reason })
    }

    fn transient(reason: &str) -> SendOutcome {
        SendOutcome::NotSent(NotSent::Transient {
            reason: reason.to_owned(),
            retry_after: None,
        })
    }

    #[test]
    fn an_accepted_message_has_an_id_and_a_price() {
        let body = answer(
            "Sent to 1/1 Total Cost: KES 0.8000 Message parts: 1",
            r#"{"statusCode":102,"number":"+254700000001","status":"Success","cost":"KES 0.8000","messageId":"ATXid_7d1"}"#,
        );
        for status in [200, 201, 202] {
            let accepted = SendOutcome::Accepted {
                message_id: Some("ATXid_7d1".to_owned()),
                cost: Some("KES 0.8000".to_owned()),
            };
            assert_eq!(ask(status, &body), accepted);
        }
    }

    #[test]
    fn an_accepted_message_stays_accepted_when_the_answer_is_odd() {
        for odd in [
            r#"{"statusCode":"101","status":"Success","cost":0,"messageId":17}"#,
            r#"{"status":"success"}"#,
            r#"{"statusCode":103,"status":"Success","messageId":"None","newField":{}}"#,
            r#"{"statusCode":100,"status":"Success","cost":null,"messageId":null}"#,
        ] {
            let outcome = ask(201, &answer("Sent to 1/1", odd));
            assert!(
                matches!(outcome, SendOutcome::Accepted { .. }),
                "{odd}: {outcome:?}"
            );
        }
    }

    #[test]
    fn every_refusal_of_a_recipient_is_a_decision() {
        let held = NotSent::Held {
            reason: "RiskHold".to_owned(),
        };
        for (code, name, expected) in [
            (401, "RiskHold", SendOutcome::NotSent(held)),
            (
                402,
                "InvalidSenderId",
                SendOutcome::NotSent(NotSent::BadSender),
            ),
            (403, "InvalidPhoneNumber", permanent("InvalidPhoneNumber")),
            (
                404,
                "UnsupportedNumberType",
                permanent("UnsupportedNumberType"),
            ),
            (
                405,
                "InsufficientBalance",
                SendOutcome::NotSent(NotSent::NoBalance),
            ),
            (
                406,
                "UserInBlacklist",
                SendOutcome::NotSent(NotSent::Blocked),
            ),
            (407, "CouldNotRoute", permanent("CouldNotRoute")),
            (
                409,
                "DoNotDisturbRejection",
                transient("DoNotDisturbRejection"),
            ),
            (500, "InternalServerError", transient("InternalServerError")),
            (501, "GatewayError", transient("GatewayError")),
            (502, "RejectedByGateway", transient("RejectedByGateway")),
            (499, "SomethingNew", permanent("SomethingNew")),
        ] {
            assert_eq!(ask(201, &recipient(code, name)), expected, "{code}");
        }
        let new = ask(201, &recipient(777, "SomethingNew"));
        assert!(matches!(new, SendOutcome::Unknown { .. }));
    }

    #[test]
    fn a_refusal_without_a_code_goes_by_its_name() {
        let body = answer(
            "Sent to 0/1",
            r#"{"status":"UserInBlackList","messageId":"None"}"#,
        );
        assert_eq!(ask(201, &body), SendOutcome::NotSent(NotSent::Blocked));
    }

    #[test]
    fn an_answer_without_recipients_gives_its_reason_in_the_message() {
        let bad_sender = SendOutcome::NotSent(NotSent::BadSender);
        assert_eq!(ask(201, &answer("InvalidSenderId", "")), bad_sender);
        let nobody = "Sent to 0/1 Total Cost: 0";
        assert_eq!(ask(201, &answer(nobody, "")), transient(nobody));
        let new = "Invalid phone number +254700000001";
        assert_eq!(
            ask(201, &answer(new, "")),
            permanent("Invalid phone number …")
        );
    }

    #[test]
    fn what_may_have_been_sent_is_unknown() {
        let two = format!("{0},{0}", r#"{"statusCode":101,"status":"Success"}"#);
        for body in [
            "",
            "<html>",
            "{}",
            r#"{"SMSMessageData":null}"#,
            &answer("", ""),
            &answer("Sent to 1/1 Total Cost: KES 0.8000", ""),
            &answer("Sent to 2/2", &two),
        ] {
            let outcome = ask(201, body);
            assert!(
                matches!(outcome, SendOutcome::Unknown { .. }),
                "{body}: {outcome:?}"
            );
        }
        for status in [500, 502, 503, 504] {
            let reason = format!("HTTP {status}");
            assert_eq!(ask(status, "oops"), SendOutcome::Unknown { reason });
        }
    }

    #[test]
    fn a_bad_key_is_told_in_plain_text() {
        let outcome = ask(401, "The supplied authentication is invalid");
        assert_eq!(outcome, SendOutcome::NotSent(NotSent::BadCredentials));
    }

    #[test]
    fn other_refusals_of_the_request_are_final_or_come_back_later() {
        for status in [302, 400, 403, 404, 413, 422] {
            let reason = format!("HTTP {status}");
            assert_eq!(ask(status, "no"), permanent(&reason));
        }
        for status in [408, 409] {
            let reason = format!("HTTP {status}");
            assert_eq!(ask(status, "later"), transient(&reason));
        }
    }

    #[test]
    fn a_server_that_asks_to_wait_gets_its_wait() {
        let mut headers = HeaderMap::new();
        headers.insert(RETRY_AFTER, 30.into());
        for status in [429, 503] {
            let status = StatusCode::from_u16(status).unwrap();
            let retry_after = Some(Duration::from_secs(30));
            let throttled = SendOutcome::NotSent(NotSent::Throttled { retry_after });
            assert_eq!(outcome(status, &headers, b""), throttled);
        }
        let retry_after = None;
        let throttled = SendOutcome::NotSent(NotSent::Throttled { retry_after });
        assert_eq!(ask(429, "slow down"), throttled);
    }
}
