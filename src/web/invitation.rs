//! `/me/invitation`: accepted or declined, each after one more question.

use axum::extract::Form;
use axum::extract::rejection::FormRejection;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use crate::actions::Deed;
use crate::domain::DeclineReason;
use crate::menus::{Ask, Fields, Value};

use super::desk::{Desk, Told, fields};
use super::pages::{FormPage, InvitationPage, Notice, Question, Typing};
use super::site::unreadable;

#[derive(Deserialize)]
pub(super) struct Accepted {
    deployment: String,
}

#[derive(Deserialize)]
pub(super) struct Declined {
    deployment: String,
    reason: String,
    #[serde(default)]
    words: String,
}

/// The invitation to look at first.
pub(super) async fn page(desk: Desk) -> Response {
    let told = match find(&desk).await {
        Ok(told) => told,
        Err(page) => return page,
    };
    InvitationPage {
        frame: desk.frame(),
        facts: facts(&desk, &told),
        is_declined: told.name == "declined",
    }
    .into_response()
}

/// Whether they are sure to accept.
pub(super) async fn accept_form(desk: Desk) -> Response {
    let told = match to_answer(&desk).await {
        Ok(told) => told,
        Err(page) => return page,
    };
    let frame = desk.frame();
    let title = frame.pick("Accept this invitation?", "Ukubali mwaliko huu?");
    let lead = frame.pick(
        "It can't be declined here afterwards.",
        "Baadaye huwezi kukataa hapa.",
    );
    FormPage {
        lead: Some(lead.to_owned()),
        facts: facts(&desk, &told),
        carried: vec![("deployment", told.hidden("deployment"))],
        button: frame.pick("Yes, I accept", "Ndiyo, nakubali"),
        ..FormPage::new(frame, title, "/me/invitation/accept", "/me/invitation")
    }
    .into_response()
}

/// They are.
pub(super) async fn accept(desk: Desk, form: Result<Form<Accepted>, FormRejection>) -> Response {
    let answer = match form {
        Ok(Form(answer)) => answer,
        Err(refusal) => return unreadable(desk.frame(), &refusal),
    };
    let values = fields([("deployment", Value::Hidden(answer.deployment))]);
    match desk.run("invitation.accept", values).await {
        Ok(told) if told.name == "accepted" => desk.say(&Notice::Accepted, "/me"),
        Ok(told) => desk.say(&not_answerable(&told), "/me"),
        Err(page) => page,
    }
}

/// Why they decline.
pub(super) async fn decline_form(desk: Desk) -> Response {
    match to_answer(&desk).await {
        Ok(told) => ask_why(&desk, &told, None),
        Err(page) => page,
    }
}

/// They do.
pub(super) async fn decline(desk: Desk, form: Result<Form<Declined>, FormRejection>) -> Response {
    let answer = match form {
        Ok(Form(answer)) => answer,
        Err(refusal) => return unreadable(desk.frame(), &refusal),
    };
    let reason = DeclineReason::parse(&answer.reason);
    let words = match reason {
        Some(DeclineReason::Words) => Ask::Words.read(&answer.words),
        Some(known) => Some(Value::name(known.shown(desk.language))),
        None => None,
    };
    let (Some(reason), Some(words)) = (reason, words) else {
        return match to_answer(&desk).await {
            Ok(told) => {
                let line = desk.frame().pick(
                    "Choose a reason, or say why in at most 60 letters.",
                    "Chagua sababu, au eleza kwa herufi zisizozidi 60.",
                );
                ask_why(&desk, &told, Some(line.to_owned()))
            }
            Err(page) => page,
        };
    };
    let values = fields([
        ("deployment", Value::Hidden(answer.deployment)),
        ("reason_code", Value::Hidden(reason.code().to_owned())),
        ("reason", words),
    ]);
    match desk.run("invitation.decline", values).await {
        Ok(told) if told.name == "declined" => {
            let until = told.moment("answer_day", "answer_hour");
            desk.say(&Notice::Declined(until), "/me")
        }
        Ok(told) => desk.say(&not_answerable(&told), "/me"),
        Err(page) => page,
    }
}

async fn find(desk: &Desk) -> Result<Told, Response> {
    let told = desk.run("invitation.find", Fields::new()).await?;
    match told.name {
        "open" | "declined" => Ok(told),
        _ => Err(desk.say(&not_answerable(&told), "/me")),
    }
}

/// The same, once they have proven enough to answer.
async fn to_answer(desk: &Desk) -> Result<Told, Response> {
    desk.admit(Deed::AnswerInvitation).await?;
    find(desk).await
}

fn not_answerable(told: &Told) -> Notice {
    match told.name {
        "over" => Notice::TooLateToAnswer(told.moment("answer_day", "answer_hour")),
        _ => Notice::NoInvitation,
    }
}

fn facts(desk: &Desk, told: &Told) -> Vec<(&'static str, String)> {
    let pick = |en, sw| desk.frame().pick(en, sw);
    let centre = format!("{} {}", told.text("centre_code"), told.text("centre_name"));
    vec![
        (pick("Exam", "Mtihani"), told.text("series")),
        (pick("Role", "Wadhifa"), told.text("role")),
        (pick("Exam centre", "Kituo cha mtihani"), centre),
        (pick("Sub-county", "Kaunti ndogo"), told.text("sub_county")),
        (
            pick("Report", "Kuripoti"),
            told.moment("report_day", "report_hour"),
        ),
        (pick("Days", "Siku"), told.days()),
        (pick("Rate per day", "Malipo kwa siku"), told.text("rate")),
        (
            pick("Answer by", "Jibu kabla ya"),
            told.moment("answer_day", "answer_hour"),
        ),
    ]
}

fn ask_why(desk: &Desk, told: &Told, error: Option<String>) -> Response {
    let frame = desk.frame();
    let title = frame.pick("Decline this invitation?", "Ukatae mwaliko huu?");
    let why = frame.pick("Why do you decline?", "Kwa nini unakataa?");
    let words = frame.pick("In your own words", "Kwa maneno yako");
    let hint = frame.pick(
        "Only where no reason fits.",
        "Ikiwa tu hakuna sababu inayofaa.",
    );
    let reasons = DeclineReason::ALL.iter();
    let reasons = reasons.map(|it| (it.code(), it.shown(desk.language)));
    FormPage {
        error,
        facts: facts(desk, told),
        carried: vec![("deployment", told.hidden("deployment"))],
        questions: vec![
            Question::choice("reason", why, reasons.collect()),
            Question {
                hint: Some(hint),
                is_needed: false,
                ..Question::typed("words", words, Typing::Words, "")
            },
        ],
        button: frame.pick("Yes, I decline", "Ndiyo, nakataa"),
        ..FormPage::new(frame, title, "/me/invitation/decline", "/me/invitation")
    }
    .into_response()
}
