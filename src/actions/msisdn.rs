//! A new telephone number, from the line that is registered now: the PIN, then a code
//! that is sent to the new line and typed back.
//!
//! Nobody learns whether a line is somebody else's. The code goes out in any case, and
//! only whoever can read it on the new line is told that it can't be used.

use crate::crypto::fresh_code;
use crate::domain::Msisdn;
use crate::menus::{ActionSpec, FieldSpec, Kind, OutcomeSpec, SmsSpec, Value};
use crate::store::number_changes::{self, NumberChange, Way};
use crate::store::outbox::{self, Lane};
use crate::store::people::Person;
use crate::store::{StoreError, links, people, web_sessions};
use crate::ussd::Outcome;

use super::admission::{Admission, Deed, LOCKED, WAITS, admit, admitted_outcomes};
use super::caller::STRANGER;
use super::guessing::{Guess, WRONG};
use super::limits::{DAY, use_once};
use super::record::Changed;
use super::reference;
use super::sms::Letterbox;
use super::work::{Action, ActionError, Work};

const NEW_LINE: FieldSpec = FieldSpec::new("new_line", Kind::Msisdn);
const MINUTES: FieldSpec = FieldSpec::new("minutes", Kind::Number(4));

pub(super) const ASK: Action = Action {
    spec: ActionSpec {
        name: "msisdn.ask",
        about: "sends a one-time code to the line that is to become the caller's",
        writes: true,
        inputs: &[NEW_LINE],
        outcomes: admitted_outcomes![
            OutcomeSpec::new("sent", "the code is on its way to the new line", &[MINUTES]),
            OutcomeSpec::new("same", "it is their line already", &[]),
            OutcomeSpec::new("too_many", "the limit of codes is reached", &[]),
        ],
        sends: &[&CODE],
        ..ActionSpec::BLANK
    },
    run: |work| Box::pin(ask(work)),
};

pub(super) const RESUME: Action = Action {
    spec: ActionSpec {
        name: "msisdn.resume",
        about: "looks whether a code was sent that can be typed now",
        outcomes: admitted_outcomes![
            OutcomeSpec::new("open", "it waits to be typed", &[]),
            TOO_LATE,
        ],
        ..ActionSpec::BLANK
    },
    run: |work| Box::pin(resume(work)),
};

const TOO_LATE: OutcomeSpec =
    OutcomeSpec::new("too_late", "the code is too old, or there is none", &[]);

pub(super) const CHANGE: Action = Action {
    spec: ActionSpec {
        name: "msisdn.change",
        about: "makes the new line the caller's number and user name once its code is typed",
        writes: true,
        inputs: &[FieldSpec::new("code_typed", Kind::Secret)],
        // A code is forgotten once it was seen, so nothing can be asked for in between.
        outcomes: &[
            OutcomeSpec::new("saved", "the new line is theirs", &[NEW_LINE]),
            OutcomeSpec::new("not_taken", "that line can't be theirs", &[]),
            TOO_LATE,
            WRONG,
            LOCKED,
            WAITS,
            STRANGER,
        ],
        sends: &[&LEFT, &TAKEN],
        ..ActionSpec::BLANK
    },
    run: |work| Box::pin(change(work)),
};

pub(super) const CODE: SmsSpec = SmsSpec {
    name: "number_code",
    fields: &[FieldSpec::new("one_time", Kind::Code(6)), MINUTES],
};

pub(super) const LEFT: SmsSpec = SmsSpec {
    name: "number_left",
    fields: &[NEW_LINE, FieldSpec::new("day", Kind::Date)],
};

pub(super) const TAKEN: SmsSpec = SmsSpec {
    name: "number_taken",
    fields: &[FieldSpec::new("code", Kind::Code(14))],
};

async fn ask(work: &mut Work<'_>) -> Result<Outcome, ActionError> {
    let Value::Msisdn(new_line) = work.field("new_line")?.clone() else {
        return Err(ActionError::NoField("new_line"));
    };
    let person = admit!(work, ChangeNumber);
    if new_line == *work.caller {
        return Ok(Outcome::of("same"));
    }
    let bucket = format!("number_code:{}", person.id.as_str());
    let limit = [(work.tools.policy.codes_in_a_day, DAY)];
    if !use_once(work.tx, &bucket, &limit, work.now).await? {
        return Ok(Outcome::of("too_many"));
    }
    let code = fresh_code();
    let change = NumberChange {
        asked_at: work.now,
        id: uuid::Uuid::now_v7().to_string(),
        reference: reference::fresh('N'),
        person: person.id.clone(),
        new_line: new_line.clone(),
        code_mac: Some(
            work.tools
                .keys
                .secret_mac(person.id.as_str(), &code)
                .into_bytes(),
        ),
        expires_at: work.now.plus(work.tools.policy.code_life()),
    };
    number_changes::open(work.tx, &change, Way::OwnLine, work.now).await?;
    let detail = format!("{} to {}", work.caller.masked(), new_line.masked());
    work.log(&person, "msisdn.asked", Some(detail)).await?;
    let minutes = Value::Number(u32::try_from(work.tools.policy.code_minutes).unwrap_or(u32::MAX));
    let sms = Letterbox {
        spec: &CODE,
        to: &new_line,
        about: &person,
        lane: Lane::Credential,
    };
    let fields = vec![
        ("one_time", Value::Code(code.to_string())),
        ("minutes", minutes.clone()),
    ];
    work.send(sms, fields).await?;
    Ok(Outcome::of("sent").with("minutes", minutes))
}

