//! Sealing, hashing, tokens, passwords and the keys they need. Logs nothing.

mod keys;
mod letter_mark;
mod password;
mod pin;
mod random;
mod seal;
mod token;

pub use keys::{KeyError, Keys, MasterKey};
pub use password::{Hasher, PasswordError, fresh_password};
pub use random::{chance, fresh_code};
pub use seal::{SealError, Sealed};
pub use token::Token;
