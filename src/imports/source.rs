//! How a file is written: its letters and its separator.

use std::io::{self, Read};

use super::reader::FileError;

/// What a file turned out to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Source {
    /// Whether it is UTF-8; else it is Windows-1252, as older spreadsheets write.
    pub is_utf8: bool,
    /// What stands between two cells.
    pub separator: u8,
    /// How many bytes it has.
    pub bytes: u64,
}

impl Source {
    /// Reads all of a file once, a piece at a time.
    pub fn survey(mut file: impl Read) -> Result<Self, FileError> {
        let mut piece = vec![0; 1 << 16];
        let mut kept: Vec<u8> = Vec::new();
        let mut source = Self {
            is_utf8: true,
            separator: b',',
            bytes: 0,
        };
        loop {
            let read = match file.read(&mut piece) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                read => read?,
            };
            let piece = &piece[..read];
            if source.bytes == 0 {
                source.separator = separator(piece)?;
            }
            if piece.contains(&0) {
                return Err(FileError::NotText);
            }
            source.bytes += read as u64;
            if !source.is_utf8 {
                if read == 0 {
                    return Ok(source);
                }
                continue;
            }
            kept.extend_from_slice(piece);
            match std::str::from_utf8(&kept) {
                Ok(_) => kept.clear(),
                // A letter may be cut in two by the end of a piece, not by that of the file.
                Err(error) if error.error_len().is_none() && read > 0 => {
                    kept.drain(..error.valid_up_to());
                }
                Err(_) => source.is_utf8 = false,
            }
            if read == 0 {
                return Ok(source);
            }
        }
    }

    /// The text of a cell.
    pub(super) fn text(&self, cell: &[u8]) -> String {
        let text = if self.is_utf8 {
            String::from_utf8_lossy(cell)
        } else {
            encoding_rs::WINDOWS_1252
                .decode_without_bom_handling(cell)
                .0
        };
        text.trim().to_owned()
    }
}

/// What separates cells, by the first lines: whichever there is more of.
fn separator(begin: &[u8]) -> Result<u8, FileError> {
    if begin.starts_with(b"\xff\xfe") || begin.starts_with(b"\xfe\xff") || begin.starts_with(b"PK")
    {
        return Err(FileError::NotText);
    }
    let count = |wanted: u8| begin.split(|&byte| byte == wanted).count();
    let most = [b'\t', b';', b',']
        .into_iter()
        .max_by_key(|&byte| count(byte));
    Ok(most.unwrap_or(b','))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn survey(bytes: &[u8]) -> Source {
        Source::survey(bytes).unwrap()
    }

    #[test]
    fn letters_and_separator_are_told_from_the_bytes() {
        let comma = survey("\u{feff}a,b\nNg’ang’a,2\n".as_bytes());
        assert_eq!((comma.is_utf8, comma.separator), (true, b','));
        let older = survey(b"a;b\nNg\x92ang\x92a;1,5\n");
        assert_eq!((older.is_utf8, older.separator), (false, b';'));
        assert_eq!(older.text(b" Ng\x92ang\x92a "), "Ng’ang’a");
        assert_eq!(survey(b"").separator, b',');
    }

    #[test]
    fn a_letter_may_lie_across_two_pieces() {
        let mut text = "a".repeat((1 << 16) - 1);
        text.push_str("ũ,b");
        assert!(survey(text.as_bytes()).is_utf8);
        assert!(!survey(b"abc\xc5").is_utf8);
    }

    #[test]
    fn what_is_no_text_is_refused() {
        for bytes in [&b"PK\x03\x04"[..], b"\xff\xfea\0", b"a,b\n\0\0"] {
            assert!(matches!(Source::survey(bytes), Err(FileError::NotText)));
        }
    }
}
