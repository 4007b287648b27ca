//! Whether a printed letter is genuine.

use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use jiff::civil::Date;

use crate::domain::{Role, Series, long_date};

use super::Frame;

/// `GET /v` asks for the code, `GET /v/{code}` says what it comes to.
#[derive(Template)]
#[template(path = "check.html")]
pub struct CheckPage<'a> {
    /// See [`super::Look::frame`].
    pub frame: Frame<'a>,
    /// How far it has come.
    pub state: CheckState,
}

/// How far it has come.
pub enum CheckState {
    /// Nothing is typed yet.
    Asking,
    /// What was typed can be no check code.
    NoCode,
    /// The letter holds.
    Genuine(Checked),
    /// The council wrote it and took it back.
    Withdrawn,
    /// The council never wrote it.
    Forged,
}

/// What a genuine letter must say.
pub struct Checked {
    /// For which exam.
    pub series: Series,
    /// As what its holder serves.
    pub role: Role,
    /// Where: code and name.
    pub centre: String,
    /// The first day of work.
    pub starts_on: Date,
    /// The last day of work.
    pub ends_on: Date,
    /// The last digits of the holder's ID number.
    pub id_end: String,
}

struct Words {
    title: &'static str,
    label: &'static str,
    hint: &'static str,
    button: &'static str,
    genuine: &'static str,
    compare: &'static str,
    withdrawn: &'static str,
    forged: &'static str,
    keep_out: &'static str,
    another: &'static str,
    series: &'static str,
    role: &'static str,
    centre: &'static str,
    days: &'static str,
    id_end: &'static str,
}

impl CheckPage<'_> {
    fn words(&self) -> Words {
        self.frame.pick(
            Words {
                title: "Is this letter genuine?",
                label: "Check code",
                hint: "The 15 digits at the end of the letter, such as 9900001 0000 0000",
                button: "Check",
                genuine: "This letter is genuine.",
                compare: "Compare all of this with the letter and with the ID card of whoever shows it:",
                withdrawn: "The council wrote this letter and has taken it back. It is not valid any more.",
                forged: "The council has not written a letter with this code.",
                keep_out: "Compare the digits once more. If they are right, the letter is forged: \
                           do not admit whoever shows it, and tell the council.",
                another: "Check another letter",
                series: "Exam",
                role: "Role",
                centre: "Centre",
                days: "Days",
                id_end: "ID card ends in",
            },
            Words {
                title: "Je, barua hii ni halali?",
                label: "Nambari ya uhakiki",
                hint: "Tarakimu 15 mwishoni mwa barua, kama 9900001 0000 0000",
                button: "Hakiki",
                genuine: "Barua hii ni halali.",
                compare: "Linganisha haya yote na barua, na kitambulisho cha anayeileta:",
                withdrawn: "Baraza liliandika barua hii na limeiondoa. Haitumiki tena.",
                forged: "Baraza halijaandika barua yenye nambari hii.",
                keep_out: "Linganisha tarakimu tena. Kama ni sahihi, barua ni ghushi: \
                           usimruhusu anayeileta, na uliarifu baraza.",
                another: "Hakiki barua nyingine",
                series: "Mtihani",
                role: "Kazi",
                centre: "Kituo",
                days: "Siku",
                id_end: "Kitambulisho kinaishia na",
            },
        )
    }

    fn is_form(&self) -> bool {
        matches!(self.state, CheckState::Asking | CheckState::NoCode)
    }

    fn error_line(&self) -> Option<&'static str> {
        matches!(self.state, CheckState::NoCode).then(|| {
            self.frame.pick(
                "A check code has 15 digits.",
                "Nambari ya uhakiki ina tarakimu 15.",
            )
        })
    }

    fn checked(&self) -> Option<&Checked> {
        match &self.state {
            CheckState::Genuine(checked) => Some(checked),
            _ => None,
        }
    }

    fn is_withdrawn(&self) -> bool {
        matches!(self.state, CheckState::Withdrawn)
    }

    fn role(&self, checked: &Checked) -> String {
        let role = checked.role;
        let name = self.frame.pick(role.english(), role.kiswahili());
        format!("{name} ({})", role.code())
    }

    fn days(&self, checked: &Checked) -> String {
        let day = |date| long_date(date, self.frame.language());
        format!("{} – {}", day(checked.starts_on), day(checked.ends_on))
    }
}

impl IntoResponse for CheckPage<'_> {
    fn into_response(self) -> Response {
        let status = match self.state {
            CheckState::NoCode => StatusCode::UNPROCESSABLE_ENTITY,
            CheckState::Withdrawn => StatusCode::GONE,
            CheckState::Forged => StatusCode::NOT_FOUND,
            CheckState::Asking | CheckState::Genuine(_) => StatusCode::OK,
        };
        self.frame.respond(status, &self)
    }
}
