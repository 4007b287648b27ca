//! How sure we are that the person on a line is who they say.

use std::ops::BitOr;

use serde::{Deserialize, Serialize};

/// What a kind of action demands of the person who asks for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// To hold the registered line.
    Line,
    /// To know the national ID number of its holder too.
    NationalId,
    /// To know the holder's PIN too.
    Pin,
}

/// What a person has proven beyond holding the line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Proofs {
    /// That they know the holder's national ID number.
    pub national_id: bool,
    /// That they know a second fact about the holder too, such as their TSC number:
    /// enough to set a PIN.
    pub identity: bool,
    /// That they know the holder's PIN.
    pub pin: bool,
}

impl Proofs {
    /// Whether they are enough. A PIN proves more than a number that stands on a card.
    #[must_use]
    pub fn reach(self, level: Level) -> bool {
        match level {
            Level::Line => true,
            Level::NationalId => self.national_id || self.identity || self.pin,
            Level::Pin => self.pin,
        }
    }

    /// Whether anything is proven.
    #[must_use]
    pub fn any(self) -> bool {
        self.national_id || self.identity || self.pin
    }
}

impl BitOr for Proofs {
    type Output = Self;

    fn bitor(self, more: Self) -> Self {
        Self {
            national_id: self.national_id || more.national_id,
            identity: self.identity || more.identity,
            pin: self.pin || more.pin,
        }
    }
}
