//! Reference numbers: short enough to be typed on keys and read out on the telephone.

use crate::crypto::fresh_code;

/// A new reference, such as `P-402718`. It names something and opens nothing.
pub(super) fn fresh(kind: char) -> String {
    format!("{kind}-{}", fresh_code().as_str())
}
