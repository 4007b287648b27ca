//! Money.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Whole Kenyan shillings; rates and allowances have no cents.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Kes(pub u32);

impl fmt::Display for Kes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KES {}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_is_shown_with_its_currency() {
        assert_eq!(Kes(680).to_string(), "KES 680");
        assert_eq!(Kes(0).to_string(), "KES 0");
    }

    #[test]
    fn an_amount_travels_as_a_number() {
        assert_eq!(serde_json::to_string(&Kes(680)).unwrap(), "680");
        assert!(serde_json::from_str::<Kes>("-1").is_err());
    }
}
