//! What became of people's messages.

use crate::domain::{PersonId, Timestamp};
use crate::store::tx::count;
use crate::store::{StoreError, Tx};

use super::Campaign;

/// So many people of a campaign whose messages have come equally far.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tally {
    /// How far: waiting, passed over, or as the outbox says.
    pub state: String,
    /// Why.
    pub reason: Option<String>,
    /// How many they are.
    pub people: u64,
}

impl Tally {
    /// Whether the messages are still to leave. One that was handed over and is not in the outbox
    /// any more was forgotten there since: it has left, or never will.
    #[must_use]
    pub fn waits(&self) -> bool {
        ["waiting", "queued", "sending"].contains(&self.state.as_str())
    }

    /// Whether they did not arrive.
    #[must_use]
    pub fn has_failed(&self) -> bool {
        ["failed", "expired"].contains(&self.state.as_str())
    }
}

/// What became of one person's message.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// Who.
    pub person: String,
    /// Their name.
    pub name: Option<String>,
    /// The line that it went to; their line where it has not gone.
    pub line: Option<String>,
    /// The county they were chosen for.
    pub county: String,
    /// How far it has come.
    pub state: String,
    /// Why.
    pub reason: Option<String>,
    /// When that was.
    pub at: Option<Timestamp>,
}

/// The message of an addressee, by its cause.
macro_rules! with_messages {
    ($select:literal, $rest:literal) => {
        concat!(
            "SELECT ",
            $select,
            " FROM campaign_people a LEFT JOIN outbox m ON a.state = 'handed over' ",
            "AND m.cause = 'campaign:' || a.campaign || ':' || a.person_id ",
            $rest
        )
    };
}

/// The cause of a message; there is one for each person of a campaign.
#[must_use]
pub fn cause(campaign: &Campaign, person: &PersonId) -> String {
    format!("campaign:{}:{}", campaign.reference, person.as_str())
}

/// Counts what became of everybody's messages.
pub async fn tally(tx: &mut Tx, reference: &str) -> Result<Vec<Tally>, StoreError> {
    const SQL: &str = with_messages!(
        "COALESCE(m.state, a.state), m.reason, COUNT(*)",
        "WHERE a.campaign = $1 GROUP BY 1, 2 ORDER BY 1, 2"
    );
    let rows: Vec<(String, Option<String>, i64)> =
        on!(tx, conn => sqlx::query_as(SQL).bind(reference).fetch_all(conn).await)?;
    let tally = |(state, reason, people): (_, _, i64)| Tally {
        state,
        reason,
        people: people.unsigned_abs(),
    };
    Ok(rows.into_iter().map(tally).collect())
}

/// What became of the messages of so many people, those after that one.
pub async fn outcomes(
    tx: &mut Tx,
    reference: &str,
    after: &str,
    limit: usize,
) -> Result<Vec<Outcome>, StoreError> {
    const SQL: &str = with_messages!(
        "a.person_id, p.name, COALESCE(m.recipient, p.msisdn), a.county, \
         COALESCE(m.state, a.state), m.reason, COALESCE(m.updated_at, a.settled_at)",
        "LEFT JOIN people p ON p.id = a.person_id \
         WHERE a.campaign = $1 AND a.person_id > $2 ORDER BY a.person_id LIMIT $3"
    );
    type Row = (
        String,
        Option<String>,
        Option<String>,
        String,
        String,
        Option<String>,
        Option<i64>,
    );
    let rows: Vec<Row> = on!(tx, conn => sqlx::query_as(SQL)
        .bind(reference)
        .bind(after)
        .bind(count(limit))
        .fetch_all(conn).await)?;
    let outcome = |(person, name, line, county, state, reason, at): Row| Outcome {
        person,
        name,
        line,
        county,
        state,
        reason,
        at: at.map(Timestamp::from_millis),
    };
    Ok(rows.into_iter().map(outcome).collect())
}
