//! The networks of Kenya, as far as a phone notices them.

use crate::aggregators::{Network, ScreenLimits, africastalking};

/// A network that a phone of the demo can be on.
pub(super) struct Carrier {
    network: Network,
    pub(super) name: &'static str,
    /// How long a person may think before the network hangs up.
    pub(super) idle_seconds: u32,
}

/// Telkom publishes no limits; the strictest of the others stand in for it.
pub(super) static CARRIERS: [Carrier; 4] = [
    carrier(Network::Safaricom, "Safaricom", 30),
    carrier(Network::Airtel, "Airtel", 60),
    carrier(Network::Telkom, "Telkom", 30),
    carrier(Network::Equitel, "Equitel", 30),
];

const fn carrier(network: Network, name: &'static str, idle_seconds: u32) -> Carrier {
    Carrier {
        network,
        name,
        idle_seconds,
    }
}

impl Carrier {
    /// The `networkCode` of a callback.
    pub(super) fn code(&self) -> &str {
        self.network.code()
    }

    pub(super) fn limits(&self) -> ScreenLimits {
        africastalking::limits(Some(&self.network))
    }
}
