//! Whoever decides about somebody else.

use super::work::Way;

/// Who decides, and where they stand.
#[derive(Debug, Clone, Copy)]
pub struct Decider<'a> {
    /// As the audit log calls them.
    pub name: &'a str,
    /// By which way.
    pub way: Way,
    /// The channel that SMS leave by.
    pub channel: &'a str,
}
