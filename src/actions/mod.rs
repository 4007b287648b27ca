//! What people can do, one file each: every use case says what it needs, what it
//! changes and how it can end.
//!
//! An action works inside one unit of work and never knows who asks: a USSD menu, an
//! SMS, a page or the command line. What it writes (records, SMS for the outbox,
//! audit) is kept together with the session that asked for it, or not at all.

mod admission;
pub mod api;
pub mod audit;
mod caller;
pub mod campaign;
mod card;
mod centre;
mod check_letter;
mod choices;
mod decider;
mod deployments;
mod details;
mod errand;
mod forgotten;
mod four_eyes;
mod guessing;
pub mod import;
mod invitation;
mod kra_pin;
mod language;
mod letter;
mod letter_code;
mod letter_data;
mod limits;
mod log_in;
mod lost_line;
mod lost_sms;
mod msisdn;
mod noted;
mod notice;
mod own_password;
mod parcel;
mod password;
pub mod personal;
mod pin;
mod places;
pub mod problem;
mod profile;
mod pulse;
mod record;
mod reference;
pub mod registration;
pub mod reply;
mod resend;
pub mod restored;
mod sms;
pub mod staff;
#[cfg(test)]
mod tests;
mod visit;
mod weak_password;
mod weak_pin;
mod work;

pub use admission::Deed;
pub use check_letter::{Genuine, Verdict, check_letter};
pub use decider::Decider;
pub use errand::Errands;
pub use forgotten::{Forgotten, count_request, forgotten};
pub use letter::{Opened, behind_link, own_letter, redeem_link};
pub use letter_code::{CodeTried, CodeTyped, ID_DIGITS, close_to, open_to, try_code};
pub use letter_data::letter_data;
pub use limits::{Wait, private_bucket, use_once};
pub use log_in::{Credential, LogIn, count_log_in, log_in, log_in_failed, verify_credential};
pub use lost_line::{Claim, Decided, Decision, Evidence, claims, decide_claim, evidence};
pub use noted::has_read;
pub use own_password::{Chosen, PasswordFault, Wanted, choose_password};
pub use pulse::Pulse;
pub use visit::{Visitor, log_out, visitor, work_of};
use work::Action;
pub use work::{ActionError, Look, Prepared, Tools, Way, Work};

use tracing::Instrument;
use tracing::field::Empty;

use crate::menus::{ActionSpec, Catalogue};
use crate::ussd::Outcome;

/// Every action that menus can ask for.
const ACTIONS: [Action; 63] = [
    caller::RECOGNISE,
    centre::APPROVE_CLAIM,
    centre::ATTENDANCE_DAY,
    centre::ATTENDANCE_LIST,
    centre::CLAIMS,
    centre::DAYS,
    centre::DESCRIBE,
    centre::FIND,
    centre::LIST,
    centre::MARK_ABSENT,
    centre::MARK_PRESENT,
    centre::REFUSE_CLAIM,
    centre::ROSTER_LIST,
    centre::ROSTER_TABLE,
    centre::SET_DISTANCE,
    centre::SHOW,
    centre::SHOW_CLAIM,
    centre::SIGN_OFF,
    check_letter::CHECK,
    choices::EXAMS,
    choices::GENDERS,
    choices::QUALIFICATIONS,
    choices::ROLES,
    deployments::FIND,
    deployments::LIST,
    details::FIND,
    invitation::ACCEPT,
    invitation::DECLINE,
    invitation::FIND,
    invitation::REASONS,
    invitation::TELL_REASON,
    kra_pin::CHANGE,
    language::SWITCH,
    letter::SEND_LINK,
    notice::SEND_NOTICE,
    lost_line::CLAIM,
    lost_line::OBJECT,
    lost_sms::FIND,
    msisdn::ASK,
    msisdn::CHANGE,
    msisdn::RESUME,
    password::RESET,
    pin::IDENTIFY,
    pin::PROVE,
    pin::PROVE_ID,
    pin::REQUIRE,
    pin::SET,
    places::CHOOSE,
    places::FIND,
    places::SUB_COUNTIES,
    problem::LIST,
    problem::NOT_DEPLOYED,
    problem::NOT_PAID,
    problem::WRONG_DETAILS,
    profile::SET_EMAIL,
    profile::SET_PLACE,
    profile::SET_QUALIFICATION,
    profile::SET_WORKSTATION,
    registration::AGE,
    registration::FIND,
    registration::READ_BACK,
    registration::REQUEST,
    registration::ROLE,
];

