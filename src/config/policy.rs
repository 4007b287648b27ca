//! Limits and lifetimes of what people may do.

use std::time::Duration;

use serde::Deserialize;

use crate::domain::Level;

use super::sim_swap::SimSwapPolicy;

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
    /// How often a new password may be asked for on the site from one address in an hour.
    pub forgotten_in_an_hour: i64,
    /// How long a link to a letter works, in hours.
    pub link_hours: u64,
    /// How long the browser that opened a link may go on with the download, in minutes.
    pub link_window_minutes: u64,
    /// How many links a person may ask for in a day, and how many notices.
    pub links_in_a_day: i64,
    /// How often a letter's code may be typed from one address in an hour.
    pub letter_codes_in_an_hour: i64,
    /// How long an SMS with a new password or a link is of use, in minutes.
    pub secret_sms_minutes: u64,
    /// How long the text of a new password stays sealed after it was asked for, to be sent
    /// again as it is, unless it is known to have arrived; in minutes, 0 not at all.
    pub resend_minutes: u64,
    /// How long a browser stays logged in at most, in minutes.
    pub login_minutes: u64,
    /// After how long without a request it is logged out, in minutes.
    pub login_idle_minutes: u64,
    /// How often a password may be tried for one user name in fifteen minutes.
    pub logins_in_fifteen_minutes: u32,
    /// How long a USSD session is remembered, in minutes.
    pub session_minutes: u64,
    /// How long after a dropped session the next one may go on from it, in minutes; 0 never.
    pub resume_minutes: u64,
    /// How often a PIN, ID number or code may be wrong before it locks.
    pub wrong_guesses: u32,
    /// How long it is locked the first time, in minutes; each further time twice as long.
    pub lock_minutes: u64,
    /// The longest lock, in hours.
    pub longest_lock_hours: u64,
    /// How long credentials and letters wait after the number changed without the old
    /// line, in hours.
    pub lost_line_wait_hours: u64,
    /// How long the number can't be changed after a PIN was forgotten and set anew, in hours.
    pub new_pin_wait_hours: u64,
    /// How long a one-time code works, in minutes.
    pub code_minutes: u64,
    /// How many one-time codes a person may ask for in a day.
    pub codes_in_a_day: i64,
    /// How long an urgent SMS may wait before people are told that SMS are slow, in minutes.
    pub sms_slow_minutes: u64,
    /// What people dial to let our SMS through again, by network.
    pub unblock: UnblockCodes,
    /// How many SMS of one line are answered in ten minutes; the others are not.
    pub keywords_in_ten_minutes: i64,
    /// How many in a day.
    pub keywords_in_a_day: i64,
    /// Whether centre managers read the national ID numbers of those who work there.
    pub roster_shows_national_id: bool,
    /// How many problems a person may report in a day.
    pub reports_in_a_day: i64,
    /// How many times a line that nobody holds may ask to be registered in a day.
    pub registrations_in_a_day: i64,
    /// How often a line may ask for the place of somebody whose line is lost, in a day.
    pub claims_in_a_day: i64,
    /// Whether centre managers decide about lost lines of those who work at their centre.
    pub managers_decide_claims: bool,
    /// Whether people are told by SMS of deployments that an import adds, changes or takes back.
    pub notify_deployments: bool,
    /// What each kind of action demands of the person who asks for it.
    pub proof: Demands,
    /// What is done about lines that may have a new SIM card.
    pub sim_swap: SimSwapPolicy,
}

/// What people dial to let our SMS through again; at most 20 characters each.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct UnblockCodes {
    /// On Safaricom.
    pub safaricom: Option<String>,
    /// On Airtel.
    pub airtel: Option<String>,
    /// On Telkom.
    pub telkom: Option<String>,
    /// On Equitel.
    pub equitel: Option<String>,
}

impl Default for UnblockCodes {
    fn default() -> Self {
        Self {
            safaricom: Some("*456*9*5*5*1#".into()),
            airtel: None,
            telkom: None,
            equitel: None,
        }
    }
}

