//! Writing down what attempts came to, many in one statement.

use crate::domain::{MessageId, Timestamp};
use crate::store::rows::Rows;
use crate::store::{StoreError, Tx};

/// What an attempt came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Settled {
    /// The aggregator has it; the text is erased, unless it is kept for a while.
    Accepted {
        /// The aggregator's id for it.
        provider_id: Option<String>,
        /// What it cost, in the aggregator's words.
        cost: Option<String>,
    },
    /// Surely not sent; to be tried again.
    Again {
        /// When.
        due_at: Timestamp,
        /// Why it failed.
        reason: String,
    },
    /// Never to be sent; the text is erased.
    Failed {
        /// Why.
        reason: String,
    },
    /// Nobody can say whether it was sent.
    Unknown {
        /// Until when a delivery report may say so.
        until: Timestamp,
        /// What happened.
        reason: String,
    },
}

impl Settled {
    /// The state it puts a message in.
    #[must_use]
    pub fn state(&self) -> &'static str {
        match self {
            Self::Accepted { .. } => "accepted",
            Self::Again { .. } => "queued",
            Self::Failed { .. } => "failed",
            Self::Unknown { .. } => "unknown",
        }
    }

    /// Why it was not accepted.
    #[must_use]
    pub fn reason(&self) -> Option<&str> {
        match self {
            Self::Accepted { .. } => None,
            Self::Again { reason, .. } | Self::Failed { reason } | Self::Unknown { reason, .. } => {
                Some(reason)
            }
        }
    }

    /// When something is to be done about it.
    fn due_at(&self) -> Option<i64> {
        match self {
            Self::Again { due_at: at, .. } | Self::Unknown { until: at, .. } => {
                Some(at.as_millis())
            }
            Self::Accepted { .. } | Self::Failed { .. } => None,
        }
    }

    fn provider_id(&self) -> Option<&str> {
        match self {
            Self::Accepted { provider_id, .. } => provider_id.as_deref(),
            Self::Again { .. } | Self::Failed { .. } | Self::Unknown { .. } => None,
        }
    }

    fn cost(&self) -> Option<&str> {
        match self {
            Self::Accepted { cost, .. } => cost.as_deref(),
            Self::Again { .. } | Self::Failed { .. } | Self::Unknown { .. } => None,
        }
    }
}

/// The word on one attempt.
#[derive(Debug, Clone, Copy)]
pub struct Settlement<'a> {
    /// At which message.
    pub id: &'a MessageId,
    /// Which attempt.
    pub attempt: i64,
    /// What it came to.
    pub settled: &'a Settled,
}

/// Writes down what attempts came to; gives the messages whose word counted. It counts
/// until the message has ended or its next attempt has begun, even when the lease is over
/// by then.
pub async fn settle(
    tx: &mut Tx,
    settlements: &[Settlement<'_>],
    now: Timestamp,
) -> Result<Vec<String>, StoreError> {
    const HEAD: &str = "UPDATE outbox AS o SET state = r.state, \
        due_at = COALESCE(r.due_at, o.due_at), \
        provider_id = COALESCE(r.provider_id, o.provider_id), \
        cost = COALESCE(r.cost, o.cost), reason = r.reason, \
        body = CASE WHEN r.state IN ('queued', 'unknown') \
        OR r.state = 'accepted' AND o.keep_until > $1 THEN o.body END, \
        unanswered = o.unanswered + r.unanswered, lease_until = NULL, updated_at = $1 FROM ";
    const TAIL: &str = " WHERE o.id = r.message AND o.attempt = r.attempt \
        AND o.state IN ('sending', 'unknown', 'queued') \
        AND (r.state <> 'queued' OR o.body IS NOT NULL) RETURNING id";
    let counted: Vec<(String,)> = Rows::of(settlements)
        .with_number(now.as_millis())
        .text("message", |one| one.id.as_str())
        .number("attempt", |one| one.attempt)
        .text("state", |one| one.settled.state())
        .number("due_at", |one| one.settled.due_at())
        .made_text("provider_id", |one| one.settled.provider_id().map(clean))
        .made_text("cost", |one| one.settled.cost().map(clean))
        .made_text("reason", |one| one.settled.reason().map(clean))
        .number("unanswered", |one| {
            i64::from(matches!(one.settled, Settled::Unknown { .. }))
        })
        .fetch(tx, HEAD, TAIL)
        .await?;
    Ok(counted.into_iter().map(|(id,)| id).collect())
}

/// PostgreSQL takes no NUL, and one aggregator's must not spoil the whole statement.
fn clean(text: &str) -> String {
    text.replace('\0', "")
}
