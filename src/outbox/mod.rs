//! The one way out: SMS leave through here, and nothing else speaks HTTP to the
//! outside. Where a channel keeps a connection, they are handed to it.
//!
//! A message is written in the transaction that causes it. The worker claims it under
//! a lease, which is the durable word that its first byte may leave, sends it, and
//! writes down what became of it: surely not sent, sent, or unknown. What is unknown
//! waits for a delivery report; then only a message whose repetition is harmless is
//! sent again, word for word. Nothing here is called inside a request but
//! [`reports::take`], which writes a report down.

mod attempt;
mod campaigns;
mod chain;
mod decide;
mod detours;
mod housekeeping;
mod links;
mod outlet;
mod pace;
mod pulse;
pub mod reports;
mod settler;
mod sim_checks;
#[cfg(test)]
mod simulation;
mod standings;
mod tokens;
mod transport;
mod webhooks;
mod worker;

pub use campaigns::CampaignFeeder;
pub use chain::AuditChain;
pub use links::{Errand, Links};
pub use pulse::PulseWatch;
pub use sim_checks::SimChecks;
pub use transport::{Transport, TransportError};
pub use webhooks::{Webhooks, WebhooksSettings};
pub use worker::{Worker, WorkerSettings};
