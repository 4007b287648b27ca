//! One SMS to send, and what became of the attempt.

use std::fmt;
use std::time::Duration;

use crate::domain::{MessageId, Msisdn, Timestamp};

/// One SMS. Its text may hold a password, so it prints as its length.
#[derive(Clone, Copy)]
pub struct Sms<'a> {
    /// Our own id of it.
    pub id: &'a MessageId,
    /// When it is sent.
    pub now: Timestamp,
    /// The recipient.
    pub to: &'a Msisdn,
    /// The text, whole; the aggregator cuts it into segments.
    pub text: &'a str,
    /// Another sender than the channel's own.
    pub sender: Option<&'a str>,
    /// The link of the paid message that this one answers.
    pub link_id: Option<&'a str>,
}

impl fmt::Debug for Sms<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sms")
            .field("to", self.to)
            .field("text", &format_args!("{} bytes", self.text.len()))
            .field("sender", &self.sender)
            .field("link_id", &self.link_id)
            .finish()
    }
}

/// What became of one attempt to send.
///
/// No aggregator here takes an idempotency key, so the line between "surely not
/// sent" and "may have been sent" decides whether sending again is safe. What
/// can't be told for sure is [`SendOutcome::Unknown`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SendOutcome {
    /// The aggregator has it.
    Accepted {
        /// Its id there; delivery reports name it.
        message_id: Option<String>,
        /// What it cost, in the aggregator's own words, such as `KES 0.8000`.
        cost: Option<String>,
    },
    /// Surely not sent; the reason says what to do next.
    NotSent(NotSent),
    /// It may have been sent: look for a delivery report before trying again.
    Unknown {
        /// What was seen, for the operator.
        reason: String,
    },
}

impl SendOutcome {
    /// Its class, as a word for figures.
    #[must_use]
    pub fn class(&self) -> &'static str {
        match self {
            Self::Accepted { .. } => "accepted",
            Self::Unknown { .. } => "unknown",
            Self::NotSent(why) => match why {
                NotSent::OutOfReach => "out_of_reach",
                NotSent::Transient { .. } => "transient",
                NotSent::Throttled { .. } => "throttled",
                NotSent::Blocked => "blocked",
                NotSent::NoBalance => "no_balance",
                NotSent::BadCredentials => "bad_credentials",
                NotSent::BadSender => "bad_sender",
                NotSent::Held { .. } => "held",
                NotSent::Permanent { .. } => "permanent",
            },
        }
    }
}

/// Why a message was surely not sent, as a decision.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotSent {
    /// There was no connection; every message of the channel meets this.
    #[error("no connection")]
    OutOfReach,
    /// Worth trying again later.
    #[error("not sent for now: {reason}")]
    Transient {
        /// What was said, for the operator.
        reason: String,
        /// Not before this, when told.
        retry_after: Option<Duration>,
    },
    /// The whole channel must wait.
    #[error("the channel sends too fast")]
    Throttled {
        /// Not before this, when told.
        retry_after: Option<Duration>,
    },
    /// The person has blocked this sender; nothing helps until they undo it.
    #[error("the recipient has blocked this sender")]
    Blocked,
    /// The account is empty; the whole channel must wait for a top-up.
    #[error("the account has no money left")]
    NoBalance,
    /// The user name or the key is wrong; every message of the channel will
    /// meet this.
    #[error("the aggregator refuses the credentials")]
    BadCredentials,
    /// The sender is not ours; every message of this sender will meet this.
    #[error("the aggregator refuses the sender id")]
    BadSender,
    /// The aggregator suspects abuse; an operator must speak with them.
    #[error("held back by the aggregator: {reason}")]
    Held {
        /// What was said, for the operator.
        reason: String,
    },
    /// This message will never be accepted.
    #[error("refused: {reason}")]
    Permanent {
        /// What was said, for the operator.
        reason: String,
    },
}
