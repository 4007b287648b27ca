//! Sealing, hashing, tokens, passwords and the keys they need. Logs nothing.

mod api_key;
mod chain;
mod hook;
mod keys;
mod letter_mark;
mod password;
mod pin;
mod random;
mod recovery;
mod seal;
mod short_code;
mod token;
mod totp;

pub use api_key::ApiKey;
pub use chain::{Link, link};
pub use hook::HookSecret;
pub use keys::{KeyError, Keys, MasterKey};
pub use password::{Hasher, PasswordError, fresh_password};
pub use random::{chance, fresh_code};
pub use recovery::RecoveryCode;
pub use seal::{SealError, Sealed};
pub use short_code::ShortCode;
pub use token::Token;
pub use totp::TotpSecret;
