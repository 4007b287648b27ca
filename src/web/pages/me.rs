//! What a person sees of themselves.

use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use super::Frame;

/// `GET /me`: who is logged in and where they are deployed.
///
/// The buttons post to `/logout`; `everywhere` stands in what the second one posts.
#[derive(Template)]
#[template(path = "me.html")]
pub struct MePage<'a> {
    /// See [`super::Look::frame`].
    pub frame: Frame<'a>,
    /// Full name as on the ID.
    pub name: &'a str,
    /// `2547…`
    pub user_name: &'a str,
    /// Whether an invitation is to be looked at.
    pub is_invited: bool,
    /// Whether they manage a centre.
    pub is_manager: bool,
    /// In the order to show; may be empty.
    pub deployments: &'a [DeploymentCard],
}

/// One deployment, each value as it is shown, in the language of the page.
#[derive(Clone)]
pub struct DeploymentCard {
    /// Where its letter is downloaded.
    pub letter: String,
    /// `KCSE 2026`
    pub series: String,
    /// `Invigilator`
    pub role: String,
    /// `99208105`
    pub centre_code: String,
    /// Never cut; the page breaks the line.
    pub centre_name: String,
    /// Sub-county of the centre.
    pub sub_county: String,
    /// When to report, date and hour.
    pub report: String,
    /// First day.
    pub from: String,
    /// Last day.
    pub to: String,
    /// `KES 550`; the page says that it is per day.
    pub rate: String,
    /// Where the papers come from.
    pub distribution_centre: String,
}

struct Words {
    title: &'static str,
    user_name: &'static str,
    centre: &'static str,
    sub_county: &'static str,
    report: &'static str,
    days: &'static str,
    until: &'static str,
    rate: &'static str,
    distribution_centre: &'static str,
    letter: &'static str,
    invitation: &'static str,
    manage: &'static str,
    details: &'static str,
    password: &'static str,
    none: &'static str,
    decides: &'static str,
    log_out: &'static str,
    everywhere: &'static str,
}

impl MePage<'_> {
    fn words(&self) -> Words {
        self.frame.pick(
            Words {
                title: "My deployment",
                user_name: "User name",
                centre: "Exam centre",
                sub_county: "Sub-county",
                report: "Report",
                days: "Days",
                until: "to",
                rate: "Rate per day",
                distribution_centre: "Distribution centre",
                letter: "Get the letter",
                invitation: "You have an invitation",
                manage: "The centre I manage",
                details: "My details",
                password: "Change password",
                none: "You are not yet deployed.",
                decides: "The TSC sub-county director decides who is deployed where. Ask at that office.",
                log_out: "Log out",
                everywhere: "Log out everywhere",
            },
            Words {
                title: "Nilikopangiwa",
                user_name: "Jina la mtumiaji",
                centre: "Kituo cha mtihani",
                sub_county: "Kaunti ndogo",
                report: "Kuripoti",
                days: "Siku",
                until: "hadi",
                rate: "Malipo kwa siku",
                distribution_centre: "Kituo cha kusambaza mitihani",
                letter: "Pata barua",
                invitation: "Una mwaliko",
                manage: "Kituo ninachosimamia",
                details: "Maelezo yangu",
                password: "Badilisha nenosiri",
                none: "Bado hujapangiwa kituo.",
                decides: "Mkurugenzi wa TSC wa kaunti ndogo ndiye anayeamua. Uliza katika ofisi hiyo.",
                log_out: "Ondoka",
                everywhere: "Ondoka kila mahali",
            },
        )
    }
}

impl IntoResponse for MePage<'_> {
    fn into_response(self) -> Response {
        self.frame.respond(StatusCode::OK, &self)
    }
}
