//! Playing a transcript.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::civil::date;
use tokio::sync::Notify;
use zeroize::Zeroizing;

use crate::actions::{Decider, Pulse, Tools, Way};
use crate::aggregators::{FailureReason, Input, Report, ReportStatus, Routes, SessionId, Turn};
use crate::config::{Api, Operator, Policy, Retention, SimSwapCheck};
use crate::crypto::{Hasher, KeyError, Keys, MasterKey, PasswordError, Sealed, Token};
use crate::demo::seed::{self, SeedError};
use crate::dialogue::{Dialogue, DialogueError, Hops, Inbox, Menus, Watch};
use crate::domain::{Clock, FixedClock, MessageId, Msisdn, Timestamp};
use crate::menus::{Current, Edge, Edition, Menu};
use crate::metrics::Metrics;
use crate::outbox::{PulseWatch, reports};
use crate::store::outbox::{self, Claim, Lane, Settled, Settlement};
use crate::store::{Store, StoreError, StoreSettings, audit, inbound};
use crate::ussd::Screen;

use super::report::{Difference, Played, matches, unknown};
use super::script::{Direction, Script, Step};

const CHANNEL: &str = "at";
const SERVICE_CODE: &str = "*384*2026#";
const LEASE: Duration = Duration::from_secs(30);

/// Why a transcript could not be played at all.
#[derive(Debug, thiserror::Error)]
pub enum StageError {
    /// The database could not be set up.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The people could not be put in place.
    #[error(transparent)]
    Seed(#[from] SeedError),
    /// Passwords can't be hashed.
    #[error(transparent)]
    Password(#[from] PasswordError),
    /// The key is none.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The service failed inside.
    #[error("{file}:{line}: the service failed")]
    Turn {
        /// The transcript.
        file: String,
        /// The step's line.
        line: usize,
        /// How.
        source: DialogueError,
    },
    /// A step that makes no sense where it stands.
    #[error("{file}:{line}: {message}")]
    Direction {
        /// The transcript.
        file: String,
        /// The step's line.
        line: usize,
        /// Why.
        message: &'static str,
    },
}

/// Plays a transcript on a menu that has been proven, in a folder of its own.
pub async fn play(script: &Script, menu: &Menu, folder: &Path) -> Result<Played, StageError> {
    let mut stage = Stage::set(script, menu, folder).await?;
    let mut played = Played::default();
    for step in &script.steps {
        let seen = stage.take(step).await?;
        let mut expected = step.shown.clone();
        if step.end {
            expected.push("(the session is over)".into());
        }
        let fits = seen.len() == expected.len()
            && expected
                .iter()
                .zip(&seen)
                .all(|(expected, seen)| matches(expected, seen));
        if !fits {
            played.differences.push(Difference {
                file: script.name.clone(),
                line: step.line,
                expected,
                seen: seen.clone(),
            });
        }
        played.seen.push(seen);
    }
    played.walked = stage.footprints.take();
    stage.dialogue.store.close().await;
    Ok(played)
}

/// Remembers the ways that sessions went.
#[derive(Default)]
struct Footprints(Mutex<BTreeSet<Edge>>);

impl Footprints {
    fn take(&self) -> BTreeSet<Edge> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Watch for Footprints {
    fn went(&self, edge: Edge) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(edge);
    }
}

/// Whoever decides for the council.
pub(super) const STAFF: Decider<'_> = Decider {
    name: "stage",
    way: Way::Operator,
    channel: CHANNEL,
};

/// A phone in the hand.
pub(super) struct Phone {
    pub(super) msisdn: Msisdn,
    network: String,
    session: Option<SessionId>,
    /// Each transcript that was sent, with what was answered.
    hops: Vec<(String, Screen)>,
}

/// An SMS that has left and was not read yet.
struct Sms {
    to: Msisdn,
    text: String,
}

pub(super) struct Stage<'a> {
    pub(super) script: &'a Script,
    settings: StoreSettings,
    pub(super) dialogue: Dialogue,
    pub(super) clock: FixedClock,
    footprints: Arc<Footprints>,
    pub(super) phone: Option<Phone>,
    holds: bool,
    unread: VecDeque<Sms>,
    newest: Option<(String, Msisdn)>,
    entries_read: usize,
    /// The word that `~` stood for in the SMS read last.
    unknown: Option<String>,
}

