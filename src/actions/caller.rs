//! Who is on the line.

use crate::menus::{ActionSpec, FieldSpec, Kind, OutcomeSpec, Value};
use crate::store::number_changes::{self, Way};
use crate::ussd::Outcome;

use super::invitation;
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
                    FieldSpec::new("invited", Kind::Flag),
                    FieldSpec::new("claimed", Kind::Flag),
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
    let invited = invitation::awaits(work, &person).await?;
    let claim = number_changes::open_of(work.tx, &person.id, Way::LostLine, work.now).await?;
    Ok(Outcome::of("known")
        .with("claimed", Value::Flag(claim.is_some()))
        .with("name", Value::name(person.name.as_str()))
        .with("line", Value::Msisdn(work.caller.clone()))
        .with("invited", Value::Flag(invited)))
}
