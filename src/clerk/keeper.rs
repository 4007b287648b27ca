//! Carrying out what was decided and nobody carries out, giving up what nobody judges any more.

use std::time::Duration;

use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use crate::store::imports::{self, Hold, Import, Stage};

use super::{Clerk, ClerkError, FREE};

/// Between looks.
const EVERY: Duration = Duration::from_secs(1);

/// How long a file waits to be decided; the register goes on meanwhile.
const UNDECIDED: Duration = Duration::from_hours(24);

/// Parts that are taken away in one unit of work.
const SHREDDED: usize = 50;

/// What is said of a file whose judging ended with its process.
const BROKE_OFF: &str = "the service was stopped while the file was read; bring it again";

impl Clerk {
    /// Looks after imports until told to stop; in any number of processes. Run it in a spawned
    /// task.
    pub async fn keep_imports(self, stop: CancellationToken) {
        while !stop.is_cancelled() {
            if let Err(error) = self.look_after(&stop).await {
                tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    "imports are out of reach"
                );
            }
            tokio::select! {
                () = stop.cancelled() => {}
                () = sleep(EVERY) => {}
            }
        }
    }

    async fn look_after(&self, stop: &CancellationToken) -> Result<(), ClerkError> {
        for import in self.abandoned().await? {
            match self.write_while(&import.id, |_| !stop.is_cancelled()).await {
                // Another process was faster.
                Err(ClerkError::NotOurs) => {}
                Ok(written) if !written.is_over => self.let_go(&import.id).await?,
                other => drop(other?),
            }
        }
        let now = self.clock.now();
        let mut tx = self.store.begin_read().await?;
        let unread = imports::left_in(&mut tx, Stage::Judging, now).await?;
        let mut undecided = imports::left_in(&mut tx, Stage::Judged, now).await?;
        let dropped = imports::to_shred(&mut tx).await?;
        drop(tx);
        undecided.retain(|import| import.updated_at.plus(UNDECIDED) < now);
        if !unread.is_empty() || !undecided.is_empty() {
            let mut tx = self.store.begin().await?;
            for import in &unread {
                imports::failed(&mut tx, &import.id, BROKE_OFF, now).await?;
            }
            for import in &undecided {
                let given_up = (Stage::Judged, Stage::Dropped);
                imports::step(&mut tx, &import.id, given_up, now).await?;
            }
            tx.commit().await?;
        }
        for id in dropped {
            while !stop.is_cancelled() && self.shred(&id).await? {}
        }
        Ok(())
    }

    /// Imports that were decided and that nobody is writing.
    pub async fn abandoned(&self) -> Result<Vec<Import>, ClerkError> {
        let mut tx = self.store.begin_read().await?;
        Ok(imports::left_in(&mut tx, Stage::Writing, self.clock.now()).await?)
    }

    /// Leaves an import to whoever comes next: this process stops.
    async fn let_go(&self, id: &str) -> Result<(), ClerkError> {
        let nobody = Hold {
            owner: "",
            until: FREE,
        };
        let mut tx = self.store.begin().await?;
        imports::hold(&mut tx, id, nobody).await?;
        Ok(tx.commit().await?)
    }

    /// Gives up a file that can't be read to its end, and says why.
    pub async fn give_up(&self, id: &str, fault: &str) -> Result<(), ClerkError> {
        let mut tx = self.store.begin().await?;
        imports::failed(&mut tx, id, fault, self.clock.now()).await?;
        Ok(tx.commit().await?)
    }

    /// Takes parts of a dropped import away; false when none was left.
    pub(super) async fn shred(&self, id: &str) -> Result<bool, ClerkError> {
        let mut tx = self.store.begin().await?;
        let gone = imports::shred(&mut tx, id, SHREDDED).await?;
        tx.commit().await?;
        Ok(gone > 0)
    }
}
