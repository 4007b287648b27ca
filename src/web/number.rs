//! `/me/number`: another telephone number, by a code that is sent to it.

use axum::extract::Form;
use axum::extract::rejection::FormRejection;
use axum::response::{IntoResponse, Response};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use crate::actions::Deed;
use crate::menus::{Ask, Fields};

use super::desk::{Desk, fields};
use super::pages::{FormPage, Notice, Question, Typing};
use super::site::unreadable;

#[derive(Deserialize)]
pub(super) struct Wanted {
    number: String,
}

#[derive(Deserialize)]
pub(super) struct Typed {
    code: SecretString,
}

/// Asks for the new number.
pub(super) async fn form(desk: Desk) -> Response {
    match desk.admit(Deed::ChangeNumber).await {
        Ok(()) => ask(&desk, "", None),
        Err(page) => page,
    }
}

/// Sends the code to it.
pub(super) async fn send(desk: Desk, form: Result<Form<Wanted>, FormRejection>) -> Response {
    let typed = match form {
        Ok(Form(wanted)) => wanted.number,
        Err(refusal) => return unreadable(desk.frame(), &refusal),
    };
    let frame = desk.frame();
    let wrong = |line: &str| ask(&desk, &typed, Some(line.to_owned()));
    let Some(line) = Ask::Msisdn.read(&typed) else {
        return wrong(frame.pick(
            "That is not a Kenyan mobile number.",
            "Hiyo si nambari ya simu ya Kenya.",
        ));
    };
    match desk.run("msisdn.ask", fields([("new_line", line)])).await {
        Ok(told) if told.name == "same" => wrong(frame.pick(
            "That is your number already.",
            "Hiyo tayari ni nambari yako.",
        )),
        Ok(told) if told.name == "too_many" => desk.say(&Notice::TooManyCodes, "/me"),
        Ok(_) => desk.goto("/me/number/code"),
        Err(page) => page,
    }
}

/// Asks for the code.
pub(super) async fn code_form(desk: Desk) -> Response {
    match desk.run("msisdn.resume", Fields::new()).await {
        Ok(told) if told.name == "open" => ask_code(&desk, None),
        Ok(_) => desk.say(&Notice::NoCode, "/me/number"),
        Err(page) => page,
    }
}

/// Takes the number once the code is right.
pub(super) async fn take(desk: Desk, form: Result<Form<Typed>, FormRejection>) -> Response {
    // The action forgets the code, so what it demands is asked for before.
    if let Err(page) = desk.admit(Deed::ChangeNumber).await {
        return page;
    }
    let typed = match form {
        Ok(Form(typed)) => typed.code,
        Err(refusal) => return unreadable(desk.frame(), &refusal),
    };
    let frame = desk.frame();
    let Some(code) = Ask::Code.read(typed.expose_secret().trim()) else {
        let line = frame.pick("A code has 6 digits.", "Msimbo una tarakimu 6.");
        return ask_code(&desk, Some(line.to_owned()));
    };
    let told = match desk
        .run("msisdn.change", fields([("code_typed", code)]))
        .await
    {
        Ok(told) => told,
        Err(page) => return page,
    };
    match told.name {
        "saved" => desk.say(&Notice::NumberTaken(told.text("new_line")), "/login"),
        "not_taken" => desk.say(&Notice::NumberNotTaken, "/me/number"),
        "wrong" => {
            let left = told.text("tries");
            let line = frame.pick(
                format!("That is not the code. Tries left: {left}."),
                format!("Huo si msimbo. Majaribio yaliyobaki: {left}."),
            );
            ask_code(&desk, Some(line))
        }
        _ => desk.say(&Notice::NoCode, "/me/number"),
    }
}

fn ask(desk: &Desk, typed: &str, error: Option<String>) -> Response {
    let frame = desk.frame();
    let title = frame.pick("Change your number", "Badilisha nambari");
    let lead = frame.pick(
        "We send a code to the new number. It becomes your user name.",
        "Tutatuma msimbo kwa nambari mpya. Itakuwa jina lako la mtumiaji.",
    );
    let label = frame.pick("New mobile number", "Nambari mpya ya simu");
    FormPage {
        lead: Some(lead.to_owned()),
        error,
        questions: vec![Question::typed("number", label, Typing::Phone, typed)],
        button: frame.pick("Send the code", "Tuma msimbo"),
        ..FormPage::new(frame, title, "/me/number", "/me/details")
    }
    .into_response()
}

fn ask_code(desk: &Desk, error: Option<String>) -> Response {
    let frame = desk.frame();
    let title = frame.pick("Type the code", "Andika msimbo");
    let lead = frame.pick(
        "It was sent by SMS to the new number. All browsers are logged out then.",
        "Umetumwa kwa SMS kwa nambari mpya. Vivinjari vyote vitaondolewa.",
    );
    let label = frame.pick("Code (6 digits)", "Msimbo (tarakimu 6)");
    FormPage {
        lead: Some(lead.to_owned()),
        error,
        questions: vec![Question::typed("code", label, Typing::Code, "")],
        ..FormPage::new(frame, title, "/me/number/code", "/me/number")
    }
    .into_response()
}
