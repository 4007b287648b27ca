//! How sessions end.

/// How a session ended, as far as anybody told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Ending {
    /// At a screen that ends it.
    Finished,
    /// The person hung up or waited too long.
    Left,
    /// The aggregator got no answer of ours in time, or could not show it.
    Failed,
    /// Somewhere, and nobody told how: the network cut it off, or it was left.
    Silent,
}

/// A word is no ending.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no such ending of a session")]
pub struct EndingError;

impl Ending {
    /// Every one, the best first.
    pub const ALL: [Self; 4] = [Self::Finished, Self::Left, Self::Silent, Self::Failed];

    /// Its name in lists and figures.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Finished => "finished",
            Self::Left => "left",
            Self::Failed => "failed",
            Self::Silent => "silent",
        }
    }

    /// Reads a name.
    pub fn parse(name: &str) -> Result<Self, EndingError> {
        let mut all = Self::ALL.into_iter();
        all.find(|one| one.name() == name).ok_or(EndingError)
    }
}
