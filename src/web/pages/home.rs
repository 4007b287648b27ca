//! The first page.

use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use super::Frame;

/// `GET /`: what the service is, the code to dial, the way to log in.
#[derive(Debug, Template)]
#[template(path = "home.html")]
pub struct HomePage<'a> {
    /// See [`super::Look::frame`].
    pub frame: Frame<'a>,
}

struct Words {
    title: &'static str,
    intro: &'static str,
    dial: &'static str,
    any_phone: &'static str,
    there: &'static str,
    offers: [&'static str; 4],
    browser: &'static str,
    log_in: &'static str,
    by_code: &'static str,
    check: &'static str,
}

impl HomePage<'_> {
    fn words(&self) -> Words {
        self.frame.pick(
            Words {
                title: "Your exam deployment, on any phone",
                intro: "For invigilators, supervisors, centre managers, examiners and all other contracted professionals.",
                dial: "Dial",
                any_phone: "No internet needed. Use the number you registered.",
                there: "There you can",
                offers: [
                    "see where and when you are deployed",
                    "get your appointment letter",
                    "reset your password",
                    "update your KRA PIN and phone number",
                ],
                browser: "Already have a password?",
                log_in: "Log in",
                by_code: "I have a code for my letter",
                check: "Check that a letter is genuine",
            },
            Words {
                title: "Kituo chako cha mtihani, kwa simu yoyote",
                intro: "Kwa wasimamizi wa vyumba, wasimamizi wakuu, wasimamizi wa vituo, watahini na wote walio na kandarasi.",
                dial: "Piga",
                any_phone: "Huhitaji intaneti. Tumia nambari uliyosajili.",
                there: "Hapo unaweza",
                offers: [
                    "kuona umepangiwa wapi na lini",
                    "kupata barua yako ya uteuzi",
                    "kuweka nenosiri upya",
                    "kusasisha PIN ya KRA na nambari ya simu",
                ],
                browser: "Tayari una nenosiri?",
                log_in: "Ingia",
                by_code: "Nina msimbo wa barua yangu",
                check: "Hakiki kama barua ni halali",
            },
        )
    }
}

impl IntoResponse for HomePage<'_> {
    fn into_response(self) -> Response {
        self.frame.respond(StatusCode::OK, &self)
    }
}
