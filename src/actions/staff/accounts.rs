//! Accounts of staff: made, reset, closed and given another role, by managers at the console or
//! at the command line.

use zeroize::Zeroizing;

use crate::actions::four_eyes::{Joint, wanted_by_two};
use crate::actions::work::{ActionError, Tools};
use crate::crypto::fresh_password;
use crate::domain::{JointDeed, StaffName, StaffRole, Timestamp};
use crate::store::{Store, StoreError, Tx, guesses, staff, staff_sessions};

use super::door::password_bucket;
use super::factor::factor_bucket;
use super::write_down;

/// What became of an account.
pub enum Made {
    /// It is as was wanted; the password is for its owner, who replaces it at the first log-in.
    Done(Zeroizing<String>),
    /// The name is taken, or nobody has it.
    Not,
    /// It is noted; another member of staff must want it too.
    NeedsAnother,
}

/// Which account, and by whom.
#[derive(Debug, Clone, Copy)]
pub struct Account<'a> {
    /// Whose.
    pub name: &'a StaffName,
    /// As the audit log calls them.
    pub by: &'a str,
}

impl Account<'_> {
    /// Whether as many want it as must.
    async fn is_wanted(
        self,
        tx: &mut Tx,
        tools: &Tools,
        what: &str,
        now: Timestamp,
    ) -> Result<bool, ActionError> {
        let subject = format!("{what} {}", self.name.as_str());
        let joint = Joint {
            deed: JointDeed::Account,
            subject: &subject,
            about: None,
        };
        wanted_by_two(tx, &tools.operator, joint, self.by, now).await
    }
}

/// Makes an account.
pub async fn add(
    store: &Store,
    tools: &Tools,
    account: Account<'_>,
    role: StaffRole,
    now: Timestamp,
) -> Result<Made, ActionError> {
    let password = fresh_password();
    let hash = tools.hasher.hash(password.clone()).await?;
    let mut tx = store.begin().await?;
    if staff::by_name(&mut tx, account.name).await?.is_some() {
        return Ok(Made::Not);
    }
    let what = format!("add as {}:", role.name());
    if !account.is_wanted(&mut tx, tools, &what, now).await? {
        tx.commit().await?;
        return Ok(Made::NeedsAnother);
    }
    match staff::insert(&mut tx, (account.name, role), (&hash, true), now).await {
        Err(StoreError::Duplicate) => return Ok(Made::Not),
        other => other?,
    }
    let whom = format!("{} as {}", account.name.as_str(), role.name());
    write_down(&mut tx, account.by, "operator.added", Some(&whom), now).await?;
    tx.commit().await?;
    Ok(Made::Done(password))
}

/// Lets somebody in anew who has lost password or telephone: another password, no second
/// factor until they enrol again, no lock.
pub async fn reset(
    store: &Store,
    tools: &Tools,
    account: Account<'_>,
    now: Timestamp,
) -> Result<Made, ActionError> {
    let name = account.name;
    let password = fresh_password();
    let hash = tools.hasher.hash(password.clone()).await?;
    let mut tx = store.begin().await?;
    if staff::by_name(&mut tx, name).await?.is_none() {
        return Ok(Made::Not);
    }
    if !account.is_wanted(&mut tx, tools, "reset", now).await? {
        tx.commit().await?;
        return Ok(Made::NeedsAnother);
    }
    staff::set_disabled(&mut tx, name, false, now).await?;
    staff::set_password(&mut tx, name, (&hash, true), now).await?;
    staff::set_totp(&mut tx, name, None, now).await?;
    staff_sessions::remove_of(&mut tx, name, None).await?;
    for bucket in [password_bucket(tools, name), factor_bucket(name)] {
        guesses::forgive(&mut tx, &bucket).await?;
    }
    let whom = Some(name.as_str());
    write_down(&mut tx, account.by, "operator.reset", whom, now).await?;
    tx.commit().await?;
    Ok(Made::Done(password))
}

/// Closes an account, or opens it again. False when there is none of that name.
pub async fn set_disabled(
    tx: &mut Tx,
    account: Account<'_>,
    is_disabled: bool,
    now: Timestamp,
) -> Result<bool, ActionError> {
    let name = account.name;
    if !staff::set_disabled(tx, name, is_disabled, now).await? {
        return Ok(false);
    }
    staff_sessions::remove_of(tx, name, None).await?;
    let what = if is_disabled {
        "operator.disabled"
    } else {
        "operator.enabled"
    };
    write_down(tx, account.by, what, Some(name.as_str()), now).await?;
    Ok(true)
}

/// What came of another role.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Changed {
    /// It is theirs, and they log in anew.
    Done,
    /// Nobody has that name.
    Nobody,
    /// It is noted; another member of staff must want it too.
    NeedsAnother,
}

/// Gives an account another role.
pub async fn set_role(
    tx: &mut Tx,
    tools: &Tools,
    account: Account<'_>,
    role: StaffRole,
    now: Timestamp,
) -> Result<Changed, ActionError> {
    let name = account.name;
    if staff::by_name(tx, name).await?.is_none() {
        return Ok(Changed::Nobody);
    }
    let what = format!("make {}:", role.name());
    if !account.is_wanted(tx, tools, &what, now).await? {
        return Ok(Changed::NeedsAnother);
    }
    staff::set_role(tx, name, role, now).await?;
    staff_sessions::remove_of(tx, name, None).await?;
    let whom = format!("{} to {}", name.as_str(), role.name());
    write_down(tx, account.by, "operator.role_given", Some(&whom), now).await?;
    Ok(Changed::Done)
}