/// Every action and message that menu files may rely on.
pub const CATALOGUE: Catalogue = Catalogue {
    actions: &specs(),
    sms: &[
        &centre::SIGNED,
        &own_password::CHANGED,
        &password::NEW_PASSWORD,
        &letter::LETTER_LINK,
        &notice::LETTER_NOTICE,
        &kra_pin::CHANGED,
        &lost_line::CLAIMED,
        &lost_line::REFUSED,
        &msisdn::CODE,
        &msisdn::LEFT,
        &msisdn::TAKEN,
        &pin::CHANGED,
        &reply::DEPLOYMENT,
        &reply::DETAILS,
        &reply::DIAL,
        &reply::HELP,
        &reply::LOCKED,
        &reply::MATCHES,
        &reply::NEEDS_ID,
        &reply::NONE,
        &reply::ON_ITS_WAY,
        &reply::SEVERAL,
        &reply::STARTED,
        &reply::STOPPED,
        &reply::STRANGER,
        &reply::TOO_MANY,
        &reply::UNKNOWN,
        &reply::CHECKING,
        &reply::WAITS,
        &reply::WRONG_ID,
        &profile::CHANGED,
        &import::CANCELLED,
        &import::CHANGED,
        &import::INVITED,
        &import::NEW,
        &invitation::ACCEPTED,
        &invitation::DECLINED,
        &problem::ANSWERED,
        &problem::TAKEN,
        &registration::APPROVED,
        &registration::REFUSED,
        &registration::TAKEN,
    ],
};

/// The action of that name, where there is one.
#[must_use]
pub fn spec(name: &str) -> Option<&'static ActionSpec> {
    CATALOGUE.action(name)
}

/// What an action needs done before its unit of work begins, because it is slow.
pub async fn prepare(name: &str, tools: &Tools) -> Result<Prepared, ActionError> {
    if name == password::RESET.spec.name {
        return password::prepare(tools).await;
    }
    Ok(Prepared::default())
}

/// What an action asks of the line, where it changes nothing and is asked for often.
#[must_use]
pub fn looks_at(name: &str) -> Option<Look> {
    let is = |action: &Action| action.spec.name == name;
    if [deployments::FIND, deployments::LIST].iter().any(is) {
        return Some(Look::Work);
    }
    let line = [caller::RECOGNISE, details::FIND].iter().any(is);
    line.then_some(Look::Line)
}

/// Runs an action to one of its outcomes.
pub async fn run(name: &str, work: &mut Work<'_>) -> Result<Outcome, ActionError> {
    let action = ACTIONS.iter().find(|action| action.spec.name == name);
    let action = action.ok_or(ActionError::NoSuchAction)?;
    let span = tracing::debug_span!("action", name = action.spec.name, outcome = Empty);
    let outcome = (action.run)(work).instrument(span.clone()).await;
    if let Ok(outcome) = &outcome {
        span.record("outcome", outcome.name);
    }
    outcome
}

const fn specs() -> [ActionSpec; ACTIONS.len()] {
    let mut specs = [ACTIONS[0].spec; ACTIONS.len()];
    let mut at = 1;
    while at < ACTIONS.len() {
        specs[at] = ACTIONS[at].spec;
        at += 1;
    }
    specs
}
