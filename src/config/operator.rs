//! The console of the council's staff.

use serde::Deserialize;

use crate::domain::JointDeed;

/// `[operator]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Operator {
    /// Whether staff show a code of their telephone too. Only a demo may do without.
    pub second_factor: bool,
    /// What two of them must want before it is done.
    pub four_eyes: Vec<JointDeed>,
    /// From how many people on a campaign counts as one of them.
    pub four_eyes_from_people: u64,
    /// How often staff may try to log in from one address in fifteen minutes.
    pub logins_in_fifteen_minutes: i64,
    /// The largest file that may be uploaded to be imported, in megabytes.
    pub largest_upload_mb: usize,
}

impl Default for Operator {
    fn default() -> Self {
        Self {
            second_factor: true,
            four_eyes: Vec::new(),
            four_eyes_from_people: 1000,
            logins_in_fifteen_minutes: 30,
            largest_upload_mb: 64,
        }
    }
}
