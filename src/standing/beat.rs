//! What a process says of itself, every few seconds, until it stops.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use crate::crypto::Keys;
use crate::domain::{Clock, Timestamp};
use crate::metrics::Metrics;
use crate::outbox::Worker;
use crate::store::processes::{self, Process};
use crate::store::{Store, StoreError, key_marks};

/// Between two words.
const EVERY: Duration = Duration::from_secs(5);

/// A process that has said nothing for so long has ended, or is cut off.
pub const FRESH: Duration = Duration::from_secs(20);

/// How long a process that fell silent is remembered.
const MEMORY: Duration = Duration::from_hours(24);

/// What a process knows of itself.
#[derive(Clone)]
pub struct BeatSettings {
    /// Where it says so.
    pub store: Store,
    /// Whose marks are kept, so that a wrong key is known later.
    pub keys: Keys,
    /// Its hops.
    pub metrics: Metrics,
    /// Sends SMS, if it does.
    pub worker: Option<Worker>,
    /// What it runs: `all`, `web` or `worker`.
    pub parts: &'static str,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
}

/// Speaks for one process.
pub struct Beat {
    settings: BeatSettings,
    id: String,
    started_at: Timestamp,
}

impl Beat {
    /// Of a process that starts now.
    #[must_use]
    pub fn new(settings: BeatSettings) -> Self {
        Self {
            started_at: settings.clock.now(),
            id: uuid::Uuid::now_v7().to_string(),
            settings,
        }
    }

    /// Which process it is.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Speaks until told to stop, and then says no more. Run it in a spawned task.
    pub async fn run(self, stop: CancellationToken) {
        let mut are_keys_known = false;
        while !stop.is_cancelled() {
            match self.speak(are_keys_known).await {
                Ok(()) => are_keys_known = true,
                Err(error) => tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    "the process could not say how it is"
                ),
            }
            tokio::select! {
                () = stop.cancelled() => {}
                () = sleep(EVERY) => {}
            }
        }
        if let Err(error) = self.leave().await {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "the process could not say that it ends"
            );
        }
    }

    async fn speak(&self, are_keys_known: bool) -> Result<(), StoreError> {
        let settings = &self.settings;
        let now = settings.clock.now();
        let silent = settings.worker.as_ref().map(Worker::silent_for);
        let process = Process {
            id: self.id.clone(),
            parts: settings.parts.to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            started_at: self.started_at,
            seen_at: now,
            silent_s: silent.map(|silent| i64::try_from(silent.as_secs()).unwrap_or(i64::MAX)),
            pace: settings.metrics.pace().to_text(),
        };
        let mut tx = settings.store.begin().await?;
        if !are_keys_known {
            for (name, mark) in settings.keys.marks() {
                key_marks::keep(&mut tx, name, &mark, now).await?;
            }
        }
        processes::keep(&mut tx, &process).await?;
        processes::forget_before(&mut tx, now.minus(MEMORY)).await?;
        tx.commit().await
    }

    async fn leave(&self) -> Result<(), StoreError> {
        let mut tx = self.settings.store.begin().await?;
        processes::remove(&mut tx, &self.id).await?;
        tx.commit().await
    }
}
