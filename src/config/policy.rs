//! Limits and lifetimes of what people may do.

use std::time::Duration;

use serde::Deserialize;

/// Limits and lifetimes.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Policy {
    /// How long a password that came by SMS works, in hours.
    pub password_hours: u64,
    /// How many resets a person may have in ten minutes.
    pub resets_in_ten_minutes: i64,
    /// How many resets a person may have in a day.
    pub resets_in_a_day: i64,
    /// How long a link to a letter works, in hours.
    pub link_hours: u64,
    /// How many links a person may ask for in a day.
    pub links_in_a_day: i64,
    /// How long an SMS with a new password or a link is of use, in minutes.
    pub secret_sms_minutes: u64,
    /// How long a browser stays logged in, in minutes.
    pub login_minutes: u64,
    /// How often a password may be tried for one user name in fifteen minutes.
    pub logins_in_fifteen_minutes: u32,
    /// How long a USSD session is remembered, in minutes.
    pub session_minutes: u64,
    /// How long after a dropped session the next one may go on from it, in minutes; 0 never.
    pub resume_minutes: u64,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            password_hours: 24,
            resets_in_ten_minutes: 3,
            resets_in_a_day: 5,
            link_hours: 72,
            links_in_a_day: 10,
            secret_sms_minutes: 30,
            login_minutes: 30,
            logins_in_fifteen_minutes: 5,
            session_minutes: 30,
            resume_minutes: 10,
        }
    }
}

impl Policy {
    /// How long a password that came by SMS works.
    #[must_use]
    pub fn password_life(&self) -> Duration {
        Duration::from_secs(self.password_hours * 3600)
    }

    /// How long a link to a letter works.
    #[must_use]
    pub fn link_life(&self) -> Duration {
        Duration::from_secs(self.link_hours * 3600)
    }

    /// How long an SMS with a secret is of use.
    #[must_use]
    pub fn secret_sms_life(&self) -> Duration {
        Duration::from_secs(self.secret_sms_minutes * 60)
    }

    /// How long a browser stays logged in.
    #[must_use]
    pub fn login_life(&self) -> Duration {
        Duration::from_secs(self.login_minutes * 60)
    }

    /// How long a USSD session is remembered.
    #[must_use]
    pub fn session_life(&self) -> Duration {
        Duration::from_secs(self.session_minutes * 60)
    }

    /// How long after a dropped session the next one may go on from it; none when never.
    #[must_use]
    pub fn resume_within(&self) -> Option<Duration> {
        (self.resume_minutes > 0).then(|| Duration::from_secs(self.resume_minutes * 60))
    }
}
