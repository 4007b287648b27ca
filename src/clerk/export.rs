//! Tables on their way out, as CSV that spreadsheets take for what it is.

use crate::actions::has_read;
use crate::actions::personal::shown;
use crate::domain::Timestamp;
use crate::store::exports::{self, Filter, Mark, Table};
use crate::store::{StoreError, Tx};
use crate::text::harmless;

/// Rows that are read at a time.
const PAGE: usize = 5_000;

/// A table of which some was taken out.
pub struct Export {
    table: &'static Table,
    filter: Filter,
    mark: Option<Mark>,
}

/// Why a table could not be taken out.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// It could not be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// It could not be written.
    #[error("the table could not be written")]
    Written(#[from] csv::Error),
}

impl Export {
    /// One of which nothing was taken out yet.
    #[must_use]
    pub fn new(table: &'static Table, filter: Filter) -> Self {
        Self {
            table,
            filter,
            mark: None,
        }
    }

    /// Writes down who takes it out. Nothing may leave before that is kept.
    pub async fn sign(&self, tx: &mut Tx, by: &str, now: Timestamp) -> Result<(), StoreError> {
        let Filter { series, centre } = &self.filter;
        let series = series.map(|series| series.to_string());
        let centre = centre.as_ref().map(|centre| centre.as_str().to_owned());
        let narrowed: Vec<_> = series.into_iter().chain(centre).collect();
        let detail = (!narrowed.is_empty()).then(|| narrowed.join(", "));
        let what = format!("export.{}", self.table.name);
        has_read(tx, by, (&what, detail), &[], now).await
    }

    /// The next rows as CSV, with the names of the columns before the first; none at the end.
    pub async fn next(&mut self, tx: &mut Tx) -> Result<Option<Vec<u8>>, ExportError> {
        let mut csv = csv::Writer::from_writer(Vec::new());
        let is_first = self.mark.is_none();
        if is_first {
            csv.write_record(self.table.columns.iter().map(|(name, _)| name))?;
        }
        let mark = self.mark.get_or_insert_default();
        match exports::page(tx, self.table, &self.filter, mark, PAGE).await? {
            Some((rows, next)) => {
                for row in rows {
                    let cells = row.into_iter().zip(self.table.columns);
                    csv.write_record(cells.map(|(cell, (_, kind))| harmless(shown(*kind, cell))))?;
                }
                *mark = next;
            }
            None if is_first => {}
            None => return Ok(None),
        }
        let csv = csv.into_inner();
        Ok(Some(
            csv.map_err(|error| csv::Error::from(error.into_error()))?,
        ))
    }
}
