//! The mark on a letter, which nobody can make without our key.

use subtle::ConstantTimeEq;

use crate::domain::CheckCode;

use super::Keys;

const PURPOSE: &str = "letter mark";

impl Keys {
    /// The check code of the letter with that serial.
    #[must_use]
    pub fn check_code(&self, serial: u32) -> CheckCode {
        code(serial, &self.fingerprint(PURPOSE, &serial.to_be_bytes()))
    }

    /// Whether one of our keys, the old ones included, has made that code: letters are kept
    /// longer than keys are new.
    #[must_use]
    pub fn has_made(&self, claimed: &CheckCode) -> bool {
        let serial = claimed.serial();
        self.fingerprints(PURPOSE, &serial.to_be_bytes())
            .any(|mark| {
                let ours = code(serial, &mark);
                ours.as_str()
                    .as_bytes()
                    .ct_eq(claimed.as_str().as_bytes())
                    .into()
            })
    }
}

fn code(serial: u32, mark: &[u8; 32]) -> CheckCode {
    let mut first = [0; 8];
    first.copy_from_slice(&mark[..8]);
    CheckCode::new(serial, u64::from_be_bytes(first))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::crypto::MasterKey;

    #[test]
    fn our_codes_are_known_and_others_are_not() {
        let keys = Keys::single(MasterKey::fresh());
        let code = keys.check_code(9_900_001);
        assert!(keys.has_made(&code));
        let others = Keys::single(MasterKey::fresh());
        assert!(!others.has_made(&code));
        let guessed = (0..100_000).filter(|mark| keys.has_made(&CheckCode::new(9_900_001, *mark)));
        assert!(guessed.count() <= 1);
    }

    #[test]
    fn a_letter_outlives_the_key_that_marked_it() {
        let (old, new) = (MasterKey::fresh(), MasterKey::fresh());
        let code = Keys::single(old.clone()).check_code(7);
        let by_name = BTreeMap::from([("k1".into(), old), ("k2".into(), new)]);
        let keys = Keys::new("k2".into(), by_name).unwrap();
        assert!(keys.has_made(&code));
        assert!(keys.has_made(&keys.check_code(7)));
    }
}
