//! Taking one turn.

use std::sync::Arc;

use tokio::sync::Notify;

use crate::actions::{ActionError, Tools};
use crate::aggregators::Turn;
use crate::domain::{Clock, Timestamp};
use crate::failpoints::power_may_go;
use crate::menus::{Edge, Edition};
use crate::store::sessions::{self, NewTurn, SessionRow, Shown};
use crate::store::{Store, StoreError, menu_versions};
use crate::ussd::{Engine, Screen};

use super::diary::Diary;
use super::hops::Hops;
use super::memory::{Hop, Memory, seal};
use super::menus::{Held as InMemory, Menus};
use super::recent::Remembered;
use super::resume::Left;
use super::transcript;
use super::unit::Unit;
use super::walk::{Walk, Went};

/// How often a turn is taken anew when another copy of it was kept first. The second
/// try finds that copy's answer.
const TRIES: usize = 5;

/// Takes turns.
#[derive(Clone)]
pub struct Dialogue {
    /// Where sessions and records are.
    pub store: Store,
    /// What hops that come at the same time do there together.
    pub hops: Hops,
    /// The menus that are walked.
    pub menus: Menus,
    /// What actions work with.
    pub tools: Tools,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// Tells the worker that there may be something to send.
    pub bell: Arc<Notify>,
    /// Writes down which screens were shown, where somebody may ask for it.
    pub diary: Option<Diary>,
    /// Sees every step through the menu, where somebody wants to.
    pub watch: Option<Arc<dyn Watch>>,
}

/// Sees where sessions go. Screens' names are nothing personal.
pub trait Watch: Send + Sync {
    /// A session went along this way.
    fn went(&self, edge: Edge);
}

