//! The menus that sessions walk: the current one for those that begin, and the earlier
//! ones for those that began with them.
//!
//! A session keeps its version to its end. The files of a version are written down with
//! the first session that begins with it, in the same unit of work, so a session can go
//! on where the version is not in memory: in another process, or after a restart with
//! other files.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::actions::CATALOGUE;
use crate::domain::Timestamp;
use crate::menus::{self, Current, Edition, MenuFile, Version};
use crate::store::{StoreError, Tx, menu_versions};

/// How long a version that was written down is taken to be there. The rows are kept far
/// longer than this and a session together.
const WRITTEN: Duration = Duration::from_hours(1);

/// How long a version that no session asks for stays in memory.
const REMEMBERED: Duration = Duration::from_hours(1);

/// The menus in memory. Cheap to clone; all clones are one.
#[derive(Clone)]
pub struct Menus(Arc<Inner>);

struct Inner {
    current: Current,
    archive: Mutex<Archive>,
}

#[derive(Default)]
struct Archive {
    earlier: BTreeMap<Version, Earlier>,
    /// The version that was last written down, and when.
    written: Option<(Version, Timestamp)>,
}

/// What is in memory of a version.
pub(super) enum Held {
    /// Its menu.
    Here(Arc<Edition>),
    /// That this program can't prove it.
    Unprovable,
    /// Nothing.
    Nothing,
}

struct Earlier {
    /// None where this program can't prove it.
    edition: Option<Arc<Edition>>,
    asked_at: Timestamp,
}

impl Menus {
    /// With the menu that holds for whatever begins.
    #[must_use]
    pub fn new(current: Current) -> Self {
        let archive = Mutex::default();
        Self(Arc::new(Inner { current, archive }))
    }

    /// The menu for sessions that begin now.
    #[must_use]
    pub fn current(&self) -> Arc<Edition> {
        self.0.current.get()
    }

    /// From here on this menu is for sessions that begin. Those that live keep theirs.
    pub fn publish(&self, edition: Edition, now: Timestamp) {
        let before = self.0.current.replace(Arc::new(edition));
        let mut archive = self.archive();
        archive
            .earlier
            .retain(|_, earlier| now.since(earlier.asked_at) < REMEMBERED);
        archive.keep(before.version.clone(), Some(before), now);
    }

    /// The menu of that version, as far as it is in memory.
    pub(super) fn held(&self, version: &Version, now: Timestamp) -> Held {
        let current = self.current();
        if current.version == *version {
            return Held::Here(current);
        }
        let mut archive = self.archive();
        let Some(earlier) = archive.earlier.get_mut(version) else {
            return Held::Nothing;
        };
        earlier.asked_at = now;
        match &earlier.edition {
            Some(edition) => Held::Here(Arc::clone(edition)),
            None => Held::Unprovable,
        }
    }

    /// Proves a version from the files that were written down, and remembers what came
    /// of it. Hold no connection meanwhile: a proof takes a while.
    pub(super) async fn prove(
        &self,
        version: &Version,
        written: String,
        now: Timestamp,
    ) -> Option<Arc<Edition>> {
        let wanted = version.clone();
        let proof = tokio::task::spawn_blocking(move || proven(&written, &wanted));
        let edition = proof.await.ok().flatten().map(Arc::new);
        if edition.is_none() {
            tracing::warn!(%version, "a session began with menus that this program can't prove");
        }
        self.archive().keep(version.clone(), edition.clone(), now);
        edition
    }

    /// Whether the files of an edition were written down lately.
    pub(super) fn are_written(&self, edition: &Edition, now: Timestamp) -> bool {
        let is_there = |(version, at): &(Version, Timestamp)| {
            *version == edition.version && now.since(*at) < WRITTEN
        };
        self.archive().written.as_ref().is_some_and(is_there)
    }

    /// Writes down the files that a session begins with. Say so by [`Menus::written`] once
    /// that is kept.
    pub(super) async fn write(
        &self,
        tx: &mut Tx,
        edition: &Edition,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        if let Ok(files) = serde_json::to_string(&edition.files) {
            menu_versions::keep(tx, edition.version.as_str(), &files, now).await?;
        }
        Ok(())
    }

    pub(super) fn written(&self, edition: &Edition, now: Timestamp) {
        self.archive().written = Some((edition.version.clone(), now));
    }

    fn archive(&self) -> MutexGuard<'_, Archive> {
        self.0
            .archive
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl Archive {
    fn keep(&mut self, version: Version, edition: Option<Arc<Edition>>, now: Timestamp) {
        let asked_at = now;
        self.earlier.insert(version, Earlier { edition, asked_at });
    }
}

/// The menu of these files, if they are that version and hold with the actions of this
/// program.
fn proven(written: &str, version: &Version) -> Option<Edition> {
    let files: Vec<MenuFile> = serde_json::from_str(written).ok()?;
    let menu = menus::prove(&files, &CATALOGUE).ok()?;
    let edition = Edition::new(files, menu);
    (edition.version == *version).then_some(edition)
}
