//! Problems: reported by phone, looked at and answered by the council's staff.

mod answer;
mod report;
mod told;

pub(super) use answer::ANSWERED;
pub use answer::{Answers, Step, Stepped, Waiting, step, waiting, waiting_one};
pub(super) use report::{LIST, NOT_DEPLOYED, NOT_PAID, TAKEN, WRONG_DETAILS};
pub use told::Told;
