//! What the council's own systems do: their keys, what they read, send and are told of.
//!
//! What they change about people, centres and work goes the way of an import, a log-in is
//! checked as the site checks it; here is only what is about the systems themselves.

mod batch;
mod keys;
mod notice;
mod reads;
mod repeats;
mod webhooks;

pub use batch::{Batch, MOST_ROWS, Taken, take_batch};
pub use keys::{Caller, LONGEST_LIFE_DAYS, Unwelcome, add_key, caller, keep_key, revoke_key};
pub use notice::{Notice, Noticed, send_notice};
pub use reads::{Numbers, list_changed_people, list_people, read_person, search_people};
pub use repeats::{Answer, Repeat, forget_answers, keep_answer, look_for_repeat};
pub use webhooks::{
    Endpoint, HookMade, all_webhooks, enable_webhook, make_webhook, ping_webhook,
    remove_any_webhook, remove_webhook, rotate_any_webhook, rotate_webhook, webhook, webhooks,
};

use crate::domain::{PersonId, Timestamp};
use crate::store::{StoreError, Tx, audit};

use super::work::Way;

/// Writes down what a system did.
async fn write_down(
    tx: &mut Tx,
    caller: &Caller,
    (what, subject): (&str, Option<&PersonId>),
    detail: Option<String>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let entry = audit::Entry {
        actor: &caller.actor(),
        subject,
        what,
        way: Way::Api.name(),
        detail,
    };
    audit::add(tx, &entry, now).await
}