/// Why a turn was not taken. Nothing has changed then, unless it was the commit whose
/// answer was lost; a repeat of the turn finds out.
#[derive(Debug, thiserror::Error)]
pub enum DialogueError {
    /// An action came to no outcome.
    #[error(transparent)]
    Action(#[from] ActionError),
    /// The store could not do as told.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The store could not do it for many hops at once.
    #[error(transparent)]
    Together(#[from] Arc<StoreError>),
    /// What is kept of the session can't be read.
    #[error("the session can't be opened")]
    Unreadable,
    /// Other copies of the turn were kept first, again and again.
    #[error("the session changes under every try")]
    Contended,
}

/// What is known of the session that a turn belongs to.
pub(super) struct Known {
    pub(super) version: i64,
    pub(super) shown: Shown,
    pub(super) memory: Memory,
    /// Whether another process may know better: it is what this one remembers.
    pub(super) is_remembered: bool,
}

impl Dialogue {
    /// Takes a turn and keeps everything it causes, or nothing.
    ///
    /// Run it in a spawned task: a unit of work must not be cancelled.
    pub async fn take_turn(
        &self,
        channel: &str,
        turn: &Turn,
        limit: usize,
    ) -> Result<Screen, DialogueError> {
        for number in 0..TRIES {
            // What is remembered may be old; a second try reads the row.
            let is_first = number == 0;
            if let Some(screen) = self.try_turn(channel, turn, limit, is_first).await? {
                return Ok(screen);
            }
        }
        Err(DialogueError::Contended)
    }

    /// None when another copy of the turn was kept in the meantime, or one that this process
    /// does not know of.
    async fn try_turn(
        &self,
        channel: &str,
        turn: &Turn,
        limit: usize,
        is_first: bool,
    ) -> Result<Option<Screen>, DialogueError> {
        let (mut unit, now) = (Unit::of(&self.store), self.clock.now());
        let known = if is_first {
            self.remembered(&mut unit, channel, turn, now).await?
        } else {
            self.kept(&mut unit, channel, turn).await?
        };
        let version = known.as_ref().map_or(0, |known| known.version) + 1;
        let memory = known.as_ref().map(|known| &known.memory);
        let (edition, is_lost) = self.edition(&mut unit, memory, now).await?;
        let engine = Engine {
            menu: &edition.menu,
            limit,
        };
        let mark = transcript::mark(&self.tools.keys, &turn.input);
        let mut walk = Walk {
            dialogue: self,
            engine,
            edition: &edition,
            channel,
            turn,
            mark,
            now,
            seen: None,
        };
        let is_new = known.is_none();
        let (mut memory, shown, screen, left) = match known {
            None => {
                let (memory, screen, left) = walk.begin(&mut unit).await?;
                (memory, Shown::default(), screen, left)
            }
            Some(known) => {
                let shown = known.shown.clone();
                match walk.go_on(&mut unit, known, is_lost).await? {
                    Went::On(memory, screen) => (*memory, shown, screen, None),
                    Went::Nowhere(screen) => return Ok(Some(screen)),
                    Went::Astray => return Ok(None),
                }
            }
        };
        memory.remember(Hop::new(mark, &screen));
        let clear = memory.to_clear().map_err(|_| DialogueError::Unreadable)?;
        let life = self.tools.policy.session_life();
        let row = SessionRow {
            version,
            sealed: seal(&self.tools.keys, turn.session.as_str(), &clear),
            line: self.mark(&engine, &memory),
            last_hop_at: now,
            // By the minute: most hops leave what is indexed as it is, and PostgreSQL then changes
            // the row alone.
            expires_at: now.plus(life).to_full_minute(),
            shown: shown.then(memory.session.screen()),
        };
        let after = Remembered {
            version,
            clear,
            shown: row.shown.clone(),
            expires_at: row.expires_at,
        };
        let kept = NewTurn {
            channel: channel.to_owned(),
            id: turn.session.as_str().to_owned(),
            row,
        };
        let needs_menus = (is_new || is_lost) && !self.menus.are_written(&edition, now);
        let is_kept = if unit.writes() || left.is_some() || needs_menus {
            let edition = needs_menus.then_some(&*edition);
            self.keep_with_all(unit, &kept, left, edition).await?
        } else {
            drop(unit);
            self.hops.keep(kept).await?
        };
        if !is_kept {
            return Ok(None);
        }
        // Of one that is over, only a repeat asks.
        let after = (!screen.end).then_some(after);
        self.hops
            .recent
            .after_turn(channel, turn.session.as_str(), after);
        let (at, end) = (memory.session.screen(), screen.end);
        // The line of its request says at info that it was answered.
        tracing::debug!(channel, screen = at, end, hop = version, "turn taken");
        if let Some(diary) = &self.diary {
            diary.turned(channel, turn, (at, end), now);
        }
        Ok(Some(screen))
    }

    /// What is known of a session without looking, or else by its row. A turn that can only be
    /// a first one is taken for that; where the row is there all the same, it is not kept.
    async fn remembered(
        &self,
        unit: &mut Unit<'_>,
        channel: &str,
        turn: &Turn,
        now: Timestamp,
    ) -> Result<Option<Known>, DialogueError> {
        let id = turn.session.as_str();
        if let Some(remembered) = self.hops.recent.of_session(channel, id, now)
            && let Ok(memory) = Memory::from_clear(&remembered.clear)
        {
            return Ok(Some(Known {
                version: remembered.version,
                shown: remembered.shown.clone(),
                memory,
                is_remembered: true,
            }));
        }
        if transcript::begins(&turn.input) {
            return Ok(None);
        }
        self.kept(unit, channel, turn).await
    }

    /// What is known of a session by its row.
    async fn kept(
        &self,
        unit: &mut Unit<'_>,
        channel: &str,
        turn: &Turn,
    ) -> Result<Option<Known>, DialogueError> {
        let id = turn.session.as_str();
        let Some(row) = sessions::find(unit.tx(), channel, id).await? else {
            return Ok(None);
        };
        let memory = Memory::open(&self.tools.keys, id, &row.sealed);
        Ok(Some(Known {
            version: row.version,
            shown: row.shown,
            memory: memory.map_err(|_| DialogueError::Unreadable)?,
            is_remembered: false,
        }))
    }

    /// Keeps a turn together with all that it changes besides its session.
    async fn keep_with_all(
        &self,
        unit: Unit<'_>,
        turn: &NewTurn,
        left: Option<Left>,
        edition: Option<&Edition>,
    ) -> Result<bool, DialogueError> {
        let (may_send, now) = (unit.writes(), turn.row.last_hop_at);
        let mut tx = unit.into_writing().await?;
        if let Some(left) = left {
            let expires_at = turn.row.expires_at;
            if !self.leave(&mut tx, &turn.channel, left, expires_at).await? {
                return Ok(false);
            }
        }
        if let Some(edition) = edition {
            self.menus.write(&mut tx, edition, now).await?;
        }
        if !sessions::keep(&mut tx, turn).await? {
            return Ok(false);
        }
        power_may_go!("turn.commits");
        tx.commit().await?;
        power_may_go!("turn.committed");
        if let Some(edition) = edition {
            self.menus.written(edition, now);
        }
        if may_send {
            self.bell.notify_one();
        }
        Ok(true)
    }

    /// The menu that a session walks: its own, or the current one for a session that
    /// begins. True where its own is lost.
    async fn edition(
        &self,
        unit: &mut Unit<'_>,
        known: Option<&Memory>,
        now: Timestamp,
    ) -> Result<(Arc<Edition>, bool), StoreError> {
        let Some(version) = known.and_then(|memory| memory.menu.as_ref()) else {
            return Ok((self.menus.current(), false));
        };
        let found = match self.menus.held(version, now) {
            InMemory::Here(edition) => Some(edition),
            InMemory::Unprovable => None,
            InMemory::Nothing => match menu_versions::files(unit.tx(), version.as_str()).await? {
                Some(files) => {
                    unit.rest();
                    self.menus.prove(version, files, now).await
                }
                None => None,
            },
        };
        Ok(match found {
            Some(edition) => (edition, false),
            None => (self.menus.current(), true),
        })
    }
}
