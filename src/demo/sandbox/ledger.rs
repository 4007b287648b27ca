//! Every message the sandbox accepted.

use std::collections::HashMap;
use std::fmt;
use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::domain::{Msisdn, Timestamp};

/// One accepted message. Its text may hold a password, so it prints as its
/// length.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LedgerEntry {
    /// The sandbox's id of the message.
    pub id: String,
    /// The recipient.
    pub to: Msisdn,
    /// What it says.
    pub text: String,
    /// When it was accepted.
    pub at: Timestamp,
    /// How many SMS it is billed as.
    pub segments: usize,
}

impl fmt::Debug for LedgerEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LedgerEntry")
            .field("id", &self.id)
            .field("to", &self.to)
            .field("text", &format_args!("{} bytes", self.text.len()))
            .field("at", &self.at)
            .field("segments", &self.segments)
            .finish()
    }
}

#[derive(Default)]
pub(super) struct Ledger {
    entries: Vec<LedgerEntry>,
    /// Places in `entries`, oldest first.
    by_number: HashMap<Msisdn, Vec<usize>>,
    file: Option<File>,
}

impl Ledger {
    /// Continues the ledger in this file, or begins it.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        let mut options = OpenOptions::new();
        let mut file = options.read(true).append(true).create(true).open(path)?;
        let mut text = String::new();
        file.read_to_string(&mut text)?;
        // A writer that was killed can leave half a line behind.
        let whole = text.rfind('\n').map_or("", |end| &text[..=end]);
        file.set_len(whole.len() as u64)?;
        let mut ledger = Self::default();
        for line in whole.lines() {
            ledger.remember(serde_json::from_str(line)?);
        }
        ledger.file = Some(file);
        Ok(ledger)
    }

    /// Returns once the entry is safe on disk, where there is a file.
    pub(super) fn append(&mut self, entry: LedgerEntry) -> io::Result<()> {
        if let Some(file) = &mut self.file {
            let mut line = serde_json::to_vec(&entry)?;
            line.push(b'\n');
            file.write_all(&line)?;
            file.sync_data()?;
        }
        self.remember(entry);
        Ok(())
    }

    pub(super) fn all(&self) -> &[LedgerEntry] {
        &self.entries
    }

    /// Newest first.
    pub(super) fn to(&self, to: &Msisdn) -> Vec<LedgerEntry> {
        let places = self.by_number.get(to).into_iter().flatten();
        places
            .rev()
            .map(|&place| self.entries[place].clone())
            .collect()
    }

    fn remember(&mut self, entry: LedgerEntry) {
        let places = self.by_number.entry(entry.to.clone()).or_default();
        places.push(self.entries.len());
        self.entries.push(entry);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(id: &str, to: &str) -> LedgerEntry {
        LedgerEntry {
            id: id.to_owned(),
            to: Msisdn::parse(to).unwrap(),
            text: "PIN 9876\n".to_owned(),
            at: Timestamp::from_millis(1_793_606_400_000),
            segments: 1,
        }
    }

    fn ids(entries: &[LedgerEntry]) -> Vec<&str> {
        entries.iter().map(|entry| entry.id.as_str()).collect()
    }

    #[test]
    fn the_newest_message_of_a_number_comes_first() {
        let mut ledger = Ledger::default();
        for (id, to) in [
            ("a", "254700000001"),
            ("b", "254700000002"),
            ("c", "254700000001"),
        ] {
            ledger.append(entry(id, to)).unwrap();
        }
        let first = Msisdn::parse("254700000001").unwrap();
        assert_eq!(ids(&ledger.to(&first)), ["c", "a"]);
        assert_eq!(ids(ledger.all()), ["a", "b", "c"]);
    }

    #[test]
    fn a_ledger_file_is_continued_and_half_a_line_is_forgotten() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ledger.jsonl");
        let mut ledger = Ledger::open(&path).unwrap();
        ledger.append(entry("a", "254700000001")).unwrap();
        ledger.append(entry("b", "254700000002")).unwrap();
        drop(ledger);

        let mut file = OpenOptions::new().append(true).open(&path).unwrap();
        file.write_all(br#"{"id":"c","to":"2547"#).unwrap();
        let mut ledger = Ledger::open(&path).unwrap();
        assert_eq!(ids(ledger.all()), ["a", "b"]);
        ledger.append(entry("d", "254700000001")).unwrap();

        let ledger = Ledger::open(&path).unwrap();
        assert_eq!(ids(ledger.all()), ["a", "b", "d"]);
        assert_eq!(ledger.all()[0], entry("a", "254700000001"));
    }

    #[test]
    fn a_file_that_is_no_ledger_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ledger.jsonl");
        std::fs::write(&path, "shopping list\n").unwrap();
        assert!(Ledger::open(&path).is_err());
    }

    #[test]
    fn an_entry_prints_without_number_and_text() {
        let printed = format!("{:?}", entry("a", "254700000001"));
        assert!(!printed.contains("9876"), "{printed}");
        assert!(!printed.contains("254700000001"), "{printed}");
    }
}
