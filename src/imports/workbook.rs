//! Workbooks (`.xlsx`): one sheet of them, as "Save as CSV" would write it.
//!
//! A workbook is a ZIP archive, which can hold much more than it weighs, so its parts are
//! measured before anything is read into memory. Cells come one after the other; only the
//! table of texts, which all cells share, is held as a whole.

use std::io::{Read, Seek, SeekFrom, Write};

use calamine::{DataRef, ExcelDateTime, Reader as _, Xlsx};

use super::reader::FileError;

/// How a workbook begins, as every ZIP archive does.
const MAGIC: &[u8] = b"PK\x03\x04";

/// The most that one part of a workbook may hold once it is unpacked, and all of them.
const LARGEST_PART: u64 = 1 << 30;

/// The most that the table of texts may hold: it is read into memory.
const LARGEST_TEXTS: u64 = 1 << 27;

/// The most cells of a sheet: more than a million rows of twenty.
const MOST_CELLS: u64 = 25_000_000;

/// The widest row that is read.
const WIDEST: u32 = 512;

/// Whether a file is a workbook, by how it begins. It is left at its begin.
pub fn is_workbook(file: &mut (impl Read + Seek)) -> Result<bool, FileError> {
    let mut begin = Vec::new();
    file.take(MAGIC.len() as u64).read_to_end(&mut begin)?;
    file.seek(SeekFrom::Start(0))?;
    Ok(begin == MAGIC)
}

/// A workbook whose parts were measured.
pub struct Workbook<R: Read + Seek>(Xlsx<R>);

impl<R: Read + Seek> Workbook<R> {
    /// Opens one, unless it would fill the memory.
    pub fn open(mut file: R) -> Result<Self, FileError> {
        measure(&mut file)?;
        file.seek(SeekFrom::Start(0))?;
        Ok(Self(Xlsx::new(file).map_err(broken)?))
    }

    /// The names of its sheets, in their order.
    #[must_use]
    pub fn sheets(&self) -> Vec<String> {
        self.0.sheet_names()
    }

    /// Writes a sheet as CSV, each row in its place.
    pub fn write_csv(&mut self, sheet: &str, out: impl Write) -> Result<(), FileError> {
        let mut cells = self.0.worksheet_cells_reader(sheet).map_err(broken)?;
        let mut out = csv::WriterBuilder::new().flexible(true).from_writer(out);
        let mut row: Vec<String> = Vec::new();
        let (mut at, mut count) = (0, 0);
        while let Some(cell) = cells.next_cell().map_err(broken)? {
            let (line, column) = cell.get_position();
            count += 1;
            if line < at || column >= WIDEST || count > MOST_CELLS {
                return Err(FileError::Workbook);
            }
            while at < line {
                write(&mut out, &row)?;
                row.clear();
                at += 1;
            }
            row.resize(row.len().max(column as usize + 1), String::new());
            row[column as usize] = text(cell.get_value());
        }
        write(&mut out, &row)?;
        Ok(out.flush()?)
    }
}

/// Why a sheet can't be read; what the library says may quote cells.
fn broken(_: impl std::error::Error) -> FileError {
    FileError::Workbook
}

fn write(out: &mut csv::Writer<impl Write>, row: &[String]) -> Result<(), FileError> {
    // A row without a cell would be no line at all, and all below would move up.
    let written = if row.is_empty() {
        out.write_record([""])
    } else {
        out.write_record(row)
    };
    written.map_err(|error| match error.into_kind() {
        csv::ErrorKind::Io(error) => FileError::Io(error),
        _ => FileError::Workbook,
    })
}

/// Unpacks every part once, without keeping it: what an archive says about its size may not
/// be so.
fn measure(file: &mut (impl Read + Seek)) -> Result<(), FileError> {
    let mut archive = zip::ZipArchive::new(file).map_err(broken)?;
    let mut all = 0;
    for index in 0..archive.len() {
        let part = archive.by_index(index).map_err(broken)?;
        let name = part.name().map_err(broken)?.to_ascii_lowercase();
        let holds_texts = name.ends_with("sharedstrings.xml");
        let limit = if holds_texts {
            LARGEST_TEXTS
        } else {
            LARGEST_PART
        };
        let mut part = part.take(limit + 1);
        let mut begin = Vec::new();
        (&mut part).take(1 << 12).read_to_end(&mut begin)?;
        let size = begin.len() as u64 + std::io::copy(&mut part, &mut std::io::sink())?;
        all += size;
        // The library makes room for as many texts as the part says that it has.
        let claims_more = holds_texts && claimed(&begin).is_some_and(|texts| texts > size);
        if size > limit || all > 2 * LARGEST_PART || claims_more {
            return Err(FileError::TooLarge);
        }
    }
    Ok(())
}

