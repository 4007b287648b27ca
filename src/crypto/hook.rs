//! Signing what is posted to other systems, as Standard Webhooks has it:
//! <https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md>.

use std::fmt;

use data_encoding::BASE64;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use zeroize::{Zeroize, Zeroizing};

use super::random;

const START: &str = "whsec_";

/// The secret that one address and we share.
#[derive(Clone, Zeroize)]
#[zeroize(drop)]
pub struct HookSecret(Vec<u8>);

impl HookSecret {
    /// A new secret.
    #[must_use]
    pub fn fresh() -> Self {
        let mut bytes = vec![0; 32];
        random::fill(&mut bytes);
        Self(bytes)
    }

    /// A secret from its bytes.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Self {
        Self(bytes.to_vec())
    }

    /// Its bytes, to be sealed.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// As its owner is given it, once.
    #[must_use]
    pub fn reveal(&self) -> Zeroizing<String> {
        Zeroizing::new(format!("{START}{}", BASE64.encode(&self.0)))
    }

    /// The signature of a message of that id at that time, in seconds since 1970.
    ///
    /// # Panics
    ///
    /// Never: HMAC takes keys of any length.
    #[must_use]
    pub fn sign(&self, id: &str, seconds: i64, body: &[u8]) -> String {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("keys of any length");
        mac.update(format!("{id}.{seconds}.").as_bytes());
        mac.update(body);
        format!("v1,{}", BASE64.encode(&mac.finalize().into_bytes()))
    }
}

impl fmt::Debug for HookSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HookSecret(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of the tests of the reference libraries.
    #[test]
    fn the_signature_is_the_one_that_libraries_check() {
        let secret = BASE64.decode(b"MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let signature = HookSecret::from_bytes(&secret).sign(
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            1_614_265_330,
            br#"{"test": 2432232314}"#,
        );
        assert_eq!(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn a_secret_is_shown_to_its_owner_alone() {
        let secret = HookSecret::fresh();
        let shown = secret.reveal();
        assert_eq!(
            BASE64.decode(shown[START.len()..].as_bytes()).unwrap(),
            secret.as_bytes()
        );
        assert_eq!(format!("{secret:?}"), "HookSecret(…)");
    }
}
