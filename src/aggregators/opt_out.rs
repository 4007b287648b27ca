//! A person who wants no more SMS.

use crate::domain::Msisdn;

/// No more SMS from this sender to this person. It has no id and no date, so
/// keep it by its two values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OptOut {
    /// Our short code or alphanumeric sender.
    pub sender: String,
    /// Who opted out.
    pub caller: Msisdn,
}
