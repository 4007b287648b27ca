//! What an aggregator's word about a message means for us.

use std::time::Duration;

use http::{HeaderMap, StatusCode};
use serde::Deserialize;

use super::quote::quote;
use super::retry_after::retry_after;
use super::{NotSent, SendOutcome};

/// The decisions that a word can stand for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Class {
    Accepted,
    Transient,
    Throttled,
    Held,
    BadSender,
    BadCredentials,
    NoBalance,
    Blocked,
    Permanent,
}

/// What to do about a message of this class that was not accepted.
pub(super) fn refusal(class: Class, said: &str, retry_after: Option<Duration>) -> SendOutcome {
    let reason = quote(said);
    SendOutcome::NotSent(match class {
        Class::Accepted => return SendOutcome::Unknown { reason },
        Class::Transient => NotSent::Transient {
            reason,
            retry_after,
        },
        Class::Throttled => NotSent::Throttled { retry_after },
        Class::Held => NotSent::Held { reason },
        Class::BadSender => NotSent::BadSender,
        Class::BadCredentials => NotSent::BadCredentials,
        Class::NoBalance => NotSent::NoBalance,
        Class::Blocked => NotSent::Blocked,
        Class::Permanent => NotSent::Permanent { reason },
    })
}

/// What an HTTP status other than success says by itself, of whichever aggregator.
pub(super) fn by_status(status: StatusCode, headers: &HeaderMap) -> SendOutcome {
    let reason = format!("HTTP {}", status.as_u16());
    let retry_after = retry_after(headers);
    let class = match status {
        StatusCode::UNAUTHORIZED => Class::BadCredentials,
        StatusCode::TOO_MANY_REQUESTS => Class::Throttled,
        StatusCode::SERVICE_UNAVAILABLE if retry_after.is_some() => Class::Throttled,
        // It never had the whole request.
        StatusCode::REQUEST_TIMEOUT => Class::Transient,
        _ if status.is_server_error() => return SendOutcome::Unknown { reason },
        _ => Class::Permanent,
    };
    refusal(class, &reason, retry_after)
}
