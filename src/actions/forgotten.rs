//! A forgotten password, asked for on the site. Whoever asks gets one answer, whether or
//! not the number is registered, before anybody looks whose number it is; the password
//! itself goes to the number alone.

use std::net::IpAddr;

use crate::domain::{Language, Msisdn, Timestamp};
use crate::store::{Store, lines};

use super::limits::{DAY, HOUR, Wait, private_bucket, use_once, use_once_from};
use super::password;
use super::work::{ActionError, Tools, Way, Work};

/// Somebody on the site who asks for a new password.
pub struct Forgotten {
    /// The number that was typed.
    pub line: Msisdn,
    /// The language of their page, for those who have chosen none on their line.
    pub language: Language,
    /// The channel that SMS leave by.
    pub channel: String,
}

/// Counts a request; or how long to wait, when too many come from that address. Nothing else is
/// told.
pub async fn count_request(
    store: &Store,
    tools: &Tools,
    address: IpAddr,
    now: Timestamp,
) -> Result<Option<Wait>, ActionError> {
    let limit = (tools.policy.forgotten_in_an_hour, HOUR);
    let at = (store, &tools.keys);
    Ok(use_once_from(address, at, "forgotten.address", limit, now).await?)
}

/// Sends a new password to a number, if it is somebody's and nothing speaks against it.
pub async fn forgotten(
    store: &Store,
    tools: &Tools,
    asked: &Forgotten,
    now: Timestamp,
) -> Result<(), ActionError> {
    // Made for unknown numbers too: whoever asks next would wait for it.
    let prepared = password::prepare(tools).await?;
    let mut tx = store.begin().await?;
    let line = asked.line.as_str().as_bytes();
    let to = private_bucket(&tools.keys, "forgotten.line", line);
    let limit = [(tools.policy.resets_in_a_day, DAY)];
    if use_once(&mut tx, &to, &limit, now).await? {
        let language = lines::language(&mut tx, &asked.line).await?;
        let mut work = Work {
            prepared,
            ..Work::of_nobody(&mut tx, tools, &asked.line, (Way::Web, &asked.channel), now)
        };
        work.language = language.unwrap_or(asked.language);
        // Whatever it comes to is told to the line, if to anybody.
        password::reset(&mut work).await?;
    }
    Ok(tx.commit().await?)
}
