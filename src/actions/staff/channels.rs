//! Channels that are held back are let go on by managers.

use crate::actions::work::ActionError;
use crate::domain::Timestamp;
use crate::store::{Tx, channel_states};

use super::door::Member;
use super::write_down;

/// Lets a channel send again that was parked or stopped. False when it was not held.
pub async fn resume_channel(
    tx: &mut Tx,
    member: &Member,
    channel: &str,
    now: Timestamp,
) -> Result<bool, ActionError> {
    if !channel_states::resume(tx, channel).await? {
        return Ok(false);
    }
    let actor = member.name.actor();
    write_down(tx, &actor, "channel.resumed", Some(channel), now).await?;
    Ok(true)
}
