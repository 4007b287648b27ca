//! What people can do, one file each: every use case says what it needs, what it
//! changes and how it can end.
//!
//! An action works inside one unit of work and never knows who asks: a USSD menu, an
//! SMS, a page or the command line. What it writes (records, SMS for the outbox,
//! audit) is kept together with the session that asked for it, or not at all.

mod caller;
mod deployments;
mod details;
mod kra_pin;
mod language;
mod letter;
mod log_in;
mod msisdn;
mod password;
mod sms;
#[cfg(test)]
mod tests;
mod work;

pub use letter::{Opened, letter_behind, link_is_open};
pub use log_in::{Visitor, log_in, log_out, visitor};
pub use work::{ActionError, Prepared, Tools, Way, Work};

use crate::menus::{ActionSpec, Catalogue};
use crate::ussd::Outcome;

/// Every action and message that menu files may rely on.
pub const CATALOGUE: Catalogue = Catalogue {
    actions: &[
        &caller::RECOGNISE,
        &deployments::FIND,
        &deployments::LIST,
        &details::FIND,
        &kra_pin::CHANGE,
        &language::SWITCH,
        &letter::SEND_LINK,
        &msisdn::CHANGE,
        &password::RESET,
    ],
    sms: &[
        &password::NEW_PASSWORD,
        &letter::LETTER_LINK,
        &kra_pin::CHANGED,
        &msisdn::LEFT,
        &msisdn::TAKEN,
    ],
};

/// The action of that name, where there is one.
#[must_use]
pub fn spec(name: &str) -> Option<&'static ActionSpec> {
    CATALOGUE.action(name)
}

/// What an action needs done before its unit of work begins, because it is slow.
pub async fn prepare(name: &str, tools: &Tools) -> Result<Prepared, ActionError> {
    if name == password::RESET.name {
        return password::prepare(tools).await;
    }
    Ok(Prepared::default())
}

/// Runs an action to one of its outcomes.
pub async fn run(name: &str, work: &mut Work<'_>) -> Result<Outcome, ActionError> {
    match name {
        n if n == caller::RECOGNISE.name => caller::recognise(work).await,
        n if n == deployments::FIND.name => deployments::find(work).await,
        n if n == deployments::LIST.name => deployments::list(work).await,
        n if n == details::FIND.name => details::find(work).await,
        n if n == kra_pin::CHANGE.name => kra_pin::change(work).await,
        n if n == language::SWITCH.name => language::switch(work).await,
        n if n == letter::SEND_LINK.name => letter::send_link(work).await,
        n if n == msisdn::CHANGE.name => msisdn::change(work).await,
        n if n == password::RESET.name => password::reset(work).await,
        _ => Err(ActionError::NoSuchAction),
    }
}
