//! Taking one turn.

use std::sync::Arc;

use crate::actions::{self, ActionError, Prepared, Tools, Way, Work};
use crate::aggregators::{Input as Typed, Turn};
use crate::domain::{Clock, Timestamp};
use crate::menus::Menu;
use crate::store::sessions::{self, SessionRow};
use crate::store::{Store, StoreError, Tx, lines};
use crate::ussd::{Call, Engine, Input, Screen, Session, Step};

use super::memory::{Hop, Memory};
use super::transcript::{self, Reading};

/// How often a turn is taken anew when another copy of it was kept first. The second
/// try finds that copy's answer.
const TRIES: usize = 5;

/// The most actions in one turn. The check of menus proves that there is no circle.
const ACTIONS: usize = 16;

/// Takes turns.
#[derive(Clone)]
pub struct Dialogue {
    /// Where sessions and records are.
    pub store: Store,
    /// The menu that is walked.
    pub menu: Arc<Menu>,
    /// What actions work with.
    pub tools: Tools,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
}

/// Why a turn was not taken. Nothing has changed then, as far as anyone can tell.
#[derive(Debug, thiserror::Error)]
pub enum DialogueError {
    /// An action came to no outcome.
    #[error(transparent)]
    Action(#[from] ActionError),
    /// The store could not do as told.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// What is kept of the session can't be read.
    #[error("the session can't be opened")]
    Unreadable,
    /// Other copies of the turn were kept first, again and again.
    #[error("the session changes under every try")]
    Contended,
}

/// How a stretch of the menu ended.
enum Walked {
    /// At a screen.
    Shown(Screen),
    /// Before an action that changes something, which a dialled extension never runs.
    Held,
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
        for _ in 0..TRIES {
            if let Some(screen) = self.try_turn(channel, turn, limit).await? {
                return Ok(screen);
            }
        }
        Err(DialogueError::Contended)
    }

    /// None when another copy of the turn was kept in the meantime.
    async fn try_turn(
        &self,
        channel: &str,
        turn: &Turn,
        limit: usize,
    ) -> Result<Option<Screen>, DialogueError> {
        let mut unit = Unit::reading(&self.store).await?;
        let row = sessions::find(&mut unit.tx, channel, turn.session.as_str()).await?;
        let engine = Engine {
            menu: &self.menu,
            limit,
        };
        let mut at = Walk {
            dialogue: self,
            engine,
            channel,
            turn,
            now: self.clock.now(),
        };
        let (mut memory, version, screen) = match row {
            None => {
                let language = lines::language(&mut unit.tx, &turn.caller)
                    .await?
                    .unwrap_or_default();
                let mut memory =
                    Memory::new(turn.caller.clone(), turn.service_code.clone(), language);
                let screen = at.dial(&mut unit, &mut memory.session).await?;
                (memory, 1, screen)
            }
            Some(row) => {
                let mut memory = self.recall(turn, &row)?;
                if memory.caller != turn.caller || memory.service_code != turn.service_code {
                    // Somebody else's session id: made up, or an aggregator's mistake.
                    return Ok(Some(engine.closing(
                        &self.menu.words.session_over.it,
                        memory.session.language,
                    )));
                }
                let answer = match transcript::read(&self.tools.keys, &memory.hops, &turn.input) {
                    Reading::Repeat(hop) => return Ok(Some(memory.hops[hop].screen())),
                    Reading::Elsewhere => return Ok(memory.hops.last().map(Hop::screen)),
                    Reading::Answer(answer) => answer,
                };
                let step = engine.step(&mut memory.session, Input::Answer(answer));
                let screen = match at.walk(&mut unit, &mut memory.session, step, true).await? {
                    Walked::Shown(screen) => screen,
                    Walked::Held => engine.show(&memory.session),
                };
                (memory, row.version + 1, screen)
            }
        };
        memory.remember(self.hop(turn, &screen));
        let sealed = memory
            .seal(&self.tools.keys, turn.session.as_str())
            .map_err(|_| DialogueError::Unreadable)?;
        let expires_at = at.now.plus(self.tools.policy.session_life());
        let mut tx = unit.writing().await?;
        let row = SessionRow { version, sealed };
        if !sessions::keep(&mut tx, channel, turn.session.as_str(), &row, expires_at).await? {
            return Ok(None);
        }
        tx.commit().await?;
        Ok(Some(screen))
    }

