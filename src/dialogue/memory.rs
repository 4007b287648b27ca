//! What is kept of a session between hops, sealed as a whole: it tells who dialled,
//! what they read and where they stand.

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

/// A session between two hops.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Memory {
    pub(super) caller: Msisdn,
    pub(super) service_code: String,
    pub(super) session: Session,
    /// The version of the menus it walks.
    #[serde(default)]
    pub(super) menu: Option<Version>,
    /// The hops taken, oldest first.
    pub(super) hops: Vec<Hop>,
}

/// A hop that was answered. The transcript itself is not kept: it repeats every PIN.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Hop {
    /// The length of the transcript, in bytes.
    pub(super) length: usize,
    /// Its keyed fingerprint.
    pub(super) fingerprint: u128,
    text: String,
    end: bool,
}

impl Hop {
    pub(super) fn new((length, fingerprint): (usize, u128), screen: &Screen) -> Self {
        Self {
            length,
            fingerprint,
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

    pub(super) fn remember(&mut self, hop: Hop) {
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
