//! What is wrong in a menu file, and where.

use std::fmt;
use std::ops::Range;

use serde::Serialize;

use super::files::MenuFile;

/// One thing to mend, at its place.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Finding {
    /// The file's name.
    pub file: String,
    /// Its line, from 1.
    pub line: usize,
    /// Its column in characters, from 1.
    pub column: usize,
    /// What is wrong and how to mend it.
    pub message: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}:{}:{}: {}",
            self.file, self.line, self.column, self.message
        )
    }
}

/// All that is wrong, one line each.
#[derive(Debug, Clone, PartialEq, Eq, Default, thiserror::Error)]
pub struct Findings(pub Vec<Finding>);

impl fmt::Display for Findings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines: Vec<_> = self.0.iter().map(ToString::to_string).collect();
        f.write_str(&lines.join("\n"))
    }
}

/// A stretch of a menu file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Place {
    pub(super) file: usize,
    pub(super) start: usize,
    pub(super) end: usize,
}

impl Place {
    pub(super) fn new(file: usize, span: &Range<usize>) -> Self {
        Self {
            file,
            start: span.start,
            end: span.end,
        }
    }
}

/// What has been found so far in some files.
pub(super) struct Found<'a> {
    pub(super) files: &'a [MenuFile],
    found: Vec<(Place, String)>,
}

impl<'a> Found<'a> {
    pub(super) fn new(files: &'a [MenuFile]) -> Self {
        Self {
            files,
            found: Vec::new(),
        }
    }

    pub(super) fn add(&mut self, at: Place, message: impl Into<String>) {
        self.found.push((at, message.into()));
    }

    /// Where something stands inside a place; the place itself where it is written by escapes.
    pub(super) fn inside(&self, at: Place, something: &str) -> Place {
        let start = self
            .source(at)
            .find(something)
            .map_or(at.start, |offset| at.start + offset);
        Place { start, ..at }
    }

    /// Where a byte of a string stands, given the place of the string as it is written.
    pub(super) fn byte_of(&self, at: Place, string: &str, byte: usize) -> Place {
        let start = self
            .source(at)
            .find(string)
            .map_or(at.start, |quote| at.start + quote + byte);
        Place { start, ..at }
    }

    fn source(&self, at: Place) -> &'a str {
        let file = self.files.get(at.file);
        file.and_then(|file| file.text.get(at.start..at.end))
            .unwrap_or("")
    }

    /// The result, where nothing was found.
    pub(super) fn none_or<T>(self, result: T) -> Result<T, Findings> {
        if self.found.is_empty() {
            return Ok(result);
        }
        let mut findings: Vec<_> = self
            .found
            .iter()
            .map(|(at, message)| self.finding(*at, message))
            .collect();
        findings.sort();
        findings.dedup();
        Err(Findings(findings))
    }

    fn finding(&self, at: Place, message: &str) -> Finding {
        let file = self.files.get(at.file);
        let before = file
            .and_then(|file| file.text.get(..at.start))
            .unwrap_or("");
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        Finding {
            file: file.map_or("menus", |file| &file.name).to_owned(),
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
            message: message.to_owned(),
        }
    }
}
