//! Every change of a message and its cause.

use crate::domain::Timestamp;
use crate::store::{StoreError, Tx};

/// One change of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// When.
    pub at: Timestamp,
    /// The state that it came to.
    pub state: String,
    /// How often it had been tried.
    pub attempt: i64,
    /// Through which channel.
    pub channel: String,
    /// Why, where there is more to say than the state does.
    pub reason: Option<String>,
}

/// What happened to a message, the oldest first; empty when there is none of that id.
pub async fn history(tx: &mut Tx, id: &str) -> Result<Vec<Event>, StoreError> {
    const SQL: &str = "SELECT at, state, attempt, channel, reason FROM sms_events \
        WHERE message_id = $1 ORDER BY number";
    let rows: Vec<(i64, String, i64, String, Option<String>)> =
        on!(tx, conn => sqlx::query_as(SQL).bind(id).fetch_all(conn).await)?;
    let events = rows
        .into_iter()
        .map(|(at, state, attempt, channel, reason)| Event {
            at: Timestamp::from_millis(at),
            state,
            attempt,
            channel,
            reason,
        });
    Ok(events.collect())
}
