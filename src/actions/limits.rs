//! Limits: so many in so long a time, counted in the database, so that they hold over
//! sessions, channels and processes.

use std::net::IpAddr;
use std::time::Duration;

use crate::crypto::Keys;
use crate::domain::Timestamp;
use crate::store::{Store, StoreError, Tx, guesses};

pub(super) const HOUR: Duration = Duration::from_hours(1);
pub(super) const DAY: Duration = Duration::from_hours(24);

/// Uses something once, unless one of its limits is reached: then false, and nothing is
/// counted. Its row is held, so uses at once follow each other.
pub async fn use_once(
    tx: &mut Tx,
    bucket: &str,
    limits: &[(i64, Duration)],
    now: Timestamp,
) -> Result<bool, StoreError> {
    guesses::hold(tx, bucket, now).await?;
    for (most, within) in limits {
        if guesses::uses_since(tx, bucket, now.minus(*within)).await? >= *most {
            return Ok(false);
        }
    }
    guesses::count_use(tx, bucket, now).await?;
    Ok(true)
}

/// How long a limit has no room yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wait(Duration);

impl Wait {
    /// In seconds, rounded up; at least one.
    #[must_use]
    pub fn seconds(self) -> u64 {
        let whole = self.0.as_secs() + u64::from(self.0.subsec_nanos() > 0);
        whole.max(1)
    }

    /// In minutes, rounded up; at least one.
    #[must_use]
    pub fn minutes(self) -> u64 {
        self.seconds().div_ceil(60)
    }
}

/// The bucket of something private, such as a line or an address, which is hashed for it.
#[must_use]
pub fn private_bucket(keys: &Keys, kind: &str, what: &[u8]) -> String {
    let mark = keys.fingerprint(kind, what);
    format!("{kind}:{}", data_encoding::HEXLOWER.encode(&mark[..16]))
}

/// The same by the address that asks.
pub(super) async fn use_once_from(
    address: IpAddr,
    (store, keys): (&Store, &Keys),
    kind: &str,
    limit: (i64, Duration),
    now: Timestamp,
) -> Result<Option<Wait>, StoreError> {
    let from = private_bucket(keys, kind, household(address).as_bytes());
    use_once_alone(store, &from, limit, now).await
}

/// The same in a unit of work of its own; what is refused is not written down, and how long it
/// will be is told.
pub(super) async fn use_once_alone(
    store: &Store,
    bucket: &str,
    limit: (i64, Duration),
    now: Timestamp,
) -> Result<Option<Wait>, StoreError> {
    let mut tx = store.begin().await?;
    if use_once(&mut tx, bucket, &[limit], now).await? {
        tx.commit().await?;
        return Ok(None);
    }
    wait(&mut tx, bucket, limit, now).await.map(Some)
}

/// Until the oldest use that counts is counted no more.
async fn wait(
    tx: &mut Tx,
    bucket: &str,
    (most, within): (i64, Duration),
    now: Timestamp,
) -> Result<Wait, StoreError> {
    let oldest = guesses::use_before(tx, bucket, most - 1).await?;
    let ago = oldest.map_or(Duration::ZERO, |used| now.since(used));
    Ok(Wait(within.saturating_sub(ago)))
}

/// An address as a limit counts it. Whoever has one of IPv6 has the 64 bits behind it too.
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
