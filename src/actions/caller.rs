//! Who is on the line.

use crate::aggregators::Network;
use crate::menus::{ActionSpec, FieldSpec, Kind, OutcomeSpec, Value};
use crate::store::blocked;
use crate::store::callers::{self, Asked, Caller};
use crate::ussd::Outcome;

use super::invitation;
use super::work::{Action, ActionError, Work};

/// The outcome of every action that needs a registered line and finds none.
pub(super) const STRANGER: OutcomeSpec =
    OutcomeSpec::new("stranger", "the line is not registered", &[]);

const FIELDS: &[FieldSpec] = &[
    FieldSpec::new("name", Kind::Name(60)),
    FieldSpec::new("line", Kind::Msisdn),
    FieldSpec::new("invited", Kind::Flag),
    FieldSpec::new("claimed", Kind::Flag),
    FieldSpec::new("manager", Kind::Flag),
];

const FIELDS_AND_CODE: &[FieldSpec] = &[
    FIELDS[0],
    FIELDS[1],
    FIELDS[2],
    FIELDS[3],
    FIELDS[4],
    FieldSpec::new("unblock", Kind::Code(20)),
];

pub(super) const RECOGNISE: Action = Action {
    spec: ActionSpec {
        name: "caller.recognise",
        about: "looks up who holds the line, and whether SMS reach it",
        outcomes: &[
            OutcomeSpec::new("known", "the line is registered", FIELDS),
            OutcomeSpec::new(
                "blocked",
                "the same, but the line blocks our SMS; what is dialled to let them through",
                FIELDS_AND_CODE,
            ),
            OutcomeSpec::new(
                "undelivered",
                "the same, but the last SMS did not reach the line",
                FIELDS,
            ),
            OutcomeSpec::new("slow", "the same, but SMS as a whole are slow now", FIELDS),
            STRANGER,
        ],
        ..ActionSpec::BLANK
    },
    run: |work| Box::pin(recognise(work)),
};

async fn recognise(work: &mut Work<'_>) -> Result<Outcome, ActionError> {
    let seen = seen(work).await?;
    let Some(person) = seen.person else {
        return Ok(Outcome::of(STRANGER.name));
    };
    let invited = seen.is_invited && invitation::awaits(work, &person).await?;
    let claimed = seen.claimed_until.is_some_and(|until| until > work.now);
    let outcome = match (seen.blocked.as_deref(), unblock(work)) {
        (None, _) if work.tools.pulse.is_slow() => Outcome::of("slow"),
        (None, _) => Outcome::of("known"),
        (Some(blocked::BLOCKED), Some(code)) => {
            Outcome::of("blocked").with("unblock", Value::Code(code.to_owned()))
        }
        (Some(_), _) => Outcome::of("undelivered"),
    };
    Ok(outcome
        .with("name", Value::name(person.name.as_str()))
        .with("line", Value::Msisdn(work.caller.clone()))
        .with("invited", Value::Flag(invited))
        .with("claimed", Value::Flag(claimed))
        .with("manager", Value::Flag(seen.is_manager)))
}

/// The line as it was seen beforehand, or as it is now.
async fn seen(work: &mut Work<'_>) -> Result<Caller, ActionError> {
    if let Some(seen) = work.prepared.caller.take() {
        return Ok(seen);
    }
    let asked = Asked {
        line: work.caller.clone(),
        left: None,
        work: false,
    };
    let mut seen = callers::look(work.tx, &[asked]).await?;
    Ok(seen.pop().unwrap_or_default())
}

/// What lets our SMS through again on the network of the line.
fn unblock<'a>(work: &'a Work<'_>) -> Option<&'a str> {
    let codes = &work.tools.policy.unblock;
    let code = match work.network? {
        Network::Safaricom => &codes.safaricom,
        Network::Airtel => &codes.airtel,
        Network::Telkom => &codes.telkom,
        Network::Equitel => &codes.equitel,
        Network::Other(_) => &None,
    };
    code.as_deref()
}
