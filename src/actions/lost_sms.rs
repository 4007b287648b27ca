//! What to send again to somebody whose last SMS did not arrive.

use crate::menus::{ActionSpec, OutcomeSpec};
use crate::store::outbox::{self, Lane};
use crate::ussd::Outcome;

use super::caller::STRANGER;
use super::limits::DAY;
use super::work::{Action, ActionError, Work};

pub(super) const FIND: Action = Action {
    spec: ActionSpec {
        name: "lost_sms.find",
        about: "looks up what the last SMS was about that did not arrive, if it is still of use",
        outcomes: &[
            OutcomeSpec::new("password", "a new password", &[]),
            OutcomeSpec::new("letter", "a link to a letter", &[]),
            OutcomeSpec::new("none", "nothing that could be sent again", &[]),
            STRANGER,
        ],
        ..ActionSpec::BLANK
    },
    run: |work| Box::pin(find(work)),
};

async fn find(work: &mut Work<'_>) -> Result<Outcome, ActionError> {
    let Some(person) = work.person().await? else {
        return Ok(Outcome::of(STRANGER.name));
    };
    let lost = outbox::last_lost(work.tx, &person.id, work.now.minus(DAY)).await?;
    Ok(Outcome::of(match lost {
        Some(Lane::Credential) => "password",
        Some(Lane::Link) => "letter",
        _ => "none",
    }))
}
