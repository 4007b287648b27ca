//! Invitations: shown, accepted, declined with a reason, until their deadline.
//!
//! Whoever has declined may still accept until then. Whoever has accepted can't decline by
//! phone any more: the council plans with them from that moment.

use crate::domain::{DeclineReason, DeploymentId, Timestamp};
use crate::menus::{ActionSpec, FieldSpec, Kind, OutcomeSpec, SmsSpec, Value};
use crate::store::deployments::{self, Deployment, State};
use crate::store::invitations::{self, Invitation};
use crate::store::outbox::Lane;
use crate::store::people::Person;
use crate::ussd::Outcome;

use super::admission::{admit, admitted_outcomes};
use super::choices::{LISTED, listed};
use super::deployments::fields;
use super::sms::Letterbox;
use super::work::{Action, ActionError, Work};

const ANSWER_DAY: FieldSpec = FieldSpec::new("answer_day", Kind::Date);
const ANSWER_HOUR: FieldSpec = FieldSpec::new("answer_hour", Kind::Time);
const DEPLOYMENT: FieldSpec = FieldSpec::new("deployment", Kind::Hidden);
const SERIES: FieldSpec = FieldSpec::new("series", Kind::Series);
const ROLE: FieldSpec = FieldSpec::new("role", Kind::Role);
const CENTRE: FieldSpec = FieldSpec::new("centre_code", Kind::Centre);
const REASON_CODE: FieldSpec = FieldSpec::new("reason_code", Kind::Hidden);
const REASON: FieldSpec = FieldSpec::new("reason", Kind::Name(60));

/// What a screen shows of an invitation.
const SHOWN: &[FieldSpec] = &[
    DEPLOYMENT,
    SERIES,
    ROLE,
    CENTRE,
    FieldSpec::new("centre_name", Kind::Name(60)),
    FieldSpec::new("sub_county", Kind::Name(40)),
    FieldSpec::new("distribution_centre", Kind::Name(60)),
    FieldSpec::new("report_day", Kind::Date),
    FieldSpec::new("report_hour", Kind::Time),
    FieldSpec::new("starts", Kind::Date),
    FieldSpec::new("ends", Kind::Date),
    FieldSpec::new("rate", Kind::Money),
    ANSWER_DAY,
    ANSWER_HOUR,
];

const OVER: OutcomeSpec = OutcomeSpec::new(
    "over",
    "the deadline has passed; when that was",
    &[ANSWER_DAY, ANSWER_HOUR],
);
const NONE: OutcomeSpec = OutcomeSpec::new("none", "no invitation awaits an answer", &[]);

pub(super) const FIND: Action = Action {
    spec: ActionSpec {
        name: "invitation.find",
        about: "looks up the invitation that awaits the caller's answer",
        outcomes: admitted_outcomes![
            OutcomeSpec::new("open", "it can be accepted or declined", SHOWN),
            OutcomeSpec::new(
                "declined",
                "it was declined and can be accepted still",
                SHOWN
            ),
            OVER,
            NONE,
        ],
        ..ActionSpec::BLANK
    },
    run: |work| Box::pin(find(work)),
};

pub(super) const ACCEPT: Action = Action {
    spec: ActionSpec {
        name: "invitation.accept",
        about: "accepts an invitation: from then on it is a deployment and yields a letter",
        writes: true,
        inputs: &[DEPLOYMENT],
        outcomes: admitted_outcomes![
            OutcomeSpec::new("accepted", "it is settled", &[]),
            OVER,
            NONE,
        ],
        sends: &[&ACCEPTED],
        ..ActionSpec::BLANK
    },
    run: |work| Box::pin(accept(work)),
};

pub(super) const REASONS: Action = Action {
    spec: ActionSpec {
        name: "invitation.reasons",
        about: "lists reasons to decline",
        outcomes: &[LISTED],
        item: &[REASON_CODE, REASON],
        ..ActionSpec::BLANK
    },
    run: |work| Box::pin(async move { Ok(reasons(work)) }),
};

