//! A new portal password by SMS.
//!
//! The old password stops working with the commit that queues the SMS. While a new
//! password may still arrive, no second one is made: the person would not know which
//! of two holds. One that has left and is not known to have arrived is sent once more,
//! for a short while; then a new one is made.

use std::time::Duration;

use crate::crypto::fresh_password;
use crate::menus::{ActionSpec, FieldSpec, Kind, OutcomeSpec, SmsSpec, Value};
use crate::store::outbox::{self, Lane};
use crate::store::passwords::{self, PasswordRecord};
use crate::store::{audit, links, web_sessions};
use crate::ussd::Outcome;

use super::admission::{admit, admitted_outcomes};
use super::limits::DAY;
use super::sms::Note;
use super::work::{Action, ActionError, Prepared, Tools, Work};

const WHAT: &str = "password.reset";
const RESENT: &str = "password.resent";
const TEN_MINUTES: Duration = Duration::from_mins(10);

const HOURS: FieldSpec = FieldSpec::new("hours", Kind::Number(4));

pub(super) const RESET: Action = Action {
    spec: ActionSpec {
        name: "password.reset",
        about: "makes a new password and sends it by SMS; the old one stops working",
        writes: true,
        outcomes: admitted_outcomes![
            OutcomeSpec::new("sent", "the SMS is on its way", &[HOURS]),
            OutcomeSpec::new("on_its_way", "an earlier one may still arrive", &[]),
            OutcomeSpec::new("resent", "the one that left lately is sent once more", &[]),
            OutcomeSpec::new("too_many", "the limit of resets is reached", &[]),
        ],
        sends: &[&NEW_PASSWORD],
        ..ActionSpec::BLANK
    },
    run: |work| Box::pin(reset(work)),
};

pub(super) const NEW_PASSWORD: SmsSpec = SmsSpec {
    name: "new_password",
    fields: &[
        FieldSpec::new("user", Kind::Msisdn),
        FieldSpec::new("password", Kind::Code(10)),
        HOURS,
    ],
};

/// Makes and hashes a password, which takes too long for a unit of work.
pub(super) async fn prepare(tools: &Tools) -> Result<Prepared, ActionError> {
    let password = fresh_password();
    let hash = tools.hasher.hash(password.clone()).await?;
    Ok(Prepared {
        password: Some((password, hash)),
        ..Prepared::default()
    })
}

pub(super) async fn reset(work: &mut Work<'_>) -> Result<Outcome, ActionError> {
    let person = admit!(work, ResetPassword);
    if outbox::kept_is_under_way(work.tx, &person.id).await? {
        return Ok(Outcome::of("on_its_way"));
    }
    let policy = &work.tools.policy;
    for (limit, time) in [
        (policy.resets_in_ten_minutes, TEN_MINUTES),
        (policy.resets_in_a_day, DAY),
    ] {
        let mut sent = 0;
        for what in [WHAT, RESENT] {
            sent += audit::count(work.tx, &person.id, what, work.now.minus(time)).await?;
        }
        if sent >= limit {
            return Ok(Outcome::of("too_many"));
        }
    }
    if work.resend(&person).await? {
        work.log(&person, RESENT, None).await?;
        return Ok(Outcome::of("resent").having_changed());
    }
    let (password, hash) = work
        .prepared
        .password
        .take()
        .ok_or(ActionError::NoField("password"))?;
    let record = PasswordRecord {
        hash,
        must_change: true,
        expires_at: Some(work.now.plus(policy.password_life())),
    };
    passwords::replace(work.tx, &person.id, &record, work.now).await?;
    web_sessions::remove_of_person(work.tx, &person.id).await?;
    links::revoke_of_person(work.tx, &person.id, work.now).await?;
    work.log(&person, WHAT, None).await?;
    let hours = Value::Number(u32::try_from(policy.password_hours).unwrap_or(u32::MAX));
    let fields = vec![
        ("user", Value::Msisdn(work.caller.clone())),
        ("password", Value::Code(password.to_string())),
        ("hours", hours.clone()),
    ];
    let sms = Note {
        spec: &NEW_PASSWORD,
        to: work.caller,
        about: Some(&person.id),
        lane: Lane::Credential,
    };
    let id = work.queue(sms, fields).await?;
    outbox::keep(work.tx, &id, work.now.plus(policy.resend_within())).await?;
    Ok(Outcome::of("sent").with("hours", hours).having_changed())
}
