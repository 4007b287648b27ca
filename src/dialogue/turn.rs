//! Taking one turn.

use std::sync::Arc;

use tokio::sync::Notify;

use crate::actions::{self, ActionError, Prepared, Tools, Way, Work};
use crate::aggregators::{Input as Typed, Turn};
use crate::domain::{Clock, Timestamp};
use crate::menus::{Edge, Menu, Via};
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
    /// Tells the worker that there may be something to send.
    pub bell: Arc<Notify>,
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
        let mut unit = Unit::of(&self.store);
        let mut walk = Walk {
            dialogue: self,
            engine: Engine {
                menu: &self.menu,
                limit,
            },
            channel,
            turn,
            now: self.clock.now(),
        };
        let row = sessions::find(unit.tx().await?, channel, turn.session.as_str()).await?;
        let version = row.as_ref().map_or(0, |row| row.version) + 1;
        let earlier = row.as_ref().map(|row| row.shown.clone());
        let (mut memory, screen) = match row {
            None => walk.begin(&mut unit).await?,
            Some(row) => match walk.go_on(&mut unit, &row).await? {
                Went::On(memory, screen) => (*memory, screen),
                Went::Nowhere(screen) => return Ok(Some(screen)),
            },
        };
        memory.remember(self.hop(turn, &screen));
        let sealed = memory
            .seal(&self.tools.keys, turn.session.as_str())
            .map_err(|_| DialogueError::Unreadable)?;
        let expires_at = walk.now.plus(self.tools.policy.session_life());
        let shown = earlier.unwrap_or_default().then(memory.session.screen());
        let row = SessionRow {
            version,
            sealed,
            shown,
        };
        let may_send = unit.writes();
        let mut tx = unit.into_writing().await?;
        if !sessions::keep(&mut tx, channel, turn.session.as_str(), &row, expires_at).await? {
            return Ok(None);
        }
        tx.commit().await?;
        if may_send {
            self.bell.notify_one();
        }
        let (at, end) = (memory.session.screen(), screen.end);
        tracing::info!(channel, screen = at, end, hop = version, "turn taken");
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

/// What a later hop of a session came to.
enum Went {
    /// A step on.
    On(Box<Memory>, Screen),
    /// Nowhere: there is nothing to keep.
    Nowhere(Screen),
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
    async fn begin(&mut self, unit: &mut Unit<'_>) -> Result<(Memory, Screen), DialogueError> {
        let turn = self.turn;
        let language = lines::language(unit.tx().await?, &turn.caller).await?;
        let (caller, code) = (turn.caller.clone(), turn.service_code.clone());
        let mut memory = Memory::new(caller, code, language.unwrap_or_default());
        let session = &mut memory.session;
        let step = self.step(session, Input::Dial);
        let mut walked = self.walk(unit, session, step, false).await?;
        for answer in transcript::extension(&turn.input) {
            let before = session.clone();
            let step = self.step(session, Input::Answer(answer));
            walked = self.walk(unit, session, step, false).await?;
            if matches!(walked, Walked::Held) {
                *session = before;
                break;
            }
        }
        let screen = match walked {
            Walked::Shown(screen) => screen,
            Walked::Held => self.engine.show(session),
        };
        Ok((memory, screen))
    }

    /// A later hop of a session that is known.
    async fn go_on(
        &mut self,
        unit: &mut Unit<'_>,
        row: &SessionRow,
    ) -> Result<Went, DialogueError> {
        let turn = self.turn;
        let mut memory = self.dialogue.recall(turn, row)?;
        if memory.caller != turn.caller || memory.service_code != turn.service_code {
            // Somebody else's session id: made up, or an aggregator's mistake.
            let over = &self.dialogue.menu.words.session_over.it;
            return Ok(Went::Nowhere(
                self.engine.closing(over, memory.session.language),
            ));
        }
        let keys = &self.dialogue.tools.keys;
        let answer = match transcript::read(keys, &memory.hops, &turn.input) {
            Reading::Answer(answer) => answer,
            Reading::Repeat(hop) => return Ok(Went::Nowhere(memory.hops[hop].screen())),
            Reading::Elsewhere => return Ok(Went::Nowhere(self.engine.show(&memory.session))),
        };
        let step = self.step(&mut memory.session, Input::Answer(answer));
        match self.walk(unit, &mut memory.session, step, true).await? {
            Walked::Shown(screen) => Ok(Went::On(Box::new(memory), screen)),
            Walked::Held => Err(DialogueError::Unreadable),
        }
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
            let mut prepared = Prepared::default();
            if writes {
                // The slow part holds no connection.
                unit.rest();
                prepared = actions::prepare(&call.action, &self.dialogue.tools).await?;
                unit.write().await?;
            }
            let outcome = self.run(unit, session, &call, prepared).await?;
            step = self.step(session, Input::Ended(outcome));
        }
        Err(DialogueError::Action(ActionError::NoSuchAction))
    }

    fn step(&self, session: &mut Session, input: Input<'_>) -> Step {
        let Some(watch) = &self.dialogue.watch else {
            return self.engine.step(session, input);
        };
        let from = session.screen().to_owned();
        let via = match &input {
            Input::Dial => None,
            Input::Answer(answer) => self.engine.menu.via_answer(&from, answer.trim()),
            Input::Ended(outcome) => Some(Via::Outcome(outcome.name.to_owned())),
        };
        let step = self.engine.step(session, input);
        if let Some(via) = via {
            watch.went(self.engine.menu.edge(&from, via, session.screen()));
        }
        step
    }

    async fn run(
        &self,
        unit: &mut Unit<'_>,
        session: &Session,
        call: &Call,
        prepared: Prepared,
    ) -> Result<crate::ussd::Outcome, ActionError> {
        let may_write = unit.writes();
        let mut work = Work {
            tx: unit.tx().await?,
            may_write,
            tools: &self.dialogue.tools,
            caller: &self.turn.caller,
            language: session.language,
            way: Way::Ussd,
            channel: self.channel,
            now: self.now,
            fields: &call.fields,
            proofs: call.proofs,
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
    held: Held,
}

enum Held {
    Nothing,
    Reading(Tx),
    Writing(Tx),
}

impl<'a> Unit<'a> {
    fn of(store: &'a Store) -> Self {
        let held = Held::Nothing;
        Self { store, held }
    }

    fn writes(&self) -> bool {
        matches!(self.held, Held::Writing(_))
    }

    /// What is held, begun for reading where nothing is.
    async fn tx(&mut self) -> Result<&mut Tx, StoreError> {
        if matches!(self.held, Held::Nothing) {
            self.held = Held::Reading(self.store.begin_read().await?);
        }
        match &mut self.held {
            Held::Reading(tx) | Held::Writing(tx) => Ok(tx),
            Held::Nothing => Err(StoreError::Unusable("no unit of work".into())),
        }
    }

    /// Holds no connection while something slow is done, unless something is written already.
    fn rest(&mut self) {
        if !self.writes() {
            self.held = Held::Nothing;
        }
    }

    /// From here on, what is done can be kept.
    async fn write(&mut self) -> Result<(), StoreError> {
        if !self.writes() {
            self.rest();
            self.held = Held::Writing(self.store.begin().await?);
        }
        Ok(())
    }

    async fn into_writing(mut self) -> Result<Tx, StoreError> {
        self.rest();
        match self.held {
            Held::Reading(tx) | Held::Writing(tx) => Ok(tx),
            Held::Nothing => self.store.begin().await,
        }
    }
}