/// What each kind of action demands: `line`, `national_id` or `pin`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Demands {
    /// To read one's deployments.
    pub see_deployment: Level,
    /// To get a link to a letter.
    pub get_letter: Level,
    /// To get a new password by SMS.
    pub reset_password: Level,
    /// To read one's own record.
    pub see_record: Level,
    /// To change one's own record.
    pub change_record: Level,
    /// To change the telephone number.
    pub change_number: Level,
    /// To accept or decline an invitation.
    pub answer_invitation: Level,
    /// To report a problem and read what became of it.
    pub report_problem: Level,
    /// To read who is deployed to one's centre.
    pub see_roster: Level,
    /// To read and complete what is known of one's centre.
    pub describe_centre: Level,
    /// To keep the attendance register.
    pub keep_attendance: Level,
    /// To decide about the lost line of somebody at one's centre.
    pub decide_claim: Level,
}

impl Default for Demands {
    fn default() -> Self {
        Self {
            see_deployment: Level::Line,
            get_letter: Level::Line,
            reset_password: Level::Line,
            see_record: Level::Line,
            change_record: Level::Pin,
            change_number: Level::Pin,
            answer_invitation: Level::NationalId,
            report_problem: Level::Line,
            see_roster: Level::Pin,
            describe_centre: Level::Pin,
            keep_attendance: Level::Pin,
            decide_claim: Level::Pin,
        }
    }
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            password_hours: 24,
            resets_in_ten_minutes: 3,
            resets_in_a_day: 5,
            forgotten_in_an_hour: 20,
            link_hours: 72,
            link_window_minutes: 15,
            links_in_a_day: 10,
            letter_codes_in_an_hour: 100,
            secret_sms_minutes: 30,
            resend_minutes: 10,
            login_minutes: 120,
            login_idle_minutes: 15,
            logins_in_fifteen_minutes: 5,
            session_minutes: 30,
            resume_minutes: 10,
            wrong_guesses: 3,
            lock_minutes: 15,
            longest_lock_hours: 24,
            lost_line_wait_hours: 24,
            new_pin_wait_hours: 24,
            code_minutes: 10,
            codes_in_a_day: 5,
            sms_slow_minutes: 3,
            unblock: UnblockCodes::default(),
            keywords_in_ten_minutes: 3,
            keywords_in_a_day: 10,
            roster_shows_national_id: false,
            reports_in_a_day: 5,
            registrations_in_a_day: 3,
            claims_in_a_day: 3,
            managers_decide_claims: true,
            notify_deployments: true,
            proof: Demands::default(),
            sim_swap: SimSwapPolicy::default(),
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

    /// How long the browser that opened a link may go on with the download.
    #[must_use]
    pub fn link_window(&self) -> Duration {
        Duration::from_secs(self.link_window_minutes * 60)
    }

    /// How long an SMS with a secret is of use.
    #[must_use]
    pub fn secret_sms_life(&self) -> Duration {
        Duration::from_secs(self.secret_sms_minutes * 60)
    }

    /// How long a password that has left is sent again as it is.
    #[must_use]
    pub fn resend_within(&self) -> Duration {
        Duration::from_secs(self.resend_minutes * 60)
    }

    /// How long a browser stays logged in at most.
    #[must_use]
    pub fn login_life(&self) -> Duration {
        Duration::from_secs(self.login_minutes * 60)
    }

    /// After how long without a request it is logged out.
    #[must_use]
    pub fn login_idle(&self) -> Duration {
        Duration::from_secs(self.login_idle_minutes * 60)
    }

    /// How long something stays locked after so many wrong guesses; none while it does not.
    #[must_use]
    pub fn lock(&self, failures: u32) -> Option<Duration> {
        let limit = self.wrong_guesses.max(1);
        if failures == 0 || !failures.is_multiple_of(limit) {
            return None;
        }
        let doublings = (failures / limit - 1).min(20);
        let minutes = self.lock_minutes.saturating_mul(1 << doublings);
        let longest = self.longest_lock_hours.saturating_mul(60);
        Some(Duration::from_secs(minutes.min(longest) * 60))
    }

    /// How long credentials and letters wait after a number changed without the old line.
    #[must_use]
    pub fn lost_line_wait(&self) -> Duration {
        Duration::from_secs(self.lost_line_wait_hours * 3600)
    }

    /// How long the number can't be changed after a PIN was set anew.
    #[must_use]
    pub fn new_pin_wait(&self) -> Duration {
        Duration::from_secs(self.new_pin_wait_hours * 3600)
    }

    /// How long a one-time code works.
    #[must_use]
    pub fn code_life(&self) -> Duration {
        Duration::from_secs(self.code_minutes * 60)
    }

    /// How long an urgent SMS may wait before SMS count as slow.
    #[must_use]
    pub fn sms_patience(&self) -> Duration {
        Duration::from_secs(self.sms_slow_minutes * 60)
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
