//! What a system reads when it does not get what it asked for: problem details of RFC 9457.

use axum::http::header::{CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use schemars::JsonSchema;
use serde::Serialize;

use crate::actions::ActionError;
use crate::actions::import::Rejected;
use crate::store::StoreError;

pub(super) const MEDIA_TYPE: &str = "application/problem+json";

/// The kinds of problems.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::web) enum Kind {
    Unreadable,
    NoKey,
    Scope,
    NotFound,
    WrongMethod,
    Busy,
    TooLarge,
    NotJson,
    Refused,
    OtherRequest,
    TooMany,
    Fault,
    Unavailable,
}

impl Kind {
    /// Every kind.
    pub(super) const ALL: [Self; 13] = [
        Self::Unreadable,
        Self::NoKey,
        Self::Scope,
        Self::NotFound,
        Self::WrongMethod,
        Self::Busy,
        Self::TooLarge,
        Self::NotJson,
        Self::Refused,
        Self::OtherRequest,
        Self::TooMany,
        Self::Fault,
        Self::Unavailable,
    ];

    pub(super) fn status(self) -> StatusCode {
        match self {
            Self::Unreadable => StatusCode::BAD_REQUEST,
            Self::NoKey => StatusCode::UNAUTHORIZED,
            Self::Scope => StatusCode::FORBIDDEN,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::WrongMethod => StatusCode::METHOD_NOT_ALLOWED,
            Self::Busy => StatusCode::CONFLICT,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::NotJson => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::Refused | Self::OtherRequest => StatusCode::UNPROCESSABLE_ENTITY,
            Self::TooMany => StatusCode::TOO_MANY_REQUESTS,
            Self::Fault => StatusCode::INTERNAL_SERVER_ERROR,
            Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    /// Its name for programs, the end of its `type`.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Unreadable => "unreadable",
            Self::NoKey => "no-key",
            Self::Scope => "scope",
            Self::NotFound => "not-found",
            Self::WrongMethod => "wrong-method",
            Self::Busy => "busy",
            Self::TooLarge => "too-large",
            Self::NotJson => "not-json",
            Self::Refused => "refused",
            Self::OtherRequest => "other-request",
            Self::TooMany => "too-many",
            Self::Fault => "fault",
            Self::Unavailable => "unavailable",
        }
    }

    pub(super) fn title(self) -> &'static str {
        match self {
            Self::Unreadable => "The request can't be read",
            Self::NoKey => "A key is needed, and this is none that holds",
            Self::Scope => "The key does not open this",
            Self::NotFound => "There is nothing here",
            Self::WrongMethod => "Nothing here takes this method",
            Self::Busy => "The same is being changed by somebody else",
            Self::TooLarge => "The request is too large",
            Self::NotJson => "The body must be application/json",
            Self::Refused => "What was sent can't be taken",
            Self::OtherRequest => "The Idempotency-Key belongs to another request",
            Self::TooMany => "Too many requests",
            Self::Fault => "A mistake of ours",
            Self::Unavailable => "The service can't do that just now",
        }
    }
}

/// A problem.
#[derive(Debug, Clone)]
pub(in crate::web) struct Problem {
    pub(super) kind: Kind,
    detail: String,
    errors: Vec<RowError>,
    /// Seconds until it is worth trying again.
    retry_after: Option<u64>,
}

/// A problem as it is written.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Problem")]
pub(in crate::web) struct Written {
    /// The kind of problem, for programs.
    r#type: String,
    /// The same for people.
    title: &'static str,
    /// The status of HTTP.
    status: u16,
    /// What is wrong with this request and what to do about it.
    detail: String,
    /// Where something in particular is wrong.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<RowError>,
}

/// Something that is wrong with a row or a field.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(in crate::web) struct RowError {
    /// Which row, the first is 1; nothing where it is not about one.
    pub(super) row: Option<u64>,
    /// Which field; empty where it is the row as a whole.
    pub(super) field: String,
    /// The value, with all but its end hidden where it is private.
    pub(super) value: String,
    /// Why it can't be taken.
    pub(super) reason: String,
}

impl From<Rejected> for RowError {
    fn from(rejected: Rejected) -> Self {
        Self {
            row: Some(rejected.row),
            field: rejected.fault.column.to_owned(),
            value: rejected.fault.value,
            reason: rejected.fault.reason.to_string(),
        }
    }
}

impl Problem {
    pub(super) fn new(kind: Kind, detail: impl Into<String>) -> Self {
        Self {
            kind,
            detail: detail.into(),
            errors: Vec::new(),
            retry_after: None,
        }
    }

    pub(super) fn not_found(what: &str) -> Self {
        Self::new(Kind::NotFound, format!("there is no such {what}"))
    }

    /// One field that can't be taken.
    pub(super) fn of_field(field: &str, reason: impl Into<String>) -> Self {
        let reason = reason.into();
        Self::new(Kind::Refused, format!("{field}: {reason}")).with(vec![RowError {
            row: None,
            field: field.to_owned(),
            value: String::new(),
            reason,
        }])
    }

    pub(super) fn with(mut self, errors: Vec<RowError>) -> Self {
        self.errors = errors;
        self
    }

    pub(super) fn after(mut self, seconds: u64) -> Self {
        self.retry_after = Some(seconds.max(1));
        self
    }

    pub(super) fn unavailable() -> Self {
        Self::new(Kind::Unavailable, "nothing was done; try again").after(2)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = self.kind.status();
        let written = Written {
            r#type: format!("urn:cp2:problem:{}", self.kind.name()),
            title: self.kind.title(),
            status: status.as_u16(),
            detail: self.detail,
            errors: self.errors,
        };
        let body = serde_json::to_string(&written).unwrap_or_default();
        let mut response = (status, body).into_response();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
        if let Some(seconds) = self.retry_after {
            headers.insert(RETRY_AFTER, seconds.into());
        }
        if self.kind == Kind::NoKey {
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

/// Why an endpoint gives no answer.
pub(in crate::web) enum Refusal {
    /// The system is told.
    Problem(Problem),
    /// It is not; the log is.
    Failed(ActionError),
}

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}

impl From<ActionError> for Refusal {
    fn from(error: ActionError) -> Self {
        match error {
            // Two units of work at once have made the same thing.
            ActionError::Store(StoreError::Duplicate) => {
                Self::Problem(Problem::new(Kind::Busy, "nothing was done; try again").after(1))
            }
            other => Self::Failed(other),
        }
    }
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        ActionError::from(error).into()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn no_two_kinds_share_a_name() {
        let names: BTreeSet<_> = Kind::ALL.iter().map(|kind| kind.name()).collect();
        assert_eq!(names.len(), Kind::ALL.len());
    }
}
