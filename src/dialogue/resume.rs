//! Dialling again after a session was dropped.
//!
//! A session that could be gone on with carries the fingerprint of its line and code. The
//! next dial finds it by that, once: whether it is offered or not, the mark is taken off,
//! and an offered one is closed, in the unit of work that keeps the new session. Of two
//! dials at once, the version of the old row lets one in.

use crate::actions::CATALOGUE;
use crate::aggregators::Turn;
use crate::domain::Timestamp;
use crate::store::sessions::{self, NewTurn, SessionRow};
use crate::store::{StoreError, Tx, people};
use crate::ussd::{Engine, Screen};

use super::memory::{Memory, seal};
use super::turn::{Dialogue, DialogueError};

/// A session that the same line has left behind.
pub(super) struct Left {
    id: String,
    row: SessionRow,
    /// What is known of it, once it is offered.
    offered: Option<Memory>,
}

impl Dialogue {
    /// The mark by which a later dial of this line finds the session; none where none may.
    pub(super) fn mark(&self, engine: &Engine<'_>, memory: &Memory) -> Option<Vec<u8>> {
        self.tools.policy.resume_within()?;
        engine.resumable(&memory.session, &CATALOGUE)?;
        Some(self.line(memory.caller.as_str(), &memory.service_code))
    }

    fn line(&self, caller: &str, service_code: &str) -> Vec<u8> {
        let line = format!("{caller} {service_code}");
        let fingerprint = self.tools.keys.fingerprint("session line", line.as_bytes());
        fingerprint.to_vec()
    }

    /// By what to find the session that the line which dials has left behind.
    pub(super) fn mark_of(&self, turn: &Turn) -> Option<Vec<u8>> {
        self.tools.policy.resume_within()?;
        Some(self.line(turn.caller.as_str(), &turn.service_code))
    }

    /// Asks whether to go on from there, where that may be asked. The menu must be the
    /// same: on a new one, nobody knows where the old screens lead.
    pub(super) async fn offer(
        &self,
        tx: &mut Tx,
        engine: &Engine<'_>,
        (new, left): (&mut Memory, &mut Left),
        now: Timestamp,
    ) -> Result<Option<Screen>, StoreError> {
        let is_old = |within| now.since(left.row.last_hop_at) >= within;
        if self.tools.policy.resume_within().is_none_or(is_old) {
            return Ok(None);
        }
        let Ok(memory) = Memory::open(&self.tools.keys, &left.id, &left.row.sealed) else {
            return Ok(None);
        };
        let is_same = memory.caller == new.caller
            && memory.service_code == new.service_code
            && memory.menu == new.menu;
        // The line may be somebody else's by now.
        if !is_same || people::changed_after(tx, &new.caller, left.row.last_hop_at).await? {
            return Ok(None);
        }
        let screen = engine.offer(&mut new.session, &memory.session, &CATALOGUE);
        left.offered = screen.is_some().then_some(memory);
        Ok(screen)
    }

    /// Takes the mark off, and closes a session that was offered. False when another turn
    /// was there first.
    pub(super) async fn leave(
        &self,
        tx: &mut Tx,
        channel: &str,
        left: Left,
        expires_at: Timestamp,
    ) -> Result<bool, DialogueError> {
        let Left { id, row, offered } = left;
        self.hops.recent.after_turn(channel, &id, None);
        if let Some(line) = &row.line {
            sessions::leave(tx, channel, line).await?;
        }
        let Some(mut memory) = offered else {
            return Ok(true);
        };
        memory.session.close();
        let clear = memory.to_clear().map_err(|_| DialogueError::Unreadable)?;
        let closed = SessionRow {
            version: row.version + 1,
            sealed: seal(&self.tools.keys, &id, &clear),
            line: None,
            expires_at,
            ..row
        };
        let closed = NewTurn {
            channel: channel.to_owned(),
            id,
            row: closed,
        };
        Ok(sessions::keep(tx, &closed).await?)
    }
}

impl From<(String, SessionRow)> for Left {
    fn from((id, row): (String, SessionRow)) -> Self {
        Self {
            id,
            row,
            offered: None,
        }
    }
}