    fn recall(&self, turn: &Turn, row: &SessionRow) -> Result<Memory, DialogueError> {
        Memory::open(&self.tools.keys, turn.session.as_str(), &row.sealed)
            .map_err(|_| DialogueError::Unreadable)
    }

    fn hop(&self, turn: &Turn, screen: &Screen) -> Hop {
        let (Typed::Cumulative(text) | Typed::Last(text)) = &turn.input;
        Hop::new(
            text.len(),
            transcript::fingerprint(&self.tools.keys, text),
            screen,
        )
    }
}

/// One turn on its way through the menu.
struct Walk<'a> {
    dialogue: &'a Dialogue,
    engine: Engine<'a>,
    channel: &'a str,
    turn: &'a Turn,
    now: Timestamp,
}

impl Walk<'_> {
    /// A new session, with what was dialled behind the code.
    async fn dial(
        &mut self,
        unit: &mut Unit<'_>,
        session: &mut Session,
    ) -> Result<Screen, DialogueError> {
        let step = self.engine.step(session, Input::Dial);
        let mut shown = self.walk(unit, session, step, false).await?;
        for answer in transcript::extension(&self.turn.input) {
            let before = session.clone();
            let step = self.engine.step(session, Input::Answer(answer));
            shown = self.walk(unit, session, step, false).await?;
            if matches!(shown, Walked::Held) {
                *session = before;
                break;
            }
        }
        Ok(match shown {
            Walked::Shown(screen) => screen,
            Walked::Held => self.engine.show(session),
        })
    }

    /// Runs actions until there is a screen.
    async fn walk(
        &mut self,
        unit: &mut Unit<'_>,
        session: &mut Session,
        mut step: Step,
        may_change: bool,
    ) -> Result<Walked, DialogueError> {
        for _ in 0..ACTIONS {
            let call = match step {
                Step::Show(screen) => return Ok(Walked::Shown(screen)),
                Step::Run(call) => call,
            };
            let writes = actions::spec(&call.action).is_some_and(|spec| spec.writes);
            if writes && !may_change {
                return Ok(Walked::Held);
            }
            let prepared = actions::prepare(&call.action, &self.dialogue.tools).await?;
            if writes {
                unit.write().await?;
            }
            let outcome = self.run(unit, session, &call, prepared).await?;
            step = self.engine.step(session, Input::Ended(outcome));
        }
        Err(DialogueError::Action(ActionError::NoSuchAction))
    }

    async fn run(
        &self,
        unit: &mut Unit<'_>,
        session: &Session,
        call: &Call,
        prepared: Prepared,
    ) -> Result<crate::ussd::Outcome, ActionError> {
        let mut work = Work {
            tx: &mut unit.tx,
            tools: &self.dialogue.tools,
            caller: &self.turn.caller,
            language: session.language,
            way: Way::Ussd,
            channel: self.channel,
            now: self.now,
            fields: &call.fields,
            page: call.page,
            prepared,
        };
        actions::run(&call.action, &mut work).await
    }
}

/// A unit of work that reads until something has to be written. What is read before
/// that may be old by then; actions that write look again at what they rely on.
struct Unit<'a> {
    store: &'a Store,
    tx: Tx,
    writes: bool,
}

impl<'a> Unit<'a> {
    async fn reading(store: &'a Store) -> Result<Self, StoreError> {
        Ok(Self {
            store,
            tx: store.begin_read().await?,
            writes: false,
        })
    }

    async fn write(&mut self) -> Result<(), StoreError> {
        if !self.writes {
            self.tx = self.store.begin().await?;
            self.writes = true;
        }
        Ok(())
    }

    async fn writing(mut self) -> Result<Tx, StoreError> {
        self.write().await?;
        Ok(self.tx)
    }
}
