//! Descriptions of aggregators' wires: those built in, and files of one's own.

use std::fs;
use std::path::Path;

use include_dir::{Dir, include_dir};

static BUILT_IN: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/config/channels");

/// The text of a description.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DescriptionText {
    /// What it is called in a finding.
    pub file: String,
    /// What it says.
    pub text: String,
}

impl DescriptionText {
    /// Reads a description: a file where the name ends in `.toml`, one built in otherwise.
    pub fn read(name: &str) -> Result<Self, String> {
        let named = |file: String, text: String| Self { file, text };
        if Path::new(name).extension().is_some_and(|end| end == "toml") {
            return fs::read_to_string(name)
                .map(|text| named(name.to_owned(), text))
                .map_err(|error| format!("the description {name} can't be read: {error}"));
        }
        let file = format!("{name}.toml");
        let found = BUILT_IN
            .get_file(&file)
            .and_then(|file| file.contents_utf8());
        found.map(|text| named(format!("config/channels/{file}"), text.to_owned())).ok_or_else(|| {
            let known = Self::built_in().join(", ");
            format!("the program has no description {name}; it has {known}, and takes files that end in .toml")
        })
    }

    /// The names of those built in.
    #[must_use]
    pub fn built_in() -> Vec<&'static str> {
        let files = BUILT_IN
            .files()
            .filter_map(|file| file.path().file_stem()?.to_str());
        let mut names: Vec<_> = files.collect();
        names.sort_unstable();
        names
    }
}
