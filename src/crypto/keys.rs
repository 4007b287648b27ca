//! Master keys and what is derived from them. They live outside the database.

use std::collections::BTreeMap;
use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::domain::Msisdn;

use super::random;

/// The purpose of marks of lines.
const LINE: &str = "line";

/// A master key: 32 random bytes, written as 64 hexadecimal digits.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct MasterKey([u8; 32]);

/// Why a key can't be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// Not 64 hexadecimal digits.
    #[error("a key is 64 hexadecimal digits (32 bytes), as `openssl rand -hex 32` prints them")]
    Shape,
    /// The key to seal with is not among the keys.
    #[error("there is no key called `{0}`")]
    NoCurrent(String),
    /// A key's name does not fit in front of what it seals.
    #[error("a key's name is 1 to 32 letters, digits, `-` or `_`, not `{0}`")]
    Name(String),
}

impl MasterKey {
    /// Reads a key.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        let mut bytes = [0; 32];
        let text = text.trim().to_ascii_lowercase();
        let decoder = data_encoding::HEXLOWER;
        if decoder.decode_len(text.len()) != Ok(bytes.len()) {
            return Err(KeyError::Shape);
        }
        decoder
            .decode_mut(text.as_bytes(), &mut bytes)
            .map_err(|_| KeyError::Shape)?;
        Ok(Self(bytes))
    }

    /// A new key.
    #[must_use]
    pub fn fresh() -> Self {
        let mut bytes = [0; 32];
        random::fill(&mut bytes);
        Self(bytes)
    }

    /// As it is written.
    #[must_use]
    pub fn to_hex(&self) -> zeroize::Zeroizing<String> {
        zeroize::Zeroizing::new(data_encoding::HEXLOWER.encode(&self.0))
    }

    /// A key for one purpose, so that no two purposes ever share one.
    pub(super) fn derive(&self, purpose: &str) -> [u8; 32] {
        mac_of(&self.0, purpose.as_bytes())
    }

    /// A hash of something under the key for one purpose.
    pub(super) fn mac(&self, purpose: &str, data: &[u8]) -> [u8; 32] {
        mac_of(&self.derive(purpose), data)
    }
}

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MasterKey(…)")
    }
}

/// All keys by name, and the one that seals what is new.
///
/// To rotate: add a key, make it current, keep the old one until nothing sealed
/// with it is left.
#[derive(Debug, Clone)]
pub struct Keys {
    current: String,
    by_name: BTreeMap<String, MasterKey>,
}

impl Keys {
    /// A set of keys.
    pub fn new(current: String, by_name: BTreeMap<String, MasterKey>) -> Result<Self, KeyError> {
        let fits = |name: &str| {
            (1..=32).contains(&name.len())
                && name
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
        };
        if let Some(name) = by_name.keys().find(|name| !fits(name)) {
            return Err(KeyError::Name(name.clone()));
        }
        if !by_name.contains_key(&current) {
            return Err(KeyError::NoCurrent(current));
        }
        Ok(Self { current, by_name })
    }

    /// A set of one new key.
    #[must_use]
    pub fn single(key: MasterKey) -> Self {
        Self {
            current: "k1".into(),
            by_name: BTreeMap::from([("k1".into(), key)]),
        }
    }

    pub(super) fn current(&self) -> (&str, &MasterKey) {
        (&self.current, &self.by_name[&self.current])
    }

    pub(super) fn named(&self, name: &str) -> Option<&MasterKey> {
        self.by_name.get(name)
    }

    /// What tells each key from any other of its name, and nothing else about it.
    pub fn marks(&self) -> impl Iterator<Item = (&str, [u8; 32])> {
        let keys = self.by_name.iter();
        keys.map(|(name, key)| (name.as_str(), key.mac("key mark", name.as_bytes())))
    }

    /// A keyed fingerprint of something that must not be stored itself. It is only
    /// comparable while its key is current: for things as short-lived as a session.
    #[must_use]
    pub fn fingerprint(&self, purpose: &str, data: &[u8]) -> [u8; 32] {
        self.current().1.mac(purpose, data)
    }

    /// The mark that stands for a line where it must not be told which it is.
    #[must_use]
    pub fn line_mark(&self, line: &Msisdn) -> [u8; 32] {
        self.fingerprint(LINE, line.as_str().as_bytes())
    }

    /// Its marks under every key, the old ones too.
    pub fn line_marks(&self, line: &Msisdn) -> impl Iterator<Item = [u8; 32]> {
        self.fingerprints(LINE, line.as_str().as_bytes())
    }

    /// The fingerprints of something under every key, the old ones too: to find what was kept
    /// while another one was current.
    pub fn fingerprints(&self, purpose: &str, data: &[u8]) -> impl Iterator<Item = [u8; 32]> {
        self.by_name.values().map(move |key| key.mac(purpose, data))
    }
}

fn mac_of(key: &[u8; 32], data: &[u8]) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    mac.update(data);
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_64_hexadecimal_digits() {
        let key = MasterKey::fresh();
        assert_eq!(
            *MasterKey::parse(&key.to_hex()).unwrap().to_hex(),
            *key.to_hex()
        );
        assert_eq!(MasterKey::parse("abc").unwrap_err(), KeyError::Shape);
        assert_eq!(
            MasterKey::parse(&"z".repeat(64)).unwrap_err(),
            KeyError::Shape
        );
    }

    #[test]
    fn the_current_key_must_be_there() {
        let error = Keys::new(
            "k2".into(),
            BTreeMap::from([("k1".into(), MasterKey::fresh())]),
        );
        assert_eq!(error.unwrap_err(), KeyError::NoCurrent("k2".into()));
    }

    #[test]
    fn fingerprints_differ_by_purpose() {
        let keys = Keys::single(MasterKey::fresh());
        assert_ne!(keys.fingerprint("a", b"x"), keys.fingerprint("b", b"x"));
        assert_eq!(keys.fingerprint("a", b"x"), keys.fingerprint("a", b"x"));
    }
}
