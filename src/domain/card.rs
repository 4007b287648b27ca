//! What is told of the SIM card behind a line.

use jiff::civil::Date;

/// When a line last got a new SIM card, as far as its network tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CardSwap {
    /// Never, or not within living memory.
    Never,
    /// On that day.
    On(Date),
    /// Nobody tells.
    Untold,
}