impl<'a> Stage<'a> {
    async fn set(script: &'a Script, menu: &Menu, folder: &Path) -> Result<Self, StageError> {
        let file = folder.join(format!("{}.db", Token::fresh().reveal()));
        let settings = StoreSettings {
            create: true,
            pooler: false,
            url: format!("sqlite:{}", file.display()),
            connections: 2,
            patience: Duration::from_secs(5),
        };
        let store = Store::open(&settings).await?;
        store.migrate().await?;
        // A Monday, two weeks before the exams.
        let clock = FixedClock::new(Timestamp::from_kenya(date(2026, 10, 5).at(9, 0, 0, 0)));
        let hasher = Hasher::new(1)?;
        // Always the same, so that a transcript can name the check code of a letter.
        let keys = Keys::single(MasterKey::parse(&"5a".repeat(32))?);
        seed::seed(&store, &keys, &hasher, 0, seed::CALENDAR, clock.now()).await?;
        let footprints = Arc::new(Footprints::default());
        // One menu from the first line to the last: which files it is from is all the same.
        let current = Current::new(Edition::new(Vec::new(), menu.clone()));
        let tools = Tools {
            routes: Routes::default(),
            keys,
            hasher,
            policy: Policy::default(),
            operator: Operator::default(),
            retention: Retention::default(),
            api: Api::default(),
            menu: current.clone(),
            public_url: "https://cp2.example.org".into(),
            service_code: SERVICE_CODE.into(),
            pulse: Pulse::default(),
        };
        let dialogue = Dialogue {
            hops: Hops::on(&store),
            store,
            menus: Menus::new(current),
            tools,
            clock: Arc::new(clock.clone()),
            bell: Arc::new(Notify::new()),
            diary: None,
            watch: Some(Arc::clone(&footprints) as Arc<dyn Watch>),
        };
        Ok(Self {
            script,
            settings,
            dialogue,
            clock,
            footprints,
            phone: None,
            holds: false,
            unread: VecDeque::new(),
            newest: None,
            entries_read: 0,
            unknown: None,
        })
    }

    /// Takes one step and says what was seen after it. What is seen wrongly where a step
    /// shows nothing comes out as lines too, and so as a difference.
    async fn take(&mut self, step: &Step) -> Result<Vec<String>, StageError> {
        match &step.direction {
            Direction::Line(msisdn, network) => {
                self.phone = Some(Phone {
                    msisdn: msisdn.clone(),
                    network: network.clone(),
                    session: None,
                    hops: Vec::new(),
                });
            }
            Direction::Dial(extension) => {
                let phone = self
                    .phone
                    .as_mut()
                    .ok_or(self.script.nonsense(step, "no phone is taken up"))?;
                phone.session = SessionId::parse(Token::fresh().reveal());
                phone.hops.clear();
                return self.hop(step, extension.clone()).await;
            }
            Direction::Type(answer) => {
                let answer = match answer.as_str() {
                    "~" => self
                        .unknown
                        .as_ref()
                        .ok_or(self.script.nonsense(step, "the last SMS has no `~`"))?,
                    _ => answer,
                };
                let hops = self
                    .phone
                    .as_ref()
                    .map(|phone| phone.hops.as_slice())
                    .unwrap_or_default();
                let (before, _) = hops
                    .last()
                    .ok_or(self.script.nonsense(step, "nothing is dialled"))?;
                let transcript = if before.is_empty() {
                    answer.clone()
                } else {
                    format!("{before}*{answer}")
                };
                return self.hop(step, transcript).await;
            }
            Direction::Text(words) => self.text(step, words).await?,
            Direction::Repeat => return self.again(step, 1).await,
            Direction::Late => return self.again(step, usize::MAX).await,
            Direction::Drop => {
                if let Some(phone) = &mut self.phone {
                    phone.session = None;
                    phone.hops.clear();
                }
            }
            Direction::Restart => {
                self.dialogue.store.close().await;
                self.dialogue.store = Store::open(&self.settings).await?;
                self.dialogue.hops = Hops::on(&self.dialogue.store);
            }
            Direction::Wait(time) => self.clock.advance(*time),
            Direction::Moved(..) | Direction::Cancelled(_) | Direction::Signed(_) => {
                self.meanwhile(step).await?;
            }
            Direction::Decided(line, approves) => self.decide(step, line, *approves).await?,
            Direction::Answered(line) => self.answer(step, line).await?,
            Direction::AskForCards => {
                self.dialogue.tools.policy.sim_swap.check = SimSwapCheck::Ask;
            }
            Direction::Card(swap) => self.card(step, *swap).await?,
            Direction::Hold(holds) => {
                self.holds = *holds;
                self.post().await?;
            }
            Direction::Report(failure) => return self.report(step, failure.as_deref()).await,
            Direction::Sms(to) => {
                let at = self.unread.iter().position(|sms| sms.to == *to);
                let sms = at.and_then(|at| self.unread.remove(at));
                let text = sms.map_or("(no SMS)".to_owned(), |sms| sms.text);
                let mut lines = step.shown.iter().zip(text.lines());
                self.unknown = lines.find_map(|(line, seen)| unknown(line, seen));
                return Ok(text.lines().map(str::to_owned).collect());
            }
            Direction::NoSms => {
                let unread = self.unread.drain(..);
                return Ok(unread
                    .map(|sms| format!("{}: {}", sms.to.as_str(), sms.text))
                    .collect());
            }
            Direction::Audit(what) => return self.next_entry(what).await,
        }
        Ok(Vec::new())
    }

