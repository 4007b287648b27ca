//! Who is on the line.

use crate::menus::{ActionSpec, FieldSpec, Kind, OutcomeSpec, Value};
use crate::store::deployments;
use crate::ussd::Outcome;

use super::work::{Action, ActionError, Work};

/// The outcome of every action that needs a registered line and finds none.
pub(super) const STRANGER: OutcomeSpec =
    OutcomeSpec::new("stranger", "the line is not registered", &[]);

pub(super) const RECOGNISE: Action = Action {
    spec: ActionSpec {
        name: "caller.recognise",
        about: "looks up who holds the line",
        outcomes: &[
            OutcomeSpec::new(
                "known",
                "the line is registered",
                &[
                    FieldSpec::new("name", Kind::Name(60)),
                    FieldSpec::new("line", Kind::Msisdn),
                    FieldSpec::new("manager", Kind::Flag),
                ],
            ),
            STRANGER,
        ],
        ..ActionSpec::BLANK
    },
    run: |work| Box::pin(recognise(work)),
};

async fn recognise(work: &mut Work<'_>) -> Result<Outcome, ActionError> {
    let Some(person) = work.person().await? else {
        return Ok(Outcome::of(STRANGER.name));
    };
    let manager = deployments::is_manager(work.tx, &person.id).await?;
    Ok(Outcome::of("known")
        .with("name", Value::name(person.name.as_str()))
        .with("line", Value::Msisdn(work.caller.clone()))
        .with("manager", Value::Flag(manager)))
}
