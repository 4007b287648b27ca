//! What stands behind the link of an SMS.

use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use super::Frame;

/// Behind the link of an SMS: a letter waits, and a button fetches it.
///
/// Robots that preview links see this page too, so it names nobody. The button
/// posts to the address the page was read from; the token is not repeated in it.
#[derive(Debug, Template)]
#[template(path = "link.html")]
pub struct LinkPage<'a> {
    /// See [`super::Look::frame`].
    pub frame: Frame<'a>,
    /// How long the download can be repeated, in minutes.
    pub minutes: u64,
}

/// Instead of [`LinkPage`], the same for a used, an expired and an invented link.
#[derive(Debug, Template)]
#[template(path = "link_gone.html")]
pub struct LinkGonePage<'a> {
    /// See [`super::Look::frame`].
    pub frame: Frame<'a>,
}

struct Words {
    title: &'static str,
    press: &'static str,
    button: &'static str,
    once: &'static str,
    window: String,
    private: &'static str,
    broken: &'static str,
}

struct GoneWords {
    title: &'static str,
    why: &'static str,
    how: &'static str,
    dial: &'static str,
    choose: &'static str,
    open: &'static str,
}

impl LinkPage<'_> {
    fn words(&self) -> Words {
        let minutes = self.minutes;
        self.frame.pick(
            Words {
                title: "Your letter is ready",
                press: "Press the button to download it. It is a PDF of less than 40 KB.",
                button: "Download letter",
                once: "This link works once, in one browser.",
                window: format!(
                    "If the download breaks, press again here within {minutes} minutes."
                ),
                private: "Do not forward it: whoever has it can take the letter.",
                broken: "For a new link dial",
            },
            Words {
                title: "Barua yako iko tayari",
                press: "Bonyeza kitufe ili kuipakua. Ni PDF isiyozidi KB 40.",
                button: "Pakua barua",
                once: "Kiungo hiki hutumika mara moja tu, kwa kivinjari kimoja.",
                window: format!("Upakuaji ukikatika, bonyeza tena hapa ndani ya dakika {minutes}."),
                private: "Usimtumie mtu mwingine: yeyote aliye nacho anaweza kuchukua barua.",
                broken: "Kupata kiungo kipya piga",
            },
        )
    }
}

impl LinkGonePage<'_> {
    fn words(&self) -> GoneWords {
        self.frame.pick(
            GoneWords {
                title: "This link does not work",
                why: "It was used already, its time is over, or a part of it is missing.",
                how: "How to get another",
                dial: "From your registered number dial",
                choose: "Choose “Get letter by SMS”.",
                open: "Open the new link that comes by SMS.",
            },
            GoneWords {
                title: "Kiungo hiki hakifanyi kazi",
                why: "Kimeshatumika, muda wake umeisha, au sehemu yake inakosekana.",
                how: "Jinsi ya kupata kingine",
                dial: "Kwa nambari uliyosajili piga",
                choose: "Chagua “Pata barua kwa SMS”.",
                open: "Fungua kiungo kipya kitakachokuja kwa SMS.",
            },
        )
    }
}

impl IntoResponse for LinkPage<'_> {
    fn into_response(self) -> Response {
        self.frame.respond(StatusCode::OK, &self)
    }
}

impl IntoResponse for LinkGonePage<'_> {
    fn into_response(self) -> Response {
        self.frame.respond(StatusCode::NOT_FOUND, &self)
    }
}