pub(super) const TELL_REASON: Action = Action {
    spec: ActionSpec {
        name: "invitation.reason",
        about: "tells whether the reason chosen is one to be said in words",
        inputs: &[REASON_CODE],
        outcomes: &[
            OutcomeSpec::new("given", "it says enough", &[]),
            OutcomeSpec::new("in_words", "the person wants to say it", &[]),
        ],
        ..ActionSpec::BLANK
    },
    run: |work| Box::pin(async move { tell_reason(work) }),
};

pub(super) const DECLINE: Action = Action {
    spec: ActionSpec {
        name: "invitation.decline",
        about: "declines an invitation",
        writes: true,
        inputs: &[DEPLOYMENT, REASON_CODE, REASON],
        outcomes: admitted_outcomes![
            OutcomeSpec::new("declined", "it is declined", &[ANSWER_DAY, ANSWER_HOUR]),
            OVER,
            NONE,
        ],
        sends: &[&DECLINED],
        ..ActionSpec::BLANK
    },
    run: |work| Box::pin(decline(work)),
};

pub(super) const ACCEPTED: SmsSpec = SmsSpec {
    name: "invitation_accepted",
    fields: &[
        SERIES,
        ROLE,
        CENTRE,
        FieldSpec::new("report_day", Kind::Date),
        FieldSpec::new("code", Kind::Code(14)),
    ],
};

pub(super) const DECLINED: SmsSpec = SmsSpec {
    name: "invitation_declined",
    fields: &[
        SERIES,
        ROLE,
        CENTRE,
        ANSWER_DAY,
        FieldSpec::new("code", Kind::Code(14)),
    ],
};

/// Whether a person has an invitation to look at.
pub(super) async fn awaits(work: &mut Work<'_>, person: &Person) -> Result<bool, ActionError> {
    let all = invitations::of_person(work.tx, &person.id).await?;
    Ok(first(&all, work.now).is_some())
}

/// The one to look at first: one that can be answered, one that was declined and can be
/// accepted still, one that is too late.
fn first(all: &[Invitation], now: Timestamp) -> Option<&Invitation> {
    let in_time = |invitation: &&Invitation| invitation.answer_by > now;
    let invited = |invitation: &&Invitation| invitation.state == State::Invited;
    all.iter()
        .filter(in_time)
        .find(invited)
        .or_else(|| all.iter().find(in_time))
        .or_else(|| all.iter().rfind(invited))
}

async fn find(work: &mut Work<'_>) -> Result<Outcome, ActionError> {
    let person = admit!(work, SeeDeployment);
    let all = invitations::of_person(work.tx, &person.id).await?;
    let Some(invitation) = first(&all, work.now) else {
        return Ok(Outcome::of(NONE.name));
    };
    if invitation.answer_by <= work.now {
        return Ok(with_deadline(Outcome::of(OVER.name), invitation));
    }
    let Some(deployment) = deployments::by_id(work.tx, &invitation.deployment).await? else {
        return Ok(Outcome::of(NONE.name));
    };
    let name = match invitation.state {
        State::Declined => "declined",
        _ => "open",
    };
    let outcome = Outcome {
        fields: fields(&deployment),
        ..Outcome::of(name)
    };
    Ok(with_deadline(outcome, invitation))
}

async fn accept(work: &mut Work<'_>) -> Result<Outcome, ActionError> {
    let (person, invitation, deployment) = match answerable(work).await? {
        Answerable::Yes(person, invitation, deployment) => (person, invitation, deployment),
        Answerable::No(outcome) => return Ok(outcome),
    };
    invitations::answer(
        work.tx,
        &invitation.deployment,
        State::Posted,
        None,
        work.now,
    )
    .await?;
    let id = Some(deployment.id.to_string());
    work.log(&person, "invitation.accepted", id).await?;
    let sms = Letterbox {
        spec: &ACCEPTED,
        to: work.caller,
        about: &person,
        lane: Lane::Transaction,
    };
    let mut told = told(work, &deployment);
    let reports = deployment.reports_at.date_in_kenya();
    told.push(("report_day", Value::Date(reports)));
    work.send(sms, told).await?;
    Ok(Outcome::of("accepted").having_changed())
}

