//! A forgotten password, asked for on the site. Whoever asks gets one answer, whether or
//! not the number is registered; the password itself goes to the number alone.

use std::net::IpAddr;
use std::time::Duration;

use crate::domain::{Language, Msisdn, Proofs, Timestamp};
use crate::menus::Fields;
use crate::store::{Store, guesses};
use crate::ussd::Page;

use super::password;
use super::work::{ActionError, DAY, Tools, Way, Work};

const HOUR: Duration = Duration::from_hours(1);

/// Somebody on the site who asks for a new password.
pub struct Forgotten {
    /// The number that was typed.
    pub line: Msisdn,
    /// Where they ask from.
    pub address: IpAddr,
    /// The language of their page, for those who have chosen none on their line.
    pub language: Language,
    /// The channel that SMS leave by.
    pub channel: String,
}

/// Sends a new password to a number, if it is somebody's and nothing speaks against it.
/// False when too many are asked for from that address; nothing else is told.
pub async fn forgotten(
    store: &Store,
    tools: &Tools,
    asked: &Forgotten,
    now: Timestamp,
) -> Result<bool, ActionError> {
    // Made for unknown numbers too, so that it takes as long.
    let prepared = password::prepare(tools).await?;
    let mut tx = store.begin().await?;
    let from = bucket(tools, "address", &household(asked.address));
    let limit = tools.policy.forgotten_in_an_hour;
    if guesses::uses_since(&mut tx, &from, now.minus(HOUR)).await? >= limit {
        return Ok(false);
    }
    guesses::count_use(&mut tx, &from, now).await?;
    let to = bucket(tools, "line", asked.line.as_str());
    let limit = tools.policy.resets_in_a_day;
    let asked_today = guesses::uses_since(&mut tx, &to, now.minus(DAY)).await?;
    guesses::count_use(&mut tx, &to, now).await?;
    if asked_today < limit {
        let language = crate::store::lines::language(&mut tx, &asked.line).await?;
        let mut work = Work {
            tx: &mut tx,
            tools,
            caller: &asked.line,
            network: None,
            language: language.unwrap_or(asked.language),
            actor: None,
            way: Way::Web,
            channel: &asked.channel,
            now,
            may_write: true,
            fields: &Fields::new(),
            proofs: Proofs::default(),
            page: Page::default(),
            prepared,
        };
        // Whatever it comes to is told to the line, if to anybody.
        password::reset(&mut work).await?;
    }
    tx.commit().await?;
    Ok(true)
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

fn bucket(tools: &Tools, kind: &str, what: &str) -> String {
    let mark = tools.keys.fingerprint("forgotten", what.as_bytes());
    format!(
        "forgotten:{kind}:{}",
        data_encoding::HEXLOWER.encode(&mark[..16])
    )
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
