//! A person's own record, as screens show it.

use crate::domain::{Email, Qualification};
use crate::menus::{ActionSpec, FieldSpec, Kind, OutcomeSpec, Value};
use crate::store::people::Person;
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
                FieldSpec::new("my_qualification", Kind::Code(11)),
                FieldSpec::new("my_workstation", Kind::Name(60)),
                FieldSpec::new("my_place", Kind::Name(42)),
                FieldSpec::new("my_email", Kind::Name(60)),
            ],
        ),],
        ..ActionSpec::BLANK
    },
    run: |work| Box::pin(find(work)),
};

async fn find(work: &mut Work<'_>) -> Result<Outcome, ActionError> {
    let person = admit!(work, SeeRecord);
    let profile = &person.profile;
    let qualification = profile.qualification.as_deref();
    let qualification = qualification.and_then(Qualification::parse);
    let shown = qualification.map_or("-", |known| known.shown(work.language));
    Ok(Outcome::of("found")
        .with("name", Value::name(person.name.as_str()))
        .with("line", Value::Msisdn(work.caller.clone()))
        .with("kra_pin_state", Value::Code(kra_pin(&person)))
        .with("my_qualification", Value::Code(shown.to_owned()))
        .with("my_workstation", or_dash(profile.workstation.as_deref()))
        .with("my_place", or_dash(profile.place().as_deref()))
        .with("my_email", email(&person)))
}

// The phone may be in other hands: enough of what is private to recognise it, no more.

fn kra_pin(person: &Person) -> String {
    person.kra_pin.as_ref().map_or("-".to_owned(), |pin| {
        let pin = pin.as_str();
        format!("{}*****{}", &pin[..2], &pin[7..])
    })
}

fn email(person: &Person) -> Value {
    let address = person.profile.email.as_ref().map(Email::as_str);
    let masked = address.and_then(|address| {
        let (name, host) = address.split_once('@')?;
        Some(format!("{}***@{host}", name.get(..1).unwrap_or_default()))
    });
    or_dash(masked.as_deref())
}

fn or_dash(text: Option<&str>) -> Value {
    Value::name(text.unwrap_or("-"))
}
