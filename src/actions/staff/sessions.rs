//! Browsers of staff: everybody sees their own, managers all of them, and may end them.

use crate::actions::work::ActionError;
use crate::domain::{Duty, Timestamp};
use crate::store::Tx;
use crate::store::staff_sessions::{self, StaffSession};

use super::door::Member;
use super::write_down;

/// The browsers that a member may see.
pub async fn sessions(
    tx: &mut Tx,
    member: &Member,
    now: Timestamp,
) -> Result<Vec<StaffSession>, ActionError> {
    let mut all = staff_sessions::all(tx, now).await?;
    all.retain(|session| may_end(member, session));
    Ok(all)
}

/// Logs one of them out. False when there is none, or it is not theirs to end.
pub async fn end_session(
    tx: &mut Tx,
    member: &Member,
    id: &str,
    now: Timestamp,
) -> Result<bool, ActionError> {
    let mut found = sessions(tx, member, now).await?.into_iter();
    let Some(session) = found.find(|session| session.id == id) else {
        return Ok(false);
    };
    staff_sessions::remove(tx, id).await?;
    let (actor, whose) = (member.name.actor(), Some(session.name.as_str()));
    write_down(tx, &actor, "operator.session_ended", whose, now).await?;
    Ok(true)
}

fn may_end(member: &Member, session: &StaffSession) -> bool {
    session.name == member.name || member.role.may(Duty::Steer)
}
