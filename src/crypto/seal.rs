//! Sealing what must not be read from a stolen disk.
//!
//! XChaCha20-Poly1305 with a random nonce. The key's name stands in front; the place
//! a thing belongs to is authenticated with it, so that nothing sealed can be moved
//! to another row or column.

use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use zeroize::Zeroizing;

use super::keys::{Keys, MasterKey};
use super::random;

const NONCE: usize = 24;

/// What is sealed, and where it belongs.
#[derive(Debug, Clone, Copy)]
pub struct Sealed<'a> {
    /// The table and column.
    pub column: &'a str,
    /// The row.
    pub row: &'a str,
}

/// What was sealed can't be opened: the key is not there, or it was changed or moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("what is sealed there can't be opened")]
pub struct SealError;

impl<'a> Sealed<'a> {
    /// The text of the SMS of that id.
    #[must_use]
    pub const fn sms(id: &'a str) -> Self {
        Self {
            column: "outbox.body",
            row: id,
        }
    }

    /// What events for the address of that id are signed with.
    #[must_use]
    pub const fn webhook(id: &'a str) -> Self {
        Self {
            column: "webhooks.secret",
            row: id,
        }
    }

    /// Seals bytes for this place.
    ///
    /// # Panics
    ///
    /// Never for what fits in memory: the cipher refuses only messages of 256 GB.
    #[must_use]
    pub fn seal(&self, keys: &Keys, clear: &[u8]) -> Vec<u8> {
        let (name, key) = keys.current();
        let mut nonce = [0; NONCE];
        random::fill(&mut nonce);
        let place = self.place();
        let sealed = cipher(key)
            .encrypt(
                &XNonce::from(nonce),
                Payload {
                    msg: clear,
                    aad: place.as_bytes(),
                },
            )
            .expect("a message of less than 256 GB");
        let mut bytes = Vec::with_capacity(1 + name.len() + NONCE + sealed.len());
        // Keys refuses names of more than 32 bytes.
        bytes.push(u8::try_from(name.len()).unwrap_or(u8::MAX));
        bytes.extend_from_slice(name.as_bytes());
        bytes.extend_from_slice(&nonce);
        bytes.extend_from_slice(&sealed);
        bytes
    }

    /// Opens what was sealed for this place.
    pub fn open(&self, keys: &Keys, bytes: &[u8]) -> Result<Zeroizing<Vec<u8>>, SealError> {
        let (&length, rest) = bytes.split_first().ok_or(SealError)?;
        let (name, rest) = rest.split_at_checked(length.into()).ok_or(SealError)?;
        let (nonce, sealed) = rest.split_first_chunk::<NONCE>().ok_or(SealError)?;
        let name = std::str::from_utf8(name).map_err(|_| SealError)?;
        let key = keys.named(name).ok_or(SealError)?;
        let place = self.place();
        cipher(key)
            .decrypt(
                &XNonce::from(*nonce),
                Payload {
                    msg: sealed,
                    aad: place.as_bytes(),
                },
            )
            .map(Zeroizing::new)
            .map_err(|_| SealError)
    }

    fn place(&self) -> String {
        format!("{}\0{}", self.column, self.row)
    }
}

fn cipher(key: &MasterKey) -> XChaCha20Poly1305 {
    XChaCha20Poly1305::new(
        &Zeroizing::new(key.derive("seal"))
            .as_slice()
            .try_into()
            .expect("32 bytes"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLACE: Sealed<'_> = Sealed {
        column: "outbox.body",
        row: "m1",
    };

    #[test]
    fn what_is_sealed_opens_again_and_shows_nothing() {
        let keys = Keys::single(MasterKey::fresh());
        let sealed = PLACE.seal(&keys, b"password 7Kd2");
        assert!(!sealed.windows(4).any(|window| window == b"7Kd2"));
        assert_eq!(&**PLACE.open(&keys, &sealed).unwrap(), b"password 7Kd2");
    }

    #[test]
    fn a_changed_moved_or_cut_seal_does_not_open() {
        let keys = Keys::single(MasterKey::fresh());
        let sealed = PLACE.seal(&keys, b"secret");
        let elsewhere = Sealed { row: "m2", ..PLACE };
        assert_eq!(elsewhere.open(&keys, &sealed), Err(SealError));
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert_eq!(PLACE.open(&keys, &changed), Err(SealError), "byte {at}");
            assert_eq!(
                PLACE.open(&keys, &sealed[..at]),
                Err(SealError),
                "cut at {at}"
            );
        }
    }

    #[test]
    fn an_old_key_opens_what_it_sealed_after_rotation() {
        let old = MasterKey::fresh();
        let sealed = PLACE.seal(&Keys::single(old.clone()), b"secret");
        let both = [
            ("k1".to_owned(), old),
            ("k2".to_owned(), MasterKey::fresh()),
        ]
        .into();
        let keys = Keys::new("k2".into(), both).unwrap();
        assert_eq!(&**PLACE.open(&keys, &sealed).unwrap(), b"secret");
    }
}
