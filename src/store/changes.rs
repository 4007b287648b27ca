//! Every change of a person's record, with what stood there before.

use crate::domain::{PersonId, Timestamp};

use super::{StoreError, Tx};

/// One change. What is old and new comes sealed.
pub struct Change<'a> {
    /// A new id; what is sealed is bound to it.
    pub id: &'a str,
    /// Whose record.
    pub person: &'a PersonId,
    /// Who changed it.
    pub actor: &'a str,
    /// By which way.
    pub way: &'a str,
    /// Which field.
    pub field: &'a str,
    /// What stood there before.
    pub old: Option<&'a [u8]>,
    /// What stands there now.
    pub new: Option<&'a [u8]>,
}

/// Keeps a change.
pub async fn add(tx: &mut Tx, change: &Change<'_>, now: Timestamp) -> Result<(), StoreError> {
    const SQL: &str = "INSERT INTO changes (id, person_id, at, way, field, old, new, actor) \
                       VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    on!(tx, conn => sqlx::query(SQL)
        .bind(change.id)
        .bind(change.person.as_str())
        .bind(now.as_millis())
        .bind(change.way)
        .bind(change.field)
        .bind(change.old)
        .bind(change.new)
        .bind(change.actor)
        .execute(conn).await.map(drop))
}

/// What is sealed of the changes of one field of a person, the newest first: the row, what
/// was old, what was new.
pub async fn of_field(
    tx: &mut Tx,
    person: &PersonId,
    field: &str,
) -> Result<Vec<SealedChange>, StoreError> {
    const SQL: &str = "SELECT id, old, new FROM changes WHERE person_id = $1 AND field = $2 \
                       ORDER BY at DESC, id DESC";
    on!(tx, conn => sqlx::query_as(SQL)
        .bind(person.as_str())
        .bind(field)
        .fetch_all(conn).await)
}

/// The row of a change, what was old and what was new.
pub type SealedChange = (String, Option<Vec<u8>>, Option<Vec<u8>>);
