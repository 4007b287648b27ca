//! Where menu files come from: the ones compiled in, or a folder.

use std::path::Path;
use std::{fs, io};

use include_dir::{Dir, include_dir};
use serde::{Deserialize, Serialize};

static EMBEDDED: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/ussd_menus");

/// A menu file's name and text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MenuFile {
    /// How findings call it.
    pub name: String,
    /// Its TOML.
    pub text: String,
}

/// The menus that this program was built with.
#[must_use]
pub fn embedded() -> Vec<MenuFile> {
    let mut files: Vec<_> = EMBEDDED
        .files()
        .filter(|file| file.path().extension().is_some_and(|end| end == "toml"))
        .filter_map(|file| {
            let name = Path::new("ussd_menus")
                .join(file.path())
                .display()
                .to_string();
            Some(MenuFile {
                name,
                text: file.contents_utf8()?.to_owned(),
            })
        })
        .collect();
    files.sort_by(|a, b| a.name.cmp(&b.name));
    files
}

/// The menus of a folder, sorted by name.
pub fn read_folder(folder: &Path) -> io::Result<Vec<MenuFile>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|end| end == "toml") {
            files.push(MenuFile {
                name: path.display().to_string(),
                text: read(&path)?,
            });
        }
    }
    files.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(files)
}

fn read(path: &Path) -> io::Result<String> {
    fs::read_to_string(path)
        .map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", path.display())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_program_brings_its_own_menus() {
        let names: Vec<_> = embedded().into_iter().map(|file| file.name).collect();
        assert!(names.iter().any(|name| name == "ussd_menus/main.toml"));
        assert!(names.is_sorted(), "{names:?}");
    }

    #[test]
    fn a_folder_is_read_in_the_order_of_names_and_only_its_menu_files() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["b.toml", "a.toml", "notes.txt"] {
            fs::write(folder.path().join(name), name).unwrap();
        }
        let texts: Vec<_> = read_folder(folder.path())
            .unwrap()
            .into_iter()
            .map(|file| file.text)
            .collect();
        assert_eq!(texts, ["a.toml", "b.toml"]);
    }

    #[test]
    fn a_file_that_is_no_text_is_named() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("a.toml"), [0xff]).unwrap();
        let error = read_folder(folder.path()).unwrap_err();
        assert!(error.to_string().contains("a.toml"), "{error}");
    }
}
