//! Who works at a centre.

use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use super::Frame;
use crate::domain::{Language, Role};

/// `GET /centre/…/roster`: some of them, or all to be printed.
#[derive(Template)]
#[template(path = "roster.html")]
pub struct RosterPage<'a> {
    /// See [`super::Look::frame`].
    pub frame: Frame<'a>,
    /// Its code and name, on paper.
    pub centre: Option<String>,
    /// The page of the centre.
    pub path: String,
    /// Who is on this page.
    pub members: &'a [Member],
    /// How many there are as wanted.
    pub count: usize,
    /// The letters that are looked for in names.
    pub name: &'a str,
    /// The code of the role that is looked for.
    pub role: &'a str,
    /// Where the next page begins.
    pub next: Option<usize>,
    /// Whether it is for paper.
    pub is_print: bool,
}

/// One of them, each value as it is shown.
#[derive(Clone)]
pub struct Member {
    /// As on the ID.
    pub name: String,
    /// In the language of the page.
    pub role: String,
    /// `INV`
    pub role_code: String,
    /// `F`
    pub gender: String,
    /// With its middle hidden.
    pub line: String,
    /// Where the council shows it to managers.
    pub national_id: String,
}

struct Words {
    title: &'static str,
    name: &'static str,
    role: &'static str,
    all: &'static str,
    find: &'static str,
    phone: &'static str,
    id: &'static str,
    nobody: &'static str,
    next: &'static str,
    print: &'static str,
    file: &'static str,
    back: &'static str,
}

impl RosterPage<'_> {
    fn words(&self) -> Words {
        self.frame.pick(
            Words {
                title: "People here",
                name: "Name",
                role: "Role",
                all: "All roles",
                find: "Find",
                phone: "Phone",
                id: "ID",
                nobody: "Nobody is found.",
                next: "Next page",
                print: "All on one page, to print",
                file: "Download for a spreadsheet (CSV)",
                back: "Back",
            },
            Words {
                title: "Walio hapa",
                name: "Jina",
                role: "Wadhifa",
                all: "Nyadhifa zote",
                find: "Tafuta",
                phone: "Simu",
                id: "Kitambulisho",
                nobody: "Hakuna aliyepatikana.",
                next: "Ukurasa ufuatao",
                print: "Wote kwenye ukurasa mmoja, wa kuchapisha",
                file: "Pakua kwa lahajedwali (CSV)",
                back: "Rudi",
            },
        )
    }

    /// The roles to choose from: what is sent, what is shown, whether it is chosen.
    fn roles(&self) -> impl Iterator<Item = (&'static str, &'static str, bool)> {
        Role::ALL.into_iter().map(|role| {
            let shown = match self.frame.language() {
                Language::En => role.english(),
                Language::Sw => role.kiswahili(),
            };
            (role.code(), shown, role.code() == self.role)
        })
    }

    /// Whether the council shows managers any ID number.
    fn shows_id(&self) -> bool {
        self.members.iter().any(|member| member.national_id != "-")
    }

    /// What the address says of who is wanted.
    fn wanted(&self) -> String {
        let language = self.frame.language().code();
        let wanted = [("lang", language), ("name", self.name), ("role", self.role)];
        serde_urlencoded::to_string(wanted).unwrap_or_default()
    }
}

impl IntoResponse for RosterPage<'_> {
    fn into_response(self) -> Response {
        self.frame.respond(StatusCode::OK, &self)
    }
}
