//! Portal passwords: made from the generator, kept as Argon2id.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use data_encoding::BASE64_NOPAD;
use tokio::sync::Semaphore;
use zeroize::Zeroizing;

use super::random;

/// Letters and digits that nobody confuses on a small screen or on paper.
const ALPHABET: &[u8; 54] = b"abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ234567";
const LENGTH: usize = 10;

/// OWASP's minimum for Argon2id: 19 MiB, two passes, one lane.
const KIBIBYTES: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// A new password of 57 random bits.
#[must_use]
pub fn fresh_password() -> Zeroizing<String> {
    let letter = || char::from(ALPHABET[usize::from(random::below(54))]);
    Zeroizing::new((0..LENGTH).map(|_| letter()).collect())
}

/// Hashes and checks passwords, a few at a time: each takes some 15 ms and 19 MiB, and
/// everything else must go on meanwhile.
#[derive(Clone)]
pub struct Hasher {
    argon2: Arc<Argon2<'static>>,
    places: Arc<Semaphore>,
    at_once: usize,
    /// How many have begun or wait for their turn.
    asked: Arc<AtomicUsize>,
    /// What an unknown user's password is checked against, so that the answer to an
    /// unknown and to a known user name takes as long.
    nobody: Arc<str>,
}

/// A password could not be hashed: the work was cut off by the end of the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the password could not be hashed")]
pub struct PasswordError;

impl Hasher {
    /// A hasher that works on `at_once` passwords at a time.
    pub fn new(at_once: usize) -> Result<Self, PasswordError> {
        let params = Params::new(KIBIBYTES, PASSES, LANES, None).map_err(|_| PasswordError)?;
        let argon2 = Arc::new(Argon2::new(Algorithm::Argon2id, Version::V0x13, params));
        let nobody = hash_of_nobody().into();
        Ok(Self {
            argon2,
            places: Arc::new(Semaphore::new(at_once)),
            at_once,
            asked: Arc::default(),
            nobody,
        })
    }

    /// The hash to keep.
    pub async fn hash(&self, password: Zeroizing<String>) -> Result<String, PasswordError> {
        let argon2 = Arc::clone(&self.argon2);
        self.work(move || hash(&argon2, &password)).await?
    }

    /// Whether the password is the one that was hashed. Without a hash the answer is
    /// no, and takes as long.
    pub async fn matches(
        &self,
        password: Zeroizing<String>,
        kept: Option<String>,
    ) -> Result<bool, PasswordError> {
        let argon2 = Arc::clone(&self.argon2);
        let nobody = Arc::clone(&self.nobody);
        self.work(move || {
            let hash = kept.as_deref().unwrap_or(&nobody);
            let matches = argon2::PasswordHash::new(hash)
                .is_ok_and(|hash| argon2.verify_password(password.as_bytes(), &hash).is_ok());
            matches && kept.is_some()
        })
        .await
    }

    /// How many passwords are being hashed, how many wait, and how many may be hashed at once.
    #[must_use]
    pub fn load(&self) -> (usize, usize, usize) {
        let asked = self.asked.load(Ordering::Relaxed);
        let busy = asked.min(self.at_once);
        (busy, asked - busy, self.at_once)
    }

    async fn work<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, PasswordError> {
        let _asked = Asked::by(&self.asked);
        let _place = self.places.acquire().await.map_err(|_| PasswordError)?;
        tokio::task::spawn_blocking(work)
            .await
            .map_err(|_| PasswordError)
    }
}

/// Counts somebody who asks, until they have their answer or go away.
struct Asked(Arc<AtomicUsize>);

impl Asked {
    fn by(asked: &Arc<AtomicUsize>) -> Self {
        asked.fetch_add(1, Ordering::Relaxed);
        Self(Arc::clone(asked))
    }
}

impl Drop for Asked {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

fn hash(argon2: &Argon2<'_>, password: &str) -> Result<String, PasswordError> {
    let hash = argon2
        .hash_password(password.as_bytes())
        .map_err(|_| PasswordError)?;
    Ok(hash.to_string())
}

/// What no password leads to: chance instead of a hash, and as dear to check.
fn hash_of_nobody() -> String {
    let (mut salt, mut output) = ([0; 16], [0; 32]);
    random::fill(&mut salt);
    random::fill(&mut output);
    let (salt, output) = (BASE64_NOPAD.encode(&salt), BASE64_NOPAD.encode(&output));
    format!("$argon2id$v=19$m={KIBIBYTES},t={PASSES},p={LANES}${salt}${output}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_matches_its_own_hash_alone() {
        let hasher = Hasher::new(1).unwrap();
        let password = fresh_password();
        let kept = hasher.hash(password.clone()).await.unwrap();
        assert!(
            kept.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
            "{kept}"
        );
        assert!(
            hasher
                .matches(password.clone(), Some(kept.clone()))
                .await
                .unwrap()
        );
        assert!(!hasher.matches(fresh_password(), Some(kept)).await.unwrap());
        assert!(!hasher.matches(password, None).await.unwrap());
    }

    #[test]
    fn the_hash_of_nobody_is_checked_as_any_other() {
        let hasher = Hasher::new(1).unwrap();
        let nobody = argon2::PasswordHash::new(&hasher.nobody).unwrap();
        let kept = hash(&hasher.argon2, &fresh_password()).unwrap();
        let kept = argon2::PasswordHash::new(&kept).unwrap();
        assert_eq!(nobody.algorithm, kept.algorithm);
        assert_eq!(nobody.version, kept.version);
        assert_eq!(nobody.params.to_string(), kept.params.to_string());
        let lengths = |hash: &argon2::PasswordHash| {
            let salt = hash.salt.map(|salt| salt.len());
            (salt, hash.hash.map(|output| output.as_bytes().len()))
        };
        assert_eq!(lengths(&nobody), lengths(&kept));
    }

    #[test]
    fn passwords_are_ten_clear_letters_and_digits() {
        let password = fresh_password();
        assert_eq!(password.len(), 10);
        assert!(password.bytes().all(|byte| ALPHABET.contains(&byte)));
        assert!(!password.contains(['0', 'O', '1', 'l', 'I']));
    }
}
