//! The file of the council's crest.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use crate::domain::{Crest, CrestError};

use super::sections::Council;

/// Why there is no crest.
#[derive(Debug, thiserror::Error)]
pub enum CrestFileError {
    /// The file can't be read.
    #[error("names {}, which can't be read: {reason}", .file.display())]
    Unreadable {
        /// Which file.
        file: PathBuf,
        /// Why.
        reason: io::Error,
    },
    /// The file is no crest.
    #[error("names {}, which {reason}", .file.display())]
    Wrong {
        /// Which file.
        file: PathBuf,
        /// Why.
        reason: CrestError,
    },
    /// The one that is built in is none.
    #[error("is not set, and the crest that is built in {0}")]
    BuiltIn(#[source] CrestError),
}

impl Council {
    /// Its crest: of the file that is set, or the plain one.
    pub fn read_crest(&self) -> Result<Crest, CrestFileError> {
        let Some(file) = &self.crest else {
            return Crest::plain(self.accent).map_err(CrestFileError::BuiltIn);
        };
        let bytes = start_of(file).map_err(|reason| CrestFileError::Unreadable {
            file: file.clone(),
            reason,
        })?;
        Crest::parse(&bytes, self.accent).map_err(|reason| CrestFileError::Wrong {
            file: file.clone(),
            reason,
        })
    }
}

/// No more of a file than shows whether it is too large.
fn start_of(file: &Path) -> io::Result<Vec<u8>> {
    let (mut bytes, most) = (Vec::new(), Crest::LARGEST_FILE as u64 + 1);
    File::open(file)?.take(most).read_to_end(&mut bytes)?;
    Ok(bytes)
}
