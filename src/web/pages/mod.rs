//! The pages of the thin site, as people with a small phone and a slow line see them.
//!
//! No page has a script or a font, and none a picture but the council's crest, which browsers
//! keep: each comes whole in one answer of less than 14 KB, which is what a server may send
//! before it waits for the first acknowledgement. Styles stand inside the page and are allowed
//! by their hash; the console's, which staff see all day, are kept by browsers like the crest.
//! A page gets prepared strings and knows no rules.

mod centre;
mod check;
mod details;
mod forgot;
mod form;
mod headers;
mod home;
mod invitation;
mod language;
mod letter_code;
mod link;
mod login;
mod look;
mod me;
mod notice;
mod password;
mod problem;
mod register;
mod roster;

pub use centre::{CentrePage, CentresPage, DaysPage};
pub use check::{CheckPage, CheckState, Checked};
pub use details::DetailsPage;
pub use forgot::{ForgotPage, ForgotState};
pub use form::{Answer, FormPage, Question, Typing};
pub use headers::secure;
pub use home::HomePage;
pub use invitation::InvitationPage;
pub use language::LanguageWish;
pub use letter_code::{LetterCodePage, LetterCodeState, LetterOpenPage};
pub use link::{LinkGonePage, LinkPage};
pub use login::{LoginError, LoginPage};
pub use look::{Frame, Look};
pub use me::{DeploymentCard, MePage};
pub use notice::{Notice, NoticePage};
pub use password::{PasswordPage, PasswordState};
pub use problem::{ErrorPage, Problem};
pub use register::{Marked, RegisterPage};
pub use roster::{Member, RosterPage};

#[cfg(test)]
mod tests;
