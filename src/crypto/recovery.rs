//! What opens the console where the telephone with the second factor is lost: 80 random
//! bits on paper, each used once. Only its hash is stored.

use std::fmt;

use sha2::{Digest, Sha256};

use super::Token;

const LENGTH: usize = 16;

/// A recovery code. It prints as nothing.
#[derive(Clone)]
pub struct RecoveryCode(Token);

impl RecoveryCode {
    /// A new code.
    #[must_use]
    pub fn fresh() -> Self {
        Self(Token::fresh())
    }

    /// In groups, to be written down.
    #[must_use]
    pub fn in_groups(&self) -> String {
        let letters = &self.0.reveal()[..LENGTH];
        let groups = [0, 4, 8, 12].map(|at| &letters[at..at + 4]);
        groups.join("-")
    }

    /// What is stored of it. A code is random enough for a plain hash.
    #[must_use]
    pub fn hash(&self) -> [u8; 32] {
        Self::hash_of(&self.in_groups())
    }

    /// The same of what somebody typed, whatever they typed.
    #[must_use]
    pub fn hash_of(typed: &str) -> [u8; 32] {
        let letters = typed.chars().filter(char::is_ascii_alphanumeric);
        let plain: String = letters.map(|letter| letter.to_ascii_lowercase()).collect();
        Sha256::digest(plain.as_bytes()).into()
    }
}

impl fmt::Debug for RecoveryCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RecoveryCode(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_known_however_it_is_typed() {
        let code = RecoveryCode::fresh();
        let typed = code.in_groups().to_uppercase().replace('-', " ");
        assert_eq!(RecoveryCode::hash_of(&typed), code.hash());
        assert_eq!(code.in_groups().len(), 19);
        assert_ne!(RecoveryCode::fresh().hash(), code.hash());
    }
}