/// How many texts a table of them says that it has.
fn claimed(begin: &[u8]) -> Option<u64> {
    let begin = String::from_utf8_lossy(begin);
    let (_, rest) = begin.split_once("uniqueCount=")?;
    let digits = rest.trim_start_matches(['"', '\'', ' ']);
    let end = digits.find(|sign: char| !sign.is_ascii_digit())?;
    Some(digits[..end].parse().unwrap_or(u64::MAX))
}

/// A cell, as people read it and as CSV would hold it.
fn text(cell: &DataRef<'_>) -> String {
    match cell {
        DataRef::Empty => String::new(),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => {
            text.clone()
        }
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => digits(*number),
        DataRef::Bool(yes) => yes.to_string().to_uppercase(),
        DataRef::DateTime(moment) => date(moment),
        DataRef::Error(error) => error.to_string(),
    }
}

/// Numbers keep fifteen digits in a workbook. One of more has lost its last ones, and is
/// written so that it is noticed.
fn digits(number: f64) -> String {
    if number.abs() < 1e15 {
        return number.to_string();
    }
    let text = format!("{number:e}");
    text.replacen('e', "E+", 1)
}

/// A day, an hour, or both.
fn date(moment: &ExcelDateTime) -> String {
    let (year, month, day, hour, minute, ..) = moment.to_ymd_hms_milli();
    let serial = moment.as_f64();
    if serial < 1.0 || moment.is_duration() {
        return format!("{hour:02}:{minute:02}");
    }
    let day = format!("{year:04}-{month:02}-{day:02}");
    if serial.fract() == 0.0 {
        day
    } else {
        format!("{day} {hour:02}:{minute:02}")
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use calamine::ExcelDateTimeType;
    use zip::write::{SimpleFileOptions, ZipWriter};

    use super::*;

    #[test]
    fn numbers_days_and_hours_stand_as_people_read_them() {
        let of = |serial| {
            let kind = ExcelDateTimeType::DateTime;
            text(&DataRef::DateTime(ExcelDateTime::new(serial, kind, false)))
        };
        assert_eq!(of(46_311.0), "2026-10-16");
        assert_eq!(of(46_311.0 + 7.0 / 24.0), "2026-10-16 07:00");
        assert_eq!(of(7.0 / 24.0), "07:00");
        assert_eq!(text(&DataRef::Float(254_700_000_001.0)), "254700000001");
        assert_eq!(text(&DataRef::Float(0.5)), "0.5");
        assert_eq!(text(&DataRef::Float(2.547e16)), "2.547E+16");
    }

    fn zipped(name: &str, parts: &[&[u8]]) -> Cursor<Vec<u8>> {
        let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
        archive
            .start_file(name, SimpleFileOptions::default())
            .unwrap();
        for part in parts {
            archive.write_all(part).unwrap();
        }
        archive.finish().unwrap()
    }

    #[test]
    fn an_archive_that_would_fill_the_memory_is_not_read() {
        let piece = vec![b' '; 1 << 20];
        let pieces: Vec<_> = std::iter::repeat_n(piece.as_slice(), 130).collect();
        let bomb = zipped("xl/sharedStrings.xml", &pieces);
        assert!(bomb.get_ref().len() < 1 << 18);
        assert!(matches!(Workbook::open(bomb), Err(FileError::TooLarge)));
        let liar = br#"<sst uniqueCount="99999999999999"><si/></sst>"#;
        let liar = zipped("xl/sharedStrings.xml", &[liar]);
        assert!(matches!(Workbook::open(liar), Err(FileError::TooLarge)));
        let none = zipped("readme.txt", &[b"no workbook"]);
        assert!(matches!(Workbook::open(none), Err(FileError::Workbook)));
    }
}
