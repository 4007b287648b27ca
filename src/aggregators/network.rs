//! The mobile network a subscriber is on.

/// A network of Kenya, or the aggregator's own name for another one.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Network {
    /// Safaricom, 639 02.
    Safaricom,
    /// Airtel Kenya, 639 03.
    Airtel,
    /// Telkom Kenya, 639 07.
    Telkom,
    /// Equitel, which rides on Airtel's radio, 639 99.
    Equitel,
    /// Any other, by the code the aggregator gave.
    Other(String),
}

impl Network {
    /// Reads a mobile country code and network code written together, such as
    /// `63902`. Every text is a network, for a new one must not fail a call;
    /// what is longer than any code is cut.
    #[must_use]
    pub fn from_code(code: &str) -> Self {
        match code {
            "63902" => Self::Safaricom,
            "63903" => Self::Airtel,
            "63907" => Self::Telkom,
            "63999" => Self::Equitel,
            other => Self::Other(other.chars().take(16).collect()),
        }
    }

    /// The code that [`Network::from_code`] reads back.
    #[must_use]
    pub fn code(&self) -> &str {
        match self {
            Self::Safaricom => "63902",
            Self::Airtel => "63903",
            Self::Telkom => "63907",
            Self::Equitel => "63999",
            Self::Other(code) => code,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_reads_back_as_it_was() {
        for code in ["63902", "63903", "63907", "63999", "99999", "", "saf"] {
            assert_eq!(Network::from_code(code).code(), code);
        }
    }
}
