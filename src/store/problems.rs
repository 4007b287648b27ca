//! Problems that people report. What they told comes sealed.

use crate::domain::{Msisdn, PersonId, ProblemKind, ProblemState, Timestamp};

use super::tx::{count, decode};
use super::{StoreError, Tx};

/// A problem that is reported now.
pub struct NewProblem<'a> {
    /// A new id; what is sealed is bound to it.
    pub id: &'a str,
    /// What people call it by.
    pub reference: &'a str,
    /// Who reports it.
    pub person: &'a PersonId,
    /// From which line.
    pub line: &'a Msisdn,
    /// What it is about.
    pub kind: ProblemKind,
    /// What they told.
    pub sealed: &'a [u8],
}

/// A problem as its reporter sees it.
#[derive(Debug, Clone)]
pub struct Problem {
    /// What people call it by.
    pub reference: String,
    /// What it is about.
    pub kind: ProblemKind,
    /// How far it has come.
    pub state: ProblemState,
    /// What the council says.
    pub answer: Option<String>,
    /// When it was reported.
    pub created_at: Timestamp,
}

/// Keeps a new problem.
pub async fn insert(
    tx: &mut Tx,
    problem: &NewProblem<'_>,
    now: Timestamp,
) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO problems (id, reference, person_id, msisdn, kind, sealed, \
        state, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8)";
    on!(tx, conn => sqlx::query(SQL)
        .bind(problem.id)
        .bind(problem.reference)
        .bind(problem.person.as_str())
        .bind(problem.line.as_str())
        .bind(problem.kind.code())
        .bind(problem.sealed)
        .bind(ProblemState::Open.code())
        .bind(now.as_millis())
        .execute(conn).await.map(drop))
}

type Row = (String, String, String, Option<String>, i64);

/// What a person has reported, the newest first.
pub async fn of_person(
    tx: &mut Tx,
    person: &PersonId,
    offset: usize,
    limit: usize,
) -> Result<Vec<Problem>, StoreError> {
    const SQL: &str = "SELECT reference, kind, state, answer, created_at FROM problems \
        WHERE person_id = $1 ORDER BY created_at DESC, id DESC LIMIT $2 OFFSET $3";
    let rows: Vec<Row> = on!(tx, conn => sqlx::query_as(SQL)
        .bind(person.as_str())
        .bind(count(limit))
        .bind(count(offset))
        .fetch_all(conn).await)?;
    let read = |(reference, kind, state, answer, created_at): Row| {
        Ok(Problem {
            reference,
            kind: ProblemKind::parse(&kind).ok_or_else(|| decode("no such kind of problem"))?,
            state: ProblemState::parse(&state).ok_or_else(|| decode("no such state"))?,
            answer,
            created_at: Timestamp::from_millis(created_at),
        })
    };
    rows.into_iter().map(read).collect()
}
