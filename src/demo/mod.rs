//! What lets the whole service run on one machine, without an account at an
//! aggregator and without a phone. The tests use it too; `serve` never does.

pub mod sandbox;
