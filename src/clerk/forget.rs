//! Forgetting what was kept long enough, kind by kind, in bites that hold nobody up.

use std::time::Duration;

use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use crate::actions::audit;
use crate::config::days;
use crate::domain::Timestamp;
use crate::store::StoreError;
use crate::store::retention::{self as stale, STALE, Stale};

use super::Clerk;

/// Between looks; what is forgotten was kept for days.
const EVERY: Duration = Duration::from_hours(1);

/// Rows that are taken away in one unit of work.
const BITE: usize = 500;

/// After each, so that whoever waits to write comes in between.
const BREATH: Duration = Duration::from_millis(10);

impl Clerk {
    /// Forgets what is old until told to stop; in any number of processes. Run it in a spawned
    /// task.
    pub async fn keep_tidy(self, stop: CancellationToken) {
        while !stop.is_cancelled() {
            if let Err(error) = self.forget_old(&stop).await {
                tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    "what is old could not be forgotten"
                );
            }
            tokio::select! {
                () = stop.cancelled() => {}
                () = sleep(EVERY) => {}
            }
        }
    }

    async fn forget_old(&self, stop: &CancellationToken) -> Result<(), StoreError> {
        let (now, retention) = (self.clock.now(), &self.tools.retention);
        for (setting, kept) in retention.all() {
            let before = now.minus(days(kept));
            for kind in STALE.iter().filter(|kind| kind.setting == setting) {
                self.forget_all(kind, before, stop).await?;
            }
        }
        let before = now.minus(days(retention.audit_days));
        while !stop.is_cancelled() && audit::forget(&self.store, before, now).await? {
            sleep(BREATH).await;
        }
        let mut tx = self.store.begin().await?;
        let last = now.minus(retention.work()).date_in_kenya();
        stale::forget_signatures(&mut tx, last).await?;
        stale::forget_kept_work(&mut tx, now).await?;
        tx.commit().await
    }

    async fn forget_all(
        &self,
        kind: &Stale,
        before: Timestamp,
        stop: &CancellationToken,
    ) -> Result<(), StoreError> {
        let mut all = 0;
        while !stop.is_cancelled() {
            let mut tx = self.store.begin().await?;
            let gone = stale::forget(&mut tx, kind, before, BITE).await?;
            tx.commit().await?;
            all += gone;
            if gone < BITE {
                break;
            }
            sleep(BREATH).await;
        }
        if all > 0 {
            tracing::info!(kind = kind.name, rows = all, "forgotten for their age");
        }
        Ok(())
    }
}
