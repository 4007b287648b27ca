//! Keys of the API: `cp2_`, eight letters by which a key is known, and a token. The start is
//! there for programs that look for keys where none should be.

use std::fmt;

use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::token::Token;

const START: &str = "cp2_";
const ID: usize = 8;

/// A key. It opens something, so it prints without its token.
#[derive(Clone)]
pub struct ApiKey {
    id: String,
    token: Token,
}

impl ApiKey {
    /// A new key.
    #[must_use]
    pub fn fresh() -> Self {
        let mut id = Token::fresh().reveal().to_owned();
        id.truncate(ID);
        Self {
            id,
            token: Token::fresh(),
        }
    }

    /// Reads a key.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (id, token) = text.strip_prefix(START)?.split_once('_')?;
        let fits = id.len() == ID && id.bytes().all(|byte| byte.is_ascii_alphanumeric());
        let token = Token::parse(token)?;
        fits.then(|| Self {
            id: id.to_owned(),
            token,
        })
    }

    /// What it is known by. Whoever has only that has nothing.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// What is stored of it. A token is random enough for a plain hash.
    #[must_use]
    pub fn hash(&self) -> [u8; 32] {
        self.token.hash()
    }

    /// Whether it is the key of which that was stored, told in the same time either way.
    #[must_use]
    pub fn is_of(&self, hash: &[u8]) -> bool {
        self.hash().as_slice().ct_eq(hash).into()
    }

    /// The key itself, for the one who is meant to have it.
    #[must_use]
    pub fn reveal(&self) -> Zeroizing<String> {
        Zeroizing::new(format!("{START}{}_{}", self.id, self.token.reveal()))
    }
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ApiKey({START}{}_…)", self.id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_read_back_and_is_no_other() {
        let key = ApiKey::fresh();
        let read = ApiKey::parse(&key.reveal()).unwrap();
        assert_eq!(read.id(), key.id());
        assert!(read.is_of(&key.hash()));
        assert!(!read.is_of(&ApiKey::fresh().hash()));
        assert!(!read.is_of(b""));
        assert!(!format!("{key:?}").contains(key.token.reveal()));
    }

    #[test]
    fn what_is_no_key_is_refused() {
        let key = ApiKey::fresh().reveal();
        for text in [
            "",
            "cp2_",
            &key[1..],
            &key[..key.len() - 1],
            &key.replace("cp2_", "cp3_"),
        ] {
            assert!(ApiKey::parse(text).is_none(), "{text}");
        }
    }
}
