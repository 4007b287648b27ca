//! Chains the entries of the audit log, soon after they were written.

use std::time::Duration;

use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use crate::actions::audit;
use crate::store::Store;

/// Chains for one process; any number of them make one chain.
#[derive(Clone)]
pub struct AuditChain {
    /// Where the entries are.
    pub store: Store,
    /// Between looks.
    pub poll: Duration,
}

impl AuditChain {
    /// Chains until told to stop, and what is left then. Run it in a spawned task.
    pub async fn run(self, stop: CancellationToken) {
        loop {
            match audit::chain(&self.store).await {
                Ok(true) => continue,
                Ok(false) if stop.is_cancelled() => return,
                Ok(false) => {}
                Err(error) => {
                    tracing::warn!(
                        error = &error as &dyn std::error::Error,
                        "the audit log could not be chained"
                    );
                    if stop.is_cancelled() {
                        return;
                    }
                }
            }
            tokio::select! {
                () = stop.cancelled() => {}
                () = sleep(self.poll) => {}
            }
        }
    }
}