    async fn text(&mut self, step: &Step, words: &str) -> Result<(), StageError> {
        let phone = self.phone.as_ref();
        let phone = phone.ok_or(self.script.nonsense(step, "no phone is taken up"))?;
        let (id, tools) = (Token::fresh(), &self.dialogue.tools);
        let place = Sealed {
            column: "inbound.body",
            row: id.reveal(),
        };
        let body = place.seal(&tools.keys, words.as_bytes());
        let (from, now) = (phone.msisdn.as_str(), self.clock.now());
        let mut tx = self.dialogue.store.begin().await?;
        inbound::keep(&mut tx, CHANNEL, id.reveal(), from, None, &body, now).await?;
        tx.commit().await?;
        let inbox = Inbox {
            store: self.dialogue.store.clone(),
            tools: tools.clone(),
            clock: Arc::clone(&self.dialogue.clock),
            bell: Arc::clone(&self.dialogue.bell),
            senders: BTreeMap::new(),
            poll: Duration::ZERO,
        };
        inbox.work_off().await?;
        self.post().await
    }

    async fn hop(&mut self, step: &Step, transcript: String) -> Result<Vec<String>, StageError> {
        let pulse = PulseWatch {
            store: self.dialogue.store.clone(),
            clock: Arc::clone(&self.dialogue.clock),
            pulse: self.dialogue.tools.pulse.clone(),
            patience: self.dialogue.tools.policy.sms_patience(),
        };
        pulse.look().await?;
        let screen = self.callback(step, &transcript).await?;
        self.post().await?;
        let mut seen: Vec<String> = screen.text.lines().map(str::to_owned).collect();
        if screen.end {
            seen.push("(the session is over)".into());
        }
        if let Some(phone) = &mut self.phone {
            phone.hops.push((transcript, screen));
        }
        Ok(seen)
    }

    /// The last callbacks once more, each of which must get the answer it got before.
    async fn again(&mut self, step: &Step, count: usize) -> Result<Vec<String>, StageError> {
        let hops = self
            .phone
            .as_ref()
            .map(|phone| phone.hops.clone())
            .unwrap_or_default();
        let mut seen = Vec::new();
        for (transcript, before) in hops.iter().rev().take(count).rev() {
            let screen = self.callback(step, transcript).await?;
            if screen != *before {
                seen.extend(screen.text.lines().map(str::to_owned));
            }
        }
        self.post().await?;
        Ok(seen)
    }

