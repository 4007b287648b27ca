//! A person's own record.

use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use super::Frame;

/// `GET /me/details`: each detail as a phone would show it, and the way to change it.
#[derive(Template)]
#[template(path = "details.html")]
pub struct DetailsPage<'a> {
    /// See [`super::Look::frame`].
    pub frame: Frame<'a>,
    /// Full name as on the ID.
    pub name: String,
    /// `2547…`
    pub line: String,
    /// With its middle hidden.
    pub kra_pin: String,
    /// In the language of the page.
    pub qualification: String,
    /// School or office.
    pub workstation: String,
    /// Sub-county and county.
    pub place: String,
    /// With its name hidden.
    pub email: String,
}

struct Words {
    title: &'static str,
    name: &'static str,
    fixed: &'static str,
    change: &'static str,
    back: &'static str,
}

impl DetailsPage<'_> {
    fn words(&self) -> Words {
        self.frame.pick(
            Words {
                title: "My details",
                name: "Name",
                fixed: "It must be your M-PESA name. See your TSC sub-county director to change it.",
                change: "Change",
                back: "Back",
            },
            Words {
                title: "Maelezo yangu",
                name: "Jina",
                fixed: "Liwe jina lako la M-PESA. Muone mkurugenzi wa TSC wa kaunti ndogo kulibadilisha.",
                change: "Badilisha",
                back: "Rudi",
            },
        )
    }

    /// What a detail is called, what it is, and where it is changed.
    fn rows(&self) -> [(&'static str, &str, &'static str); 6] {
        let pick = |en, sw| self.frame.pick(en, sw);
        [
            (pick("Phone", "Simu"), &self.line, "/me/number"),
            (
                pick("KRA PIN", "PIN ya KRA"),
                &self.kra_pin,
                "/me/details/kra_pin",
            ),
            (
                pick("Highest qualification", "Kiwango cha elimu"),
                &self.qualification,
                "/me/details/qualification",
            ),
            (
                pick("School or office", "Shule au ofisi"),
                &self.workstation,
                "/me/details/workstation",
            ),
            (pick("County", "Kaunti"), &self.place, "/me/details/place"),
            (
                pick("E-mail address", "Barua pepe"),
                &self.email,
                "/me/details/email",
            ),
        ]
    }
}

impl IntoResponse for DetailsPage<'_> {
    fn into_response(self) -> Response {
        self.frame.respond(StatusCode::OK, &self)
    }
}
