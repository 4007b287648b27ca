//! Taking one turn.

use std::sync::Arc;

use tokio::sync::Notify;

use crate::actions::{self, ActionError, Prepared, Tools, Way, Work};
use crate::aggregators::Turn;
use crate::domain::{Clock, Timestamp};
use crate::failpoints::power_may_go;
use crate::menus::{Edge, Edition, Via};
use crate::store::sessions::{self, SessionRow};
use crate::store::{Store, StoreError, Tx, lines, menu_versions};
use crate::ussd::{Call, Engine, Input, Screen, Session, Step};

use super::diary::Diary;
use super::memory::{Hop, Memory};
use super::menus::{Held as InMemory, Menus};
use super::resume::Left;
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
        let now = self.clock.now();
        let row = sessions::find(unit.tx().await?, channel, turn.session.as_str()).await?;
        let version = row.as_ref().map_or(0, |row| row.version) + 1;
        let earlier = row.as_ref().map(|row| row.shown.clone());
        let known = match &row {
            Some(row) => Some(self.recall(turn, row)?),
            None => None,
        };
        let (edition, is_lost) = self.edition(&mut unit, known.as_ref(), now).await?;
        let engine = Engine {
            menu: &edition.menu,
            limit,
        };
        let mut walk = Walk {
            dialogue: self,
            engine,
            edition: &edition,
            channel,
            turn,
            now,
        };
        let is_new = known.is_none();
        let (mut memory, screen, left) = match known {
            None => walk.begin(&mut unit).await?,
            Some(memory) => match walk.go_on(&mut unit, memory, is_lost).await? {
                Went::On(memory, screen) => (*memory, screen, None),
                Went::Nowhere(screen) => return Ok(Some(screen)),
            },
        };
        memory.remember(self.hop(turn, &screen));
        let sealed = memory
            .seal(&self.tools.keys, turn.session.as_str())
            .map_err(|_| DialogueError::Unreadable)?;
        let expires_at = now.plus(self.tools.policy.session_life());
        let shown = earlier.unwrap_or_default().then(memory.session.screen());
        let row = SessionRow {
            version,
            sealed,
            line: self.mark(&engine, &memory),
            last_hop_at: now,
            shown,
        };
        let may_send = unit.writes();
        let mut tx = unit.into_writing().await?;
        if let Some(left) = left
            && !self.leave(&mut tx, channel, left, expires_at).await?
        {
            return Ok(None);
        }
        let writes_menus = (is_new || is_lost) && self.menus.write(&mut tx, &edition, now).await?;
        if !sessions::keep(&mut tx, channel, turn.session.as_str(), &row, expires_at).await? {
            return Ok(None);
        }
        power_may_go!("turn.commits");
        tx.commit().await?;
        power_may_go!("turn.committed");
        if writes_menus {
            self.menus.written(&edition, now);
        }
        if may_send {
            self.bell.notify_one();
        }
        let (at, end) = (memory.session.screen(), screen.end);
        tracing::info!(channel, screen = at, end, hop = version, "turn taken");
        if let Some(diary) = &self.diary {
            diary.turned(channel, turn, (at, end), now);
        }
        Ok(Some(screen))
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
            InMemory::Nothing => {
                match menu_versions::files(unit.tx().await?, version.as_str()).await? {
                    Some(files) => {
                        unit.rest();
                        self.menus.prove(version, files, now).await
                    }
                    None => None,
                }
            }
        };
        Ok(match found {
            Some(edition) => (edition, false),
            None => (self.menus.current(), true),
        })
    }

    fn recall(&self, turn: &Turn, row: &SessionRow) -> Result<Memory, DialogueError> {
        Memory::open(&self.tools.keys, turn.session.as_str(), &row.sealed)
            .map_err(|_| DialogueError::Unreadable)
    }

    fn hop(&self, turn: &Turn, screen: &Screen) -> Hop {
        Hop::new(transcript::mark(&self.tools.keys, &turn.input), screen)
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
    edition: &'a Edition,
    channel: &'a str,
    turn: &'a Turn,
    now: Timestamp,
}

impl Walk<'_> {
    /// A new session, with what was dialled behind the code.
    async fn begin(
        &mut self,
        unit: &mut Unit<'_>,
    ) -> Result<(Memory, Screen, Option<Left>), DialogueError> {
        let (turn, dialogue) = (self.turn, self.dialogue);
        let mut left = dialogue
            .left_by(unit.tx().await?, self.channel, turn)
            .await?;
        let language = lines::language(unit.tx().await?, &turn.caller).await?;
        let (caller, code) = (turn.caller.clone(), turn.service_code.clone());
        let mut memory = Memory::new(caller, code, language.unwrap_or_default());
        memory.menu = Some(self.edition.version.clone());
        let session = &mut memory.session;
        let step = self.step(session, Input::Dial);
        let mut walked = self.walk(unit, session, step, false).await?;
        let extension = transcript::extension(&turn.input, &turn.service_code);
        let is_plain = extension.is_empty();
        for answer in extension {
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
        let offered = match &mut left {
            Some(left) if is_plain => {
                let both = (&mut memory, left);
                let tx = unit.tx().await?;
                dialogue.offer(tx, &self.engine, both, self.now).await?
            }
            _ => None,
        };
        Ok((memory, offered.unwrap_or(screen), left))
    }

    /// A later hop of a session that is known.
    async fn go_on(
        &mut self,
        unit: &mut Unit<'_>,
        mut memory: Memory,
        is_lost: bool,
    ) -> Result<Went, DialogueError> {
        let turn = self.turn;
        if memory.caller != turn.caller || memory.service_code != turn.service_code {
            // Somebody else's session id: made up, or an aggregator's mistake.
            let over = &self.engine.menu.words.session_over.it;
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
        // A menu that is lost took its screens with it.
        let input = if is_lost && !memory.session.has_ended() {
            Input::Dial
        } else {
            Input::Answer(answer)
        };
        memory.menu = Some(self.edition.version.clone());
        let step = self.step(&mut memory.session, input);
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
            // The offer to go on stands outside the menu.
            Input::Answer(_) if session.is_offered() => None,
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
            network: self.turn.network.as_ref(),
            language: session.language,
            actor: None,
            way: Way::Ussd,
            channel: self.channel,
            link_id: None,
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
