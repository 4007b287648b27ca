//! Self-service by USSD and SMS for an exam council's contracted professionals.
//!
//! The rooms of the house, from the ground up; a room names only rooms above it
//! in this list (`ARCHITECTURE.md` has the reasons, `tests/it/architecture.rs`
//! keeps the arrows).

pub mod domain;
pub mod letters;
pub mod text;
