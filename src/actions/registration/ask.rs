//! Asking to be registered.

use crate::actions::caller::STRANGER;
use crate::actions::choices::{GENDER, ROLE as ROLE_CHOSEN};
use crate::actions::limits::{DAY, private_bucket, use_once};
use crate::actions::places::{COUNTY, SUB_COUNTY};
use crate::actions::reference;
use crate::actions::sms::Note;
use crate::actions::work::{Action, ActionError, Work};
use crate::menus::{ActionSpec, FieldSpec, Kind, OutcomeSpec, SmsSpec, Value};
use crate::store::outbox::Lane;
use crate::store::registrations::{self, Registration};
use crate::store::{audit, guesses};
use crate::ussd::Outcome;

use super::REFERENCE;
use super::applicant::{Applicant, is_for_teachers};

/// The least and the greatest age of somebody who asks.
const AGES: std::ops::RangeInclusive<i16> = 18..=80;

const BIRTH_YEAR: FieldSpec = FieldSpec::new("birth_year", Kind::Number(4));

const ANSWERS: &[FieldSpec] = &[
    FieldSpec::new("applicant_name", Kind::Name(60)),
    FieldSpec::new("applicant_id", Kind::NationalId),
    BIRTH_YEAR,
    ROLE_CHOSEN,
    GENDER,
    COUNTY,
    SUB_COUNTY,
];

const REGISTERED: OutcomeSpec =
    OutcomeSpec::new("registered", "the line is registered by now", &[]);

pub(crate) const FIND: Action = Action {
    spec: ActionSpec {
        name: "registration.find",
        about: "looks up whether the line has asked to be registered",
        outcomes: &[
            OutcomeSpec::new("none", "it has not, or that is decided", &[]),
            OutcomeSpec::new("pending", "it has; nobody has decided", &[REFERENCE]),
            REGISTERED,
        ],
        ..ActionSpec::BLANK
    },
    run: |work| Box::pin(find(work)),
};

pub(crate) const ROLE: Action = Action {
    spec: ActionSpec {
        name: "registration.role",
        about: "tells whether the role chosen is one for teachers",
        inputs: &[ROLE_CHOSEN],
        outcomes: &[
            OutcomeSpec::new("teacher", "it needs a TSC number", &[]),
            OutcomeSpec::new("other", "it needs none", &[]),
        ],
        ..ActionSpec::BLANK
    },
    run: |work| Box::pin(async move { role(work) }),
};

pub(crate) const AGE: Action = Action {
    spec: ActionSpec {
        name: "registration.age",
        about: "tells whether somebody born in that year can be contracted",
        inputs: &[BIRTH_YEAR],
        outcomes: &[
            OutcomeSpec::new("fits", "they can", &[]),
            OutcomeSpec::new("unfit", "they are too young, or it is a slip", &[]),
        ],
        ..ActionSpec::BLANK
    },
    run: |work| Box::pin(async move { age(work) }),
};

pub(crate) const READ_BACK: Action = Action {
    spec: ActionSpec {
        name: "registration.read_back",
        about: "puts together what was told, to be shown back",
        inputs: ANSWERS,
        outcomes: &[OutcomeSpec::new(
            "ready",
            "it can be sent",
            &[FieldSpec::new("tsc_shown", Kind::Code(8))],
        )],
        ..ActionSpec::BLANK
    },
    run: |work| Box::pin(async move { read_back(work) }),
};

pub(crate) const REQUEST: Action = Action {
    spec: ActionSpec {
        name: "registration.request",
        about: "asks the council to register the person on the line",
        writes: true,
        inputs: ANSWERS,
        outcomes: &[
            OutcomeSpec::new("taken", "an operator will decide", &[REFERENCE]),
            OutcomeSpec::new("too_many", "the limit of requests is reached", &[]),
            REGISTERED,
        ],
        sends: &[&TAKEN],
        ..ActionSpec::BLANK
    },
    run: |work| Box::pin(request(work)),
};

