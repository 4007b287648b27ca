//! Writing down what attempts came to, many in one statement.

use serde::Serialize;

use crate::domain::{MessageId, Timestamp};
use crate::store::tx::as_json;
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

/// A settlement as both databases read it from JSON.
#[derive(Serialize)]
struct Row<'a> {
    message: &'a str,
    attempt: i64,
    state: &'static str,
    due_at: Option<i64>,
    provider_id: Option<String>,
    cost: Option<String>,
    reason: Option<String>,
    unanswered: i64,
}

impl<'a> Row<'a> {
    fn of(settlement: &Settlement<'a>) -> Self {
        let settled = settlement.settled;
        let (due_at, provider_id, cost) = match settled {
            Settled::Accepted { provider_id, cost } => {
                (None, provider_id.as_deref(), cost.as_deref())
            }
            Settled::Again { due_at, .. } => (Some(due_at.as_millis()), None, None),
            Settled::Unknown { until, .. } => (Some(until.as_millis()), None, None),
            Settled::Failed { .. } => (None, None, None),
        };
        // PostgreSQL takes no NUL, and one aggregator's must not spoil the whole statement.
        let clean = |text: &str| text.replace('\0', "");
        Self {
            message: settlement.id.as_str(),
            attempt: settlement.attempt,
            state: settled.state(),
            due_at,
            provider_id: provider_id.map(clean),
            cost: cost.map(clean),
            reason: settled.reason().map(clean),
            unanswered: i64::from(matches!(settled, Settled::Unknown { .. })),
        }
    }
}

/// Writes down what attempts came to; gives the messages whose word counted. It counts
/// until the message has ended or its next attempt has begun, even when the lease is over
/// by then.
pub async fn settle(
    tx: &mut Tx,
    settlements: &[Settlement<'_>],
    now: Timestamp,
) -> Result<Vec<String>, StoreError> {
    macro_rules! sql {
        ($rows:literal) => {
            concat!(
                "UPDATE outbox AS o SET state = s.state, due_at = COALESCE(s.due_at, o.due_at), ",
                "provider_id = COALESCE(s.provider_id, o.provider_id), ",
                "cost = COALESCE(s.cost, o.cost), reason = s.reason, ",
                "body = CASE WHEN s.state IN ('queued', 'unknown') ",
                "OR s.state = 'accepted' AND o.keep_until > $2 THEN o.body END, ",
                "unanswered = o.unanswered + s.unanswered, lease_until = NULL, updated_at = $2 ",
                "FROM ",
                $rows,
                " WHERE o.id = s.message AND o.attempt = s.attempt ",
                "AND o.state IN ('sending', 'unknown', 'queued') ",
                "AND (s.state <> 'queued' OR o.body IS NOT NULL) RETURNING id"
            )
        };
    }
    const SQLITE: &str = sql!(
        "(SELECT value ->> 'message' AS message, value ->> 'attempt' AS attempt, \
         value ->> 'state' AS state, value ->> 'due_at' AS due_at, \
         value ->> 'provider_id' AS provider_id, value ->> 'cost' AS cost, \
         value ->> 'reason' AS reason, value ->> 'unanswered' AS unanswered \
         FROM json_each($1)) AS s"
    );
    const POSTGRES: &str = sql!(
        "json_to_recordset($1::json) AS s (message text, attempt bigint, state text, \
         due_at bigint, provider_id text, cost text, reason text, unanswered bigint)"
    );
    let sql = match tx {
        Tx::Sqlite(_) => SQLITE,
        Tx::Postgres(_) => POSTGRES,
    };
    let rows = as_json(settlements.iter().map(Row::of))?;
    on!(tx, conn => sqlx::query_scalar(sql)
        .bind(rows)
        .bind(now.as_millis())
        .fetch_all(conn).await)
}
