//! The networks of Kenya, as far as a phone notices them.

use std::time::Duration;

use crate::aggregators::{Network, ScreenLimits, africastalking};

/// How long a session may take as a whole, on every network.
pub const LONGEST_SESSION: Duration = Duration::from_mins(3);

/// How long an aggregator waits for the service.
pub const LONGEST_ANSWER: Duration = Duration::from_secs(10);

/// A network that a phone of the demo can be on.
#[derive(Debug)]
pub struct Carrier {
    /// Which.
    pub network: Network,
    /// What people call it.
    pub name: &'static str,
    /// How long a person may think before the network hangs up.
    pub idle_seconds: u64,
}

/// The networks. Telkom publishes no limits; the strictest of the others stand in for it.
pub static CARRIERS: [Carrier; 4] = [
    carrier(Network::Safaricom, "Safaricom", 30),
    carrier(Network::Airtel, "Airtel", 60),
    carrier(Network::Telkom, "Telkom", 30),
    carrier(Network::Equitel, "Equitel", 30),
];

const fn carrier(network: Network, name: &'static str, idle_seconds: u64) -> Carrier {
    Carrier {
        network,
        name,
        idle_seconds,
    }
}

impl Carrier {
    /// The one of that network; the first where it is none of Kenya's.
    #[must_use]
    pub fn of(network: &Network) -> &'static Self {
        let mut carriers = CARRIERS.iter();
        carriers
            .find(|carrier| carrier.network == *network)
            .unwrap_or(&CARRIERS[0])
    }

    /// The one that people call so, in any case.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        let mut carriers = CARRIERS.iter();
        carriers.find(|carrier| carrier.name.eq_ignore_ascii_case(name))
    }

    /// The `networkCode` of a callback.
    #[must_use]
    pub fn code(&self) -> &str {
        self.network.code()
    }

    /// How much its phones show and take.
    #[must_use]
    pub fn limits(&self) -> ScreenLimits {
        africastalking::limits(Some(&self.network))
    }
}
