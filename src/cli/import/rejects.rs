//! The list of rejected rows. A file is made once there is one to list.

use std::fs::File;
use std::path::{Path, PathBuf};

use anyhow::Context;

use crate::actions::import::Rejected;
use crate::cli::private_file;
use crate::text::harmless;

pub(super) struct Rejects {
    path: PathBuf,
    table: Option<csv::Writer<File>>,
}

impl Rejects {
    pub(super) fn into(path: &Path) -> Self {
        Self {
            path: path.to_owned(),
            table: None,
        }
    }

    pub(super) fn add(&mut self, rejected: &[Rejected]) -> anyhow::Result<()> {
        if rejected.is_empty() {
            return Ok(());
        }
        let table = match &mut self.table {
            Some(table) => table,
            none => {
                let mut table = csv::Writer::from_writer(open(&self.path)?);
                table.write_record(["row", "column", "value", "reason"])?;
                none.insert(table)
            }
        };
        for Rejected { row, fault } in rejected {
            table.write_record([
                row.to_string(),
                fault.column.to_owned(),
                harmless(fault.value.clone()),
                fault.reason.to_string(),
            ])?;
        }
        Ok(())
    }

    pub(super) fn finish(mut self) -> anyhow::Result<()> {
        if let Some(table) = &mut self.table {
            table.flush()?;
        }
        Ok(())
    }
}

fn open(path: &Path) -> anyhow::Result<File> {
    private_file::create(path).with_context(|| {
        format!(
            "{} can't be written; --rejects names another file",
            path.display()
        )
    })
}
