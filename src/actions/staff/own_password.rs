//! A password that a member of staff chooses: instead of the one that was given to them, or
//! of one they knew before.

use crate::actions::own_password::{PasswordFault, Wanted};
use crate::actions::weak_password::{is_common, is_short};
use crate::actions::work::{ActionError, Tools};
use crate::domain::Timestamp;
use crate::store::{Store, staff, staff_sessions};

use super::door::Member;
use super::write_down;

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StaffChosen {
    /// It is kept, and their other browsers are logged out.
    Kept,
    /// It is not.
    Not(PasswordFault),
}

/// Keeps a password of somebody's own choice.
pub async fn choose_own_password(
    store: &Store,
    tools: &Tools,
    member: &Member,
    wanted: Wanted,
    now: Timestamp,
) -> Result<StaffChosen, ActionError> {
    let mut tx = store.begin_read().await?;
    let account = staff::by_name(&mut tx, &member.name).await?;
    drop(tx);
    let hash = account.map(|account| account.password_hash);
    if wanted.new != wanted.again {
        return Ok(StaffChosen::Not(PasswordFault::Differ));
    }
    if is_short(&wanted.new) {
        return Ok(StaffChosen::Not(PasswordFault::Short));
    }
    if is_common(&wanted.new) || wanted.new.to_lowercase().contains(member.name.as_str()) {
        return Ok(StaffChosen::Not(PasswordFault::Guessable));
    }
    if wanted.new == wanted.old {
        return Ok(StaffChosen::Not(PasswordFault::Same));
    }
    // Hashing takes long, so it stands between two units of work.
    if !tools.hasher.matches(wanted.old, hash.clone()).await? {
        return Ok(StaffChosen::Not(PasswordFault::WrongOld));
    }
    let new = tools.hasher.hash(wanted.new).await?;
    let mut tx = store.begin().await?;
    staff::lock(&mut tx, &member.name).await?;
    let still = staff::by_name(&mut tx, &member.name).await?;
    if still.map(|account| account.password_hash) != hash {
        return Ok(StaffChosen::Not(PasswordFault::WrongOld));
    }
    staff::set_password(&mut tx, &member.name, (&new, false), now).await?;
    staff_sessions::remove_of(&mut tx, &member.name, Some(&member.session)).await?;
    let what = "operator.password_chosen";
    write_down(&mut tx, &member.name.actor(), what, None, now).await?;
    tx.commit().await?;
    Ok(StaffChosen::Kept)
}