async fn decline(work: &mut Work<'_>) -> Result<Outcome, ActionError> {
    let code = work.hidden(REASON_CODE.name)?.to_owned();
    let words = work.name(REASON.name)?.to_owned();
    let (person, invitation, deployment) = match answerable(work).await? {
        Answerable::Yes(person, invitation, deployment) => (person, invitation, deployment),
        Answerable::No(outcome) => return Ok(outcome),
    };
    let reason = match DeclineReason::parse(&code) {
        Some(DeclineReason::Words) | None => words.as_str(),
        Some(known) => known.code(),
    };
    invitations::answer(
        work.tx,
        &invitation.deployment,
        State::Declined,
        Some(reason),
        work.now,
    )
    .await?;
    let id = Some(deployment.id.to_string());
    work.log(&person, "invitation.declined", id).await?;
    let sms = Letterbox {
        spec: &DECLINED,
        to: work.caller,
        about: &person,
        lane: Lane::Transaction,
    };
    let mut told = told(work, &deployment);
    told.push((
        ANSWER_DAY.name,
        Value::Date(invitation.answer_by.date_in_kenya()),
    ));
    work.send(sms, told).await?;
    let outcome = Outcome::of("declined").having_changed();
    Ok(with_deadline(outcome, &invitation))
}

/// Whether the invitation that a session stands at can be answered now.
enum Answerable {
    Yes(Box<Person>, Invitation, Box<Deployment>),
    No(Outcome),
}

async fn answerable(work: &mut Work<'_>) -> Result<Answerable, ActionError> {
    let wanted = DeploymentId::parse(work.hidden(DEPLOYMENT.name)?)
        .map_err(|_| ActionError::NoField(DEPLOYMENT.name))?;
    let person = match work
        .admission(super::admission::Deed::AnswerInvitation)
        .await?
    {
        super::admission::Admission::Granted(person) => person,
        super::admission::Admission::Refused(outcome) => return Ok(Answerable::No(outcome)),
    };
    // It may have been answered, moved or taken back since it was shown.
    let all = invitations::of_person(work.tx, &person.id).await?;
    let found = all.into_iter().find(|one| one.deployment == wanted);
    let deployment = deployments::by_id(work.tx, &wanted).await?;
    let (Some(invitation), Some(deployment)) = (found, deployment) else {
        return Ok(Answerable::No(Outcome::of(NONE.name)));
    };
    if invitation.answer_by <= work.now {
        let over = with_deadline(Outcome::of(OVER.name), &invitation);
        return Ok(Answerable::No(over));
    }
    Ok(Answerable::Yes(person, invitation, Box::new(deployment)))
}

fn with_deadline(outcome: Outcome, invitation: &Invitation) -> Outcome {
    let local = invitation.answer_by.datetime_in_kenya();
    outcome
        .with(ANSWER_DAY.name, Value::Date(local.date()))
        .with(ANSWER_HOUR.name, Value::Time(local.time()))
}

/// What both messages say.
fn told(work: &Work<'_>, deployment: &Deployment) -> Vec<(&'static str, Value)> {
    vec![
        (SERIES.name, Value::Series(deployment.series)),
        (ROLE.name, Value::Role(deployment.role)),
        (CENTRE.name, Value::Centre(deployment.centre.code.clone())),
        ("code", Value::Code(work.tools.service_code.clone())),
    ]
}

fn reasons(work: &Work<'_>) -> Outcome {
    let items = DeclineReason::ALL.iter().map(|it| {
        vec![
            (REASON_CODE.name, Value::Hidden(it.code().to_owned())),
            (REASON.name, Value::name(it.shown(work.language))),
        ]
    });
    listed(work.page, items)
}

fn tell_reason(work: &Work<'_>) -> Result<Outcome, ActionError> {
    let reason = DeclineReason::parse(work.hidden(REASON_CODE.name)?);
    Ok(Outcome::of(match reason {
        Some(DeclineReason::Words) | None => "in_words",
        Some(_) => "given",
    }))
}
