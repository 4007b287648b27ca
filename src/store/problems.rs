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
    /// Its row; what is sealed is bound to it.
    pub id: String,
    /// What people call it by.
    pub reference: String,
    /// What it is about.
    pub kind: ProblemKind,
    /// How far it has come.
    pub state: ProblemState,
    /// What the council answers, sealed.
    pub answer: Option<Vec<u8>>,
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

type Row = (String, String, String, String, Option<Vec<u8>>, i64);

/// What a person has reported, the newest first.
pub async fn of_person(
    tx: &mut Tx,
    person: &PersonId,
    offset: usize,
    limit: usize,
) -> Result<Vec<Problem>, StoreError> {
    const SQL: &str = "SELECT id, reference, kind, state, answer, created_at FROM problems \
        WHERE person_id = $1 ORDER BY created_at DESC, id DESC LIMIT $2 OFFSET $3";
    let rows: Vec<Row> = on!(tx, conn => sqlx::query_as(SQL)
        .bind(person.as_str())
        .bind(count(limit))
        .bind(count(offset))
        .fetch_all(conn).await)?;
    let read = |(id, reference, kind, state, answer, created_at): Row| {
        Ok(Problem {
            id,
            reference,
            kind: kind_of(&kind)?,
            state: state_of(&state)?,
            answer,
            created_at: Timestamp::from_millis(created_at),
        })
    };
    rows.into_iter().map(read).collect()
}

fn kind_of(kind: &str) -> Result<ProblemKind, StoreError> {
    Ok(ProblemKind::parse(kind).ok_or_else(|| decode("no such kind of problem"))?)
}

fn state_of(state: &str) -> Result<ProblemState, StoreError> {
    Ok(ProblemState::parse(state).ok_or_else(|| decode("no such state"))?)
}

/// A problem that waits for its answer, as staff see it.
pub struct OpenProblem {
    /// Its row; what is sealed is bound to it.
    pub id: String,
    /// What people call it by.
    pub reference: String,
    /// Who reports it.
    pub person: PersonId,
    /// From which line.
    pub line: Msisdn,
    /// What it is about.
    pub kind: ProblemKind,
    /// How far it has come.
    pub state: ProblemState,
    /// What they told.
    pub sealed: Vec<u8>,
    /// When it was reported.
    pub created_at: Timestamp,
}

type OpenRow = (String, String, String, String, String, String, Vec<u8>, i64);

fn open_problem(row: OpenRow) -> Result<OpenProblem, StoreError> {
    let (id, reference, person, line, kind, state, sealed, created_at) = row;
    Ok(OpenProblem {
        id,
        reference,
        person: PersonId::parse(&person).map_err(decode)?,
        line: Msisdn::parse(&line).map_err(decode)?,
        kind: kind_of(&kind)?,
        state: state_of(&state)?,
        sealed,
        created_at: Timestamp::from_millis(created_at),
    })
}

/// Problems that wait for their answer.
macro_rules! select_open {
    ($rest:literal) => {
        concat!(
            "SELECT id, reference, person_id, msisdn, kind, state, sealed, created_at ",
            "FROM problems WHERE state IN ('open', 'taken') ",
            $rest
        )
    };
}

/// Problems that wait for their answer, the oldest first.
pub async fn open(tx: &mut Tx) -> Result<Vec<OpenProblem>, StoreError> {
    const SQL: &str = select_open!("ORDER BY created_at, id LIMIT 1000");
    let rows: Vec<OpenRow> = on!(tx, conn => sqlx::query_as(SQL).fetch_all(conn).await)?;
    rows.into_iter().map(open_problem).collect()
}

/// The one of that reference, if it waits for its answer.
pub async fn by_reference(tx: &mut Tx, reference: &str) -> Result<Option<OpenProblem>, StoreError> {
    const SQL: &str = select_open!("AND reference = $1");
    let row: Option<OpenRow> =
        on!(tx, conn => sqlx::query_as(SQL).bind(reference).fetch_optional(conn).await)?;
    row.map(open_problem).transpose()
}

/// Puts a problem that waits for its answer into another state, with the answer where
/// there is one. False when it is there already or closed.
pub async fn step(
    tx: &mut Tx,
    id: &str,
    to: ProblemState,
    answer: Option<&[u8]>,
    now: Timestamp,
) -> Result<bool, StoreError> {
    const SQL: &str = "UPDATE problems SET state = $2, answer = $3, updated_at = $4 \
        WHERE id = $1 AND state IN ('open', 'taken') AND state <> $2";
    let done = on!(tx, conn => sqlx::query(SQL)
        .bind(id)
        .bind(to.code())
        .bind(answer)
        .bind(now.as_millis())
        .execute(conn).await.map(|done| done.rows_affected()))?;
    Ok(done == 1)
}
