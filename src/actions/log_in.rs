//! Logging in to the thin site with the credentials that SMS delivered.

use zeroize::Zeroizing;

use crate::crypto::Token;
use crate::domain::{Msisdn, Timestamp};
use crate::store::{Store, audit, outbox, passwords, people};

use super::visit;
use super::work::{ActionError, Tools, Way};

/// Checks a user name and password. The answer to an unknown name is the answer to a
/// wrong password, and takes as long.
pub async fn log_in(
    store: &Store,
    tools: &Tools,
    user: Option<Msisdn>,
    password: Zeroizing<String>,
    now: Timestamp,
) -> Result<Option<Token>, ActionError> {
    // The check takes long, so it stands between two units of work.
    let mut tx = store.begin_read().await?;
    let person = match &user {
        Some(user) => people::by_msisdn(&mut tx, user).await?,
        None => None,
    };
    let kept = match &person {
        Some(person) => passwords::of(&mut tx, &person.id).await?,
        None => None,
    };
    drop(tx);
    let in_time = kept.filter(|kept| kept.expires_at.is_none_or(|end| now < end));
    let hash = in_time.map(|kept| kept.hash);
    let matches = tools.hasher.matches(password, hash.clone()).await?;
    let Some(person) = person else {
        return Ok(None);
    };
    let mut tx = store.begin().await?;
    people::lock(&mut tx, &person.id).await?;
    // A reset in the meantime has the last word.
    let still = passwords::of(&mut tx, &person.id)
        .await?
        .map(|kept| kept.hash)
        == hash;
    let entry = audit::Entry {
        actor: person.id.as_str(),
        subject: Some(&person.id),
        what: if matches && still {
            "login"
        } else {
            "login.failed"
        },
        way: Way::Web.name(),
        detail: None,
    };
    audit::add(&mut tx, &entry, now).await?;
    let token = (matches && still).then(Token::fresh);
    if let Some(token) = &token {
        visit::begin(&mut tx, &tools.policy, token, &person.id, now).await?;
        // The password has arrived.
        outbox::erase_kept_of(&mut tx, &person.id, now).await?;
    }
    tx.commit().await?;
    Ok(token)
}
