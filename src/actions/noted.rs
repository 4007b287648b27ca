//! What staff and systems did that is no change of somebody's record, written down as changes are.

use crate::domain::{PersonId, Timestamp};
use crate::store::{StoreError, Tx, audit};

use super::work::Way;

/// Writes down what was done, and once more about each of these people, so that whoever looks a
/// person up in the audit log finds it.
pub(super) async fn note(
    tx: &mut Tx,
    (actor, way): (&str, Way),
    (what, detail): (&str, Option<String>),
    about: &[&PersonId],
    now: Timestamp,
) -> Result<(), StoreError> {
    let entry = audit::Entry {
        actor,
        subject: None,
        what,
        way: way.name(),
        detail,
    };
    audit::add(tx, &entry, now).await?;
    audit::add_about(tx, &entry, about, now).await
}

/// Writes down that staff have read something, and about each of these people that it was read.
pub async fn has_read(
    tx: &mut Tx,
    actor: &str,
    what: (&str, Option<String>),
    about: &[&PersonId],
    now: Timestamp,
) -> Result<(), StoreError> {
    note(tx, (actor, Way::Operator), what, about, now).await
}
