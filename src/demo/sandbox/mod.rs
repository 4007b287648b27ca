//! An aggregator of our own that speaks Africa's Talking's wire format.
//!
//! It takes SMS over HTTP, keeps them in a ledger instead of sending them, and
//! posts delivery reports back. What it does with a recipient can be scripted,
//! so that refusals, lost answers and late reports can be tried at will.
//! Numbers and texts are never logged.

mod answer;
mod behaviour;
mod cards;
mod doors;
mod ledger;
mod office;
mod reports;
mod serve;
#[cfg(test)]
mod tests;

pub use behaviour::Behaviour;
pub use ledger::LedgerEntry;

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio_util::sync::{CancellationToken, DropGuard};
use tokio_util::task::TaskTracker;
use zeroize::Zeroizing;

use crate::domain::{CardSwap, Clock, Msisdn};
use office::Office;

/// How a sandbox is set up.
pub struct SandboxSettings {
    /// The only user name it knows.
    pub username: String,
    /// The only key it knows.
    pub api_key: Zeroizing<String>,
    /// The address under which the service is called back, such as
    /// `http://127.0.0.1:8080/callbacks/at/demo`; without it, it is not.
    pub callbacks: Option<String>,
    /// How long a report waits after its message was accepted. Real ones take
    /// seconds; with none at all a report may overtake the answer to the send.
    pub report_delay: Duration,
    /// Whether a `Sent` report comes before the final one.
    pub report_sent: bool,
    /// Where the ledger is kept, one JSON object a line, each flushed to disk
    /// before its message is answered. An existing one is continued.
    pub ledger_file: Option<PathBuf>,
    /// Tells when a message was accepted.
    pub clock: Arc<dyn Clock>,
}

/// A running sandbox. Its clones are the same one; it stops when the last of
/// them is dropped.
#[derive(Clone)]
pub struct Sandbox {
    addr: SocketAddr,
    office: Arc<Office>,
    stop: CancellationToken,
    tasks: TaskTracker,
    _stops_when_dropped: Arc<DropGuard>,
}

impl Sandbox {
    /// Opens the ledger and serves on `listener`, on the current runtime.
    pub fn start(listener: TcpListener, settings: SandboxSettings) -> io::Result<Self> {
        let stop = CancellationToken::new();
        let tasks = TaskTracker::new();
        let addr = listener.local_addr()?;
        let office = Arc::new(Office::open(settings, &stop, &tasks)?);
        let app = doors::routes(Arc::clone(&office));
        tasks.spawn(serve::serve(listener, app, stop.clone(), tasks.clone()));
        Ok(Self {
            addr,
            office,
            tasks,
            _stops_when_dropped: Arc::new(stop.clone().drop_guard()),
            stop,
        })
    }

    /// Where it listens.
    #[must_use]
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// What an account's `base_url` must be to reach it.
    #[must_use]
    pub fn base_url(&self) -> String {
        format!("http://{}", self.addr)
    }

    /// Treats messages to this number so from now on.
    pub fn behave(&self, to: &Msisdn, behaviour: Behaviour) {
        self.office.script().always(to, behaviour);
    }

    /// Treats the next messages to this number so, one each, before it goes
    /// back to what [`Sandbox::behave`] says.
    pub fn behave_next(&self, to: &Msisdn, behaviours: impl IntoIterator<Item = Behaviour>) {
        self.office.script().next(to, behaviours);
    }

    /// Tells this of the SIM card behind a line from now on; of an untold one, that its
    /// network can't be asked.
    pub fn card(&self, of: &Msisdn, swap: CardSwap) {
        self.office.script().card(of, swap);
    }

    /// The messages accepted for this number, newest first.
    #[must_use]
    pub fn messages_to(&self, to: &Msisdn) -> Vec<LedgerEntry> {
        self.office.ledger().to(to)
    }

    /// All messages accepted, oldest first.
    #[must_use]
    pub fn messages(&self) -> Vec<LedgerEntry> {
        self.office.ledger().all().to_vec()
    }

    /// How many messages were accepted, for those who wait for the next one.
    #[must_use]
    pub fn accepted(&self) -> watch::Receiver<usize> {
        self.office.accepted()
    }

    /// Closes the door and every connection; reports not yet delivered are
    /// given up.
    pub async fn shutdown(&self) {
        self.stop.cancel();
        self.tasks.close();
        self.tasks.wait().await;
    }
}
