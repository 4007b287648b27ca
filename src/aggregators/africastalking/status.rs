//! Africa's Talking's own words, as tables.
//!
//! Its spelling is not steady (`UserInBlacklist` on sending, `UserInBlackList`
//! in reports), so words are compared without regard to case. A word that is
//! not here is kept, never refused.

use crate::aggregators::class::Class;
use crate::aggregators::quote::quote;
use crate::aggregators::{EndStatus, FailureReason, ReportStatus};

/// Africa's Talking publishes the codes and their names; which ones are worth
/// another try is our reading.
const SEND: &[(u16, &str, Class)] = &[
    (100, "Processed", Class::Accepted),
    (101, "Sent", Class::Accepted),
    (102, "Queued", Class::Accepted),
    (401, "RiskHold", Class::Held),
    (402, "InvalidSenderId", Class::BadSender),
    (403, "InvalidPhoneNumber", Class::Permanent),
    (404, "UnsupportedNumberType", Class::Permanent),
    (405, "InsufficientBalance", Class::NoBalance),
    (406, "UserInBlacklist", Class::Blocked),
    (407, "CouldNotRoute", Class::Permanent),
    (409, "DoNotDisturbRejection", Class::Transient),
    (500, "InternalServerError", Class::Transient),
    (501, "GatewayError", Class::Transient),
    (502, "RejectedByGateway", Class::Transient),
];

/// Every accepted recipient says `Success`, whichever of the codes it has.
const SUCCESS: &str = "Success";

pub(super) fn class_of_code(code: u16) -> Option<Class> {
    let known = SEND.iter().find(|row| row.0 == code).map(|row| row.2);
    known.or(match code {
        100..=199 => Some(Class::Accepted),
        400..=499 => Some(Class::Permanent),
        _ => None,
    })
}

pub(super) fn class_of_name(name: &str) -> Option<Class> {
    if name.eq_ignore_ascii_case(SUCCESS) {
        return Some(Class::Accepted);
    }
    let known = SEND.iter().find(|row| row.1.eq_ignore_ascii_case(name));
    known.map(|row| row.2)
}

/// The status of a delivery report, and the reason when the status is one.
pub(super) fn report(said: &str) -> (ReportStatus, Option<FailureReason>) {
    use ReportStatus::{Delivered, Failed, InTransit, Unknown};
    match said.to_ascii_lowercase().as_str() {
        "sent" | "submitted" | "buffered" => (InTransit, None),
        "success" => (Delivered, None),
        "rejected" | "failed" => (Failed, None),
        "absentsubscriber" => (Failed, Some(FailureReason::Absent)),
        "expired" => (Failed, Some(FailureReason::Expired)),
        _ => (Unknown, None),
    }
}

/// The reason of a delivery report.
pub(super) fn failure(said: &str) -> FailureReason {
    match said.to_ascii_lowercase().as_str() {
        "insufficientcredit" => FailureReason::NoCredit,
        "invalidlinkid" => FailureReason::InvalidLink,
        "userisinactive" => FailureReason::Inactive,
        "userinblacklist" => FailureReason::Blocked,
        "useraccountsuspended" => FailureReason::Suspended,
        // The current pages spell it without the second "s".
        "notnetworksubcriber" | "notnetworksubscriber" => FailureReason::WrongNetwork,
        "usernotsubscribedtoproduct" => FailureReason::NotSubscribed,
        "userdoesnotexist" => FailureReason::NoSuchLine,
        "deliveryfailure" => FailureReason::Undelivered,
        "donotdisturbrejection" => FailureReason::DoNotDisturb,
        _ => FailureReason::Other(said.to_owned()),
    }
}

/// How a session ended.
pub(super) fn end_status(said: &str) -> EndStatus {
    match said.to_ascii_lowercase().as_str() {
        "success" => EndStatus::Success,
        "incomplete" => EndStatus::Incomplete,
        "failed" => EndStatus::Failed,
        _ => EndStatus::Other(quote(said)),
    }
}
