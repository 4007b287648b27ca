//! What the values share: they travel as their canonical text, and some hide it.

/// Serialises a value as its canonical text and deserialises it through `parse`.
macro_rules! serde_as_text {
    ($value:ident, $text:path) => {
        impl serde::Serialize for $value {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&$text(self))
            }
        }

        impl<'de> serde::Deserialize<'de> for $value {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <String as serde::Deserialize>::deserialize(deserializer)?;
                Self::parse(&text).map_err(serde::de::Error::custom)
            }
        }
    };
}

/// A `Debug` that names the type and nothing else.
macro_rules! redacted_debug {
    ($value:ident) => {
        impl std::fmt::Debug for $value {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(concat!(stringify!($value), "(..)"))
            }
        }
    };
}

pub(super) use {redacted_debug, serde_as_text};
