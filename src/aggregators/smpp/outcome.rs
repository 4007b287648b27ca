//! What an SMSC's status means. It said no, so nothing was sent; the only question is
//! whether it may say yes later.

use rusmpp::CommandStatus;

use crate::aggregators::SendOutcome;
use crate::aggregators::class::{self, Class};

/// What the answer to `submit_sm` means.
pub(super) fn outcome(status: CommandStatus, message_id: Option<String>) -> SendOutcome {
    match class(status) {
        Class::Accepted => SendOutcome::Accepted {
            message_id: message_id.filter(|id| !id.is_empty()),
            cost: None,
        },
        other => class::refusal(other, &words(status), None),
    }
}

/// How an attempt to bind was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The name or the password is wrong: it is no use to try again.
    Credentials,
    /// Anything else, which may pass.
    ForNow(String),
}

/// What the answer to a bind means; none where it was granted.
#[must_use]
pub fn refusal(status: CommandStatus) -> Option<Refusal> {
    use CommandStatus as Status;
    match status {
        Status::EsmeRok => None,
        Status::EsmeRinvpaswd | Status::EsmeRinvsysid => Some(Refusal::Credentials),
        other => Some(Refusal::ForNow(words(other))),
    }
}

fn words(status: CommandStatus) -> String {
    format!("SMPP status 0x{:08X}", u32::from(status))
}

fn class(status: CommandStatus) -> Class {
    use CommandStatus as Status;
    match status {
        Status::EsmeRok => Class::Accepted,
        Status::EsmeRthrottled | Status::EsmeRmsgqful => Class::Throttled,
        Status::EsmeRinvsrcadr => Class::BadSender,
        Status::EsmeRinvmsglen
        | Status::EsmeRinvcmdlen
        | Status::EsmeRinvdstadr
        | Status::EsmeRxPAppn
        | Status::EsmeRxRAppn => Class::Permanent,
        // Among them whatever only this SMSC knows: the attempts are counted.
        _ => Class::Transient,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_status_has_its_decision() {
        let said = |status: u32| outcome(CommandStatus::from(status), Some("7".into())).class();
        for (status, class) in [
            (0x00, "accepted"),
            (0x58, "throttled"),
            (0x14, "throttled"),
            (0x0a, "bad_sender"),
            (0x0b, "permanent"),
            (0x65, "permanent"),
            (0x08, "transient"),
            (0x64, "transient"),
            (0x0412, "transient"),
        ] {
            assert_eq!(said(status), class, "{status:#x}");
        }
    }

    #[test]
    fn only_a_wrong_name_or_password_ends_the_tries_to_bind() {
        let ends = |status: u32| refusal(CommandStatus::from(status)) == Some(Refusal::Credentials);
        assert!(ends(0x0e) && ends(0x0f));
        assert!(!ends(0x0d) && !ends(0x05) && !ends(0));
    }
}