async fn resume(work: &mut Work<'_>) -> Result<Outcome, ActionError> {
    let person = admit!(work, ChangeNumber);
    let open = number_changes::open_of(work.tx, &person.id, Way::OwnLine, work.now).await?;
    Ok(Outcome::of(if open.is_some() {
        "open"
    } else {
        TOO_LATE.name
    }))
}

async fn change(work: &mut Work<'_>) -> Result<Outcome, ActionError> {
    let typed = work.secret("code_typed")?;
    let person = match work.admission(Deed::ChangeNumber).await? {
        Admission::Granted(person) => *person,
        Admission::Refused(outcome) if outcome.again => return Err(ActionError::Unproven),
        Admission::Refused(outcome) => return Ok(outcome),
    };
    let open = number_changes::open_of(work.tx, &person.id, Way::OwnLine, work.now).await?;
    let Some(open) = open else {
        return Ok(Outcome::of(TOO_LATE.name));
    };
    let kept = open
        .code_mac
        .as_deref()
        .and_then(|mac| std::str::from_utf8(mac).ok());
    let keys = &work.tools.keys;
    let owner = person.id.as_str();
    let is_right = || kept.is_some_and(|kept| keys.secret_matches(kept, owner, &typed));
    if let Guess::Not(outcome) = work.guess(&format!("code:{owner}"), is_right).await? {
        return Ok(outcome);
    }
    number_changes::close(work.tx, &open.id, "made", owner, work.now).await?;
    // Looked up first, since a failed statement ends the whole unit of work on PostgreSQL.
    if people::by_msisdn(work.tx, &open.new_line).await?.is_some() {
        return Ok(Outcome::of("not_taken").having_changed());
    }
    move_to(work, &person, &open.new_line, None).await?;
    Ok(Outcome::of("saved")
        .with("new_line", Value::Msisdn(open.new_line))
        .having_changed())
}

/// Makes a line somebody's, ends what the old one could open, and tells both.
pub(super) async fn move_to(
    work: &mut Work<'_>,
    person: &Person,
    new_line: &Msisdn,
    waits_until: Option<crate::domain::Timestamp>,
) -> Result<(), ActionError> {
    match people::set_msisdn(work.tx, &person.id, new_line, waits_until, work.now).await {
        // Somebody took it in this very moment; the turn fails and is taken anew.
        Err(StoreError::Duplicate) => return Err(StoreError::Duplicate.into()),
        other => other?,
    }
    // Whoever holds the old line must not open what was meant for the person.
    links::revoke_of_person(work.tx, &person.id, work.now).await?;
    web_sessions::remove_of_person(work.tx, &person.id).await?;
    outbox::erase_kept_of(work.tx, &person.id, work.now).await?;
    let old_line = person.msisdn.as_ref();
    let old = old_line.map_or_else(|| "none".to_owned(), Msisdn::masked);
    let detail = format!("{old} to {}", new_line.masked());
    let changed = Changed {
        field: "msisdn",
        old: old_line.map(Msisdn::as_str),
        new: Some(new_line.as_str()),
    };
    work.keep_change(person, changed).await?;
    work.log(person, "msisdn.changed", Some(detail)).await?;
    if let Some(old_line) = old_line {
        let to_old = Letterbox {
            spec: &LEFT,
            to: old_line,
            about: person,
            lane: Lane::Transaction,
        };
        let fields = vec![
            ("new_line", Value::Msisdn(new_line.clone())),
            ("day", Value::Date(work.now.date_in_kenya())),
        ];
        work.send(to_old, fields).await?;
    }
    let to_new = Letterbox {
        spec: &TAKEN,
        to: new_line,
        about: person,
        lane: Lane::Transaction,
    };
    let code = Value::Code(work.tools.service_code.clone());
    work.send(to_new, vec![("code", code)]).await
}
