//! What handlers share.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;

use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::actions::Tools;
use crate::aggregators::Channels;
use crate::clerk::Clerk;
use crate::config::Exposure;
use crate::domain::Clock;
use crate::intake::Intake;
use crate::letters::Letters;
use crate::metrics::Metrics;
use crate::outbox::Worker;
use crate::store::Store;

use super::guard::Guard;
use super::operator::Counted;
use super::pages::Look;

/// What the service is made of.
pub struct AppParts {
    /// Where everything is kept.
    pub store: Store,
    /// The aggregator accounts.
    pub channels: Channels,
    /// Takes in what aggregators bring.
    pub intake: Intake,
    /// Takes files into the register.
    pub clerk: Clerk,
    /// Does everything else.
    pub tools: Tools,
    /// Renders letters.
    pub letters: Letters,
    /// Where all count.
    pub metrics: Metrics,
    /// Who may read it.
    pub metrics_exposure: Exposure,
    /// Sends SMS; None where another process does.
    pub worker: Option<Worker>,
    /// Which process this is.
    pub process: String,
    /// The name that phones show for each channel, for people opt out from it.
    pub senders: BTreeMap<String, String>,
    /// What an SMS costs, for estimates.
    pub cents_per_sms: u64,
    /// How pages look.
    pub look: Look,
    /// Whether people come by https.
    pub https: bool,
    /// Proxies whose word on a client's address is taken.
    pub trusted_proxies: Vec<IpAddr>,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// What goes on after its answer; the service waits for it before it stops.
    pub later: TaskTracker,
    /// Cancelled when the service is about to stop: it is not ready any more.
    pub leaving: CancellationToken,
}

/// The parts, shared. Cheap to clone.
#[derive(Clone)]
pub struct App(Arc<Inner>);

pub(super) struct Inner {
    pub(super) parts: AppParts,
    pub(super) guard: Guard,
    pub(super) counted: Counted,
}

impl App {
    /// Puts the parts together.
    #[must_use]
    pub fn new(parts: AppParts) -> Self {
        let guard = Guard::new(&parts.tools.api);
        let counted = Counted::default();
        Self(Arc::new(Inner {
            parts,
            guard,
            counted,
        }))
    }

    /// Counts the calls of other systems.
    pub(super) fn guard(&self) -> &Guard {
        &self.0.guard
    }

    /// Tells the worker of this process that there may be something to send.
    pub(super) fn ring(&self) {
        self.intake.dialogue.bell.notify_one();
    }

    pub(super) fn counted(&self) -> &Counted {
        &self.0.counted
    }
}

impl std::ops::Deref for App {
    type Target = AppParts;

    fn deref(&self) -> &AppParts {
        &self.0.parts
    }
}
