//! A new password by SMS.

use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use super::Frame;

/// `GET /forgot`, and what follows from the form; it posts `user_name` to `/forgot`.
#[derive(Template)]
#[template(path = "forgot.html")]
pub struct ForgotPage<'a> {
    /// See [`super::Look::frame`].
    pub frame: Frame<'a>,
    /// What was typed last time.
    pub user_name: &'a str,
    /// How far it has come.
    pub state: ForgotState,
}

/// How far it has come; it never says whether the number is registered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ForgotState {
    /// Nothing is typed yet.
    Asking,
    /// What was typed is no Kenyan mobile number.
    NoNumber,
    /// If the number is registered, an SMS is on its way.
    Sent,
    /// Too many were asked for from this address; the next one counts after these minutes.
    TooMany {
        /// At least one.
        minutes: u64,
    },
}

struct Words {
    title: &'static str,
    number: &'static str,
    hint: &'static str,
    button: &'static str,
    sent: &'static str,
    blocked: &'static str,
    log_in: &'static str,
    dial: &'static str,
    choose: &'static str,
}

impl ForgotPage<'_> {
    fn words(&self) -> Words {
        self.frame.pick(
            Words {
                title: "Forgot your password?",
                number: "Your phone number",
                hint: "As registered, such as 2547…, 07… or 01…",
                button: "Send a new password",
                sent: "If this number is registered, a new password is on its way to it by SMS. \
                       It can take a few minutes; there is no need to ask again.",
                blocked: "No SMS? Your line may block our messages: on Safaricom dial *456*9*5*5*1#, \
                          then ask again.",
                log_in: "Log in",
                dial: "Without internet: dial",
                choose: "and choose “Reset password”.",
            },
            Words {
                title: "Umesahau nenosiri?",
                number: "Nambari yako ya simu",
                hint: "Iliyosajiliwa, kama 2547…, 07… au 01…",
                button: "Tuma nenosiri jipya",
                sent: "Kama nambari hii imesajiliwa, nenosiri jipya linatumwa kwayo kwa SMS. \
                       Inaweza kuchukua dakika chache; usiombe tena.",
                blocked: "Hakuna SMS? Huenda laini yako inazuia ujumbe wetu: kwa Safaricom piga \
                          *456*9*5*5*1#, kisha omba tena.",
                log_in: "Ingia",
                dial: "Bila intaneti: piga",
                choose: "na uchague “Weka nenosiri upya”.",
            },
        )
    }

    fn error_line(&self) -> Option<String> {
        match self.state {
            ForgotState::NoNumber => Some(self.frame.pick(
                "This is not a Kenyan mobile number.".into(),
                "Hii si nambari ya simu ya Kenya.".into(),
            )),
            ForgotState::TooMany { minutes } => Some(self.frame.pick(
                format!("Too many requests from here. Wait {minutes} min, or dial the code below."),
                format!(
                    "Maombi ni mengi kutoka hapa. Subiri dak {minutes}, au piga nambari iliyo hapa \
                     chini."
                ),
            )),
            ForgotState::Asking | ForgotState::Sent => None,
        }
    }

    fn is_sent(&self) -> bool {
        self.state == ForgotState::Sent
    }
}

impl IntoResponse for ForgotPage<'_> {
    fn into_response(self) -> Response {
        let status = match self.state {
            ForgotState::Asking | ForgotState::Sent => StatusCode::OK,
            ForgotState::NoNumber => StatusCode::UNPROCESSABLE_ENTITY,
            ForgotState::TooMany { .. } => StatusCode::TOO_MANY_REQUESTS,
        };
        self.frame.respond(status, &self)
    }
}
