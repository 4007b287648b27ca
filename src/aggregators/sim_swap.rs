//! When a line last got a new SIM card.

use jiff::civil::Date;

/// What became of asking about a line. The verdict itself comes by callback.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SimSwapAsked {
    /// The verdict will name this id.
    Pending {
        /// The aggregator's id of the question.
        request_id: String,
    },
    /// This line's network can't tell.
    Unsupported,
    /// Not asked, or no answer that can be read.
    Failed {
        /// What was seen, for the operator.
        reason: String,
    },
}

/// The verdict on one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SimSwap {
    /// Which question it answers.
    pub request_id: String,
    /// The aggregator's own word, such as `Swapped`; its list is not public.
    pub said: String,
    /// The day of the last swap; nothing when there was none, or none is known.
    pub last_swap: Option<Date>,
}
