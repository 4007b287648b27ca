//! Journeys through the public surface, on both databases: one binary, so that it
//! links once.
#![expect(
    clippy::unwrap_used,
    reason = "a test that can't go on should stop where it is"
)]

mod architecture;
mod database_away;
mod hang_ups;
mod harness;
mod hops;
mod journeys;
mod outbox;
mod schema;
