//! What lets the whole service run on one machine, without an account at an
//! aggregator and without a telephone: an aggregator of our own, a phone in the
//! browser, people to play. The tests use it too; `serve` never does.

pub mod handset;
mod network;
pub mod office;
pub mod phone;
pub mod portal;
pub mod sandbox;
pub mod seed;
mod start;

pub use network::{CARRIERS, Carrier, LONGEST_ANSWER, LONGEST_SESSION};
pub use start::{Demo, DemoError, DemoSettings};

/// The code that people of the demo dial.
pub const SERVICE_CODE: &str = "*384*2026#";

/// Where people of the demo send an SMS.
pub const SHORT_CODE: &str = "22026";

/// The channel of the demo.
pub const CHANNEL: &str = "at";

/// Its path secret, which everybody knows.
pub const SECRET: &str = "demo";
