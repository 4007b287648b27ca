//! Checking the credentials that SMS delivered: for the thin site, which logs its browser in,
//! and for the council's own systems, which ask.

use std::time::Duration;

use zeroize::Zeroizing;

use crate::crypto::Token;
use crate::domain::{PersonId, Timestamp, UserName};
use crate::store::{Store, Tx, audit, deployments, outbox, passwords, people};

use super::limits::{Wait, private_bucket, use_once_alone};
use super::visit;
use super::work::{ActionError, Tools, Way};

/// What became of a try to log in.
pub enum LogIn {
    /// The browser that holds this token is logged in.
    Done(Token),
    /// It is not. Whose user name it was is to be written down after the answer: only of a
    /// known one is there anything to write, and the time must not tell.
    Refused(Option<PersonId>),
}

/// What limits on log-ins count over.
pub(super) const LOG_IN_WINDOW: Duration = Duration::from_mins(15);

/// Counts a try at a password, whether anybody has that user name or not; or how long to wait,
/// when too many are made at it.
pub async fn count_log_in(
    store: &Store,
    tools: &Tools,
    user: &UserName,
    now: Timestamp,
) -> Result<Option<Wait>, ActionError> {
    let bucket = private_bucket(&tools.keys, "login", user.as_str().as_bytes());
    let limit = (tools.policy.logins_in_fifteen_minutes.into(), LOG_IN_WINDOW);
    Ok(use_once_alone(store, &bucket, limit, now).await?)
}

/// A user name and password that belong together.
struct Matched {
    /// Not committed yet; the person's record is held.
    tx: Tx,
    person: PersonId,
    /// Whether the password came by SMS and has to be replaced.
    must_change: bool,
}

/// Logs a browser in. The answer to an unknown name is the answer to a wrong password, and
/// takes as long.
pub async fn log_in(
    store: &Store,
    tools: &Tools,
    user: Option<UserName>,
    password: Zeroizing<String>,
    now: Timestamp,
) -> Result<LogIn, ActionError> {
    let Matched { mut tx, person, .. } = match check(store, tools, user, password, now).await? {
        Ok(matched) => matched,
        Err(known) => return Ok(LogIn::Refused(known)),
    };
    let token = Token::fresh();
    visit::begin(&mut tx, &tools.policy, &token, &person, now).await?;
    write_down(&mut tx, (&person, None), "login", now).await?;
    tx.commit().await?;
    Ok(LogIn::Done(token))
}

/// What another system learns of a user name and password.
pub enum Credential {
    /// They belong together.
    Right {
        /// Whose they are.
        person: PersonId,
        /// Whether the password came by SMS and has to be replaced.
        must_change: bool,
    },
    /// They do not; as for [`LogIn::Refused`].
    Wrong(Option<PersonId>),
}

/// Tells a system of the council whether a user name and password belong together, as the
/// site would find.
pub async fn verify_credential(
    store: &Store,
    tools: &Tools,
    (user, password): (Option<UserName>, Zeroizing<String>),
    by: &str,
    now: Timestamp,
) -> Result<Credential, ActionError> {
    let matched = match check(store, tools, user, password, now).await? {
        Ok(matched) => matched,
        Err(known) => return Ok(Credential::Wrong(known)),
    };
    let Matched {
        mut tx,
        person,
        must_change,
    } = matched;
    write_down(&mut tx, (&person, Some(by)), "login", now).await?;
    tx.commit().await?;
    Ok(Credential::Right {
        person,
        must_change,
    })
}

/// Checks a user name and password; whose name it is where they do not belong together.
async fn check(
    store: &Store,
    tools: &Tools,
    user: Option<UserName>,
    password: Zeroizing<String>,
    now: Timestamp,
) -> Result<Result<Matched, Option<PersonId>>, ActionError> {
    // The check takes long, so it stands between two units of work.
    let mut tx = store.begin_read().await?;
    let known = match &user {
        Some(UserName::Line(line)) => {
            let person = people::by_msisdn(&mut tx, line).await?;
            person.map(|person| person.id)
        }
        Some(UserName::Centre(code)) => deployments::manager_of(&mut tx, code).await?,
        None => None,
    };
    // Of nobody, it is asked for just the same.
    let id = known.clone().unwrap_or_else(PersonId::fresh);
    let kept = passwords::of(&mut tx, &id).await?;
    drop(tx);
    let in_time = kept.filter(|kept| kept.expires_at.is_none_or(|end| now < end));
    let must_change = in_time.as_ref().is_some_and(|kept| kept.must_change);
    let hash = in_time.map(|kept| kept.hash);
    if !tools.hasher.matches(password, hash.clone()).await? {
        return Ok(Err(known));
    }
    let mut tx = store.begin().await?;
    people::lock(&mut tx, &id).await?;
    // A reset in the meantime has the last word.
    let still = passwords::of(&mut tx, &id).await?.map(|kept| kept.hash);
    if still != hash {
        return Ok(Err(known));
    }
    // The password has arrived.
    outbox::erase_kept_of(&mut tx, &id, now).await?;
    Ok(Ok(Matched {
        tx,
        person: id,
        must_change,
    }))
}

/// Writes down that somebody failed to log in as this person, where a system says so, by it.
pub async fn log_in_failed(
    store: &Store,
    person: &PersonId,
    by: Option<&str>,
    now: Timestamp,
) -> Result<(), ActionError> {
    let mut tx = store.begin().await?;
    write_down(&mut tx, (person, by), "login.failed", now).await?;
    Ok(tx.commit().await?)
}

async fn write_down(
    tx: &mut Tx,
    (person, by): (&PersonId, Option<&str>),
    what: &str,
    now: Timestamp,
) -> Result<(), ActionError> {
    let (actor, way) = match by {
        Some(system) => (system, Way::Api),
        None => (person.as_str(), Way::Web),
    };
    let entry = audit::Entry {
        actor,
        subject: Some(person),
        what,
        way: way.name(),
        detail: None,
    };
    Ok(audit::add(tx, &entry, now).await?)
}
