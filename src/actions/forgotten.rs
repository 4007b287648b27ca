//! A forgotten password, asked for on the site. Whoever asks gets one answer, whether or
//! not the number is registered, before anybody looks whose number it is; the password
//! itself goes to the number alone.

use std::net::IpAddr;

use crate::domain::{Language, Msisdn, Timestamp};
use crate::store::{Store, lines};

use super::limits::{DAY, HOUR, private_bucket, use_once};
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

/// Counts a request. False when too many come from that address; nothing else is told.
pub async fn may_ask(
    store: &Store,
    tools: &Tools,
    address: IpAddr,
    now: Timestamp,
) -> Result<bool, ActionError> {
    let mut tx = store.begin().await?;
    let from = household(address);
    let from = private_bucket(&tools.keys, "forgotten.address", from.as_bytes());
    let limit = [(tools.policy.forgotten_in_an_hour, HOUR)];
    let may = use_once(&mut tx, &from, &limit, now).await?;
    tx.commit().await?;
    Ok(may)
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

/// An address as a limit counts it: whoever has one of IPv6 has the 64 bits behind it too.
fn household(address: IpAddr) -> String {
    match address {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_of_one_network_share_a_limit() {
        let of = |address: &str| household(address.parse().unwrap());
        assert_eq!(of("2001:db8:1:2::1"), of("2001:db8:1:2:ffff::9"));
        assert_ne!(of("2001:db8:1:2::1"), of("2001:db8:1:3::1"));
        assert_ne!(of("203.0.113.1"), of("203.0.113.2"));
    }
}
