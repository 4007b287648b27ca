//! When a line last got a new SIM card.

use crate::domain::CardSwap;

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
    /// What it is.
    pub swap: CardSwap,
}
