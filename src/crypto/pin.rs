//! PINs at rest. Four digits are tried out in a blink, whatever the hash; what protects
//! them is a key that a thief of the database has not got, and the limit on guesses.

use subtle::ConstantTimeEq;

use super::Keys;

const PURPOSE: &str = "pin";

impl Keys {
    /// What is kept of a secret: the name of the key, and the hash keyed with it. The
    /// owner is hashed too, so that equal secrets don't show.
    #[must_use]
    pub fn secret_mac(&self, owner: &str, secret: &str) -> String {
        let (name, key) = self.current();
        format!("{name}:{}", mac(key, owner, secret))
    }

    /// Whether a secret is the one that was kept, under whichever key.
    #[must_use]
    pub fn secret_matches(&self, kept: &str, owner: &str, secret: &str) -> bool {
        let Some((name, kept)) = kept.split_once(':') else {
            return false;
        };
        let Some(key) = self.named(name) else {
            return false;
        };
        mac(key, owner, secret)
            .as_bytes()
            .ct_eq(kept.as_bytes())
            .into()
    }
}

fn mac(key: &super::MasterKey, owner: &str, secret: &str) -> String {
    let data = format!("{owner}\0{secret}");
    data_encoding::HEXLOWER.encode(&key.mac(PURPOSE, data.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::super::MasterKey;
    use super::*;

    #[test]
    fn a_secret_matches_itself_for_its_owner_alone() {
        let keys = Keys::single(MasterKey::fresh());
        let kept = keys.secret_mac("p1", "1234");
        assert!(keys.secret_matches(&kept, "p1", "1234"));
        assert!(!keys.secret_matches(&kept, "p1", "1235"));
        assert!(!keys.secret_matches(&kept, "p2", "1234"));
        let others = Keys::single(MasterKey::fresh());
        assert!(!others.secret_matches(&kept, "p1", "1234"));
        assert!(!keys.secret_matches("nonsense", "p1", "1234"));
    }
}
