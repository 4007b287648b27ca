//! The network that gave a number out.

use serde::Deserialize;

use super::Msisdn;

/// The network that gave a number out. Its holder may have taken the number to another one
/// since, so this is for routes and figures and proves nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum HomeNetwork {
    /// Safaricom.
    Safaricom,
    /// Airtel Kenya.
    Airtel,
    /// Telkom Kenya.
    Telkom,
    /// Equitel.
    Equitel,
    /// Any other, also abroad.
    Other,
}

impl HomeNetwork {
    /// The network that gave this number out.
    #[must_use]
    pub fn of(line: &Msisdn) -> Self {
        let digits = line.as_str().strip_prefix("254");
        let start = digits.and_then(|digits| digits.get(..3)?.parse().ok());
        match start.unwrap_or(0) {
            700..=729 | 740..=743 | 745 | 746 | 748 | 757..=759 | 768 | 769 | 790..=799 => {
                Self::Safaricom
            }
            110..=119 => Self::Safaricom,
            730..=739 | 750..=756 | 780..=789 | 100..=109 => Self::Airtel,
            770..=779 => Self::Telkom,
            763..=766 => Self::Equitel,
            _ => Self::Other,
        }
    }

    /// Its name in settings, figures and lists.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Safaricom => "safaricom",
            Self::Airtel => "airtel",
            Self::Telkom => "telkom",
            Self::Equitel => "equitel",
            Self::Other => "other",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_tells_who_gave_it_out() {
        for (number, network) in [
            ("254700000001", HomeNetwork::Safaricom),
            ("254110123456", HomeNetwork::Safaricom),
            ("254733000001", HomeNetwork::Airtel),
            ("254100123456", HomeNetwork::Airtel),
            ("254770000001", HomeNetwork::Telkom),
            ("254763000001", HomeNetwork::Equitel),
            ("254747000001", HomeNetwork::Other),
        ] {
            assert_eq!(HomeNetwork::of(&Msisdn::parse(number).unwrap()), network);
        }
    }
}
