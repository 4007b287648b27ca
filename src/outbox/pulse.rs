//! Watches whether urgent SMS wait too long: their channel rests, fails, or is slow.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use crate::actions::Pulse;
use crate::domain::Clock;
use crate::store::{Store, StoreError, outbox};

/// Between looks.
const EVERY: Duration = Duration::from_secs(2);

/// Looks at the outbox for one process.
#[derive(Clone)]
pub struct PulseWatch {
    /// Where the messages are.
    pub store: Store,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// Where it says what it saw.
    pub pulse: Pulse,
    /// How long an urgent message may wait.
    pub patience: Duration,
}

impl PulseWatch {
    /// Looks until told to stop. Run it in a spawned task.
    pub async fn run(self, stop: CancellationToken) {
        while !stop.is_cancelled() {
            if let Err(error) = self.look().await {
                tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    "the outbox is out of reach"
                );
            }
            tokio::select! {
                () = stop.cancelled() => {}
                () = sleep(EVERY) => {}
            }
        }
    }

    /// Looks once.
    pub async fn look(&self) -> Result<(), StoreError> {
        let mut tx = self.store.begin_read().await?;
        let oldest = outbox::oldest_urgent(&mut tx).await?;
        let now = self.clock.now();
        let is_slow = oldest.is_some_and(|oldest| now.since(oldest) > self.patience);
        self.pulse.set(is_slow);
        Ok(())
    }
}
