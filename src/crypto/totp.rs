//! Six digits that change every 30 seconds, by the clock and a shared secret (RFC 6238).
//!
//! Twenty lines on HMAC-SHA-1, which are dependencies already: a crate for it would bring
//! its own clock, its own parameters and its own QR code.

use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use subtle::ConstantTimeEq;
use zeroize::{Zeroize, ZeroizeOnDrop};

use super::random;

/// What every authenticator app takes for granted.
const STEP_SECONDS: u64 = 30;
const BYTES: usize = 20;

/// What a telephone and we know. It prints as nothing.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct TotpSecret([u8; BYTES]);

impl TotpSecret {
    /// A new secret of 160 random bits.
    #[must_use]
    pub fn fresh() -> Self {
        let mut bytes = [0; BYTES];
        random::fill(&mut bytes);
        Self(bytes)
    }

    /// Reads what was sealed.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    /// To be sealed.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// As people type it into an app.
    #[must_use]
    pub fn to_base32(&self) -> String {
        data_encoding::BASE32_NOPAD.encode(&self.0)
    }

    /// The step that a code belongs to: this one, or its neighbours, since clocks differ.
    #[must_use]
    pub fn step_of(&self, code: &str, now_ms: i64) -> Option<u64> {
        let now = now_ms.max(0).unsigned_abs() / 1000 / STEP_SECONDS;
        let is_right = |step: &u64| bool::from(self.code(*step).as_bytes().ct_eq(code.as_bytes()));
        [now, now.saturating_sub(1), now + 1]
            .into_iter()
            .find(is_right)
    }

    /// The code of a step.
    fn code(&self, step: u64) -> String {
        let mut mac = Hmac::<Sha1>::new_from_slice(&self.0).expect("HMAC takes keys of any length");
        mac.update(&step.to_be_bytes());
        let hash = mac.finalize().into_bytes();
        // RFC 4226, 5.3: the last half byte says which four bytes to take.
        let at = usize::from(hash[hash.len() - 1] & 0xf);
        let four = [hash[at] & 0x7f, hash[at + 1], hash[at + 2], hash[at + 3]];
        format!("{:06}", u32::from_be_bytes(four) % 1_000_000)
    }

    /// The code of now, as a telephone shows it.
    #[must_use]
    pub fn code_at(&self, now_ms: i64) -> String {
        self.code(now_ms.max(0).unsigned_abs() / 1000 / STEP_SECONDS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_codes_are_those_of_the_rfc() {
        let secret = TotpSecret::from_bytes(b"12345678901234567890").unwrap();
        // RFC 6238, appendix B, the last six of its eight digits.
        for (seconds, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_234_567_890, "005924"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(secret.code_at(seconds * 1000), code);
        }
    }

    #[test]
    fn a_clock_may_be_one_step_off_and_no_more() {
        let secret = TotpSecret::fresh();
        let now = 1_800_000_000_000;
        let step = 1_800_000_000 / STEP_SECONDS;
        for (seconds, found) in [
            (-60, None),
            (-30, Some(step - 1)),
            (0, Some(step)),
            (60, None),
        ] {
            let code = secret.code_at(now + seconds * 1000);
            assert_eq!(secret.step_of(&code, now), found, "{seconds}");
        }
        assert_eq!(secret.step_of("", now), None);
    }
}
