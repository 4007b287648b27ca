//! The attendance register of a centre: who was there, day by day.
//!
//! Today and yesterday are open, in Kenya's days, until they are signed off. Marks and
//! signatures hold the centre, so that no mark comes behind a signature.

use jiff::civil::Date;

use crate::domain::{DeploymentId, PersonId};
use crate::menus::{ActionSpec, FieldSpec, Kind, OutcomeSpec, SmsSpec, Value};
use crate::store::attendance::{self, Tally};
use crate::store::deployments::Deployment;
use crate::store::outbox::Lane;
use crate::store::people::Person;
use crate::store::{centres, roster};
use crate::ussd::Outcome;

use super::super::admission::{admit, admitted_outcomes};
use super::super::sms::Letterbox;
use super::super::work::{Action, ActionError, Work};
use super::roster::item;
use super::{GONE, MANAGED, MEMBER, NOT_MANAGER, managed, place};

const THE_DAY: FieldSpec = FieldSpec::new("day", Kind::Date);
const MARK: FieldSpec = FieldSpec::new("mark", Kind::Code(2));
const COUNTS: &[FieldSpec] = &[
    FieldSpec::new("present", Kind::Number(3)),
    FieldSpec::new("absent", Kind::Number(3)),
    FieldSpec::new("unmarked", Kind::Number(3)),
];

const CLOSED: OutcomeSpec = OutcomeSpec::new(
    "closed",
    "the register is not open for that day",
    &[
        FieldSpec::new("starts", Kind::Date),
        FieldSpec::new("ends", Kind::Date),
    ],
);
const SIGNED_BEFORE: OutcomeSpec =
    OutcomeSpec::new("signed", "the day is signed off already", COUNTS);

pub(in super::super) const DAYS: Action = Action {
    spec: ActionSpec {
        name: "attendance.days",
        about: "lists the days whose register is open: today and yesterday, while the exam lasts",
        inputs: &[MANAGED],
        outcomes: admitted_outcomes![
            OutcomeSpec::new(ActionSpec::LISTED, "there is at least one", &[]),
            CLOSED,
            NOT_MANAGER,
        ],
        item: &[THE_DAY],
        ..ActionSpec::BLANK
    },
    run: |work| Box::pin(days(work)),
};

pub(in super::super) const DAY: Action = Action {
    spec: ActionSpec {
        name: "attendance.day",
        about: "counts the marks of a day",
        inputs: &[MANAGED, THE_DAY],
        outcomes: admitted_outcomes![
            OutcomeSpec::new("open", "the day can be marked", COUNTS),
            SIGNED_BEFORE,
            CLOSED,
            NOT_MANAGER,
        ],
        ..ActionSpec::BLANK
    },
    run: |work| Box::pin(day(work)),
};

pub(in super::super) const LIST: Action = Action {
    spec: ActionSpec {
        name: "attendance.list",
        about: "lists who is expected on a day, by name, with their marks",
        inputs: &[MANAGED, THE_DAY],
        outcomes: admitted_outcomes![
            OutcomeSpec::new(ActionSpec::LISTED, "there is somebody", &[]),
            CLOSED,
            NOT_MANAGER,
        ],
        item: &[
            MEMBER,
            FieldSpec::new("member_name", Kind::Name(60)),
            FieldSpec::new("member_role", Kind::Role),
            MARK,
        ],
        ..ActionSpec::BLANK
    },
    run: |work| Box::pin(list(work)),
};

const MARKED: &[OutcomeSpec] = admitted_outcomes![
    OutcomeSpec::new("marked", "the mark is kept", &[]),
    SIGNED_BEFORE,
    CLOSED,
    GONE,
    NOT_MANAGER,
];

pub(in super::super) const MARK_PRESENT: Action = Action {
    spec: ActionSpec {
        name: "attendance.mark_present",
        about: "marks somebody as present on a day",
        writes: true,
        inputs: &[MANAGED, THE_DAY, MEMBER],
        outcomes: MARKED,
        ..ActionSpec::BLANK
    },
    run: |work| Box::pin(mark(work, true)),
};