    async fn callback(&self, step: &Step, transcript: &str) -> Result<Screen, StageError> {
        let phone = self
            .phone
            .as_ref()
            .ok_or(self.script.nonsense(step, "no phone is taken up"))?;
        let session = phone
            .session
            .clone()
            .ok_or(self.script.nonsense(step, "nothing is dialled"))?;
        let network = crate::aggregators::Network::from_code(&phone.network);
        let limit = crate::aggregators::africastalking::limits(Some(&network)).screen;
        let turn = Turn {
            session,
            caller: phone.msisdn.clone(),
            service_code: SERVICE_CODE.into(),
            network: Some(network),
            input: Input::Cumulative(Zeroizing::new(transcript.to_owned())),
        };
        let taken = self.dialogue.take_turn(CHANNEL, &turn, limit).await;
        taken.map_err(|source| StageError::Turn {
            file: self.script.name.clone(),
            line: step.line,
            source,
        })
    }

    /// Lets everything in the outbox leave, in its order.
    pub(super) async fn post(&mut self) -> Result<(), StageError> {
        if self.holds {
            return Ok(());
        }
        let now = self.clock.now();
        let mut tx = self.dialogue.store.begin().await?;
        let wanted = Claim {
            channel: CHANNEL,
            last: Lane::Bulk,
            limit: 100,
            lease_until: now.plus(LEASE),
        };
        for message in outbox::claim(&mut tx, &wanted, now).await? {
            let place = Sealed::sms(message.id.as_str());
            let Ok(text) = place.open(&self.dialogue.tools.keys, &message.body) else {
                continue;
            };
            let id = provider_id(&message.id);
            let settled = Settled::Accepted {
                provider_id: Some(id.clone()),
                cost: None,
            };
            let settlement = Settlement {
                id: &message.id,
                attempt: message.attempt,
                settled: &settled,
            };
            outbox::settle(&mut tx, &[settlement], now).await?;
            self.newest = Some((id, message.recipient.clone()));
            let text = String::from_utf8_lossy(&text).into_owned();
            self.unread.push_back(Sms {
                to: message.recipient,
                text,
            });
        }
        Ok(tx.commit().await?)
    }

    async fn report(
        &mut self,
        step: &Step,
        failure: Option<&str>,
    ) -> Result<Vec<String>, StageError> {
        let newest = self.newest.clone();
        let (message_id, to) = newest.ok_or(self.script.nonsense(step, "no SMS has left"))?;
        let report = Report {
            message_id,
            to: Some(to),
            status: if failure.is_some() {
                ReportStatus::Failed
            } else {
                ReportStatus::Delivered
            },
            said: failure.unwrap_or("Success").to_owned(),
            reason: failure.map(|said| match said {
                "blocked" => FailureReason::Blocked,
                other => FailureReason::Other(other.to_owned()),
            }),
            network: None,
        };
        let mut tx = self.dialogue.store.begin().await?;
        reports::take(
            &mut tx,
            CHANNEL,
            report,
            self.clock.now(),
            &Metrics::default(),
        )
        .await?;
        tx.commit().await?;
        Ok(Vec::new())
    }

    async fn next_entry(&mut self, what: &str) -> Result<Vec<String>, StageError> {
        let mut tx = self.dialogue.store.begin_read().await?;
        let entries = audit::whats(&mut tx, self.entries_read).await?;
        // Decisions and proofs stand between what was done; they count where asked for.
        let is_aside = |entry: &str| entry.starts_with("policy.") || entry.starts_with("proof.");
        let asides = entries
            .iter()
            .take_while(|entry| is_aside(entry) && entry.as_str() != what)
            .count();
        self.entries_read += asides + 1;
        Ok(match entries.get(asides) {
            Some(entry) if entry == what => Vec::new(),
            Some(other) => vec![format!("(the audit log says {other})")],
            None => vec!["(the audit log says nothing)".into()],
        })
    }
}

fn provider_id(message: &MessageId) -> String {
    format!("stage-{message}")
}

impl Script {
    pub(super) fn nonsense(&self, step: &Step, message: &'static str) -> StageError {
        StageError::Direction {
            file: self.name.clone(),
            line: step.line,
            message,
        }
    }
}
