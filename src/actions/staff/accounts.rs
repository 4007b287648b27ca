//! Accounts of staff: made, reset and closed at the command line.

use zeroize::Zeroizing;

use crate::actions::work::{ActionError, Tools};
use crate::crypto::fresh_password;
use crate::domain::{StaffName, StaffRole, Timestamp};
use crate::store::{Store, StoreError, Tx, guesses, staff, staff_sessions};

use super::door::password_bucket;
use super::factor::factor_bucket;
use super::write_down;

/// What became of a new account.
pub enum Added {
    /// It is there; the password is for its owner, who replaces it at the first log-in.
    Done(Zeroizing<String>),
    /// The name is taken.
    Taken,
}

/// Makes an account.
pub async fn add(
    store: &Store,
    tools: &Tools,
    (name, role): (&StaffName, StaffRole),
    by: &str,
    now: Timestamp,
) -> Result<Added, ActionError> {
    let password = fresh_password();
    let hash = tools.hasher.hash(password.clone()).await?;
    let mut tx = store.begin().await?;
    match staff::insert(&mut tx, (name, role), (&hash, true), now).await {
        Err(StoreError::Duplicate) => return Ok(Added::Taken),
        other => other?,
    }
    write_down(&mut tx, by, "operator.added", Some(name.as_str()), now).await?;
    tx.commit().await?;
    Ok(Added::Done(password))
}

/// Lets somebody in anew who has lost password or telephone: another password, no second
/// factor until they enrol again, no lock. None when there is no such account.
pub async fn reset(
    store: &Store,
    tools: &Tools,
    name: &StaffName,
    by: &str,
    now: Timestamp,
) -> Result<Option<Zeroizing<String>>, ActionError> {
    let password = fresh_password();
    let hash = tools.hasher.hash(password.clone()).await?;
    let mut tx = store.begin().await?;
    if !staff::set_disabled(&mut tx, name, false, now).await? {
        return Ok(None);
    }
    staff::set_password(&mut tx, name, (&hash, true), now).await?;
    staff::set_totp(&mut tx, name, None, now).await?;
    staff_sessions::remove_of(&mut tx, name, None).await?;
    for bucket in [password_bucket(tools, name), factor_bucket(name)] {
        guesses::forgive(&mut tx, &bucket).await?;
    }
    write_down(&mut tx, by, "operator.reset", Some(name.as_str()), now).await?;
    tx.commit().await?;
    Ok(Some(password))
}

/// Closes an account, or opens it again. False when there is none of that name.
pub async fn set_disabled(
    tx: &mut Tx,
    name: &StaffName,
    is_disabled: bool,
    by: &str,
    now: Timestamp,
) -> Result<bool, ActionError> {
    if !staff::set_disabled(tx, name, is_disabled, now).await? {
        return Ok(false);
    }
    staff_sessions::remove_of(tx, name, None).await?;
    let what = if is_disabled {
        "operator.disabled"
    } else {
        "operator.enabled"
    };
    write_down(tx, by, what, Some(name.as_str()), now).await?;
    Ok(true)
}
