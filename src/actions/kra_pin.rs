//! A new KRA PIN.

use crate::domain::KraPin;
use crate::menus::{ActionSpec, FieldSpec, Kind, OutcomeSpec, SmsSpec, Value};
use crate::store::people;
use crate::ussd::Outcome;

use super::admission::{admit, admitted_outcomes};
use super::record::Changed;
use super::work::{Action, ActionError, Work};

pub(super) const CHANGE: Action = Action {
    spec: ActionSpec {
        name: "kra_pin.change",
        about: "keeps a new KRA PIN and confirms it by SMS",
        writes: true,
        inputs: &[FieldSpec::new("kra_pin", Kind::KraPin)],
        outcomes: admitted_outcomes![OutcomeSpec::new("saved", "it is kept", &[]),],
        sends: &[&CHANGED],
        ..ActionSpec::BLANK
    },
    run: |work| Box::pin(change(work)),
};

pub(super) const CHANGED: SmsSpec = SmsSpec {
    name: "kra_pin_changed",
    fields: &[
        FieldSpec::new("day", Kind::Date),
        FieldSpec::new("code", Kind::Code(14)),
    ],
};

async fn change(work: &mut Work<'_>) -> Result<Outcome, ActionError> {
    let Value::KraPin(pin) = work.field("kra_pin")?.clone() else {
        return Err(ActionError::NoField("kra_pin"));
    };
    let person = admit!(work, ChangeRecord);
    people::set_kra_pin(work.tx, &person.id, &pin, work.now).await?;
    let changed = Changed {
        field: "kra_pin",
        old: person.kra_pin.as_ref().map(KraPin::as_str),
        new: Some(pin.as_str()),
    };
    work.keep_change(&person, changed).await?;
    work.log(&person, "kra_pin.changed", None).await?;
    work.confirm(&CHANGED, &person, Vec::new()).await?;
    Ok(Outcome::of("saved").having_changed())
}
