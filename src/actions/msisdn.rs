//! A new telephone number, from the line that is registered now.

use crate::menus::{ActionSpec, FieldSpec, Kind, OutcomeSpec, SmsSpec, Value};
use crate::store::outbox::Lane;
use crate::store::{StoreError, links, people, web_sessions};
use crate::ussd::Outcome;

use super::caller::STRANGER;
use super::sms::Letterbox;
use super::work::{Action, ActionError, Work};

pub(super) const CHANGE: Action = Action {
    spec: ActionSpec {
        name: "msisdn.change",
        about: "makes another line the caller's number and user name, and tells both lines",
        writes: true,
        inputs: &[FieldSpec::new("new_line", Kind::Msisdn)],
        outcomes: &[
            OutcomeSpec::new("saved", "the new line is theirs", &[]),
            OutcomeSpec::new("same", "it is their line already", &[]),
            OutcomeSpec::new("not_taken", "that line can't be theirs", &[]),
            STRANGER,
        ],
        sends: &[&LEFT, &TAKEN],
        ..ActionSpec::BLANK
    },
    run: |work| Box::pin(change(work)),
};

pub(super) const LEFT: SmsSpec = SmsSpec {
    name: "number_left",
    fields: &[
        FieldSpec::new("new_line", Kind::Msisdn),
        FieldSpec::new("day", Kind::Date),
    ],
};

pub(super) const TAKEN: SmsSpec = SmsSpec {
    name: "number_taken",
    fields: &[FieldSpec::new("code", Kind::Code(14))],
};

async fn change(work: &mut Work<'_>) -> Result<Outcome, ActionError> {
    let Value::Msisdn(new_line) = work.field("new_line")?.clone() else {
        return Err(ActionError::NoField("new_line"));
    };
    let Some(person) = work.person_held().await? else {
        return Ok(Outcome::of(STRANGER.name));
    };
    if new_line == *work.caller {
        return Ok(Outcome::of("same"));
    }
    // Looked up first, since a failed statement ends the whole unit of work on PostgreSQL.
    if people::by_msisdn(work.tx, &new_line).await?.is_some() {
        return Ok(Outcome::of("not_taken"));
    }
    match people::set_msisdn(work.tx, &person.id, &new_line, work.now).await {
        // Somebody took it in this very moment; the turn fails and is taken anew.
        Err(StoreError::Duplicate) => return Err(StoreError::Duplicate.into()),
        other => other?,
    }
    // Whoever holds the old line must not open what was meant for the person.
    links::revoke_of_person(work.tx, &person.id, work.now).await?;
    web_sessions::remove_of_person(work.tx, &person.id).await?;
    let detail = format!("{} to {}", work.caller.masked(), new_line.masked());
    work.log(&person, "msisdn.changed", Some(detail)).await?;
    let day = Value::Date(work.now.date_in_kenya());
    let to_old = Letterbox {
        spec: &LEFT,
        to: work.caller,
        about: &person,
        lane: Lane::Transaction,
    };
    work.send(
        to_old,
        vec![("new_line", Value::Msisdn(new_line.clone())), ("day", day)],
    )
    .await?;
    let to_new = Letterbox {
        spec: &TAKEN,
        to: &new_line,
        about: &person,
        lane: Lane::Transaction,
    };
    let code = Value::Code(work.tools.service_code.clone());
    work.send(to_new, vec![("code", code)]).await?;
    Ok(Outcome::of("saved").having_changed())
}
