//! Delivery receipts: by TLV, or by the words that SMPP 3.4 gives in its appendix B.

use rusmpp::values::MessageState;

use super::ids;
use crate::aggregators::id::is_id;
use crate::aggregators::quote::quote;
use crate::aggregators::{FailureReason, Report, ReportStatus};
use crate::config::IdForm;
use crate::domain::Msisdn;

/// What a receipt says of itself.
pub(super) struct Receipt<'a> {
    /// By TLV.
    pub(super) id: Option<&'a str>,
    /// By TLV.
    pub(super) state: Option<MessageState>,
    /// The words, which may be missing where there are TLVs.
    pub(super) text: &'a str,
}

impl Receipt<'_> {
    /// The report; none where it does not say what it is about.
    pub(super) fn report(&self, about: Option<Msisdn>, form: IdForm) -> Option<Report> {
        let id = self.id.or_else(|| self.word("id:"))?;
        let said = match self.state {
            Some(state) => name(state).to_owned(),
            None => self.word("stat:").unwrap_or_default().to_ascii_uppercase(),
        };
        let (status, reason) = meaning(&said);
        is_id(id).then(|| Report {
            message_id: ids::plain(id, form),
            to: about,
            status,
            said: quote(&said),
            reason,
            network: None,
        })
    }

    fn word(&self, key: &str) -> Option<&str> {
        self.text
            .split_ascii_whitespace()
            .find_map(|word| word.strip_prefix(key))
    }
}

fn name(state: MessageState) -> &'static str {
    match state {
        MessageState::Scheduled => "SCHEDULED",
        MessageState::Enroute => "ENROUTE",
        MessageState::Delivered => "DELIVRD",
        MessageState::Expired => "EXPIRED",
        MessageState::Deleted => "DELETED",
        MessageState::Undeliverable => "UNDELIV",
        MessageState::Accepted => "ACCEPTD",
        MessageState::Rejected => "REJECTD",
        _ => "UNKNOWN",
    }
}

/// `ACCEPTD` is the network's word for a message that it has read itself, not the phone.
fn meaning(said: &str) -> (ReportStatus, Option<FailureReason>) {
    match said {
        "DELIVRD" => (ReportStatus::Delivered, None),
        "EXPIRED" => (ReportStatus::Failed, Some(FailureReason::Expired)),
        "UNDELIV" | "DELETED" | "REJECTD" => {
            (ReportStatus::Failed, Some(FailureReason::Undelivered))
        }
        "ENROUTE" | "ACCEPTD" | "SCHEDULED" => (ReportStatus::InTransit, None),
        _ => (ReportStatus::Unknown, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WORDS: &str = "id:00A1B2 sub:001 dlvrd:001 submit date:2610050900 done date:2610050901 \
                         stat:DELIVRD err:000 text:Your link";

    fn report(id: Option<&str>, state: Option<MessageState>, text: &str) -> Option<Report> {
        Receipt { id, state, text }.report(None, IdForm::Hexadecimal)
    }

    #[test]
    fn a_receipt_in_words_is_read() {
        let report = report(None, None, WORDS).unwrap();
        assert_eq!(report.message_id, "41394");
        assert_eq!(report.status, ReportStatus::Delivered);
    }

    #[test]
    fn what_stands_in_fields_of_its_own_has_the_last_word() {
        let report = report(Some("FF"), Some(MessageState::Expired), WORDS).unwrap();
        assert_eq!(report.message_id, "255");
        assert_eq!(report.status, ReportStatus::Failed);
        assert_eq!(report.reason, Some(FailureReason::Expired));
    }

    #[test]
    fn a_receipt_about_nothing_is_none_and_an_unknown_state_decides_nothing() {
        assert_eq!(report(None, None, "stat:DELIVRD"), None);
        let odd = report(None, None, "id:7 stat:PARKED").unwrap();
        assert_eq!(odd.status, ReportStatus::Unknown);
    }
}
