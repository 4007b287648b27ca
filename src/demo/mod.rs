//! What lets the whole service run on one machine, without an account at an
//! aggregator and without a telephone: an aggregator of our own, a phone in the
//! browser, people to play. The tests use it too; `serve` never does.

mod network;
pub mod phone;
pub mod sandbox;
pub mod seed;
