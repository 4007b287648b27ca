//! The chain of the audit log: made soon after the entries, looked through when asked.
//!
//! Entries are chained by a worker and not where they are written: each unit of work would
//! hold the head until it is on disk, and all of PostgreSQL would write one after the other.
//! What it leaves open is the second before an entry is chained.

use data_encoding::HEXLOWER;

use crate::crypto::{Link, link};
use crate::domain::Timestamp;
use crate::store::audit::{self, Head, Kept};
use crate::store::{Store, StoreError, Tx};

/// Entries that are chained in one unit of work.
const BATCH: usize = 500;

/// Entries that are looked at together.
const PAGE: usize = 5_000;

/// What a look through the chain came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verified {
    /// Every entry is what it was when it was chained.
    Sound {
        /// How many are chained, and the last link.
        head: Head,
        /// How many wait to be.
        waiting: u64,
    },
    /// Something was done to it.
    Broken {
        /// The first number that is not as it should be.
        number: i64,
        /// What is wrong there.
        fault: Fault,
    },
}

/// What can be wrong with a chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// No entry has this number.
    #[error("an entry was taken out")]
    Missing,
    /// The entry of this number is another one than was chained.
    #[error("an entry was changed, put in or moved")]
    Changed,
    /// The head is another one, or not there.
    #[error("the last link is not the one that was kept")]
    Head,
    /// The entry was forgotten for its age, so its link can't be looked at any more.
    #[error("that entry was forgotten for its age; write a newer link down")]
    Forgotten,
    /// The entry does not have the link that was written down elsewhere.
    #[error(
        "the link is not the one that was written down: everything before may have been rewritten"
    )]
    Rewritten,
}

/// Chains entries that wait, as many as one unit of work should; false when none is left.
pub async fn chain(store: &Store) -> Result<bool, StoreError> {
    // Mostly there is nothing, and then no writer is held up.
    let mut tx = store.begin_read().await?;
    if audit::unchained(&mut tx, 1).await?.is_empty() {
        return Ok(false);
    }
    drop(tx);
    let mut tx = store.begin().await?;
    let Some(mut head) = audit::hold_head(&mut tx).await? else {
        return Ok(false);
    };
    // Looked up under the head, so that no two processes chain the same one.
    let waiting = audit::unchained(&mut tx, BATCH).await?;
    for entry in &waiting {
        head.number += 1;
        head.hash = link_of(&head.hash, head.number, entry);
        audit::set_link(&mut tx, &entry.id, &head).await?;
    }
    audit::set_head(&mut tx, &head).await?;
    tx.commit().await?;
    Ok(waiting.len() == BATCH)
}

/// Forgets entries from before then, as many as one unit of work should; false when none is
/// left. That it did is an entry too.
pub async fn forget(store: &Store, before: Timestamp, now: Timestamp) -> Result<bool, StoreError> {
    let mut tx = store.begin_read().await?;
    if oldest(&mut tx, before, 1).await?.is_empty() {
        return Ok(false);
    }
    drop(tx);
    let mut tx = store.begin().await?;
    audit::hold_head(&mut tx).await?;
    let old = oldest(&mut tx, before, BATCH).await?;
    let Some(last) = old.last().and_then(link_kept) else {
        return Ok(false);
    };
    audit::forget(&mut tx, &last).await?;
    let link = HEXLOWER.encode(&last.hash);
    let entry = audit::Entry {
        actor: "clerk",
        subject: None,
        what: "audit.forgotten",
        way: "age",
        detail: Some(format!("up to {} with link {link}", last.number)),
    };
    audit::add(&mut tx, &entry, now).await?;
    tx.commit().await?;
    Ok(old.len() == BATCH)
}

/// The first entries of the chain that are from before then.
async fn oldest(tx: &mut Tx, before: Timestamp, limit: usize) -> Result<Vec<Kept>, StoreError> {
    let gone = audit::gone(tx).await?;
    let mut first = audit::chained(tx, gone.number, limit).await?;
    let old = first.iter().take_while(|entry| entry.at < before).count();
    first.truncate(old);
    Ok(first)
}

/// The link of an entry as it is kept.
fn link_kept(entry: &Kept) -> Option<Head> {
    let hash = entry.hash.as_deref()?.try_into().ok()?;
    Some(Head {
        number: entry.number?,
        hash,
    })
}

/// Looks through the whole chain. `expected` is a link that was written down elsewhere,
/// where only it tells a chain that was made anew.
pub async fn verify(tx: &mut Tx, expected: Option<&Head>) -> Result<Verified, StoreError> {
    // What is chained while we look is not looked at.
    let Some(head) = audit::head(tx).await? else {
        return Ok(Verified::Broken {
            number: 0,
            fault: Fault::Head,
        });
    };
    let kept = [
        Some((&head, Fault::Head)),
        expected.map(|link| (link, Fault::Rewritten)),
    ];
    let mut last = audit::gone(tx).await?;
    if let Some(expected) = expected {
        let differs = expected.number == last.number && *expected != last;
        if expected.number < last.number || differs {
            let number = expected.number;
            let fault = if differs {
                Fault::Rewritten
            } else {
                Fault::Forgotten
            };
            return Ok(Verified::Broken { number, fault });
        }
    }
    while last.number < head.number {
        let number = last.number + 1;
        let page = audit::chained(tx, last.number, PAGE).await?;
        if page.is_empty() {
            let fault = Fault::Missing;
            return Ok(Verified::Broken { number, fault });
        }
        for entry in page
            .iter()
            .take_while(|entry| entry.number <= Some(head.number))
        {
            match step(&last, entry, &kept) {
                Ok(next) => last = next,
                Err(fault) => {
                    let number = last.number + 1;
                    return Ok(Verified::Broken { number, fault });
                }
            }
        }
    }
    if let Some(expected) = expected.filter(|expected| expected.number > head.number) {
        let (number, fault) = (expected.number, Fault::Missing);
        return Ok(Verified::Broken { number, fault });
    }
    let waiting = audit::waiting(tx).await?;
    Ok(Verified::Sound { head, waiting })
}

/// The link of the entry that should come next.
fn step(last: &Head, entry: &Kept, kept: &[Option<(&Head, Fault)>]) -> Result<Head, Fault> {
    let number = last.number + 1;
    if entry.number != Some(number) {
        return Err(Fault::Missing);
    }
    let hash = link_of(&last.hash, number, entry);
    if entry.hash.as_deref() != Some(hash.as_slice()) {
        return Err(Fault::Changed);
    }
    let next = Head { number, hash };
    for (link, fault) in kept.iter().flatten() {
        if link.number == number && **link != next {
            return Err(*fault);
        }
    }
    Ok(next)
}

fn link_of(before: &Link, number: i64, entry: &Kept) -> Link {
    link(
        before,
        &[
            Some(&number.to_be_bytes()),
            Some(entry.id.as_bytes()),
            Some(&entry.at.as_millis().to_be_bytes()),
            Some(entry.actor.as_bytes()),
            entry.subject.as_deref().map(str::as_bytes),
            Some(entry.what.as_bytes()),
            Some(entry.way.as_bytes()),
            entry.detail.as_deref().map(str::as_bytes),
        ],
    )
}
