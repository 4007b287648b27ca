//! The language of a line.

use crate::menus::{ActionSpec, OutcomeSpec};
use crate::store::lines;
use crate::ussd::Outcome;

use super::work::{Action, ActionError, Work};

pub(super) const SWITCH: Action = Action {
    spec: ActionSpec {
        name: "language.switch",
        about: "changes between English and Kiswahili, and remembers it for the line",
        writes: true,
        outcomes: &[OutcomeSpec::new(
            "switched",
            "the other language is on",
            &[],
        )],
        ..ActionSpec::BLANK
    },
    run: |work| Box::pin(switch(work)),
};

async fn switch(work: &mut Work<'_>) -> Result<Outcome, ActionError> {
    let language = work.language.other();
    lines::set_language(work.tx, work.caller, language, work.now).await?;
    Ok(Outcome {
        language: Some(language),
        ..Outcome::of("switched")
    }
    .having_changed())
}
