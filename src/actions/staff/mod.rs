//! The council's staff: their accounts, how they come in, and what they look up.
//!
//! What they decide about people stands beside what people ask for; here is only what is
//! about the staff themselves.

mod accounts;
mod door;
mod factor;
mod help;
mod own_password;
mod people;
mod service;
mod sessions;

pub use accounts::{Account, Changed, Made, add, reset, set_disabled, set_role};
pub use door::{Entry, Member, Sign, Step, count_knock, leave, log_in, member};
pub use factor::{Enrolled, Proof, enrol, enrolment, prove};
pub use help::{Help, Helped, help};
pub use own_password::{StaffChosen, choose_own_password};
pub use people::{Record, record, search};
pub use service::{Resumed, forget_key, resume_channel};
pub use sessions::{end_session, sessions};

use crate::domain::Timestamp;
use crate::store::{StoreError, Tx};

use super::noted::note;
use super::work::Way;

/// Writes down what a member of staff did that is about nobody's record.
async fn write_down(
    tx: &mut Tx,
    actor: &str,
    what: &str,
    detail: Option<&str>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let what = (what, detail.map(str::to_owned));
    note(tx, (actor, Way::Operator), what, &[], now).await
}
