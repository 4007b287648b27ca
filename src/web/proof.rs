//! `/me/proof`: the ID number or the PIN, where what is wanted demands it.

use axum::extract::Form;
use axum::extract::rejection::FormRejection;
use axum::response::{IntoResponse, Redirect, Response};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use crate::menus::{Ask, Value};

use super::desk::{Desk, fields};
use super::pages::{FormPage, Question, Typing};
use super::site::unreadable;

/// What is to be proven.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Wanted {
    Pin,
    NationalId,
}

/// A filled form.
#[derive(Deserialize)]
pub(super) struct Typed {
    what: Wanted,
    proof: SecretString,
    then: String,
}

/// An empty form, which leads on to the page that is wanted.
pub(super) fn ask(desk: &Desk, wanted: Wanted, then: &str, error: Option<String>) -> Response {
    let frame = desk.frame();
    let title = frame.pick("Show that it is you", "Thibitisha ni wewe");
    let label = match wanted {
        Wanted::Pin => frame.pick("CP2 PIN (4 digits)", "PIN ya CP2 (tarakimu 4)"),
        Wanted::NationalId => frame.pick("National ID number", "Nambari ya kitambulisho"),
    };
    FormPage {
        error,
        carried: vec![
            ("what", wanted.name().to_owned()),
            ("then", then.to_owned()),
        ],
        questions: vec![Question::typed("proof", label, Typing::Secret, "")],
        button: frame.pick("Go on", "Endelea"),
        ..FormPage::new(frame, title, "/me/proof", "/me")
    }
    .into_response()
}

/// Whoever comes back to the address of a filled form begins anew: what it was to lead to came
/// with the form.
pub(super) async fn begun(desk: Desk) -> Response {
    desk.goto("/me")
}

/// Compares what was typed, and leads on.
pub(super) async fn prove(desk: Desk, form: Result<Form<Typed>, FormRejection>) -> Response {
    let typed = match form {
        Ok(Form(typed)) => typed,
        Err(refusal) => return unreadable(desk.frame(), &refusal),
    };
    let (action, field, ask_for) = match typed.what {
        Wanted::Pin => ("pin.prove", "pin", Ask::Pin),
        Wanted::NationalId => ("id.prove", "typed_id", Ask::Digits),
    };
    let wrong = |line: String| ask(&desk, typed.what, &typed.then, Some(line));
    let frame = desk.frame();
    let Some(secret @ Value::Secret(_)) = ask_for.read(typed.proof.expose_secret()) else {
        return wrong(
            frame
                .pick("Digits only, please.", "Tarakimu tu, tafadhali.")
                .to_owned(),
        );
    };
    let told = match desk.run(action, fields([(field, secret)])).await {
        Ok(told) => told,
        Err(page) => return page,
    };
    if told.name == "wrong" {
        let left = told.text("tries");
        return wrong(frame.pick(
            format!("That does not match our record. Tries left: {left}."),
            format!("Hailingani na rekodi yetu. Majaribio yaliyobaki: {left}."),
        ));
    }
    Redirect::to(own_page(&typed.then)).into_response()
}

/// A page of whoever is logged in, and no other: what a form carries may be anything.
fn own_page(path: &str) -> &str {
    let is_plain = |byte: u8| byte.is_ascii_graphic() && !matches!(byte, b'\\' | b'"' | b'#');
    let is_ours = path == "/centre" || path.starts_with("/me/") || path.starts_with("/centre/");
    if is_ours && path.bytes().all(is_plain) {
        path
    } else {
        "/me"
    }
}

impl Wanted {
    fn name(self) -> &'static str {
        match self {
            Self::Pin => "pin",
            Self::NationalId => "national_id",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proof_leads_to_own_pages_only() {
        for path in ["/me/number", "/centre", "/centre/x/roster?role=SUP&lang=sw"] {
            assert_eq!(own_page(path), path);
        }
        for path in [
            "//evil.example",
            "https://evil.example",
            "/login",
            "/me/\r\nx: y",
            "/me/\\",
        ] {
            assert_eq!(own_page(path), "/me");
        }
    }
}
