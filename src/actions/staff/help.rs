//! What staff do for somebody who calls: the very actions that the person could have taken
//! by phone, to the line that is theirs, under the same demands and limits.

use crate::actions::decider::Decider;
use crate::actions::work::{ActionError, Tools, Work};
use crate::actions::{prepare, run};
use crate::domain::{DeploymentId, PersonId, Timestamp};
use crate::menus::{Fields, Value};
use crate::store::{Store, audit, guesses, lines, links, people};

use super::people::buckets;

/// A deed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Help {
    /// A password to their line: the one that left lately once more, or a new one.
    SendPassword,
    /// A link to a letter to their line.
    SendLink(DeploymentId),
    /// Wrong guesses are forgotten.
    Unlock,
    /// A link opens nothing any more.
    RevokeLink(Vec<u8>),
}

/// What came of a deed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Helped {
    /// It is done.
    Done,
    /// There was nothing to do.
    Nothing,
    /// The person has no line that it could go to.
    NoLine,
    /// The action ended so, in its own word.
    Refused(&'static str),
    /// There is no such person.
    Nobody,
}

/// Does it.
pub async fn help(
    store: &Store,
    tools: &Tools,
    by: Decider<'_>,
    (whom, deed): (&PersonId, &Help),
    now: Timestamp,
) -> Result<Helped, ActionError> {
    let (action, fields) = match deed {
        Help::SendPassword => ("password.reset", Fields::new()),
        Help::SendLink(deployment) => {
            let deployment = Value::Hidden(deployment.as_str().to_owned());
            let fields = Fields::from([("deployment".into(), deployment)]);
            ("letter.send_link", fields)
        }
        Help::Unlock | Help::RevokeLink(_) => return by_hand(store, by, (whom, deed), now).await,
    };
    // It is slow, so it stands before the unit of work.
    let prepared = prepare(action, tools).await?;
    let mut tx = store.begin().await?;
    let Some(person) = people::by_id(&mut tx, whom).await? else {
        return Ok(Helped::Nobody);
    };
    let Some(line) = person.msisdn else {
        return Ok(Helped::NoLine);
    };
    let language = lines::language(&mut tx, &line).await?;
    let mut work = Work {
        language: language.unwrap_or_default(),
        actor: Some(by.name),
        fields: &fields,
        prepared,
        ..Work::of_nobody(&mut tx, tools, &line, (by.way, by.channel), now)
    };
    let outcome = run(action, &mut work).await?;
    tx.commit().await?;
    Ok(match outcome.name {
        "sent" | "resent" => Helped::Done,
        other => Helped::Refused(other),
    })
}

/// What no action for people does.
async fn by_hand(
    store: &Store,
    by: Decider<'_>,
    (whom, deed): (&PersonId, &Help),
    now: Timestamp,
) -> Result<Helped, ActionError> {
    let mut tx = store.begin().await?;
    people::lock(&mut tx, whom).await?;
    let Some(person) = people::by_id(&mut tx, whom).await? else {
        return Ok(Helped::Nobody);
    };
    let mut changed = false;
    let what = if let Help::RevokeLink(hash) = deed {
        changed |= links::revoke(&mut tx, whom, hash, now).await?;
        "link.revoked"
    } else {
        for bucket in buckets(&person) {
            changed |= guesses::forgive(&mut tx, &bucket).await?;
        }
        "person.unlocked"
    };
    if !changed {
        return Ok(Helped::Nothing);
    }
    let entry = audit::Entry {
        actor: by.name,
        subject: Some(whom),
        what,
        way: by.way.name(),
        detail: None,
    };
    audit::add(&mut tx, &entry, now).await?;
    tx.commit().await?;
    Ok(Helped::Done)
}
