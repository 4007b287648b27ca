//! Many rows at once: what an import reads and writes.

pub mod centres;
pub mod deployments;
pub mod people;
