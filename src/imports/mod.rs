//! Files of the council, read row by row: what a header means, what a cell holds, and why
//! a row can't be taken.
//!
//! The room knows no database: bytes go in, rows or faults come out, one at a time, so the
//! size of a file does not matter.
//!
//! - `workbook`: one sheet of a workbook, written as the CSV that all else reads
//! - `source`: which letters and which separator a file is written with
//! - `reader`: its rows, none of them longer than memory allows
//! - `column`, `header`: the columns of each kind of file, by the names people give them
//! - `cell`: one value, and what spreadsheets do to it
//! - `professional`, `centre`, `deployment`: a row of each kind

mod cell;
mod centre;
mod column;
mod deployment;
mod fault;
mod header;
mod professional;
mod reader;
mod source;
mod workbook;

pub use centre::CentreRow;
pub use column::Kind;
pub use deployment::{DeploymentRow, Standing};
pub use fault::{Fault, Reason};
pub use professional::ProfessionalRow;
pub use reader::{FileError, Form, Line, Numbered, Reader, Row, read_fields};
pub use source::Source;
pub use workbook::{Workbook, is_workbook};
