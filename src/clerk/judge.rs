//! Holding every row of a file against the register, and keeping what it would move.

use tokio::sync::mpsc;

use crate::actions::import::{Import, Plan, Rejected};
use crate::actions::{ActionError, Decider};
use crate::crypto::Sealed;
use crate::imports::{Form, Line};
use crate::store::imports::{self, Import as Kept, Stage, Sums};

use super::table::{Batch, Table};
use super::{Clerk, ClerkError, TRIES, passes, rejects};

/// Rows that are written in one unit of work.
const PART: usize = 1_000;

/// Batches that are read ahead.
const AHEAD: usize = 2;

/// How far a file was judged.
pub struct Judged<'a> {
    /// Up to which byte.
    pub place: u64,
    /// What its rows came to.
    pub sums: Sums,
    /// Those of the last rows that can't be taken.
    pub rejected: &'a [Rejected],
}

impl Clerk {
    /// Opens an import for a file; gives its id.
    pub async fn open(
        &self,
        table: &Table,
        file: &str,
        tells: bool,
        by: Decider<'_>,
    ) -> Result<String, ClerkError> {
        let now = self.clock.now();
        let import = Kept {
            id: uuid::Uuid::now_v7().to_string(),
            kind: table.kind.name().to_owned(),
            file: file.to_owned(),
            header: serde_json::to_string(&table.form.names()).map_err(ActionError::from)?,
            stage: Stage::Judging,
            tells,
            channel: by.channel.to_owned(),
            whole: table.bytes(),
            place: 0,
            sums: Sums::default(),
            written: 0,
            refused: 0,
            fault: None,
            made_by: by.name.to_owned(),
            decided_by: None,
            created_at: now,
            updated_at: now,
        };
        let mut tx = self.store.begin().await?;
        imports::insert(&mut tx, &import, self.hold(now), now).await?;
        tx.commit().await?;
        Ok(import.id)
    }

    /// Judges every row. What it would move is kept for the import of that id; without one,
    /// nothing is written at all.
    pub async fn judge(
        &self,
        table: Table,
        import: Option<&str>,
        tells: bool,
        by: Decider<'_>,
        mut watch: impl FnMut(&Judged<'_>) -> std::io::Result<()>,
    ) -> Result<Sums, ClerkError> {
        let form = table.form.clone();
        let (out, mut batches) = mpsc::channel(AHEAD);
        let reading = tokio::task::spawn_blocking(move || table.read(&out));
        let plan = Plan {
            writes: false,
            tells,
        };
        let mut judging = Import::new(&self.tools, by, plan, "", self.clock.now());
        let mut parts = 0;
        while let Some(batch) = batches.recv().await {
            let Batch { lines, rows, place } = batch?;
            let mut tx = self.store.begin_read().await?;
            let taken = judging.take(&mut tx, rows).await?;
            drop(tx);
            let judged = Judged {
                place,
                sums: judging.sums(),
                rejected: &taken.rejected,
            };
            watch(&judged)?;
            if let Some(id) = import {
                let moving = lines
                    .into_iter()
                    .filter(|line| taken.moving.binary_search(&line.row).is_ok())
                    .map(|line| form.only_read(line));
                let moving: Vec<_> = moving.collect();
                self.keep(id, &judged, &moving, parts).await?;
                parts += moving.len().div_ceil(PART) as u64;
            }
        }
        reading.await.map_err(|_| ClerkError::BrokeOff)?;
        if let Some(id) = import {
            let mut tx = self.store.begin().await?;
            let step = (Stage::Judging, Stage::Judged);
            if !imports::step(&mut tx, id, step, self.clock.now()).await? {
                return Err(ClerkError::NotOurs);
            }
            tx.commit().await?;
        }
        Ok(judging.sums())
    }

    async fn keep(
        &self,
        import: &str,
        judged: &Judged<'_>,
        moving: &[Line],
        first: u64,
    ) -> Result<(), ClerkError> {
        let mut sealed = Vec::new();
        for (number, part) in (first..).zip(moving.chunks(PART)) {
            let clear = serde_json::to_vec(part).map_err(ActionError::from)?;
            let row = row_of(import, number);
            sealed.push((number, place_of(&row).seal(&self.tools.keys, &clear)));
        }
        let mut tries = 0;
        loop {
            match self.keep_once(import, judged, &sealed).await {
                Err(error) if passes(&error) && tries < TRIES => tries += 1,
                done => return done,
            }
        }
    }

    async fn keep_once(
        &self,
        import: &str,
        judged: &Judged<'_>,
        sealed: &[(u64, Vec<u8>)],
    ) -> Result<(), ClerkError> {
        let now = self.clock.now();
        let mut tx = self.store.begin().await?;
        let upto = (judged.place, &judged.sums);
        if !imports::judged_to(&mut tx, import, self.hold(now), upto, now).await? {
            return Err(ClerkError::NotOurs);
        }
        for (number, part) in sealed {
            imports::add_part(&mut tx, import, *number, part).await?;
        }
        imports::add_rejects(&mut tx, import, &rejects(judged.rejected)).await?;
        Ok(tx.commit().await?)
    }
}

/// The row of a part, which what is sealed is bound to.
pub(super) fn row_of(import: &str, number: u64) -> String {
    format!("{import}:{number}")
}

/// Where the rows of a part are sealed.
pub(super) fn place_of(row: &str) -> Sealed<'_> {
    Sealed {
        column: "import_parts.sealed",
        row,
    }
}

/// The form of a file that was judged.
pub(super) fn form_of(import: &Kept) -> Result<Form, ClerkError> {
    let names: Vec<String> = serde_json::from_str(&import.header).map_err(ActionError::from)?;
    let kind = crate::imports::Kind::named(&import.kind).ok_or(ClerkError::BrokeOff)?;
    Ok(Form::of(kind, &names)?)
}
