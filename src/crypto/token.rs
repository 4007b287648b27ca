//! Tokens for links and cookies: 130 random bits in 26 letters and digits that
//! nobody confuses. Only their hash is stored.

use std::fmt;

use sha2::{Digest, Sha256};
use zeroize::{Zeroize, Zeroizing};

use super::random;

/// Letters and digits without i, l, o and u (Crockford's base 32).
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
const LENGTH: usize = 26;

/// A token. It opens something, so it prints as nothing.
#[derive(Clone, PartialEq, Eq, Zeroize)]
#[zeroize(drop)]
pub struct Token(String);

impl Token {
    /// A new token.
    #[must_use]
    pub fn fresh() -> Self {
        Self(fresh_letters(LENGTH))
    }

    /// Reads a token as people copy it.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        read_letters(text, LENGTH).map(Self)
    }

    /// The token itself, for the one who is meant to have it.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// What is stored of it. A token is random enough for a plain hash.
    #[must_use]
    pub fn hash(&self) -> [u8; 32] {
        Sha256::digest(self.0.as_bytes()).into()
    }
}

/// So many random letters and digits, five bits each.
pub(super) fn fresh_letters(length: usize) -> String {
    let mut bytes = Zeroizing::new(vec![0; length]);
    random::fill(&mut bytes);
    let letter = |byte: &u8| char::from(ALPHABET[usize::from(byte % 32)]);
    bytes.iter().map(letter).collect()
}

/// Reads so many of them as people copy them: capitals, and the letters that look like digits.
pub(super) fn read_letters(text: &str, length: usize) -> Option<String> {
    let plain = |c: char| match c.to_ascii_lowercase() {
        'o' => '0',
        'i' | 'l' => '1',
        other => other,
    };
    let read: String = text.chars().map(plain).collect();
    let fits = read.len() == length && read.bytes().all(|byte| ALPHABET.contains(&byte));
    fits.then_some(read)
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_survives_being_copied_by_hand() {
        let token = Token::fresh();
        let copied = token
            .reveal()
            .to_uppercase()
            .replace('0', "O")
            .replace('1', "L");
        assert!(Token::parse(&copied).unwrap() == token);
        assert_eq!(Token::parse(&copied).unwrap().hash(), token.hash());
    }

    #[test]
    fn what_is_no_token_is_refused() {
        for text in [
            "",
            "abc",
            &"u".repeat(26),
            &"0".repeat(27),
            "0000000000000/000000000000",
        ] {
            assert!(Token::parse(text).is_none(), "{text}");
        }
    }

    #[test]
    fn tokens_do_not_repeat() {
        let tokens: std::collections::BTreeSet<_> = (0..1000)
            .map(|_| Token::fresh().reveal().to_owned())
            .collect();
        assert_eq!(tokens.len(), 1000);
    }
}