pub(crate) const TAKEN: SmsSpec = SmsSpec {
    name: "registration_taken",
    fields: &[REFERENCE],
};

async fn find(work: &mut Work<'_>) -> Result<Outcome, ActionError> {
    if work.person().await?.is_some() {
        return Ok(Outcome::of(REGISTERED.name));
    }
    let open = registrations::open_of_line(work.tx, work.caller).await?;
    Ok(match open {
        Some(open) => Outcome::of("pending").with(REFERENCE.name, Value::Code(open.reference)),
        None => Outcome::of("none"),
    })
}

fn role(work: &Work<'_>) -> Result<Outcome, ActionError> {
    let Value::Role(role) = work.field(ROLE_CHOSEN.name)? else {
        return Err(ActionError::NoField(ROLE_CHOSEN.name));
    };
    let name = if is_for_teachers(*role) {
        "teacher"
    } else {
        "other"
    };
    Ok(Outcome::of(name))
}

fn age(work: &Work<'_>) -> Result<Outcome, ActionError> {
    let Value::Number(born) = work.field(BIRTH_YEAR.name)? else {
        return Err(ActionError::NoField(BIRTH_YEAR.name));
    };
    let born = i16::try_from(*born).unwrap_or(i16::MAX);
    let age = work.now.date_in_kenya().year().saturating_sub(born);
    Ok(Outcome::of(if AGES.contains(&age) {
        "fits"
    } else {
        "unfit"
    }))
}

fn read_back(work: &Work<'_>) -> Result<Outcome, ActionError> {
    let tsc = Applicant::of(work)?.tsc_number;
    let shown = tsc.map_or_else(|| "-".to_owned(), |tsc| tsc.as_str().to_owned());
    Ok(Outcome::of("ready").with("tsc_shown", Value::Code(shown)))
}

async fn request(work: &mut Work<'_>) -> Result<Outcome, ActionError> {
    let applicant = Applicant::of(work)?;
    // Two requests of one line at once follow each other, so that there is one in the end.
    let line = work.caller.as_str().as_bytes();
    let bucket = private_bucket(&work.tools.keys, "registration", line);
    guesses::hold(work.tx, &bucket, work.now).await?;
    if work.person().await?.is_some() {
        return Ok(Outcome::of(REGISTERED.name));
    }
    let taken = |reference: &str| {
        Outcome::of("taken")
            .with(REFERENCE.name, Value::Code(reference.to_owned()))
            .having_changed()
    };
    if let Some(open) = registrations::open_of_line(work.tx, work.caller).await? {
        return Ok(taken(&open.reference));
    }
    let limit = [(work.tools.policy.registrations_in_a_day, DAY)];
    if !use_once(work.tx, &bucket, &limit, work.now).await? {
        return Ok(Outcome::of("too_many"));
    }
    let id = uuid::Uuid::now_v7().to_string();
    let reference = reference::fresh('R');
    let keys = &work.tools.keys;
    let registration = Registration {
        national_id: keys
            .fingerprint("registration", applicant.national_id.as_str().as_bytes())
            .to_vec(),
        sealed: applicant.seal(keys, &id)?,
        id,
        reference: reference.clone(),
        line: work.caller.clone(),
        language: work.language,
        created_at: work.now,
    };
    registrations::insert(work.tx, &registration).await?;
    let entry = audit::Entry {
        actor: STRANGER.name,
        subject: None,
        what: "registration.asked",
        way: work.way.name(),
        detail: Some(format!("{reference} {}", work.caller.masked())),
    };
    audit::add(work.tx, &entry, work.now).await?;
    let note = Note {
        spec: &TAKEN,
        to: work.caller,
        about: None,
        lane: Lane::Transaction,
    };
    let fields = vec![(REFERENCE.name, Value::Code(reference.clone()))];
    work.send_note(note, fields).await?;
    Ok(taken(&reference))
}
