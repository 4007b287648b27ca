//! Reading the menus anew while the service runs: when told, or when a file has changed.
//!
//! New menus are proven as at the start. With a single finding they are refused as a
//! whole, and the ones that are there go on.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::actions::CATALOGUE;
use crate::config;
use crate::dialogue::Menus;
use crate::domain::Clock;
use crate::menus::{self, Edition, Findings, Version};

/// Watches the folder of menus.
pub(super) struct Watcher {
    folder: Option<PathBuf>,
    /// How often it looks by itself; none for never.
    every: Option<Duration>,
    menus: Menus,
    clock: Arc<dyn Clock>,
    told: Arc<Notify>,
    /// What was seen at the last look, if it is new: it may be half written.
    seen: Option<Version>,
    /// What was refused last, so that it is said once.
    refused: Option<Version>,
    is_away: bool,
}

impl Watcher {
    pub(super) fn new(settings: &config::Menus, menus: Menus, clock: Arc<dyn Clock>) -> Self {
        let every = Duration::from_millis(settings.poll_ms);
        Self {
            folder: settings.folder.clone(),
            every: (!every.is_zero() && settings.folder.is_some()).then_some(every),
            menus,
            clock,
            told: Arc::new(Notify::new()),
            seen: None,
            refused: None,
            is_away: false,
        }
    }

    /// Rings to let it look at once.
    pub(super) fn bell(&self) -> Arc<Notify> {
        Arc::clone(&self.told)
    }

    pub(super) async fn run(mut self, stop: CancellationToken) {
        let bell = self.bell();
        loop {
            let time = async {
                match self.every {
                    Some(every) => tokio::time::sleep(every).await,
                    None => std::future::pending().await,
                }
            };
            let told = tokio::select! {
                () = stop.cancelled() => return,
                () = bell.notified() => true,
                () = time => false,
            };
            self.look(told).await;
        }
    }

    async fn look(&mut self, told: bool) {
        let Some(folder) = self.folder.clone() else {
            tracing::info!("the menus are built in: there is nothing to read anew");
            return;
        };
        let files = blocking(move || menus::read_folder(&folder)).await;
        let files = match files.and_then(std::convert::identity) {
            Ok(files) => files,
            Err(error) => {
                if told || !self.is_away {
                    let error = &error as &dyn std::error::Error;
                    tracing::error!(error, "the menus can't be read; the old ones go on");
                }
                self.is_away = true;
                return;
            }
        };
        self.is_away = false;
        let version = Version::of(&files);
        if version == self.menus.current().version {
            (self.seen, self.refused) = (None, None);
            if told {
                tracing::info!(%version, "the menus are as they were");
            }
            return;
        }
        let is_steady = self.seen.replace(version.clone()) == Some(version.clone());
        let is_known = self.refused.as_ref() == Some(&version);
        if !told && (!is_steady || is_known) {
            return;
        }
        let proof = blocking(move || {
            let menu = menus::prove(&files, &CATALOGUE)?;
            Ok(Edition::new(files, menu))
        });
        match proof.await {
            Ok(Ok(edition)) => self.publish(edition),
            Ok(Err(findings)) => self.refuse(version, &findings),
            Err(error) => {
                let error = &error as &dyn std::error::Error;
                tracing::error!(error, "the menus can't be proven; the old ones go on");
            }
        }
    }

    fn publish(&mut self, edition: Edition) {
        let (version, screens) = (edition.version.clone(), edition.menu.screens.len());
        self.menus.publish(edition, self.clock.now());
        (self.seen, self.refused) = (None, None);
        tracing::info!(%version, screens, "new menus, for sessions that begin now");
    }

    fn refuse(&mut self, version: Version, findings: &Findings) {
        for finding in &findings.0 {
            tracing::error!(%version, "the menus are refused, the old ones go on: {finding}");
        }
        self.refused = Some(version);
    }
}

/// Runs what may wait for a disk or take long beside the hops.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> io::Result<T> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(io::Error::other)
}
