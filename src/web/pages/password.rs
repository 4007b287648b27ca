//! A password of one's own.

use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use super::Frame;
use crate::actions::PasswordFault;

/// `GET /me/password`, and again after a try that failed.
///
/// The form posts `old` (but at the first log-in), `new` and `again` to `/me/password`.
#[derive(Template)]
#[template(path = "password.html")]
pub struct PasswordPage<'a> {
    /// See [`super::Look::frame`].
    pub frame: Frame<'a>,
    /// `2547…`
    pub user_name: &'a str,
    /// Whether the old one came by SMS and has to go.
    pub is_first: bool,
    /// How far it has come.
    pub state: PasswordState,
}

/// How far it has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasswordState {
    /// Nothing is typed yet.
    Asking,
    /// It was not taken.
    Faulty(PasswordFault),
    /// Too many tries; the next one counts after these minutes.
    Wait {
        /// At least one.
        minutes: u64,
    },
}

struct Words {
    title: &'static str,
    why: &'static str,
    user_name: &'static str,
    old: &'static str,
    new: &'static str,
    hint: &'static str,
    again: &'static str,
    button: &'static str,
    others: &'static str,
}

impl PasswordPage<'_> {
    fn words(&self) -> Words {
        self.frame.pick(
            Words {
                title: "Choose a password",
                why: "Yours came by SMS. Choose one that only you know, then go on.",
                user_name: "User name",
                old: "Current password",
                new: "New password",
                hint: "At least 8 characters. Three or four words that you can remember are good.",
                again: "New password again",
                button: "Save password",
                others: "All other browsers are logged out.",
            },
            Words {
                title: "Chagua nenosiri",
                why: "Lako lilikuja kwa SMS. Chagua lingine unalojua wewe tu, kisha uendelee.",
                user_name: "Jina la mtumiaji",
                old: "Nenosiri la sasa",
                new: "Nenosiri jipya",
                hint: "Angalau herufi 8. Maneno matatu au manne unayoweza kukumbuka yanafaa.",
                again: "Nenosiri jipya tena",
                button: "Hifadhi nenosiri",
                others: "Vivinjari vingine vyote vitaondolewa.",
            },
        )
    }

    fn error_line(&self) -> Option<String> {
        let fault = match self.state {
            PasswordState::Asking => return None,
            PasswordState::Wait { minutes } => {
                return Some(self.frame.pick(
                    format!("Too many tries. Try again in {minutes} min."),
                    format!("Umejaribu mara nyingi. Jaribu tena baada ya dakika {minutes}."),
                ));
            }
            PasswordState::Faulty(fault) => fault,
        };
        let (english, kiswahili) = match fault {
            PasswordFault::WrongOld => (
                "The current password is not correct.",
                "Nenosiri la sasa si sahihi.",
            ),
            PasswordFault::Differ => (
                "The two new passwords are not the same.",
                "Manenosiri mapya mawili hayafanani.",
            ),
            PasswordFault::Short => (
                "The new password has fewer than 8 characters.",
                "Nenosiri jipya lina herufi chini ya 8.",
            ),
            PasswordFault::Guessable => (
                "The new password is too easy to guess. Leave out names, numbers of yours and rows.",
                "Nenosiri jipya ni rahisi kukisia. Usitumie majina, nambari zako au mfululizo.",
            ),
            PasswordFault::Same => (
                "This is your current password. Choose another.",
                "Hili ndilo nenosiri la sasa. Chagua lingine.",
            ),
        };
        Some(self.frame.pick(english, kiswahili).to_owned())
    }
}

impl IntoResponse for PasswordPage<'_> {
    fn into_response(self) -> Response {
        let status = match self.state {
            PasswordState::Asking => StatusCode::OK,
            PasswordState::Faulty(_) => StatusCode::UNPROCESSABLE_ENTITY,
            PasswordState::Wait { .. } => StatusCode::TOO_MANY_REQUESTS,
        };
        self.frame.respond(status, &self)
    }
}
