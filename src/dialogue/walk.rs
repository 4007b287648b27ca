//! The way of one turn through the menu: screens, and the actions before them.

use crate::actions::{self, ActionError, Look, Prepared, Way, Work};
use crate::aggregators::Turn;
use crate::domain::Timestamp;
use crate::menus::{Edition, Via};
use crate::store::callers::{Asked, Caller};
use crate::ussd::{Call, Engine, Input, Outcome, Screen, Session, Step};

use super::memory::{Hop, Mark, Memory};
use super::resume::Left;
use super::transcript::{self, Reading};
use super::turn::{Dialogue, DialogueError, Known};
use super::unit::Unit;

/// The most actions in one turn. The check of menus proves that there is no circle.
const ACTIONS: usize = 16;

/// How a stretch of the menu ended.
enum Walked {
    /// At a screen.
    Shown(Screen),
    /// Before an action that changes something, which a dialled extension never runs.
    Held,
}

/// What a later hop of a session came to.
pub(super) enum Went {
    /// A step on.
    On(Box<Memory>, Screen),
    /// Nowhere: there is nothing to keep.
    Nowhere(Screen),
    /// It does not fit what this process remembers: the row may know more.
    Astray,
}

/// One turn on its way through the menu.
pub(super) struct Walk<'a> {
    pub(super) dialogue: &'a Dialogue,
    pub(super) engine: Engine<'a>,
    pub(super) edition: &'a Edition,
    pub(super) channel: &'a str,
    pub(super) turn: &'a Turn,
    /// By what a repeat of the turn is known.
    pub(super) mark: Mark,
    pub(super) now: Timestamp,
    /// What was seen of the line on the way, until something is changed.
    pub(super) seen: Option<Caller>,
}

impl Walk<'_> {
    /// A new session, with what was dialled behind the code.
    pub(super) async fn begin(
        &mut self,
        unit: &mut Unit<'_>,
    ) -> Result<(Memory, Screen, Option<Left>), DialogueError> {
        let (turn, dialogue) = (self.turn, self.dialogue);
        let mark = dialogue.mark_of(turn);
        let asked = Asked {
            line: turn.caller.clone(),
            left: mark.map(|mark| (self.channel.to_owned(), mark)),
            work: false,
        };
        unit.rest();
        let mut seen = dialogue.hops.look(asked).await?;
        let mut left = seen.left.take().map(Left::from);
        let language = seen.language.unwrap_or_default();
        self.seen = Some(seen);
        let (caller, code) = (turn.caller.clone(), turn.service_code.clone());
        let mut memory = Memory::new(caller, code, language);
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
                let tx = unit.tx();
                dialogue.offer(tx, &self.engine, both, self.now).await?
            }
            _ => None,
        };
        Ok((memory, offered.unwrap_or(screen), left))
    }

    /// A later hop of a session that is known.
    pub(super) async fn go_on(
        &mut self,
        unit: &mut Unit<'_>,
        known: Known,
        is_lost: bool,
    ) -> Result<Went, DialogueError> {
        let (turn, mut memory) = (self.turn, known.memory);
        if memory.caller != turn.caller || memory.service_code != turn.service_code {
            // Somebody else's session id: made up, or an aggregator's mistake.
            let over = &self.engine.menu.words.session_over.it;
            return Ok(Went::Nowhere(
                self.engine.closing(over, memory.session.language),
            ));
        }
        let keys = &self.dialogue.tools.keys;
        let answer = match transcript::read(keys, &memory.hops, (&turn.input, self.mark)) {
            Reading::Answer(answer) => answer,
            Reading::Repeat(hop) => return Ok(Went::Nowhere(memory.hops[hop].screen())),
            Reading::Elsewhere if known.is_remembered => return Ok(Went::Astray),
            Reading::Elsewhere => {
                let last = memory.hops.last().map(Hop::screen);
                let shown = last.unwrap_or_else(|| self.engine.show(&memory.session));
                return Ok(Went::Nowhere(shown));
            }
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
            let prepared = if writes {
                // The slow part holds no connection.
                unit.rest();
                self.seen = None;
                let prepared = actions::prepare(&call.action, &self.dialogue.tools).await?;
                unit.write().await?;
                prepared
            } else {
                self.look(unit, &call).await?
            };
            let outcome = self.run(unit, session, &call, prepared).await?;
            step = self.step(session, Input::Ended(outcome));
        }
        Err(DialogueError::Action(ActionError::NoSuchAction))
    }

    /// Looks up what the action is going to ask of the line, together with all others that
    /// look at the same time. What this very turn has changed is seen by its own unit of work
    /// alone.
    async fn look(&mut self, unit: &mut Unit<'_>, call: &Call) -> Result<Prepared, DialogueError> {
        let Some(look) = actions::looks_at(&call.action).filter(|_| !unit.writes()) else {
            return Ok(Prepared::default());
        };
        let wants_work = look == Look::Work;
        let seen = match self.seen.take() {
            Some(seen) if seen.work.is_some() || !wants_work => seen,
            _ => {
                unit.rest();
                let asked = Asked {
                    line: self.turn.caller.clone(),
                    left: None,
                    work: wants_work,
                };
                self.dialogue.hops.look(asked).await?
            }
        };
        Ok(Prepared::seeing(seen))
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
    ) -> Result<Outcome, ActionError> {
        let may_write = unit.writes();
        let mut work = Work {
            tx: unit.tx(),
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
            fields: session.fields(),
            proofs: session.proofs(),
            page: call.page,
            prepared,
        };
        actions::run(&call.action, &mut work).await
    }
}
