//! What became of an SMS that we sent.

use super::Network;
use crate::domain::Msisdn;

/// A delivery report.
///
/// Anyone who learns the callback's address can send one: a report may settle
/// our own doubt, it proves nothing to anyone else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// The id the aggregator gave when it accepted the message.
    pub message_id: String,
    /// The recipient, when told. A report for a send whose answer was lost is
    /// matched by it.
    pub to: Option<Msisdn>,
    /// What became of it.
    pub status: ReportStatus,
    /// The aggregator's own word for that, for the operator.
    pub said: String,
    /// Why it failed, when told.
    pub reason: Option<FailureReason>,
    /// The recipient's network, when told.
    pub network: Option<Network>,
}

/// Where a sent message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReportStatus {
    /// On its way.
    InTransit,
    /// On the handset. Not that anyone read it.
    Delivered,
    /// It will not arrive.
    Failed,
    /// A word that is not in the aggregator's list: keep it, decide nothing.
    Unknown,
}

impl ReportStatus {
    /// Whether nothing can follow. A final status is never overwritten by a
    /// late report of an earlier one.
    #[must_use]
    pub fn is_final(self) -> bool {
        matches!(self, Self::Delivered | Self::Failed)
    }
}

/// Why a message did not arrive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FailureReason {
    /// The account has no money left.
    NoCredit,
    /// The answer to a paid message named a wrong link.
    InvalidLink,
    /// The line is not in use.
    Inactive,
    /// The person has blocked us.
    Blocked,
    /// The network has suspended the line.
    Suspended,
    /// The line is on another network.
    WrongNetwork,
    /// The person does not subscribe to the product.
    NotSubscribed,
    /// There is no such line.
    NoSuchLine,
    /// The phone could not be reached.
    Absent,
    /// The network gave up, or threw the message away.
    Expired,
    /// Promotional messages are not allowed at this hour.
    DoNotDisturb,
    /// Nothing more is known.
    Undelivered,
    /// A word that is not in the aggregator's list.
    Other(String),
}

impl FailureReason {
    /// A word for the database and the operator.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::NoCredit => "no credit",
            Self::InvalidLink => "invalid link",
            Self::Inactive => "inactive",
            Self::Blocked => "blocked",
            Self::Suspended => "suspended",
            Self::WrongNetwork => "wrong network",
            Self::NotSubscribed => "not subscribed",
            Self::NoSuchLine => "no such line",
            Self::Absent => "absent",
            Self::Expired => "expired",
            Self::DoNotDisturb => "do not disturb",
            Self::Undelivered => "undelivered",
            Self::Other(said) => said,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_delivered_and_failed_are_final() {
        assert!(ReportStatus::Delivered.is_final());
        assert!(ReportStatus::Failed.is_final());
        assert!(!ReportStatus::InTransit.is_final());
        assert!(!ReportStatus::Unknown.is_final());
    }
}
