//! How long a server asks us to wait.

use std::time::Duration;

use http::HeaderMap;
use http::header::{DATE, RETRY_AFTER};
use jiff::fmt::rfc2822;

/// A wrong header must not stop a channel for a day.
const LONGEST: Duration = Duration::from_hours(1);

/// Reads `Retry-After`: seconds, or a date. A date counts from the server's
/// own `Date`, so no clock of ours is involved. (RFC 9110, 10.2.3)
pub(super) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let value = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    let wait = match value.parse() {
        Ok(seconds) => Duration::from_secs(seconds),
        Err(_) => until(value, headers)?,
    };
    Some(wait.min(LONGEST))
}

fn until(date: &str, headers: &HeaderMap) -> Option<Duration> {
    let then = rfc2822::parse(date).ok()?;
    let now = rfc2822::parse(headers.get(DATE)?.to_str().ok()?).ok()?;
    let wait = then.timestamp().duration_since(now.timestamp());
    Some(Duration::try_from(wait).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(retry_after: &str, date: Option<&str>) -> Option<Duration> {
        let mut headers = HeaderMap::new();
        headers.insert(RETRY_AFTER, retry_after.parse().unwrap());
        if let Some(date) = date {
            headers.insert(DATE, date.parse().unwrap());
        }
        super::retry_after(&headers)
    }

    #[test]
    fn seconds_are_read() {
        assert_eq!(read("7", None), Some(Duration::from_secs(7)));
    }

    #[test]
    fn a_date_counts_from_the_servers_own_date() {
        let date = Some("Mon, 02 Nov 2026 08:00:00 GMT");
        let half_a_minute = Some(Duration::from_secs(30));
        assert_eq!(read("Mon, 02 Nov 2026 08:00:30 GMT", date), half_a_minute);
        let past = read("Mon, 02 Nov 2026 07:00:00 GMT", date);
        assert_eq!(past, Some(Duration::ZERO));
        assert_eq!(read("Mon, 02 Nov 2026 08:00:30 GMT", None), None);
    }

    #[test]
    fn no_wait_is_longer_than_an_hour() {
        assert_eq!(read("864000", None), Some(LONGEST));
    }

    #[test]
    fn what_is_no_time_is_no_wait() {
        assert_eq!(read("soon", None), None);
        assert_eq!(read("-1", None), None);
        assert_eq!(super::retry_after(&HeaderMap::new()), None);
    }
}
