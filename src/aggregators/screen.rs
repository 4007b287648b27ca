//! How much fits on one screen.

/// The longest texts of a network, in septets of GSM-7.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ScreenLimits {
    /// One screen.
    pub screen: usize,
    /// One typed answer.
    pub input: usize,
}
