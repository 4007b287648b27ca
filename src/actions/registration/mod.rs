//! Registration from a line that nobody holds: asked for by phone, decided by an operator.
//!
//! Whether an ID number is registered already is for the operator to see. Whoever asks
//! gets the same answer in any case, in the same words and after the same work.

mod applicant;
mod ask;
mod decide;

pub use applicant::Applicant;
pub(super) use ask::{AGE, FIND, READ_BACK, REQUEST, ROLE, TAKEN};
pub(super) use decide::{APPROVED, REFUSED};
pub use decide::{Decided, Decision, Waiting, decide, waiting};

use crate::menus::{FieldSpec, Kind};

const REFERENCE: FieldSpec = FieldSpec::new("reference", Kind::Code(8));
