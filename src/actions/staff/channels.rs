//! Channels that are held back are let go on by managers.

use crate::actions::work::ActionError;
use crate::domain::Timestamp;
use crate::store::{Tx, channel_states};

use super::write_down;

/// Lets a channel send again that was parked or stopped, with who says so. False when it was not held.
pub async fn resume_channel(
    tx: &mut Tx,
    by: &str,
    channel: &str,
    now: Timestamp,
) -> Result<bool, ActionError> {
    if !channel_states::resume(tx, channel).await? {
        return Ok(false);
    }
    write_down(tx, by, "channel.resumed", Some(channel), now).await?;
    Ok(true)
}
