//! A person's own record, as screens show it.

use crate::menus::{ActionSpec, FieldSpec, Kind, OutcomeSpec, Value};
use crate::ussd::Outcome;

use super::admission::{admit, admitted_outcomes};
use super::work::{Action, ActionError, Work};

pub(super) const FIND: Action = Action {
    spec: ActionSpec {
        name: "details.find",
        about: "looks up the caller's own record",
        outcomes: admitted_outcomes![OutcomeSpec::new(
            "found",
            "here it is",
            &[
                FieldSpec::new("name", Kind::Name(60)),
                FieldSpec::new("line", Kind::Msisdn),
                FieldSpec::new("kra_pin_state", Kind::Code(11)),
            ],
        ),],
        ..ActionSpec::BLANK
    },
    run: |work| Box::pin(find(work)),
};

async fn find(work: &mut Work<'_>) -> Result<Outcome, ActionError> {
    let person = admit!(work, SeeRecord);
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
