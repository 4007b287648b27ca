//! How the networks of Kenya treat a USSD session, as far as a phone notices.

/// A mobile network of Kenya.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Network {
    /// Two lines of three.
    Safaricom,
    /// Nearly all the rest.
    Airtel,
    /// Formerly Orange.
    Telkom,
    /// A bank's line on Airtel's masts.
    Equitel,
}

impl Network {
    pub(super) const ALL: [Self; 4] = [Self::Safaricom, Self::Airtel, Self::Telkom, Self::Equitel];

    /// The `networkCode` of a callback.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Safaricom => "63902",
            Self::Airtel => "63903",
            Self::Telkom => "63907",
            Self::Equitel => "63999",
        }
    }

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Safaricom => "Safaricom",
            Self::Airtel => "Airtel",
            Self::Telkom => "Telkom",
            Self::Equitel => "Equitel",
        }
    }

    /// How long a person may think before the network hangs up.
    ///
    /// Telkom publishes no limits; the strictest of the others stand in for it.
    pub(super) fn idle_seconds(self) -> u32 {
        match self {
            Self::Airtel => 60,
            Self::Safaricom | Self::Telkom | Self::Equitel => 30,
        }
    }

    /// How many septets a screen may have.
    pub(super) fn screen_septets(self) -> u32 {
        match self {
            Self::Airtel => 184,
            Self::Safaricom | Self::Telkom | Self::Equitel => 160,
        }
    }

    /// How many characters an answer may have.
    pub(super) fn answer_length(self) -> u32 {
        match self {
            Self::Airtel => 90,
            Self::Safaricom | Self::Telkom | Self::Equitel => 80,
        }
    }
}
