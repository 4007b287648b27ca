//! Pages that say what is wrong.

use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use super::Frame;

/// Instead of the page somebody wanted: what is wrong and what to do now.
#[derive(Debug, Template)]
#[template(path = "problem.html")]
pub struct ErrorPage<'a> {
    /// See [`super::Look::frame`].
    pub frame: Frame<'a>,
    /// What went wrong; it sets the status too.
    pub problem: Problem,
}

/// What can go wrong, in terms of what a person can do about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Problem {
    /// What was sent makes no sense to us.
    Unreadable,
    /// Known, but not for this person.
    Refused,
    /// Not on the site, or not yet.
    ByPhone,
    /// There is no such page.
    NotFound,
    /// The page does not take this method.
    WrongMethod,
    /// More was sent than a form can hold.
    TooLarge,
    /// Too often in too short a time.
    TooOften,
    /// Our mistake.
    Fault,
    /// Something we need is away; it will be back.
    Unavailable,
}

struct Words {
    what: &'static str,
    advice: &'static str,
    dial: &'static str,
    home: &'static str,
}

impl Problem {
    fn status(self) -> StatusCode {
        match self {
            Self::Unreadable => StatusCode::BAD_REQUEST,
            Self::Refused | Self::ByPhone => StatusCode::FORBIDDEN,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::WrongMethod => StatusCode::METHOD_NOT_ALLOWED,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TooOften => StatusCode::TOO_MANY_REQUESTS,
            Self::Fault => StatusCode::INTERNAL_SERVER_ERROR,
            Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    fn english(self) -> (&'static str, &'static str) {
        match self {
            Self::Unreadable => (
                "We could not read that.",
                "Go back, check what you typed and send it again.",
            ),
            Self::Refused => (
                "This is not open to you.",
                "Log in first. If you are logged in, it belongs to somebody else.",
            ),
            Self::ByPhone => (
                "Please use your phone for this.",
                "It needs a proof that this page can't take, or has to wait. Your phone says which.",
            ),
            Self::NotFound => (
                "There is no such page.",
                "Check the address: a letter or digit may be missing.",
            ),
            Self::WrongMethod => (
                "This page cannot be used that way.",
                "Start again from the first page.",
            ),
            Self::TooLarge => ("That was too long.", "Go back and send less."),
            Self::TooOften => ("Too many tries.", "Wait a few minutes, then try again."),
            Self::Fault => (
                "Something went wrong on our side.",
                "Try again in a few minutes. If it stays, tell the council.",
            ),
            Self::Unavailable => (
                "The service is away for a moment.",
                "Try again in a few minutes.",
            ),
        }
    }

    fn kiswahili(self) -> (&'static str, &'static str) {
        match self {
            Self::Unreadable => (
                "Hatukuweza kusoma hayo.",
                "Rudi nyuma, angalia ulichoandika kisha utume tena.",
            ),
            Self::Refused => (
                "Huruhusiwi kuona ukurasa huu.",
                "Ingia kwanza. Kama umeshaingia, ukurasa huu ni wa mtu mwingine.",
            ),
            Self::ByPhone => (
                "Tumia simu yako kwa hili.",
                "Unahitaji uthibitisho usiowezekana hapa, au ni lazima usubiri. Simu itakueleza.",
            ),
            Self::NotFound => (
                "Ukurasa huu haupatikani.",
                "Angalia anwani: huenda herufi au nambari inakosekana.",
            ),
            Self::WrongMethod => (
                "Ukurasa huu hautumiki kwa njia hiyo.",
                "Anza upya kwenye ukurasa wa kwanza.",
            ),
            Self::TooLarge => ("Ulichotuma ni kirefu mno.", "Rudi nyuma na utume kifupi."),
            Self::TooOften => (
                "Umejaribu mara nyingi.",
                "Subiri dakika chache, kisha ujaribu tena.",
            ),
            Self::Fault => (
                "Kuna hitilafu upande wetu.",
                "Jaribu tena baada ya dakika chache. Ikiendelea, lijulishe baraza.",
            ),
            Self::Unavailable => (
                "Huduma haipatikani kwa sasa.",
                "Jaribu tena baada ya dakika chache.",
            ),
        }
    }
}

impl ErrorPage<'_> {
    fn words(&self) -> Words {
        let (what, advice) = self
            .frame
            .pick(self.problem.english(), self.problem.kiswahili());
        Words {
            what,
            advice,
            dial: self.frame.pick("You can also dial", "Unaweza pia kupiga"),
            home: self.frame.pick("First page", "Ukurasa wa kwanza"),
        }
    }
}

impl IntoResponse for ErrorPage<'_> {
    fn into_response(self) -> Response {
        self.frame.respond(self.problem.status(), &self)
    }
}
