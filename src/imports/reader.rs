//! The rows of a file, one after the other.

use std::io::{self, BufReader, Read};

use serde::{Deserialize, Serialize};

use super::cell::Cells;
use super::centre::CentreRow;
use super::column::Kind;
use super::deployment::DeploymentRow;
use super::fault::{Fault, Reason};
use super::header::{Header, NoHeader};
use super::professional::ProfessionalRow;
use super::source::Source;

/// The longest row that is read; a quotation mark that nobody closed makes one of the whole
/// rest of a file.
const LONGEST_ROW: u64 = 1 << 16;

/// How far down the header may stand, below titles.
const FIRST_ROWS: usize = 10;

/// Why a file can't be read at all.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// It can't be opened or read.
    #[error("the file can't be read")]
    Io(#[from] io::Error),
    /// An image, UTF-16, an older workbook.
    #[error(
        "this is neither CSV nor an .xlsx workbook; save the sheet as \"CSV UTF-8\" and import that"
    )]
    NotText,
    /// A workbook that is broken, or has a password.
    #[error("this workbook can't be read; save the sheet as \"CSV UTF-8\" and import that")]
    Workbook,
    /// A workbook that holds too much.
    #[error("this workbook is too large; save the sheet as \"CSV UTF-8\" and import that")]
    TooLarge,
    /// A sheet is wanted of what has none.
    #[error("this is CSV, which has no sheets")]
    NoSheets,
    /// A sheet that the workbook does not have.
    #[error("the workbook has no such sheet; it has {0}")]
    NoSheet(String),
    /// No row of the first ten names all columns.
    #[error("the header has no column {0}; docs/data.md lists the names that are known")]
    NoColumn(&'static str),
    /// Two columns mean the same.
    #[error("the header has the column {0} twice")]
    ColumnTwice(&'static str),
    /// A row without an end.
    #[error("row {0} is longer than 64 KB: a quotation mark may not be closed")]
    TooLong(u64),
    /// The bytes are no CSV.
    #[error("row {0} can't be read as CSV")]
    Broken(u64),
}

/// What a row says.
#[derive(Debug, Clone)]
pub enum Row {
    /// About a centre.
    Centre(CentreRow),
    /// About a person.
    Professional(Box<ProfessionalRow>),
    /// About somebody's work.
    Deployment(DeploymentRow),
}

impl Row {
    fn read(kind: Kind, cells: &Cells<'_>) -> Result<Self, Fault> {
        match kind {
            Kind::Centres => CentreRow::read(cells).map(Self::Centre),
            Kind::Professionals => {
                ProfessionalRow::read(cells).map(|row| Self::Professional(Box::new(row)))
            }
            Kind::Deployments => DeploymentRow::read(cells).map(Self::Deployment),
        }
    }
}

/// Reads a row that came as fields with their names, by the same rules as one of a file.
pub fn read_fields(kind: Kind, fields: &[(String, String)]) -> Result<Row, Fault> {
    let (names, cells): (Vec<_>, Vec<_>) = fields.iter().cloned().unzip();
    let header = Header::read(kind, &names).map_err(|fault| Fault {
        column: match fault {
            NoHeader::Without { column, .. } | NoHeader::Twice(column) => column,
        },
        value: String::new(),
        reason: Reason::Missing,
    })?;
    Row::read(kind, &Cells::of(&header, &cells)?)
}

/// The number of a row, counted as spreadsheets do, and what it says or why it can't be taken.
pub type Numbered = (u64, Result<Row, Fault>);

/// The cells of a row, as they stand in the file.
#[derive(Clone, Serialize, Deserialize)]
pub struct Line {
    /// Which row, counted as spreadsheets do.
    pub row: u64,
    /// What stands in it.
    pub cells: Vec<String>,
}

/// What the rows of a file are about, and which of their cells is what.
#[derive(Debug, Clone)]
pub struct Form {
    kind: Kind,
    header: Header,
}

impl Form {
    /// The form of a file whose header has these cells.
    pub fn of(kind: Kind, header: &[String]) -> Result<Self, FileError> {
        match Header::read(kind, header) {
            Ok(header) => Ok(Self { kind, header }),
            Err(NoHeader::Twice(name)) => Err(FileError::ColumnTwice(name)),
            Err(NoHeader::Without { column, .. }) => Err(FileError::NoColumn(column)),
        }
    }

    /// The names of its columns, in their places; nothing where one is not read.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        self.header.names()
    }

    /// What a row says, or why it can't be taken.
    pub fn read(&self, line: &Line) -> Numbered {
        let cells = Cells::of(&self.header, &line.cells);
        let row = cells.and_then(|cells| match self.kind {
            Kind::Centres => CentreRow::read(&cells).map(Row::Centre),
            Kind::Professionals => {
                ProfessionalRow::read(&cells).map(|row| Row::Professional(Box::new(row)))
            }
            Kind::Deployments => DeploymentRow::read(&cells).map(Row::Deployment),
        });
        (line.row, row)
    }

    /// A row without the cells that are not read: nobody should keep them.
    #[must_use]
    pub fn only_read(&self, mut line: Line) -> Line {
        for (place, cell) in line.cells.iter_mut().enumerate() {
            if !self.header.reads(place) {
                cell.clear();
            }
        }
        line
    }
}

