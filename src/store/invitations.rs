//! Invitations: deployments that become settled once the person accepts.

use crate::domain::{DeploymentId, PersonId, Timestamp};

use super::deployments::State;
use super::tx::decode;
use super::{StoreError, Tx};

/// An invitation that is not accepted.
#[derive(Debug, Clone)]
pub struct Invitation {
    /// To which work.
    pub deployment: DeploymentId,
    /// Invited or declined.
    pub state: State,
    /// When it is too late to answer.
    pub answer_by: Timestamp,
}

type Row = (String, String, i64);

/// What a person was invited to and has not accepted, the first to answer first. Where no
/// deadline is set, it is the hour to report.
pub async fn of_person(tx: &mut Tx, person: &PersonId) -> Result<Vec<Invitation>, StoreError> {
    const SQL: &str = "SELECT id, state, COALESCE(answer_by, reports_at) AS answer_by \
        FROM deployments WHERE person_id = $1 AND state IN ('invited', 'declined') \
        ORDER BY answer_by, id";
    let rows: Vec<Row> = on!(tx, conn => sqlx::query_as(SQL)
        .bind(person.as_str())
        .fetch_all(conn).await)?;
    let read = |(id, state, answer_by): Row| {
        Ok(Invitation {
            deployment: DeploymentId::parse(&id).map_err(decode)?,
            state: State::parse(&state)?,
            answer_by: Timestamp::from_millis(answer_by),
        })
    };
    rows.into_iter().map(read).collect()
}

/// Sets until when an invitation can be answered.
pub async fn set_deadline(
    tx: &mut Tx,
    deployment: &DeploymentId,
    answer_by: Timestamp,
    now: Timestamp,
) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE deployments SET answer_by = $2, updated_at = $3 WHERE id = $1";
    on!(tx, conn => sqlx::query(SQL)
        .bind(deployment.as_str())
        .bind(answer_by.as_millis())
        .bind(now.as_millis())
        .execute(conn).await.map(drop))
}

/// Keeps an answer, and of a refusal why.
pub async fn answer(
    tx: &mut Tx,
    deployment: &DeploymentId,
    state: State,
    reason: Option<&str>,
    now: Timestamp,
) -> Result<(), StoreError> {
    const SQL: &str = "UPDATE deployments SET state = $2, answer_reason = $3, answered_at = $4, \
                       updated_at = $4 WHERE id = $1";
    on!(tx, conn => sqlx::query(SQL)
        .bind(deployment.as_str())
        .bind(state.name())
        .bind(reason)
        .bind(now.as_millis())
        .execute(conn).await.map(drop))
}
