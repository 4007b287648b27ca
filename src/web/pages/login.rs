//! The way in.

use askama::Template;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::Frame;

/// `GET /login`, and again after a try that failed.
///
/// The form posts `user_name` and `password` to `/login`.
#[derive(Template)]
#[template(path = "login.html")]
pub struct LoginPage<'a> {
    /// See [`super::Look::frame`].
    pub frame: Frame<'a>,
    /// What was typed last time, to be mended rather than typed again.
    pub user_name: &'a str,
    /// Why the last try failed.
    pub error: Option<LoginError>,
}

/// Why nobody was logged in; it never says whether the account exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LoginError {
    /// The user name and the password do not belong together.
    Mismatch,
    /// Too many tries; the next one counts after these minutes.
    Wait {
        /// At least one.
        minutes: u64,
    },
}

struct Words {
    title: &'static str,
    user_name: &'static str,
    hint: &'static str,
    password: &'static str,
    button: &'static str,
    forgot: &'static str,
    dial: &'static str,
    choose: &'static str,
}

impl LoginPage<'_> {
    fn words(&self) -> Words {
        self.frame.pick(
            Words {
                title: "Log in",
                user_name: "User name",
                hint: "Your phone number in the form 2547…, or the user name of your centre",
                password: "Password",
                button: "Log in",
                forgot: "Forgot your password?",
                dial: "Dial",
                choose: "and choose “Reset password”. A new one comes by SMS.",
            },
            Words {
                title: "Ingia",
                user_name: "Jina la mtumiaji",
                hint: "Nambari yako ya simu kwa muundo wa 2547…, au jina la mtumiaji la kituo chako",
                password: "Nenosiri",
                button: "Ingia",
                forgot: "Umesahau nenosiri?",
                dial: "Piga",
                choose: "na uchague “Weka nenosiri upya”. Jipya litakuja kwa SMS.",
            },
        )
    }

    fn error_line(&self) -> Option<String> {
        let pick = |english: String, kiswahili: String| self.frame.pick(english, kiswahili);
        Some(match self.error? {
            LoginError::Mismatch => pick(
                "The user name or the password is not correct.".into(),
                "Jina la mtumiaji au nenosiri si sahihi.".into(),
            ),
            LoginError::Wait { minutes: 1 } => pick(
                "Too many tries. Wait 1 minute, then try again.".into(),
                "Umejaribu mara nyingi. Subiri dakika 1, kisha ujaribu tena.".into(),
            ),
            LoginError::Wait { minutes } => pick(
                format!("Too many tries. Wait {minutes} minutes, then try again."),
                format!("Umejaribu mara nyingi. Subiri dakika {minutes}, kisha ujaribu tena."),
            ),
        })
    }
}

impl IntoResponse for LoginPage<'_> {
    fn into_response(self) -> Response {
        // Not 401: that must name an HTTP authentication scheme, and there is none.
        let status = match self.error {
            None => StatusCode::OK,
            Some(LoginError::Mismatch) => StatusCode::FORBIDDEN,
            Some(LoginError::Wait { .. }) => StatusCode::TOO_MANY_REQUESTS,
        };
        let mut response = self.frame.respond(status, &self);
        if let Some(LoginError::Wait { minutes }) = self.error {
            let seconds = HeaderValue::from(minutes * 60);
            response.headers_mut().insert(header::RETRY_AFTER, seconds);
        }
        response
    }
}
