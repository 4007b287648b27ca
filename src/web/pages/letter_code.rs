//! A letter by its code, for a browser that is not on the phone.

use askama::Template;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::Frame;

/// `GET /l`, and what follows from the form; it posts `code` and `id_end` to `/l`.
#[derive(Debug, Template)]
#[template(path = "letter_code.html")]
pub struct LetterCodePage<'a> {
    /// See [`super::Look::frame`].
    pub frame: Frame<'a>,
    /// How far it has come.
    pub state: LetterCodeState,
}

/// How far it has come; it never says whether a code was sent to anybody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LetterCodeState {
    /// Nothing is typed yet.
    Asking,
    /// What was typed can be no code, or no four digits.
    NoCode,
    /// The browser brought no cookie.
    NoCookie,
    /// The two do not belong together, or their time is over.
    Wrong,
    /// Too many were wrong for this code; the next one counts after these minutes.
    Locked {
        /// At least one.
        minutes: u64,
    },
    /// Too many came from this address; after these minutes at the latest they count again.
    TooMany {
        /// At least one.
        minutes: u64,
    },
}

/// A letter that is open to this browser.
#[derive(Debug, Template)]
#[template(path = "letter_open.html")]
pub struct LetterOpenPage<'a> {
    /// See [`super::Look::frame`].
    pub frame: Frame<'a>,
    /// How long the download can be repeated, in minutes.
    pub minutes: u64,
}

struct Words {
    title: &'static str,
    code: &'static str,
    code_hint: &'static str,
    id_end: &'static str,
    id_hint: &'static str,
    button: &'static str,
    dial: &'static str,
    choose: &'static str,
}

struct OpenWords {
    title: &'static str,
    button: &'static str,
    window: String,
    shared: &'static str,
    done: &'static str,
}

impl LetterCodePage<'_> {
    fn words(&self) -> Words {
        self.frame.pick(
            Words {
                title: "Your letter by code",
                code: "Code from the SMS",
                code_hint: "Eight letters and digits, such as 7K3M-9QXA",
                id_end: "Last 4 digits of your ID number",
                id_hint: "Of the national ID that you are registered with",
                button: "Open my letter",
                dial: "No code? From your registered number dial",
                choose: "and choose “Get letter by SMS”. The code is in the SMS, beside the link.",
            },
            Words {
                title: "Barua yako kwa msimbo",
                code: "Msimbo ulio kwenye SMS",
                code_hint: "Herufi na tarakimu nane, kama 7K3M-9QXA",
                id_end: "Tarakimu 4 za mwisho za kitambulisho chako",
                id_hint: "Cha kitambulisho ulichojisajili nacho",
                button: "Fungua barua yangu",
                dial: "Huna msimbo? Kwa nambari uliyosajili piga",
                choose: "na uchague “Pata barua kwa SMS”. Msimbo uko kwenye SMS, karibu na kiungo.",
            },
        )
    }

    fn error_line(&self) -> Option<String> {
        let pick = |english: String, kiswahili: String| Some(self.frame.pick(english, kiswahili));
        match self.state {
            LetterCodeState::Asking => None,
            LetterCodeState::NoCode => pick(
                "The code has eight letters and digits, and of the ID four digits are asked for."
                    .into(),
                "Msimbo una herufi na tarakimu nane, na za kitambulisho ni tarakimu nne.".into(),
            ),
            LetterCodeState::NoCookie => pick(
                "Your browser did not keep our cookie. Allow cookies, then send this again.".into(),
                "Kivinjari hakikutunza kidakuzi chetu. Ruhusu vidakuzi, kisha utume tena.".into(),
            ),
            LetterCodeState::Wrong => pick(
                "The code and the digits do not belong together, or the code's time is over."
                    .into(),
                "Msimbo na tarakimu hazilingani, au muda wa msimbo umeisha.".into(),
            ),
            LetterCodeState::Locked { minutes } => pick(
                format!("Too many tries at this code. Wait {minutes} min, then try again."),
                format!("Umejaribu msimbo huu mara nyingi. Subiri dak {minutes}, kisha ujaribu."),
            ),
            LetterCodeState::TooMany { minutes } => pick(
                format!("Too many tries from here. Wait {minutes} min, then try again."),
                format!("Majaribio ni mengi kutoka hapa. Subiri dak {minutes}, kisha ujaribu."),
            ),
        }
    }
}

impl LetterOpenPage<'_> {
    fn words(&self) -> OpenWords {
        let minutes = self.minutes;
        self.frame.pick(
            OpenWords {
                title: "Your letter is open",
                button: "Download letter",
                window: format!(
                    "It is a PDF of less than 40 KB. For {minutes} minutes you can download it \
                     again on this page; going back closes it."
                ),
                shared: "Do others use this computer? Print or copy the letter, delete the file, \
                         then press the button below.",
                done: "I am done: close it",
            },
            OpenWords {
                title: "Barua yako imefunguliwa",
                button: "Pakua barua",
                window: format!(
                    "Ni PDF isiyozidi KB 40. Kwa dakika {minutes} unaweza kuipakua tena kwenye \
                     ukurasa huu; ukirudi nyuma itafungwa."
                ),
                shared: "Je, wengine hutumia kompyuta hii? Chapisha au nakili barua, futa faili, \
                         kisha ubonyeze kitufe kilicho hapa chini.",
                done: "Nimemaliza: ifunge",
            },
        )
    }
}

impl IntoResponse for LetterCodePage<'_> {
    fn into_response(self) -> Response {
        let (status, wait) = match self.state {
            LetterCodeState::Asking => (StatusCode::OK, None),
            LetterCodeState::NoCode | LetterCodeState::NoCookie => {
                (StatusCode::UNPROCESSABLE_ENTITY, None)
            }
            LetterCodeState::Wrong => (StatusCode::FORBIDDEN, None),
            LetterCodeState::Locked { minutes } | LetterCodeState::TooMany { minutes } => {
                (StatusCode::TOO_MANY_REQUESTS, Some(minutes))
            }
        };
        let mut response = self.frame.respond(status, &self);
        if let Some(minutes) = wait {
            let seconds = HeaderValue::from(minutes.saturating_mul(60));
            response.headers_mut().insert(header::RETRY_AFTER, seconds);
        }
        response
    }
}

impl IntoResponse for LetterOpenPage<'_> {
    fn into_response(self) -> Response {
        self.frame.respond(StatusCode::OK, &self)
    }
}
