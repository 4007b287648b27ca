//! The figures of a board: what became of messages, and what they cost.

use crate::domain::Timestamp;
use crate::store::{StoreError, Tx};

use super::{Lane, lane};

/// So many messages that came equally far in the same way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figure {
    /// On which channel.
    pub channel: String,
    /// To numbers of which network.
    pub network: String,
    /// In which lane.
    pub lane: Lane,
    /// How far.
    pub state: String,
    /// Why.
    pub reason: Option<String>,
    /// What each cost, as the aggregator says it, such as `KES 0.8000`.
    pub cost: Option<String>,
    /// How many.
    pub messages: i64,
}

/// What became of messages made since then.
pub async fn figures(tx: &mut Tx, since: Timestamp) -> Result<Vec<Figure>, StoreError> {
    const SQL: &str = "SELECT channel, network, lane, state, reason, cost, COUNT(*) FROM outbox \
        WHERE created_at >= $1 GROUP BY channel, network, lane, state, reason, cost \
        ORDER BY lane, channel, network, state";
    type Row = (
        String,
        String,
        i64,
        String,
        Option<String>,
        Option<String>,
        i64,
    );
    let rows: Vec<Row> =
        on!(tx, conn => sqlx::query_as(SQL).bind(since.as_millis()).fetch_all(conn).await)?;
    rows.into_iter()
        .map(|(channel, network, of, state, reason, cost, messages)| {
            Ok(Figure {
                channel,
                network,
                lane: lane(of)?,
                state,
                reason,
                cost,
                messages,
            })
        })
        .collect()
}
