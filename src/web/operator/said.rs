//! What the page after a deed says about it. The word in its address is one of a closed list.

use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

/// What the address of a page may say.
#[derive(Debug, Default, Deserialize)]
pub(in crate::web) struct Said {
    #[serde(default)]
    said: String,
    #[serde(default)]
    watching: String,
}

impl Said {
    /// Whether the page is loaded anew by itself.
    pub(super) fn watches(&self) -> bool {
        self.watching == "1"
    }

    /// The line to show.
    pub(super) fn line(&self) -> Option<&'static str> {
        Some(match self.said.as_str() {
            "done" => "Done. It stands in the audit log under your name.",
            "first" => "Noted. Another member of staff must want it too, within a day.",
            "nothing" => "There was nothing to do.",
            "no_line" => "This person has no line that an SMS could go to.",
            "too_many" => "The limit for this person is reached: it can be done again later.",
            "on_its_way" => "An earlier SMS may still arrive. Wait for it.",
            "needs_pin" | "needs_set_up" => "It takes the person's PIN: they must dial.",
            "needs_id" => "It takes the person's ID number: they must dial.",
            "locked" => "Too many wrong guesses: unlock first.",
            "waits" => "The line, the PIN or the SIM card is too new: it waits.",
            "checking" => "The network is being asked about the SIM card. Try again in a minute.",
            "gone" => "That is no longer theirs.",
            "not_waiting" => "Nothing of that reference waits any more: somebody was faster.",
            "id_is_known" => {
                "Somebody with that ID number is registered already: refuse, or mend that record."
            }
            "line_is_held" => "Somebody holds that line by now.",
            "too_long" => "That answer is longer than 90 characters, or says nothing.",
            "made" => "Made. Nothing is sent yet: try it on a phone of yours, then start it.",
            "tried" => "Two SMS with made-up data are on their way to that number.",
            "erased" => "Erased. Nothing that names this person is left.",
            "has_work" => "This person has work that is not over: it has to be taken back first.",
            "not_meant" => "Nobody was erased: tick the box to say that it is meant.",
            "no_name" => {
                "A user name is 2 to 32 small letters, digits, dots or hyphens, a letter first."
            }
            "taken" => "Somebody has that user name.",
            "own_account" => "Your own account is changed by another manager.",
            "no_client" => {
                "A system's name is 2 to 32 small letters, digits or hyphens, a letter first."
            }
            "no_scope" => "Tick what the key is to open.",
            "no_days" => "A key holds 1 to 731 days.",
            "no_number" => "That is no telephone number.",
            "" => return None,
            _ => "It was not done.",
        })
    }
}

/// Back to a page, with a word about what came of a deed.
pub(super) fn back(path: &str, word: &str) -> Response {
    Redirect::to(&format!("{path}?said={word}")).into_response()
}
