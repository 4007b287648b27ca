//! A person's own record, as screens show it.

use crate::menus::{ActionSpec, FieldSpec, Kind, OutcomeSpec, Value};
use crate::ussd::Outcome;

use super::caller::STRANGER;
use super::work::{Action, ActionError, Work};

pub(super) const FIND: Action = Action {
    spec: ActionSpec {
        name: "details.find",
        about: "looks up the caller's own record",
        writes: false,
        inputs: &[],
        outcomes: &[
            OutcomeSpec {
                name: "found",
                about: "here it is",
                fields: &[
                    FieldSpec {
                        name: "name",
                        kind: Kind::Name(60),
                    },
                    FieldSpec {
                        name: "line",
                        kind: Kind::Msisdn,
                    },
                    FieldSpec {
                        name: "kra_pin_state",
                        kind: Kind::Code(11),
                    },
                ],
            },
            STRANGER,
        ],
        item: &[],
    },
    run: |work| Box::pin(find(work)),
};

async fn find(work: &mut Work<'_>) -> Result<Outcome, ActionError> {
    let Some(person) = work.person().await? else {
        return Ok(Outcome::of(STRANGER.name));
    };
    // The phone may be in other hands: enough of the PIN to recognise it, no more.
    let kra_pin = person.kra_pin.map_or("-".to_owned(), |pin| {
        let pin = pin.as_str();
        format!("{}*****{}", &pin[..2], &pin[7..])
    });
    Ok(Outcome::of("found")
        .with("name", Value::name(person.name.as_str()))
        .with("line", Value::Msisdn(work.caller.clone()))
        .with("kra_pin_state", Value::Code(kra_pin)))
}
