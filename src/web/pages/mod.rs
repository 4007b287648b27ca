//! The pages of the thin site, as people with a small phone and a slow line see them.
//!
//! No page has a script, a font or a picture of its own: each comes whole in one
//! answer of less than 14 KB, which is what a server may send before it waits for
//! the first acknowledgement. Styles stand inside the page and are allowed by
//! their hash. A page gets prepared strings and knows no rules.

mod accent;
mod check;
mod forgot;
mod headers;
mod home;
mod language;
mod link;
mod login;
mod look;
mod me;
mod password;
mod problem;

pub use accent::{Accent, AccentError};
pub use check::{CheckPage, CheckState, Checked};
pub use forgot::{ForgotPage, ForgotState};
pub use headers::secure;
pub use home::HomePage;
pub use language::LanguageWish;
pub use link::{LinkGonePage, LinkPage};
pub use login::{LoginError, LoginPage};
pub use look::{Frame, Look};
pub use me::{DeploymentCard, MePage};
pub use password::{PasswordPage, PasswordState};
pub use problem::{ErrorPage, Problem};

#[cfg(test)]
mod tests;
