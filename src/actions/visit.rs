//! A browser that is logged in: whose it is, how long it stays so, how it ends.

use std::time::Duration;

use crate::config::Policy;
use crate::crypto::Token;
use crate::domain::{PersonId, Proofs, Timestamp};
use crate::store::deployments::{self, Deployment};
use crate::store::people::{self, Person};
use crate::store::web_sessions::{self, Browser, Ends};
use crate::store::{Store, Tx, audit, passwords};

use super::work::{ActionError, Way};

/// The most deployments a page shows.
const SHOWN: usize = 20;

/// A visit is prolonged in steps of this length, so that not every page is a write.
pub(super) const STEP: Duration = Duration::from_mins(1);

/// Somebody who is logged in.
pub struct Visitor {
    /// Who.
    pub person: Person,
    /// Whether their password came by SMS and has to be replaced before anything else.
    pub must_change: bool,
    /// What they have proven in this visit, beyond their password.
    pub proofs: Proofs,
    /// What their browser is known by.
    pub(super) token_hash: [u8; 32],
}

/// Begins a visit.
pub(super) async fn begin(
    tx: &mut Tx,
    policy: &Policy,
    token: &Token,
    person: &PersonId,
    now: Timestamp,
) -> Result<(), ActionError> {
    Ok(web_sessions::insert(tx, &token.hash(), person, ends(policy, now), now).await?)
}

/// When a visit that begins now will end.
pub(super) fn ends(policy: &Policy, now: Timestamp) -> Ends {
    Ends {
        expires_at: now.plus(policy.login_life()),
        idle_until: now.plus(policy.login_idle()),
    }
}

/// Who this browser belongs to. That it asks keeps the visit alive.
pub async fn visitor(
    store: &Store,
    policy: &Policy,
    token: &Token,
    now: Timestamp,
) -> Result<Option<Visitor>, ActionError> {
    let mut tx = store.begin_read().await?;
    let token_hash = token.hash();
    let Some(browser) = web_sessions::visitor(&mut tx, &token_hash, now).await? else {
        return Ok(None);
    };
    let Some(person) = people::by_id(&mut tx, &browser.person).await? else {
        return Ok(None);
    };
    let password = passwords::of(&mut tx, &person.id).await?;
    drop(tx);
    let prolonged = now.plus(policy.login_idle());
    if prolonged > browser.idle_until.plus(STEP) {
        let mut tx = store.begin().await?;
        web_sessions::touch(&mut tx, &token_hash, prolonged).await?;
        tx.commit().await?;
    }
    Ok(Some(Visitor {
        person,
        must_change: password.is_some_and(|password| password.must_change),
        proofs: browser.proofs,
        token_hash,
    }))
}

/// What somebody who is logged in is deployed to.
pub async fn work_of(tx: &mut Tx, person: &PersonId) -> Result<Vec<Deployment>, ActionError> {
    Ok(deployments::of_person(tx, person, 0, SHOWN).await?)
}

/// Ends a browser's visit, or those of all browsers of its person.
pub async fn log_out(
    tx: &mut Tx,
    token: &Token,
    everywhere: bool,
    now: Timestamp,
) -> Result<(), ActionError> {
    let found = web_sessions::visitor(tx, &token.hash(), now).await?;
    let Some(Browser { person, .. }) = found.filter(|_| everywhere) else {
        return Ok(web_sessions::remove(tx, &token.hash()).await?);
    };
    web_sessions::remove_of_person(tx, &person).await?;
    let entry = audit::Entry {
        actor: person.as_str(),
        subject: Some(&person),
        what: "logout.everywhere",
        way: Way::Web.name(),
        detail: None,
    };
    Ok(audit::add(tx, &entry, now).await?)
}
