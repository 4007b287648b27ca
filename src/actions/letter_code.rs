//! A letter by a code that is typed: for those who read their SMS on one thing and their
//! letter on another, such as the computer of a cyber cafe.
//!
//! A code opens what the link beside it opens, once for both. It is short, so it takes the last
//! digits of the ID number too, and each guess is counted, for a code that nobody was sent as for
//! one that somebody was.

use std::net::IpAddr;

use subtle::ConstantTimeEq;

use crate::crypto::{ShortCode, Token};
use crate::domain::{DeploymentId, PersonId, Timestamp};
use crate::store::links::{self, Link};
use crate::store::{Store, Tx};

use super::guessing::{Verdict, guess_at};
use super::letter::{Opened, opened, redeem, write_opened};
use super::limits::{HOUR, private_bucket, use_once_from};
use super::work::{ActionError, Tools};

/// How many digits of the ID number go with a code.
pub const ID_DIGITS: usize = 4;

/// Where guesses are counted; what is kept of them is forgotten once no code is so old.
const KIND: &str = "letter.code";

/// What was typed.
pub struct CodeTyped {
    /// The code of the SMS.
    pub code: ShortCode,
    /// The last digits of the ID number.
    pub id_end: String,
}

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CodeTried {
    /// The letter is open to this browser.
    Opened,
    /// The code and the digits do not belong together, or their time is over.
    Wrong,
    /// Too many were wrong; how many minutes this code waits.
    Locked(u64),
    /// Too many came from that address; how many minutes it waits.
    TooMany(u64),
}

/// Opens the letter of a code to a browser.
pub async fn try_code(
    store: &Store,
    tools: &Tools,
    typed: &CodeTyped,
    (address, browser): (IpAddr, &Token),
    now: Timestamp,
) -> Result<CodeTried, ActionError> {
    let limit = (tools.policy.letter_codes_in_an_hour, HOUR);
    let at = (store, &tools.keys);
    if let Some(wait) = use_once_from(address, at, "letter.address", limit, now).await? {
        return Ok(CodeTried::TooMany(wait.minutes()));
    }
    let code_hash = typed.code.hash(&tools.keys);
    let mut tx = store.begin().await?;
    let found = links::open_by_code(&mut tx, &code_hash, &browser.hash(), now).await?;
    let theirs = whose(&mut tx, found, &typed.id_end).await?;
    let bucket = private_bucket(&tools.keys, KIND, &code_hash);
    let is_right = || theirs.is_some();
    let verdict = guess_at(&mut tx, &tools.policy, &bucket, is_right, now).await?;
    let tried = match (verdict, theirs) {
        (Verdict::Right, Some((link, letter))) => {
            let first = redeem(&mut tx, &tools.policy, &link.token_hash, browser, now).await?;
            if first {
                write_opened(&mut tx, "code", &letter, now).await?;
            }
            // The same browser may have pressed twice, and the first press was kept meanwhile.
            let open = links::of_browser(&mut tx, &browser.hash(), now).await?;
            if open.is_some_and(|open| open.token_hash == link.token_hash) {
                CodeTried::Opened
            } else {
                CodeTried::Wrong
            }
        }
        (Verdict::Locked { until }, _) => {
            CodeTried::Locked(until.since(now).as_secs().div_ceil(60))
        }
        _ => CodeTried::Wrong,
    };
    tx.commit().await?;
    Ok(tried)
}

/// The link among these whose person's ID number ends so. Where there is none, a link of nobody
/// is looked into all the same: how long it takes must not tell.
async fn whose(
    tx: &mut Tx,
    mut found: Vec<Link>,
    id_end: &str,
) -> Result<Option<(Link, Opened)>, ActionError> {
    if found.is_empty() {
        found.push(of_nobody());
    }
    let mut theirs = None;
    for link in found {
        let Some(letter) = opened(tx, &link).await? else {
            continue;
        };
        let id = letter.person.national_id.as_str();
        let end = &id[id.len().saturating_sub(ID_DIGITS)..];
        if end.as_bytes().ct_eq(id_end.as_bytes()).into() {
            theirs = Some((link, letter));
        }
    }
    Ok(theirs)
}

fn of_nobody() -> Link {
    Link {
        token_hash: Vec::new(),
        person: PersonId::fresh(),
        deployment: DeploymentId::fresh(),
        about_hash: None,
        redeemed: false,
    }
}

/// The letter that is open to a browser now.
pub async fn open_to(
    tx: &mut Tx,
    browser: &Token,
    now: Timestamp,
) -> Result<Option<Opened>, ActionError> {
    match links::of_browser(tx, &browser.hash(), now).await? {
        Some(link) => opened(tx, &link).await,
        None => Ok(None),
    }
}

/// Closes what is open to a browser: others may use the computer.
pub async fn close_to(tx: &mut Tx, browser: &Token, now: Timestamp) -> Result<(), ActionError> {
    Ok(links::close_of_browser(tx, &browser.hash(), now).await?)
}
