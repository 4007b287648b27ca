//! What became of something, in a sentence.

use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use super::Frame;

/// A page that says one thing and leads on.
#[derive(Template)]
#[template(path = "notice.html")]
pub struct NoticePage<'a> {
    /// See [`super::Look::frame`].
    pub frame: Frame<'a>,
    /// What it says.
    pub notice: &'a Notice,
    /// Where it leads.
    pub back: &'a str,
}

/// What there is to say. Days and hours are as they are shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// A change of the record is kept.
    Saved,
    /// The invitation is accepted.
    Accepted,
    /// It is declined; until when that can be taken back.
    Declined(String),
    /// The time to answer it ended then.
    TooLateToAnswer(String),
    /// No invitation waits.
    NoInvitation,
    /// The number is theirs; every browser is logged out.
    NumberTaken(String),
    /// That number can't be theirs.
    NumberNotTaken,
    /// No code waits to be typed.
    NoCode,
    /// Enough codes for a day.
    TooManyCodes,
    /// The register is not open; the days on which it is.
    RegisterClosed(String),
    /// A PIN has to be set first.
    SetPin,
    /// Too many wrong guesses; the minutes it is locked.
    Locked(String),
    /// Something is too new; until when it waits.
    Waits(String),
    /// The network is being asked about the card.
    Checking,
}

impl NoticePage<'_> {
    #[expect(clippy::too_many_lines, reason = "a list of texts in two languages")]
    fn words(&self) -> (String, String) {
        let pick = |en: (&str, &str), sw: (&str, &str)| {
            let (title, text) = self.frame.pick(en, sw);
            (title.to_owned(), text.to_owned())
        };
        let filled = |value: &str, en: (&str, &str), sw: (&str, &str)| {
            let (title, text) = self.frame.pick(en, sw);
            (title.to_owned(), text.replace("{}", value))
        };
        match self.notice {
            Notice::Saved => pick(
                ("Saved", "The change is kept. You will receive an SMS."),
                ("Imehifadhiwa", "Badiliko limehifadhiwa. Utapokea SMS."),
            ),
            Notice::Accepted => pick(
                (
                    "Accepted",
                    "Thank you. An SMS follows, and your letter is on your page.",
                ),
                (
                    "Umekubali",
                    "Asante. Utapokea SMS, na barua iko kwenye ukurasa wako.",
                ),
            ),
            Notice::Declined(until) => filled(
                until,
                (
                    "Declined",
                    "You have declined. You may still accept until {}.",
                ),
                ("Umekataa", "Umekataa. Bado unaweza kukubali hadi {}."),
            ),
            Notice::TooLateToAnswer(ended) => filled(
                ended,
                (
                    "Too late",
                    "The time to answer ended on {}. Please see your TSC sub-county director.",
                ),
                (
                    "Muda umeisha",
                    "Muda wa kujibu uliisha {}. Tafadhali muone mkurugenzi wa TSC wa kaunti ndogo.",
                ),
            ),
            Notice::NoInvitation => pick(
                (
                    "No invitation",
                    "There is no invitation that awaits your answer.",
                ),
                ("Hakuna mwaliko", "Hakuna mwaliko unaosubiri jibu lako."),
            ),
            Notice::NumberTaken(line) => filled(
                line,
                (
                    "New number",
                    "Your number and user name is now {}. Log in with it; your password is the same.",
                ),
                (
                    "Nambari mpya",
                    "Nambari na jina lako la mtumiaji sasa ni {}. Ingia nayo; nenosiri ni lile lile.",
                ),
            ),
            Notice::NumberNotTaken => pick(
                (
                    "Not possible",
                    "That number can't become yours. Use another one, or see your TSC sub-county director.",
                ),
                (
                    "Haiwezekani",
                    "Nambari hiyo haiwezi kuwa yako. Tumia nyingine, au muone mkurugenzi wa TSC wa kaunti ndogo.",
                ),
            ),
            Notice::NoCode => pick(
                (
                    "No code",
                    "The code is too old, or there is none. Ask for a new one.",
                ),
                (
                    "Hakuna msimbo",
                    "Msimbo umepitwa na wakati, au haupo. Omba mwingine.",
                ),
            ),
            Notice::TooManyCodes => pick(
                (
                    "Enough for today",
                    "No more codes can be sent today. Try again tomorrow.",
                ),
                (
                    "Inatosha leo",
                    "Misimbo zaidi haiwezi kutumwa leo. Jaribu tena kesho.",
                ),
            ),
            Notice::RegisterClosed(days) => filled(
                days,
                (
                    "Not open",
                    "The attendance register opens from {}, for each day and the day after it.",
                ),
                (
                    "Haijafunguliwa",
                    "Orodha ya mahudhurio hufunguliwa {}, kwa siku husika na siku inayofuata.",
                ),
            ),
            Notice::SetPin => pick(
                (
                    "Set a PIN first",
                    "You need a CP2 PIN for this. Set it by phone: dial and choose My details, My CP2 PIN.",
                ),
                (
                    "Weka PIN kwanza",
                    "Unahitaji PIN ya CP2. Iweke kwa simu: piga, chagua Maelezo yangu, PIN yangu ya CP2.",
                ),
            ),
            Notice::Locked(minutes) => filled(
                minutes,
                (
                    "Locked",
                    "Too many wrong tries. It is locked for {} minutes.",
                ),
                (
                    "Imefungwa",
                    "Umekosea mara nyingi. Imefungwa kwa dakika {}.",
                ),
            ),
            Notice::Waits(until) => filled(
                until,
                (
                    "Please wait",
                    "For your safety this must wait until {}, because your number, SIM or PIN is new.",
                ),
                (
                    "Tafadhali subiri",
                    "Kwa usalama wako subiri hadi {}, kwa sababu nambari, laini au PIN ni mpya.",
                ),
            ),
            Notice::Checking => pick(
                (
                    "One moment",
                    "We are asking your network about your SIM card. It takes about a minute; then try again.",
                ),
                (
                    "Subiri kidogo",
                    "Tunauliza mtandao wako kuhusu laini yako. Inachukua kama dakika moja; kisha ujaribu tena.",
                ),
            ),
        }
    }

    fn status(&self) -> StatusCode {
        match self.notice {
            Notice::Saved | Notice::Accepted | Notice::Declined(_) | Notice::NumberTaken(_) => {
                StatusCode::OK
            }
            Notice::NoInvitation => StatusCode::NOT_FOUND,
            Notice::Locked(_) | Notice::TooManyCodes => StatusCode::TOO_MANY_REQUESTS,
            Notice::SetPin | Notice::Waits(_) | Notice::Checking => StatusCode::FORBIDDEN,
            Notice::RegisterClosed(_)
            | Notice::TooLateToAnswer(_)
            | Notice::NumberNotTaken
            | Notice::NoCode => StatusCode::CONFLICT,
        }
    }
}

impl Notice {
    fn is_by_phone(&self) -> bool {
        matches!(self, Self::SetPin)
    }
}

impl IntoResponse for NoticePage<'_> {
    fn into_response(self) -> Response {
        self.frame.respond(self.status(), &self)
    }
}
