//! What the manager of a centre sees.

use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use super::Frame;

/// `GET /centre`, for whoever manages more than one.
#[derive(Template)]
#[template(path = "centres.html")]
pub struct CentresPage<'a> {
    /// See [`super::Look::frame`].
    pub frame: Frame<'a>,
    /// Where each is looked at, its code and name, and the exam.
    pub entries: Vec<(String, String, String)>,
}

/// One centre.
#[derive(Template)]
#[template(path = "centre.html")]
pub struct CentrePage<'a> {
    /// See [`super::Look::frame`].
    pub frame: Frame<'a>,
    /// Where it is looked at.
    pub path: String,
    /// `99208105`, which is its user name too.
    pub code: String,
    /// Never cut; the page breaks the line.
    pub name: String,
    /// Where it lies.
    pub location: String,
    /// How many candidates are registered.
    pub candidates: String,
    /// Where the papers come from.
    pub distribution_centre: String,
    /// How many kilometres away that is.
    pub distance: String,
}

/// The days whose register is open.
#[derive(Template)]
#[template(path = "days.html")]
pub struct DaysPage<'a> {
    /// See [`super::Look::frame`].
    pub frame: Frame<'a>,
    /// The page of the centre.
    pub path: String,
    /// Where each is kept, and the day as it is shown.
    pub days: Vec<(String, String)>,
}

struct Words {
    centres: &'static str,
    user_name: &'static str,
    location: &'static str,
    candidates: &'static str,
    papers: &'static str,
    distance: &'static str,
    change: &'static str,
    people: &'static str,
    attendance: &'static str,
    which_day: &'static str,
    back: &'static str,
    my_page: &'static str,
}

fn words(frame: Frame<'_>) -> Words {
    frame.pick(
        Words {
            centres: "My exam centres",
            user_name: "User name of the centre",
            location: "Location",
            candidates: "Registered candidates",
            papers: "Distribution centre",
            distance: "Distance",
            change: "Change the distance",
            people: "People here",
            attendance: "Attendance",
            which_day: "Attendance: which day?",
            back: "Back",
            my_page: "My own page",
        },
        Words {
            centres: "Vituo vyangu vya mtihani",
            user_name: "Jina la mtumiaji la kituo",
            location: "Mahali",
            candidates: "Watahiniwa waliosajiliwa",
            papers: "Kituo cha kusambaza mitihani",
            distance: "Umbali",
            change: "Badilisha umbali",
            people: "Walio hapa",
            attendance: "Mahudhurio",
            which_day: "Mahudhurio: siku gani?",
            back: "Rudi",
            my_page: "Ukurasa wangu",
        },
    )
}

/// Three pages that share their words and are always there.
macro_rules! page {
    ($page:ident) => {
        impl $page<'_> {
            fn words(&self) -> Words {
                words(self.frame)
            }
        }

        impl IntoResponse for $page<'_> {
            fn into_response(self) -> Response {
                self.frame.respond(StatusCode::OK, &self)
            }
        }
    };
}

page!(CentresPage);
page!(CentrePage);
page!(DaysPage);
