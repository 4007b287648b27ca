//! Reads of what is known of people, written down as deeds are.

use crate::domain::{PersonId, Timestamp};
use crate::store::{StoreError, Tx, audit};

use super::work::Way;

/// Writes down that somebody has read something, and about each of these people that it was
/// read, so that whoever looks a person up in the audit log finds it.
pub async fn has_read(
    tx: &mut Tx,
    actor: &str,
    (what, detail): (&str, Option<String>),
    about: &[&PersonId],
    now: Timestamp,
) -> Result<(), StoreError> {
    let entry = audit::Entry {
        actor,
        subject: None,
        what,
        way: Way::Operator.name(),
        detail,
    };
    audit::add(tx, &entry, now).await?;
    audit::add_about(tx, &entry, about, now).await
}
