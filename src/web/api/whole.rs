//! Whole numbers as JSON writes them: 5, and also 5.0, which is the same number there.

use serde::{Deserialize, Deserializer, de};
use serde_json::Number;

/// The largest that loses nothing as a number of JavaScript.
const LARGEST: f64 = 9_007_199_254_740_991.0;

fn read<T: TryFrom<u64>>(number: &Number) -> Option<T> {
    let whole = number.as_u64().or_else(|| {
        let float = number.as_f64()?;
        let is_whole = float.fract() == 0.0 && (0.0..=LARGEST).contains(&float);
        // Its digits, without a sign and a fraction.
        is_whole.then(|| format!("{:.0}", float.abs()).parse().ok())?
    })?;
    T::try_from(whole).ok()
}

/// A number that must be there.
pub(super) fn whole<'de, D: Deserializer<'de>, T: TryFrom<u64>>(
    deserializer: D,
) -> Result<T, D::Error> {
    let number = Number::deserialize(deserializer)?;
    read(&number).ok_or_else(|| de::Error::custom("no whole number, or too large a one"))
}

/// A number that may be left out.
pub(super) fn maybe_whole<'de, D: Deserializer<'de>, T: TryFrom<u64>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    let number = Option::<Number>::deserialize(deserializer)?;
    let read = |number| {
        read(&number).ok_or_else(|| de::Error::custom("no whole number, or too large a one"))
    };
    number.map(read).transpose()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_whole_number_may_have_a_fraction_of_nothing() {
        let read = |text: &str| {
            let mut json = serde_json::Deserializer::from_str(text);
            whole::<_, u16>(&mut json).ok()
        };
        for (text, number) in [("5", 5), ("5.0", 5), ("6.5535e4", 65_535), ("-0.0", 0)] {
            assert_eq!(read(text), Some(number), "{text}");
        }
        for text in ["5.5", "-1", "65536", "1e300", "\"5\"", "null"] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
