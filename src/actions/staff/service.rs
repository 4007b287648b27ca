//! What managers do about the service itself: let channels go on that are held back, forget
//! keys.

use crate::actions::four_eyes::{Joint, wanted_by_two};
use crate::actions::work::ActionError;
use crate::config::Operator;
use crate::domain::{JointDeed, Timestamp};
use crate::store::{Tx, channel_states, key_marks};

use super::write_down;

/// What came of letting a channel go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resumed {
    /// It sends again.
    Done,
    /// Nothing held it.
    NotHeld,
    /// It is noted; another member of staff must want it too.
    NeedsAnother,
}

/// Lets a channel send again that was parked or stopped, with who says so.
pub async fn resume_channel(
    tx: &mut Tx,
    rules: &Operator,
    by: &str,
    channel: &str,
    now: Timestamp,
) -> Result<Resumed, ActionError> {
    let held = channel_states::all(tx).await?;
    if !held.iter().any(|(name, _)| name == channel) {
        return Ok(Resumed::NotHeld);
    }
    let joint = Joint {
        deed: JointDeed::Channel,
        subject: channel,
        about: None,
    };
    if !wanted_by_two(tx, rules, joint, by, now).await? {
        return Ok(Resumed::NeedsAnother);
    }
    channel_states::resume(tx, channel).await?;
    write_down(tx, by, "channel.resumed", Some(channel), now).await?;
    Ok(Resumed::Done)
}

/// Forgets a key that was taken out of the configuration, with who says so. False when the
/// database does not know it.
pub async fn forget_key(
    tx: &mut Tx,
    by: &str,
    name: &str,
    now: Timestamp,
) -> Result<bool, ActionError> {
    if !key_marks::remove(tx, name).await? {
        return Ok(false);
    }
    write_down(tx, by, "key.forgotten", Some(name), now).await?;
    Ok(true)
}
