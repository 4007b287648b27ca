//! What stands for a link where it has to be typed: 40 random bits in eight letters and
//! digits. They are few, so each guess is counted, and what is stored of a code takes our key.

use std::fmt;

use zeroize::Zeroizing;

use super::Keys;
use super::token::{fresh_letters, read_letters};

const LENGTH: usize = 8;

/// A code to be typed instead of a link. It prints as nothing.
#[derive(Clone, PartialEq, Eq)]
pub struct ShortCode(Zeroizing<String>);

impl ShortCode {
    /// A new code.
    #[must_use]
    pub fn fresh() -> Self {
        Self(Zeroizing::new(fresh_letters(LENGTH)))
    }

    /// Reads a code as people type it: in either case, with or without a dash or spaces, and
    /// the letters that look like digits.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let typed: String = text.chars().filter(char::is_ascii_alphanumeric).collect();
        read_letters(&typed, LENGTH).map(|code| Self(Zeroizing::new(code)))
    }

    /// In two groups, as it is read out and typed: `7K3M-9QXA`.
    #[must_use]
    pub fn in_groups(&self) -> String {
        let (one, two) = self.0.split_at(LENGTH / 2);
        format!("{one}-{two}").to_ascii_uppercase()
    }

    /// What is stored of it. Codes live for days, so those of before a change of keys end with
    /// their key.
    #[must_use]
    pub fn hash(&self, keys: &Keys) -> [u8; 32] {
        keys.fingerprint("letter code", self.0.as_bytes())
    }
}

impl fmt::Debug for ShortCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ShortCode(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::MasterKey;

    #[test]
    fn a_code_is_known_however_it_is_typed() {
        let code = ShortCode::fresh();
        let groups = code.in_groups();
        assert_eq!(groups.len(), 9);
        for typed in [
            groups.to_lowercase(),
            groups.replace('-', " "),
            groups.replace('-', ""),
            groups.replace('0', "O").replace('1', "l"),
        ] {
            assert_eq!(ShortCode::parse(&typed), Some(code.clone()), "{typed}");
        }
        assert_ne!(ShortCode::fresh(), code);
    }

    #[test]
    fn what_can_be_no_code_is_told_at_once() {
        for text in ["", "7K3M-9QX", "7K3M-9QXAA", "7K3M-9QXU", "7K3M-9QX\u{e9}"] {
            assert_eq!(ShortCode::parse(text), None, "{text}");
        }
    }

    #[test]
    fn what_is_stored_takes_our_key() {
        let code = ShortCode::fresh();
        let [one, other] = [(); 2].map(|()| Keys::single(MasterKey::fresh()));
        assert_eq!(code.hash(&one), code.hash(&one));
        assert_ne!(code.hash(&one), code.hash(&other));
        assert_eq!(format!("{code:?}"), "ShortCode(…)");
    }
}
