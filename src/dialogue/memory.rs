//! What is kept of a session between hops, sealed as a whole: it tells who dialled,
//! what they read and where they stand.

use std::ops::Not;

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::crypto::{Keys, SealError, Sealed};
use crate::domain::{Language, Msisdn};
use crate::menus::Version;
use crate::ussd::{Screen, Session};

/// The most answers that are kept for repeats. Networks end a session after three
/// minutes, so only a program gets here; then the oldest are forgotten.
const HOPS: usize = 64;

/// More bytes than most sessions take without the screens they have shown.
const USUAL: usize = 512;

/// What stands around the text of a screen, and signs that are written as two.
const AROUND_TEXT: usize = 96;

/// A session between two hops. Each hop seals and writes it anew, so its parts have short names.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Memory {
    #[serde(rename = "c")]
    pub(super) caller: Msisdn,
    #[serde(rename = "d")]
    pub(super) service_code: String,
    #[serde(rename = "s")]
    pub(super) session: Session,
    /// The version of the menus it walks.
    #[serde(rename = "m")]
    pub(super) menu: Option<Version>,
    /// The hops taken, oldest first.
    #[serde(rename = "h")]
    pub(super) hops: Vec<Hop>,
}

/// What stands for a transcript: its length in bytes, and its keyed fingerprint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Mark(pub(super) usize, pub(super) u64);

/// A hop that was answered. The transcript itself is not kept: it repeats every PIN.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Hop {
    /// By what a repeat of it is known.
    #[serde(rename = "m")]
    pub(super) mark: Mark,
    #[serde(rename = "t")]
    text: String,
    #[serde(rename = "e", default, skip_serializing_if = "Not::not")]
    end: bool,
}

impl Hop {
    pub(super) fn new(mark: Mark, screen: &Screen) -> Self {
        Self {
            mark,
            text: screen.text.clone(),
            end: screen.end,
        }
    }

    /// What was answered.
    pub(super) fn screen(&self) -> Screen {
        Screen {
            text: self.text.clone(),
            end: self.end,
        }
    }
}

impl Memory {
    pub(super) fn new(caller: Msisdn, service_code: String, language: Language) -> Self {
        Self {
            caller,
            service_code,
            session: Session::new(language),
            menu: None,
            hops: Vec::new(),
        }
    }

    /// A hop was answered. Of a session that ends with it, only a repeat asks.
    pub(super) fn remember(&mut self, hop: Hop) {
        if hop.end {
            self.session.close();
        }
        if self.hops.len() == HOPS {
            self.hops.remove(0);
        }
        self.hops.push(hop);
    }

    /// As it is sealed.
    pub(super) fn to_clear(&self) -> Result<Zeroizing<Vec<u8>>, serde_json::Error> {
        // Bytes that have to move as they grow leave a copy behind that nobody wipes.
        let texts: usize = self
            .hops
            .iter()
            .map(|hop| hop.text.len() + AROUND_TEXT)
            .sum();
        let mut clear = Zeroizing::new(Vec::with_capacity(USUAL + texts));
        serde_json::to_writer(&mut *clear, self)?;
        // It may be remembered for a while, without the room that was not needed.
        Ok(Zeroizing::new(clear.to_vec()))
    }

    pub(super) fn from_clear(clear: &[u8]) -> Result<Self, SealError> {
        serde_json::from_slice(clear).map_err(|_| SealError)
    }

    pub(super) fn open(keys: &Keys, row: &str, sealed: &[u8]) -> Result<Self, SealError> {
        Self::from_clear(&place(row).open(keys, sealed)?)
    }
}

/// Seals what was made of a memory for the row of that session.
pub(super) fn seal(keys: &Keys, row: &str, clear: &[u8]) -> Vec<u8> {
    place(row).seal(keys, clear)
}

fn place(row: &str) -> Sealed<'_> {
    Sealed {
        column: "sessions.sealed",
        row,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_opens_again_and_an_end_closes_the_session() {
        let caller = Msisdn::parse("254700000001").unwrap();
        let mut memory = Memory::new(caller, "*384*2026#".to_owned(), Language::Sw);
        for (mark, end) in [(Mark(0, u64::MAX), false), (Mark(1, 0), true)] {
            assert!(!memory.session.has_ended());
            let screen = Screen {
                text: "Karibu\n1. Ndiyo".to_owned(),
                end,
            };
            memory.remember(Hop::new(mark, &screen));
            let opened = Memory::from_clear(&memory.to_clear().unwrap()).unwrap();
            assert!(opened.session == memory.session && opened.caller == memory.caller);
            let hop = opened.hops.last().unwrap();
            assert_eq!((hop.mark, hop.screen()), (mark, screen));
        }
        assert!(memory.session.has_ended());
    }
}
