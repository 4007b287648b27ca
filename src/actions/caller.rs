//! Who is on the line.

use crate::menus::{ActionSpec, FieldSpec, Kind, OutcomeSpec, Value};
use crate::ussd::Outcome;

use super::work::{Action, ActionError, Work};

/// The outcome of every action that needs a registered line and finds none.
pub(super) const STRANGER: OutcomeSpec = OutcomeSpec {
    name: "stranger",
    about: "the line is not registered",
    fields: &[],
};

pub(super) const RECOGNISE: Action = Action {
    spec: ActionSpec {
        name: "caller.recognise",
        about: "looks up who holds the line",
        writes: false,
        inputs: &[],
        outcomes: &[
            OutcomeSpec {
                name: "known",
                about: "the line is registered",
                fields: &[
                    FieldSpec {
                        name: "name",
                        kind: Kind::Name(60),
                    },
                    FieldSpec {
                        name: "line",
                        kind: Kind::Msisdn,
                    },
                ],
            },
            STRANGER,
        ],
        item: &[],
    },
    run: |work| Box::pin(recognise(work)),
};

async fn recognise(work: &mut Work<'_>) -> Result<Outcome, ActionError> {
    let Some(person) = work.person().await? else {
        return Ok(Outcome::of(STRANGER.name));
    };
    Ok(Outcome::of("known")
        .with("name", Value::name(person.name.as_str()))
        .with("line", Value::Msisdn(work.caller.clone())))
}