/// Reads the rows of a file.
pub struct Reader<R> {
    source: Source,
    rows: csv::Reader<Fence<BufReader<R>>>,
    record: csv::ByteRecord,
    form: Form,
    row: u64,
}

impl<R: Read> Reader<R> {
    /// Begins to read a file of a kind, and finds its header.
    pub fn open(kind: Kind, source: Source, file: R) -> Result<Self, FileError> {
        let fence = Fence {
            inner: BufReader::new(file),
            left: LONGEST_ROW,
        };
        let rows = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(source.separator)
            .buffer_capacity(1 << 13)
            .from_reader(fence);
        let mut reader = Self {
            source,
            rows,
            record: csv::ByteRecord::new(),
            form: Form {
                kind,
                header: Header::none(),
            },
            row: 0,
        };
        reader.form.header = reader.find_header()?;
        Ok(reader)
    }

    /// The names of columns that are not read.
    #[must_use]
    pub fn unread(&self) -> &[String] {
        &self.form.header.unread
    }

    /// How far in the file it has come, in bytes.
    #[must_use]
    pub fn position(&self) -> u64 {
        self.rows.position().byte()
    }

    /// What its rows are about, and which of their cells is what.
    #[must_use]
    pub fn form(&self) -> &Form {
        &self.form
    }

    /// The next rows that hold anything, as many as that; none at the end.
    pub fn lines(&mut self, most: usize) -> Result<Vec<Line>, FileError> {
        let mut lines = Vec::with_capacity(most);
        while lines.len() < most {
            let Some(cells) = self.cells()? else { break };
            if !cells.iter().all(String::is_empty) {
                lines.push(Line {
                    row: self.row,
                    cells,
                });
            }
        }
        Ok(lines)
    }

    fn find_header(&mut self) -> Result<Header, FileError> {
        let kind = self.form.kind;
        let mut nearest = (0, kind.columns()[0].name);
        for _ in 0..FIRST_ROWS {
            let Some(cells) = self.cells()? else { break };
            match Header::read(kind, &cells) {
                Ok(header) => return Ok(header),
                Err(NoHeader::Twice(name)) => return Err(FileError::ColumnTwice(name)),
                Err(NoHeader::Without { column, known }) if known > nearest.0 => {
                    nearest = (known, column);
                }
                Err(NoHeader::Without { .. }) => {}
            }
        }
        Err(FileError::NoColumn(nearest.1))
    }

    /// The cells of the next row.
    fn cells(&mut self) -> Result<Option<Vec<String>>, FileError> {
        self.rows.get_mut().left = LONGEST_ROW;
        let row = self.row + 1;
        let read = self.rows.read_byte_record(&mut self.record);
        let is_there = read.map_err(|error| match error.into_kind() {
            csv::ErrorKind::Io(error) if error.kind() == io::ErrorKind::FileTooLarge => {
                FileError::TooLong(row)
            }
            csv::ErrorKind::Io(error) => FileError::Io(error),
            _ => FileError::Broken(row),
        })?;
        if !is_there {
            return Ok(None);
        }
        self.row = row;
        let cells = self.record.iter();
        Ok(Some(
            cells.map(|cell| spared(self.source.text(cell))).collect(),
        ))
    }
}

/// A cell without the apostrophe that keeps spreadsheets from taking it for a formula or
/// for a number.
fn spared(cell: String) -> String {
    match cell.strip_prefix('\'') {
        Some(rest) if rest.starts_with(['=', '+', '-', '@']) => rest.to_owned(),
        Some(rest) if rest.starts_with(|first: char| first.is_ascii_digit()) => rest.to_owned(),
        _ => cell,
    }
}

/// Stops a row that does not end before it fills the memory.
struct Fence<R> {
    inner: R,
    left: u64,
}

impl<R: Read> Read for Fence<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.left == 0 {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        let read = self.inner.read(buffer)?;
        self.left = self.left.saturating_sub(read as u64);
        Ok(read)
    }
}
