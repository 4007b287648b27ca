//! Lost lines of those who work at a centre: its manager decides who takes over.

use crate::domain::Msisdn;
use crate::menus::{ActionSpec, FieldSpec, Kind, OutcomeSpec, Value};
use crate::store::centre_claims::{self, CentreClaim};
use crate::store::deployments::Deployment;
use crate::store::people::Person;
use crate::ussd::Outcome;

use super::super::admission::{admit, admitted_outcomes};
use super::super::decider::Decider;
use super::super::lost_line::{Decided, Decision, REFUSED, decide_claim};
use super::super::msisdn;
use super::super::work::{Action, ActionError, Work};
use super::{MANAGED, NOT_MANAGER, managed, place};

/// The request, by its reference.
const CLAIM: FieldSpec = FieldSpec::new("claim", Kind::Hidden);
const NAME: FieldSpec = FieldSpec::new("claim_name", Kind::Name(60));
const ROLE: FieldSpec = FieldSpec::new("claim_role", Kind::Role);
const NEW_LINE: FieldSpec = FieldSpec::new("new_line", Kind::Msisdn);

const DONE: OutcomeSpec = OutcomeSpec::new("done", "it is decided, and told by SMS", &[]);
const OVER: OutcomeSpec =
    OutcomeSpec::new("over", "it does not wait for this manager any more", &[]);

pub(in super::super) const LIST: Action = Action {
    spec: ActionSpec {
        name: "centre_claims.list",
        about: "lists whose lost lines wait to be decided by the manager of their centre",
        inputs: &[MANAGED],
        outcomes: admitted_outcomes![
            OutcomeSpec::new(ActionSpec::LISTED, "there is at least one", &[]),
            OVER,
            NOT_MANAGER,
        ],
        item: &[CLAIM, NAME, ROLE],
        ..ActionSpec::BLANK
    },
    run: |work| Box::pin(list(work)),
};

pub(in super::super) const SHOW: Action = Action {
    spec: ActionSpec {
        name: "centre_claims.show",
        about: "looks up one of them; that the ID, the TSC number and the year were right is \
                why it is there",
        inputs: &[MANAGED, CLAIM],
        outcomes: admitted_outcomes![
            OutcomeSpec::new(
                "found",
                "here it is",
                &[
                    NAME,
                    ROLE,
                    NEW_LINE,
                    FieldSpec::new("old_line", Kind::Code(12)),
                    FieldSpec::new("claim_day", Kind::Date),
                ],
            ),
            OVER,
            NOT_MANAGER,
        ],
        ..ActionSpec::BLANK
    },
    run: |work| Box::pin(show(work)),
};

pub(in super::super) const APPROVE: Action = Action {
    spec: ActionSpec {
        name: "centre_claims.approve",
        about: "makes the new line the person's and tells both lines",
        writes: true,
        inputs: &[MANAGED, CLAIM],
        outcomes: admitted_outcomes![
            DONE,
            OutcomeSpec::new(
                "taken",
                "somebody holds the new line, so it is refused",
                &[]
            ),
            OVER,
            NOT_MANAGER,
        ],
        sends: &[&msisdn::LEFT, &msisdn::TAKEN, &REFUSED],
        ..ActionSpec::BLANK
    },
    run: |work| Box::pin(decide(work, Decision::Approve)),
};

pub(in super::super) const REFUSE: Action = Action {
    spec: ActionSpec {
        name: "centre_claims.refuse",
        about: "leaves the person's line as it is and tells the new one",
        writes: true,
        inputs: &[MANAGED, CLAIM],
        outcomes: admitted_outcomes![DONE, OVER, NOT_MANAGER],
        sends: &[&REFUSED],
        ..ActionSpec::BLANK
    },
    run: |work| Box::pin(decide(work, Decision::Refuse)),
};

/// Whether any waits for the manager of that place.
pub(super) async fn any_waits(
    work: &mut Work<'_>,
    person: &Person,
    managed: &Deployment,
) -> Result<bool, ActionError> {
    if !work.tools.policy.managers_decide_claims {
        return Ok(false);
    }
    let first = (0, 1);
    let found = centre_claims::at(work.tx, place(managed), &person.id, work.now, first).await?;
    Ok(!found.is_empty())
}

async fn list(work: &mut Work<'_>) -> Result<Outcome, ActionError> {
    let person = admit!(work, DecideClaim);
    let managed = managed!(work, &person);
    if !work.tools.policy.managers_decide_claims {
        return Ok(Outcome::of(OVER.name));
    }
    let page = (work.page.offset, work.page.size + 1);
    let found = centre_claims::at(work.tx, place(&managed), &person.id, work.now, page).await?;
    let item = |claim: &CentreClaim| {
        vec![
            (CLAIM.name, Value::Hidden(claim.reference.clone())),
            (NAME.name, Value::name(&claim.name)),
            (ROLE.name, Value::Role(claim.role)),
        ]
    };
    Ok(Outcome::list(found.iter().map(item).collect(), OVER.name))
}

async fn show(work: &mut Work<'_>) -> Result<Outcome, ActionError> {
    let person = admit!(work, DecideClaim);
    let managed = managed!(work, &person);
    let Some(claim) = named(work, &person, &managed).await? else {
        return Ok(Outcome::of(OVER.name));
    };
    let old_line = claim.old_line.as_ref().map_or("-".into(), Msisdn::masked);
    Ok(Outcome::of("found")
        .with(NAME.name, Value::name(&claim.name))
        .with(ROLE.name, Value::Role(claim.role))
        .with(NEW_LINE.name, Value::Msisdn(claim.new_line))
        .with("old_line", Value::Code(old_line))
        .with("claim_day", Value::Date(claim.asked_at.date_in_kenya())))
}

async fn decide(work: &mut Work<'_>, decision: Decision) -> Result<Outcome, ActionError> {
    let person = admit!(work, DecideClaim);
    let managed = managed!(work, &person);
    let Some(claim) = named(work, &person, &managed).await? else {
        return Ok(Outcome::of(OVER.name));
    };
    let by = Decider {
        name: person.id.as_str(),
        way: work.way,
        channel: work.channel,
    };
    let wanted = (claim.reference.as_str(), decision);
    let decided = decide_claim(work.tx, work.tools, by, wanted, work.now).await?;
    Ok(match (decided, decision) {
        (Decided::NotWaiting, _) => Outcome::of(OVER.name),
        (Decided::Refused, Decision::Approve) => Outcome::of("taken").having_changed(),
        _ => Outcome::of(DONE.name).having_changed(),
    })
}

/// The request that the session names, as far as this manager may decide it now.
async fn named(
    work: &mut Work<'_>,
    person: &Person,
    managed: &Deployment,
) -> Result<Option<CentreClaim>, ActionError> {
    if !work.tools.policy.managers_decide_claims {
        return Ok(None);
    }
    let reference = work.hidden(CLAIM.name)?.to_owned();
    let place = place(managed);
    Ok(centre_claims::one(work.tx, place, &person.id, work.now, &reference).await?)
}