pub(in super::super) const MARK_ABSENT: Action = Action {
    spec: ActionSpec {
        name: "attendance.mark_absent",
        about: "marks somebody as absent on a day",
        writes: true,
        inputs: &[MANAGED, THE_DAY, MEMBER],
        outcomes: MARKED,
        ..ActionSpec::BLANK
    },
    run: |work| Box::pin(mark(work, false)),
};

pub(in super::super) const SIGN_OFF: Action = Action {
    spec: ActionSpec {
        name: "attendance.sign_off",
        about: "signs a day off once everybody is marked, and confirms it by SMS",
        writes: true,
        inputs: &[MANAGED, THE_DAY],
        outcomes: admitted_outcomes![
            OutcomeSpec::new("done", "the day can't be changed any more", COUNTS),
            OutcomeSpec::new("incomplete", "not everybody is marked", COUNTS),
            SIGNED_BEFORE,
            CLOSED,
            NOT_MANAGER,
        ],
        sends: &[&SIGNED],
        ..ActionSpec::BLANK
    },
    run: |work| Box::pin(sign_off(work)),
};

pub(in super::super) const SIGNED: SmsSpec = SmsSpec {
    name: "attendance_signed",
    fields: &[
        FieldSpec::new("centre_code", Kind::Centre),
        FieldSpec::new("series", Kind::Series),
        THE_DAY,
        COUNTS[0],
        COUNTS[1],
    ],
};

async fn days(work: &mut Work<'_>) -> Result<Outcome, ActionError> {
    let person = admit!(work, KeepAttendance);
    let managed = managed!(work, &person);
    let page = work.page;
    let open = open_days(work, &managed).into_iter();
    let items: Vec<_> = open
        .skip(page.offset)
        .take(page.size + 1)
        .map(|day| vec![("day", Value::Date(day))])
        .collect();
    if items.is_empty() {
        return Ok(closed(&managed));
    }
    Ok(Outcome {
        items,
        ..Outcome::of(ActionSpec::LISTED)
    })
}

async fn day(work: &mut Work<'_>) -> Result<Outcome, ActionError> {
    let day = the_day(work)?;
    let person = admit!(work, KeepAttendance);
    let managed = managed!(work, &person);
    if !open_days(work, &managed).contains(&day) {
        return Ok(closed(&managed));
    }
    let signed = attendance::is_signed(work.tx, place(&managed), day).await?;
    let name = if signed { SIGNED_BEFORE.name } else { "open" };
    counted(work, &managed, day, Outcome::of(name)).await
}

async fn list(work: &mut Work<'_>) -> Result<Outcome, ActionError> {
    let day = the_day(work)?;
    let person = admit!(work, KeepAttendance);
    let managed = managed!(work, &person);
    if !open_days(work, &managed).contains(&day) {
        return Ok(closed(&managed));
    }
    let page = work.page;
    let found = roster::on(work.tx, place(&managed), day, page.offset, page.size + 1).await?;
    if found.is_empty() {
        return Ok(closed(&managed));
    }
    let items = found.iter().map(|member| {
        let mut item = item(member);
        item.push(("mark", Value::Code(shown(member.present).to_owned())));
        item
    });
    Ok(Outcome {
        items: items.collect(),
        ..Outcome::of(ActionSpec::LISTED)
    })
}

async fn mark(work: &mut Work<'_>, present: bool) -> Result<Outcome, ActionError> {
    let day = the_day(work)?;
    let member = work.deployment("member")?;
    let person = admit!(work, KeepAttendance);
    let managed = managed!(work, &person);
    if !open_days(work, &managed).contains(&day) {
        return Ok(closed(&managed));
    }
    centres::lock(work.tx, &managed.centre.code).await?;
    if attendance::is_signed(work.tx, place(&managed), day).await? {
        return counted(work, &managed, day, Outcome::of(SIGNED_BEFORE.name)).await;
    }
    let found = match member {
        Some(member) => roster::one_on(work.tx, place(&managed), day, &member).await?,
        None => None,
    };
    let Some(member) = found else {
        return Ok(Outcome::of(GONE.name));
    };
    if member.present != Some(present) {
        let both = (&member.deployment, &member.person);
        keep(work, &person, both, day, (member.present, present)).await?;
    }
    // Not a change that cuts the way back: the list comes again where it was left.
    Ok(Outcome::of("marked"))
}

