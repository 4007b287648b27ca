//! Connections that are kept: the binds of channels that are reached by SMPP.
//!
//! One process has the bind of a channel; the others look on, and take it over when that one
//! stops or dies. SMS come from the worker and leave by it; what the SMSC brings is handed to
//! the intake, and acknowledged when it is kept. What a PDU means is said by
//! `aggregators::smpp`; here are the wire, the waiting and the tries.

mod connect;
mod keeper;
mod link;
mod serve;

use std::sync::Arc;

use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::aggregators::{Channels, Wire};
use crate::config;
use crate::domain::Clock;
use crate::intake::Intake;
use crate::outbox::Links;
use crate::store::Store;

use keeper::Keeper;

/// Keeps the binds of all channels that have one.
#[derive(Clone)]
pub struct Binds {
    /// Where it is written which process has which.
    pub store: Store,
    /// The accounts.
    pub channels: Channels,
    /// How long sends may take, and how long to wait between tries.
    pub outbox: config::Outbox,
    /// Where the worker finds connections that are up.
    pub links: Links,
    /// Takes in what comes.
    pub intake: Intake,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
}

impl Binds {
    /// Keeps them until told to stop. Run it in a spawned task: a unit of work must not be
    /// cancelled.
    pub async fn run(self, stop: CancellationToken) {
        let keepers = TaskTracker::new();
        for channel in self.channels.iter() {
            if let Wire::Smpp(_) = channel.aggregator.wire() {
                let keeper = Keeper::new(self.clone(), channel.clone());
                keepers.spawn(keeper.run(stop.clone()));
            }
        }
        keepers.close();
        keepers.wait().await;
    }
}
