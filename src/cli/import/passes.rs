//! The two passes over a file: the first judges and locks nothing, the second writes in one
//! unit of work.

use std::fs::File;
use std::path::{Path, PathBuf};

use anyhow::Context;

use crate::actions::import::{Import, Plan, Rejected, Tally};
use crate::actions::{Decider, Tools};
use crate::domain::Timestamp;
use crate::imports::{FileError, Kind, Reader, Source};
use crate::store::{Store, Tx};

use super::super::progress::Progress;
use super::rejects::Rejects;

/// Rows that are looked up and written at a time.
const BATCH: usize = 2_000;

/// A file that can be imported.
pub(super) struct Table {
    pub(super) kind: Kind,
    pub(super) unread: Vec<String>,
    path: PathBuf,
    source: Source,
}

impl Table {
    /// Looks at a file, its letters and its header.
    pub(super) fn survey(kind: Kind, path: &Path) -> Result<Self, FileError> {
        let source = Source::survey(File::open(path)?)?;
        let reader = Reader::open(kind, source, File::open(path)?)?;
        Ok(Self {
            kind,
            unread: reader.unread().to_vec(),
            path: path.to_owned(),
            source,
        })
    }

    fn open(&self) -> Result<Reader<File>, FileError> {
        Reader::open(self.kind, self.source, File::open(&self.path)?)
    }
}

/// Who imports into what.
pub(super) struct Desk<'a> {
    pub(super) store: Store,
    pub(super) tools: &'a Tools,
    pub(super) by: Decider<'a>,
    pub(super) now: Timestamp,
}

impl Desk<'_> {
    /// Judges every row, and lists those that are rejected.
    pub(super) async fn judge(
        &self,
        table: &Table,
        plan: Plan,
        rejects: &Path,
    ) -> anyhow::Result<Tally> {
        let mut rejects = Rejects::into(rejects);
        let mut import = Import::new(self.tools, self.by, plan, self.now);
        let mut tx = self.store.begin_read().await?;
        pass(table, &mut import, &mut tx, "judging", |rejected| {
            rejects.add(rejected)
        })
        .await?;
        rejects.finish()?;
        Ok(import.tally())
    }

    /// Writes what is good; none, and nothing written, where something is not that was.
    pub(super) async fn write(
        &self,
        table: &Table,
        plan: Plan,
        keep_good: bool,
    ) -> anyhow::Result<Option<Tally>> {
        let mut import = Import::new(self.tools, self.by, plan, self.now);
        let mut tx = self.store.begin().await?;
        pass(table, &mut import, &mut tx, "writing", |_| Ok(())).await?;
        if import.tally().rejected > 0 && !keep_good {
            return Ok(None);
        }
        let name = table.path.file_name().unwrap_or_default().to_string_lossy();
        import.sign(&mut tx, table.kind, &name).await?;
        tx.commit().await?;
        Ok(Some(import.tally()))
    }
}

async fn pass(
    table: &Table,
    import: &mut Import<'_>,
    tx: &mut Tx,
    doing: &'static str,
    mut on_rejected: impl FnMut(&[Rejected]) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let at_file = || table.path.display().to_string();
    let mut reader = table.open().with_context(at_file)?;
    let mut progress = Progress::of(table.source.bytes, doing, "rows")?;
    loop {
        let mut rows = Vec::with_capacity(BATCH);
        while rows.len() < BATCH {
            let Some(row) = reader.next_row().with_context(at_file)? else {
                break;
            };
            rows.push(row);
        }
        if rows.is_empty() {
            progress.finish();
            return Ok(());
        }
        let rejected = import.take(tx, rows).await?;
        on_rejected(&rejected)?;
        progress.show(reader.position(), import.tally().read);
    }
}