async fn keep(
    work: &mut Work<'_>,
    manager: &Person,
    (deployment, member): (&DeploymentId, &PersonId),
    day: Date,
    (before, present): (Option<bool>, bool),
) -> Result<(), ActionError> {
    attendance::mark(work.tx, deployment, day, present, &manager.id, work.now).await?;
    let (before, after) = (shown(before), shown(Some(present)));
    let detail = format!("{deployment} {day}: {before} to {after}");
    work.log_about(manager, member, "attendance.marked", detail)
        .await
}

async fn sign_off(work: &mut Work<'_>) -> Result<Outcome, ActionError> {
    let day = the_day(work)?;
    let person = admit!(work, KeepAttendance);
    let managed = managed!(work, &person);
    if !open_days(work, &managed).contains(&day) {
        return Ok(closed(&managed));
    }
    let centre = managed.centre.code.clone();
    centres::lock(work.tx, &centre).await?;
    if attendance::is_signed(work.tx, place(&managed), day).await? {
        return counted(work, &managed, day, Outcome::of(SIGNED_BEFORE.name)).await;
    }
    let tally = attendance::tally(work.tx, place(&managed), day).await?;
    if tally.unmarked > 0 {
        return Ok(with_counts(Outcome::of("incomplete"), tally));
    }
    attendance::sign(work.tx, place(&managed), day, &person.id, work.now).await?;
    let Tally {
        present, absent, ..
    } = tally;
    let detail = format!(
        "{} {} {day}: {present} present, {absent} absent",
        centre.as_str(),
        managed.series
    );
    work.log(&person, "attendance.signed", Some(detail)).await?;
    let sms = Letterbox {
        spec: &SIGNED,
        to: work.caller,
        about: &person,
        lane: Lane::Transaction,
    };
    let fields = vec![
        ("centre_code", Value::Centre(centre)),
        ("series", Value::Series(managed.series)),
        ("day", Value::Date(day)),
        ("present", Value::Number(present)),
        ("absent", Value::Number(absent)),
    ];
    work.send(sms, fields).await?;
    Ok(with_counts(Outcome::of("done"), tally).having_changed())
}

fn the_day(work: &Work<'_>) -> Result<Date, ActionError> {
    match work.field("day")? {
        Value::Date(day) => Ok(*day),
        _ => Err(ActionError::NoField("day")),
    }
}

/// Today and yesterday, as far as the manager's work lasts.
fn open_days(work: &Work<'_>, managed: &Deployment) -> Vec<Date> {
    let today = work.now.date_in_kenya();
    let yesterday = today.yesterday().ok();
    std::iter::once(today)
        .chain(yesterday)
        .filter(|day| (managed.starts_on..=managed.ends_on).contains(day))
        .collect()
}

fn closed(managed: &Deployment) -> Outcome {
    Outcome::of(CLOSED.name)
        .with("starts", Value::Date(managed.starts_on))
        .with("ends", Value::Date(managed.ends_on))
}

async fn counted(
    work: &mut Work<'_>,
    managed: &Deployment,
    day: Date,
    outcome: Outcome,
) -> Result<Outcome, ActionError> {
    let tally = attendance::tally(work.tx, place(managed), day).await?;
    Ok(with_counts(outcome, tally))
}

fn with_counts(outcome: Outcome, tally: Tally) -> Outcome {
    outcome
        .with("present", Value::Number(tally.present))
        .with("absent", Value::Number(tally.absent))
        .with("unmarked", Value::Number(tally.unmarked))
}

/// A mark as the council's register writes it.
fn shown(present: Option<bool>) -> &'static str {
    match present {
        Some(true) => "P",
        Some(false) => "Ab",
        None => "-",
    }
}
