//! How staff come in: a password, then the second factor, then a password of their own.
//! Every try is counted and locks as people's PINs do.

use std::net::IpAddr;

use zeroize::Zeroizing;

use crate::actions::guessing::{Verdict, guess_at};
use crate::actions::limits::{Wait, private_bucket, use_once_from};
use crate::actions::log_in::LOG_IN_WINDOW;
use crate::actions::visit::{STEP, ends};
use crate::actions::work::{ActionError, Tools};
use crate::crypto::{Token, TotpSecret};
use crate::domain::{StaffName, StaffRole, Timestamp};
use crate::store::{Store, Tx, staff, staff_sessions};

use super::factor::seal;
use super::write_down;

/// What became of a try to log in.
pub enum Entry {
    /// The browser that holds this token has begun to log in.
    Begun(Token),
    /// The name and the password do not belong together.
    Refused,
    /// Too many were wrong; how many minutes it is locked.
    Locked(u64),
}

/// A member of staff at their browser.
#[derive(Debug, Clone)]
pub struct Member {
    /// Who.
    pub name: StaffName,
    /// What they are there for.
    pub role: StaffRole,
    /// Which browser.
    pub session: String,
    /// What they must do before anything else.
    pub step: Step,
}

/// What stands between a right password and the console.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// To show the code of their telephone.
    Code,
    /// To teach a telephone the secret.
    Enrol,
    /// To choose a password of their own.
    Password,
    /// Nothing.
    In,
}

/// Counts a try from an address; or how long to wait, when too many come from there.
pub async fn count_knock(
    store: &Store,
    tools: &Tools,
    address: IpAddr,
    now: Timestamp,
) -> Result<Option<Wait>, ActionError> {
    let limit = (tools.operator.logins_in_fifteen_minutes, LOG_IN_WINDOW);
    let at = (store, &tools.keys);
    Ok(use_once_from(address, at, "staff.address", limit, now).await?)
}

/// Checks a user name and password. A name that nobody has is the same work, and locks as
/// one of somebody does.
pub async fn log_in(
    store: &Store,
    tools: &Tools,
    name: &StaffName,
    password: Zeroizing<String>,
    now: Timestamp,
) -> Result<Entry, ActionError> {
    // The check takes long, so it stands between two units of work.
    let mut tx = store.begin_read().await?;
    let before = open_account(&mut tx, name).await?;
    drop(tx);
    let hash = before.map(|member| member.password_hash);
    let matches = tools.hasher.matches(password, hash.clone()).await?;
    let mut tx = store.begin().await?;
    staff::lock(&mut tx, name).await?;
    let account = open_account(&mut tx, name).await?;
    // A reset in the meantime has the last word.
    let still = account.as_ref().map(|member| &member.password_hash) == hash.as_ref();
    let bucket = password_bucket(tools, name);
    let is_right = || matches && still;
    let verdict = guess_at(&mut tx, &tools.policy, &bucket, is_right, now).await?;
    let (entry, what) = match (verdict, account) {
        (Verdict::Right, Some(account)) => {
            let token = Token::fresh();
            let ends = ends(&tools.policy, now);
            staff_sessions::insert(&mut tx, &token.hash(), name, ends, now).await?;
            if !account.is_enrolled && tools.operator.second_factor && account.totp.is_none() {
                let sealed = seal(&tools.keys, name, &TotpSecret::fresh());
                staff::set_totp(&mut tx, name, Some(&sealed), now).await?;
            }
            (Entry::Begun(token), "operator.login")
        }
        (Verdict::Locked { until }, _) => {
            let minutes = until.since(now).as_secs().div_ceil(60);
            (Entry::Locked(minutes), "operator.login_failed")
        }
        _ => (Entry::Refused, "operator.login_failed"),
    };
    write_down(&mut tx, &name.actor(), what, None, now).await?;
    tx.commit().await?;
    Ok(entry)
}

async fn open_account(tx: &mut Tx, name: &StaffName) -> Result<Option<staff::Member>, ActionError> {
    let account = staff::by_name(tx, name).await?;
    Ok(account.filter(|account| !account.is_disabled))
}

/// What a request tells of whoever sits there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sign {
    /// Somebody asked for it.
    Asks,
    /// A page that is open came anew by itself.
    Watches,
}

/// Whose browser it is. That somebody asks keeps the visit alive; an open board does not.
pub async fn member(
    store: &Store,
    tools: &Tools,
    token: &Token,
    sign: Sign,
    now: Timestamp,
) -> Result<Option<Member>, ActionError> {
    let mut tx = store.begin_read().await?;
    let Some(session) = staff_sessions::of(&mut tx, &token.hash(), now).await? else {
        return Ok(None);
    };
    let Some(account) = open_account(&mut tx, &session.name).await? else {
        return Ok(None);
    };
    drop(tx);
    let prolonged = now.plus(tools.policy.login_idle());
    if sign == Sign::Asks && prolonged > session.idle_until.plus(STEP) {
        let mut tx = store.begin().await?;
        staff_sessions::touch(&mut tx, &session.id, prolonged).await?;
        tx.commit().await?;
    }
    let must_prove = account.is_enrolled || tools.operator.second_factor;
    let step = match (must_prove && !session.proven, account.is_enrolled) {
        (true, true) => Step::Code,
        (true, false) => Step::Enrol,
        (false, _) if account.must_change => Step::Password,
        (false, _) => Step::In,
    };
    Ok(Some(Member {
        name: session.name,
        role: account.role,
        session: session.id,
        step,
    }))
}

/// Ends a browser's visit.
pub async fn leave(tx: &mut Tx, member: &Member, now: Timestamp) -> Result<(), ActionError> {
    staff_sessions::remove(tx, &member.session).await?;
    Ok(write_down(tx, &member.name.actor(), "operator.logout", None, now).await?)
}

/// Where wrong passwords for a name are counted, also for one that nobody has.
pub(super) fn password_bucket(tools: &Tools, name: &StaffName) -> String {
    private_bucket(&tools.keys, "staff", name.as_str().as_bytes())
}
