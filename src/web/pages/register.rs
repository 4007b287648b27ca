//! The attendance register of a day.

use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use super::Frame;

/// `GET /centre/…/attendance/DAY`: some who are expected, each to be marked.
///
/// The form posts a field for each person, `P` or `Ab`.
#[derive(Template)]
#[template(path = "register.html")]
pub struct RegisterPage<'a> {
    /// See [`super::Look::frame`].
    pub frame: Frame<'a>,
    /// This page.
    pub path: String,
    /// The page of all days.
    pub back: String,
    /// As it is shown.
    pub day: String,
    /// Whether nothing can be changed any more.
    pub is_signed: bool,
    /// How many were there.
    pub present: String,
    /// How many were not.
    pub absent: String,
    /// How many have no mark yet.
    pub unmarked: String,
    /// Who is on this page.
    pub people: &'a [Marked],
    /// Where it begins.
    pub from: usize,
    /// Where the next one does.
    pub next: Option<usize>,
}

/// Somebody who is expected.
#[derive(Clone)]
pub struct Marked {
    /// Their deployment.
    pub member: String,
    /// As on the ID.
    pub name: String,
    /// In the language of the page.
    pub role: String,
    /// `P`, `Ab` or `-`.
    pub mark: String,
}

struct Words {
    title: &'static str,
    present: &'static str,
    absent: &'static str,
    unmarked: &'static str,
    is_absent: &'static str,
    is_present: &'static str,
    signed: &'static str,
    save: &'static str,
    next: &'static str,
    sign: &'static str,
    back: &'static str,
}

impl RegisterPage<'_> {
    fn words(&self) -> Words {
        self.frame.pick(
            Words {
                title: "Attendance",
                present: "Present",
                absent: "Absent",
                unmarked: "Not marked",
                is_absent: "Absent",
                is_present: "Present",
                signed: "The day is signed off. It can't be changed.",
                save: "Save",
                next: "Next page",
                sign: "Sign off the day",
                back: "Back",
            },
            Words {
                title: "Mahudhurio",
                present: "Waliopo",
                absent: "Hawapo",
                unmarked: "Bila alama",
                is_absent: "Hayupo",
                is_present: "Yupo",
                signed: "Siku imefungwa. Haiwezi kubadilishwa.",
                save: "Hifadhi",
                next: "Ukurasa ufuatao",
                sign: "Funga siku",
                back: "Rudi",
            },
        )
    }
}

impl IntoResponse for RegisterPage<'_> {
    fn into_response(self) -> Response {
        self.frame.respond(StatusCode::OK, &self)
    }
}
