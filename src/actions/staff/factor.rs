//! The second factor of staff: the code of a telephone, or one of the recovery codes.

use crate::actions::guessing::{Verdict, guess_at};
use crate::actions::work::{ActionError, Tools};
use crate::crypto::{Keys, RecoveryCode, SealError, Sealed, TotpSecret};
use crate::domain::{StaffName, Timestamp};
use crate::store::{Store, Tx, staff, staff_sessions};

use super::door::Member;
use super::write_down;

/// How many recovery codes there are.
const CODES: usize = 8;

/// What became of a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proof {
    /// It is right, and this browser is in.
    Right,
    /// It is not, or was used before.
    Wrong,
    /// Too many were wrong; how many minutes it is locked.
    Locked(u64),
}

/// What became of the first code of a telephone.
pub enum Enrolled {
    /// The telephone knows the secret. These are shown once.
    Done(Vec<RecoveryCode>),
    /// The code is not right.
    Not(Proof),
}

/// The secret that a telephone is to be taught; none once one was.
pub async fn enrolment(
    store: &Store,
    tools: &Tools,
    member: &Member,
) -> Result<Option<TotpSecret>, ActionError> {
    let mut tx = store.begin_read().await?;
    let account = staff::by_name(&mut tx, &member.name).await?;
    let waiting = account.filter(|account| !account.is_enrolled);
    match waiting {
        Some(account) => secret_of(&tools.keys, &account),
        None => Ok(None),
    }
}

/// Takes the first code of a telephone that was taught the secret.
pub async fn enrol(
    store: &Store,
    tools: &Tools,
    member: &Member,
    typed: &str,
    now: Timestamp,
) -> Result<Enrolled, ActionError> {
    let mut tx = store.begin().await?;
    let proof = show(&mut tx, tools, member, typed, false, now).await?;
    if proof != Proof::Right {
        tx.commit().await?;
        return Ok(Enrolled::Not(proof));
    }
    let codes: Vec<_> = (0..CODES).map(|_| RecoveryCode::fresh()).collect();
    let hashes: Vec<_> = codes.iter().map(RecoveryCode::hash).collect();
    staff::enrol(&mut tx, &member.name, &hashes, now).await?;
    write_down(
        &mut tx,
        &member.name.actor(),
        "operator.enrolled",
        None,
        now,
    )
    .await?;
    tx.commit().await?;
    Ok(Enrolled::Done(codes))
}

/// Takes a code at the door.
pub async fn prove(
    store: &Store,
    tools: &Tools,
    member: &Member,
    typed: &str,
    now: Timestamp,
) -> Result<Proof, ActionError> {
    let mut tx = store.begin().await?;
    let proof = show(&mut tx, tools, member, typed, true, now).await?;
    tx.commit().await?;
    Ok(proof)
}

/// Counts a code, and lets the browser in where it is right. Each is taken once.
async fn show(
    tx: &mut Tx,
    tools: &Tools,
    member: &Member,
    typed: &str,
    is_enrolled: bool,
    now: Timestamp,
) -> Result<Proof, ActionError> {
    let name = &member.name;
    staff::lock(tx, name).await?;
    let account = staff::by_name(tx, name).await?;
    let Some(account) = account.filter(|account| account.is_enrolled == is_enrolled) else {
        return Ok(Proof::Wrong);
    };
    let digits: String = typed.chars().filter(char::is_ascii_digit).collect();
    let secret = secret_of(&tools.keys, &account)?;
    let step = secret.and_then(|secret| secret.step_of(&digits, now.as_millis()));
    let step = step.filter(|step| *step > account.totp_step);
    let hash = RecoveryCode::hash_of(typed);
    let is_recovery = is_enrolled && staff::has_code(tx, name, &hash).await?;
    let is_right = || step.is_some() || is_recovery;
    let bucket = factor_bucket(name);
    match guess_at(tx, &tools.policy, &bucket, is_right, now).await? {
        Verdict::Right => {}
        Verdict::Wrong { .. } => {
            write_down(tx, &name.actor(), "operator.code_failed", None, now).await?;
            return Ok(Proof::Wrong);
        }
        Verdict::Locked { until } => {
            write_down(tx, &name.actor(), "operator.code_failed", None, now).await?;
            return Ok(Proof::Locked(until.since(now).as_secs().div_ceil(60)));
        }
    }
    let what = if let Some(step) = step {
        staff::take_step(tx, name, step).await?;
        "operator.code_shown"
    } else {
        staff::take_code(tx, name, &hash).await?;
        "operator.recovery_code_used"
    };
    staff_sessions::prove(tx, &member.session).await?;
    write_down(tx, &name.actor(), what, None, now).await?;
    Ok(Proof::Right)
}

/// Where wrong codes of a member are counted.
pub(super) fn factor_bucket(name: &StaffName) -> String {
    format!("factor:{}", name.as_str())
}

fn place(name: &StaffName) -> Sealed<'_> {
    Sealed {
        column: "staff.totp",
        row: name.as_str(),
    }
}

pub(super) fn seal(keys: &Keys, name: &StaffName, secret: &TotpSecret) -> Vec<u8> {
    place(name).seal(keys, secret.as_bytes())
}

fn secret_of(keys: &Keys, account: &staff::Member) -> Result<Option<TotpSecret>, ActionError> {
    let Some(sealed) = &account.totp else {
        return Ok(None);
    };
    let clear = place(&account.name).open(keys, sealed)?;
    Ok(Some(TotpSecret::from_bytes(&clear).ok_or(SealError)?))
}
