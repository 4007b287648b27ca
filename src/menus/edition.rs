//! A menu with the version of its files, and the one that is current.

use std::fmt;
use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::files::MenuFile;
use super::model::Menu;

/// Which menu files a menu was read from: a hash of what is in them, so that the same
/// files are the same version in every process and after every start.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Version(String);

impl Version {
    /// The version of some files. Where their folder lies makes no difference.
    #[must_use]
    pub fn of(files: &[MenuFile]) -> Self {
        let mut hash = Sha256::new();
        for file in files {
            let name = Path::new(&file.name).file_name().unwrap_or_default();
            for part in [name.as_encoded_bytes(), file.text.as_bytes()] {
                hash.update((part.len() as u64).to_be_bytes());
                hash.update(part);
            }
        }
        Self(data_encoding::HEXLOWER.encode(&hash.finalize()))
    }

    /// As it is written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Enough to tell two apart in a log.
        f.write_str(self.0.get(..12).unwrap_or(&self.0))
    }
}

impl fmt::Debug for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Version({self})")
    }
}

/// A menu that was proven, with the files it was read from.
#[derive(Debug)]
pub struct Edition {
    /// Which it is.
    pub version: Version,
    /// The files.
    pub files: Vec<MenuFile>,
    /// What they say.
    pub menu: Menu,
}

impl Edition {
    /// A menu that was proven from these files.
    #[must_use]
    pub fn new(files: Vec<MenuFile>, menu: Menu) -> Self {
        Self {
            version: Version::of(&files),
            files,
            menu,
        }
    }
}

/// The menu that holds for whatever begins now; one for all who share it.
#[derive(Clone)]
pub struct Current(Arc<RwLock<Arc<Edition>>>);

impl Current {
    /// Begins with this one.
    #[must_use]
    pub fn new(edition: Edition) -> Self {
        Self(Arc::new(RwLock::new(Arc::new(edition))))
    }

    /// The one that holds now. Whoever has it keeps it, whatever comes after.
    #[must_use]
    pub fn get(&self) -> Arc<Edition> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// From here on this one holds; gives the one before.
    pub fn replace(&self, edition: Arc<Edition>) -> Arc<Edition> {
        let mut held = self.0.write().unwrap_or_else(PoisonError::into_inner);
        std::mem::replace(&mut held, edition)
    }
}

#[cfg(test)]
mod tests {
    use super::super::fixture::file;
    use super::*;

    #[test]
    fn a_version_is_of_the_contents_and_not_of_the_place() {
        let version = |name: &str, text: &str| Version::of(&[file(name, text)]);
        assert_eq!(version("a/main.toml", "x"), version("/b/main.toml", "x"));
        assert_ne!(version("main.toml", "x"), version("main.toml", "y"));
        assert_ne!(version("main.toml", "x"), version("other.toml", "x"));
        let (one, two) = (file("a", "bc"), file("d", ""));
        assert_ne!(
            Version::of(&[one.clone(), two.clone()]),
            Version::of(&[two, one])
        );
    }

    #[test]
    fn a_version_prints_short() {
        let version = Version::of(&[]);
        assert_eq!(version.to_string().len(), 12);
        assert_eq!(version.as_str().len(), 64);
    }
}
