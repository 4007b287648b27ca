//! A file that can be imported: CSV, or one sheet of a workbook.

use std::fs::File;
use std::io::{BufReader, BufWriter, Seek};

use tokio::sync::mpsc;

use crate::imports::{
    FileError, Form, Kind, Line, Numbered, Reader, Source, Workbook, is_workbook,
};

/// Rows that are read at a time.
const BATCH: usize = 2_000;

/// A file whose header fits.
pub struct Table {
    /// What it lists.
    pub kind: Kind,
    /// The names of columns that are not read.
    pub unread: Vec<String>,
    /// The sheet that is read, of a workbook.
    pub sheet: Option<String>,
    pub(super) form: Form,
    pub(super) source: Source,
    file: File,
}

/// Rows of a file.
pub(super) struct Batch {
    /// As they stand there.
    pub(super) lines: Vec<Line>,
    /// What they say.
    pub(super) rows: Vec<Numbered>,
    /// Where they end.
    pub(super) place: u64,
}

impl Table {
    /// Looks at a file: its letters, its header, the sheet that is wanted or else the first
    /// that fits. It reads the whole of it, so it belongs on a thread that may wait.
    pub fn survey(kind: Kind, mut file: File, sheet: Option<&str>) -> Result<Self, FileError> {
        if !is_workbook(&mut file)? {
            if sheet.is_some() {
                return Err(FileError::NoSheets);
            }
            return Self::of_csv(kind, file);
        }
        let mut workbook = Workbook::open(BufReader::new(file))?;
        let mut sheets = workbook.sheets();
        if let Some(wanted) = sheet {
            if !sheets.iter().any(|name| name == wanted) {
                return Err(FileError::NoSheet(sheets.join(", ")));
            }
            sheets.retain(|name| name == wanted);
        }
        let mut misfit = None;
        for name in sheets {
            // It has no name, and is gone with its last handle.
            let mut csv = tempfile::tempfile()?;
            workbook.write_csv(&name, BufWriter::new(&csv))?;
            csv.rewind()?;
            match Self::of_csv(kind, csv) {
                Ok(table) => {
                    return Ok(Self {
                        sheet: Some(name),
                        ..table
                    });
                }
                Err(error) => misfit = misfit.or(Some(error)),
            }
        }
        Err(misfit.unwrap_or(FileError::Workbook))
    }

    fn of_csv(kind: Kind, mut file: File) -> Result<Self, FileError> {
        let source = Source::survey(&file)?;
        file.rewind()?;
        let reader = Reader::open(kind, source, &file)?;
        let (unread, form) = (reader.unread().to_vec(), reader.form().clone());
        file.rewind()?;
        Ok(Self {
            kind,
            unread,
            sheet: None,
            form,
            source,
            file,
        })
    }

    /// How long it is, in bytes.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.source.bytes
    }

    /// Reads all of it, as fast as somebody takes it.
    pub(super) fn read(self, out: &mpsc::Sender<Result<Batch, FileError>>) {
        let mut reader = match Reader::open(self.kind, self.source, self.file) {
            Ok(reader) => reader,
            Err(error) => return drop(out.blocking_send(Err(error))),
        };
        loop {
            let batch = reader.lines(BATCH).map(|lines| Batch {
                rows: lines.iter().map(|line| self.form.read(line)).collect(),
                lines,
                place: reader.position(),
            });
            let is_over = batch.as_ref().map_or(true, |batch| batch.lines.is_empty());
            // Whoever waited for it may be gone.
            if out.blocking_send(batch).is_err() || is_over {
                return;
            }
        }
    }
}
