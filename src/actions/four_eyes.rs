//! Deeds that take two members of staff, where the settings say so: the first says that they
//! want it, the second does it.

use std::time::Duration;

use crate::config::Operator;
use crate::domain::{JointDeed, PersonId, Timestamp};
use crate::store::{Tx, approvals, audit};

use super::work::{ActionError, Way};

/// How long the first word counts.
pub(super) const LIFE: Duration = Duration::from_hours(24);

/// What somebody wants to do.
#[derive(Debug, Clone, Copy)]
pub(super) struct Joint<'a> {
    /// Of which kind.
    pub(super) deed: JointDeed,
    /// To what: a reference, a name.
    pub(super) subject: &'a str,
    /// To whose record.
    pub(super) about: Option<&'a PersonId>,
}

impl<'a> Joint<'a> {
    fn key(&self) -> (&'static str, &'a str) {
        (self.deed.name(), self.subject)
    }
}

/// Whether a deed may be done now: it takes one alone, or somebody else has wanted it within a
/// day. Otherwise it is noted who wants it, and that is to be kept.
pub(super) async fn wanted_by_two(
    tx: &mut Tx,
    rules: &Operator,
    joint: Joint<'_>,
    by: &str,
    now: Timestamp,
) -> Result<bool, ActionError> {
    if !rules.four_eyes.contains(&joint.deed) {
        return Ok(true);
    }
    let since = now.minus(LIFE);
    // False where another one's word stands, also one that came in between.
    if !approvals::note(tx, joint.key(), by, since, now).await? {
        approvals::forget(tx, joint.key()).await?;
        return Ok(true);
    }
    let what = format!("{}.approved_first", joint.deed.name());
    let entry = audit::Entry {
        actor: by,
        subject: joint.about,
        what: &what,
        way: Way::Operator.name(),
        detail: Some(joint.subject.to_owned()),
    };
    audit::add(tx, &entry, now).await?;
    Ok(false)
}

/// Who has wanted it already.
pub(super) async fn first_to_want(
    tx: &mut Tx,
    deed: JointDeed,
    subject: &str,
    now: Timestamp,
) -> Result<Option<String>, ActionError> {
    let key = (deed.name(), subject);
    Ok(approvals::first(tx, key, now.minus(LIFE)).await?)
}
