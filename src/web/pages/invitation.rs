//! An invitation that can be answered.

use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use super::Frame;

/// `GET /me/invitation`: to what, and the two ways to answer.
#[derive(Template)]
#[template(path = "invitation.html")]
pub struct InvitationPage<'a> {
    /// See [`super::Look::frame`].
    pub frame: Frame<'a>,
    /// What it is for, by name, in the language of the page.
    pub facts: Vec<(&'a str, String)>,
    /// Whether it was declined and can be accepted still.
    pub is_declined: bool,
}

struct Words {
    title: &'static str,
    declined: &'static str,
    accept: &'static str,
    decline: &'static str,
    back: &'static str,
}

impl InvitationPage<'_> {
    fn words(&self) -> Words {
        self.frame.pick(
            Words {
                title: "Invitation",
                declined: "You declined it. You may still accept.",
                accept: "Accept",
                decline: "Decline",
                back: "Back",
            },
            Words {
                title: "Mwaliko",
                declined: "Uliukataa. Bado unaweza kuukubali.",
                accept: "Kubali",
                decline: "Kataa",
                back: "Rudi",
            },
        )
    }
}

impl IntoResponse for InvitationPage<'_> {
    fn into_response(self) -> Response {
        self.frame.respond(StatusCode::OK, &self)
    }
}
