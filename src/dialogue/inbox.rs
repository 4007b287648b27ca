//! SMS that came in: each is read once, does what the menu would do, and is answered by
//! at most one SMS, in the unit of work that marks it as handled.
//!
//! No rule stands here: the same actions decide as for the menu. A PIN is never taken by
//! SMS, since it would stay in the phone. Machines that answer each other come to an end
//! because answers are counted by line.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use crate::actions::{
    self, ActionError, Prepared, Tools, Way, Work, private_bucket, reply, use_once,
};
use crate::crypto::Sealed;
use crate::domain::{Clock, Language, Msisdn, Proofs, Timestamp};
use crate::failpoints::power_may_go;
use crate::menus::{Fields, SmsSpec, Value};
use crate::store::inbound::{self, Waiting};
use crate::store::{Store, StoreError, Tx, lines};
use crate::ussd::Outcome;

use super::keywords::{Asked, Keyword};
use super::parts;

/// The most messages that are looked at in one round.
const ROUND: usize = 16;

/// After that an answer is of no use.
const FRESH: Duration = Duration::from_hours(1);

const TEN_MINUTES: Duration = Duration::from_mins(10);
const DAY: Duration = Duration::from_hours(24);

/// How long the same text is taken for the same question.
const SAME: Duration = Duration::from_mins(1);

/// Reads what came in. Any number may share one database.
#[derive(Clone)]
pub struct Inbox {
    /// Where the messages are.
    pub store: Store,
    /// What actions work with.
    pub tools: Tools,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// Tells the worker that there may be something to send.
    pub bell: Arc<Notify>,
    /// The sender of each channel, which STOP and START are about.
    pub senders: BTreeMap<String, String>,
    /// Between looks.
    pub poll: Duration,
}

impl Inbox {
    /// Works until told to stop. Run it in a spawned task: a unit of work must not be
    /// cancelled.
    pub async fn run(self, stop: CancellationToken) {
        while !stop.is_cancelled() {
            match self.work_off().await {
                Ok(ROUND) => continue,
                Ok(_) => {}
                Err(error) => tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    "the inbox is out of reach"
                ),
            }
            tokio::select! {
                () = stop.cancelled() => {}
                () = sleep(self.poll) => {}
            }
        }
    }

    /// Handles what waits, the oldest first; says how many there were.
    pub async fn work_off(&self) -> Result<usize, StoreError> {
        parts::join(&self.store, &self.tools.keys, self.clock.now()).await?;
        let mut tx = self.store.begin_read().await?;
        let waiting = inbound::waiting(&mut tx, ROUND).await?;
        drop(tx);
        for message in &waiting {
            match self.handle(message).await {
                Ok(()) => {}
                // The database is away: the message waits. Anything else is the message's
                // own fault, and those behind it must not wait for ever.
                Err(ActionError::Store(error @ StoreError::Unavailable(_))) => return Err(error),
                Err(error) => {
                    tracing::error!(
                        error = &error as &dyn std::error::Error,
                        "an SMS can't be answered"
                    );
                    self.set_aside(message).await?;
                }
            }
        }
        Ok(waiting.len())
    }

    async fn handle(&self, message: &Waiting) -> Result<(), ActionError> {
        let asked = message.sender.as_ref().and_then(|line| {
            let (said, asked) = self.read(message, line)?;
            Some((line, said, asked))
        });
        // The slow part holds no connection.
        let prepared = match &asked {
            Some((_, _, asked)) if asked.keyword == Some(Keyword::Reset) => {
                actions::prepare("password.reset", &self.tools).await?
            }
            _ => Prepared::default(),
        };
        let mut tx = self.store.begin().await?;
        if !inbound::claim(&mut tx, message).await? {
            // Another worker has it.
            return Ok(());
        }
        let now = self.clock.now();
        if let Some((caller, said, asked)) = asked
            && now.since(message.received_at) < FRESH
        {
            let question = Question {
                inbox: self,
                channel: &message.channel,
                link_id: message.link_id.as_deref(),
                caller,
                now,
            };
            question.take(&mut tx, &said, asked, prepared).await?;
        }
        inbound::handled(&mut tx, message, now).await?;
        power_may_go!("inbox.commits");
        tx.commit().await?;
        power_may_go!("inbox.committed");
        self.bell.notify_one();
        Ok(())
    }

    async fn set_aside(&self, message: &Waiting) -> Result<(), StoreError> {
        let mut tx = self.store.begin().await?;
        inbound::handled(&mut tx, message, self.clock.now()).await?;
        tx.commit().await
    }

    /// None where the text can't be opened with the keys that are there.
    fn read(&self, message: &Waiting, line: &Msisdn) -> Option<(String, Asked)> {
        let place = Sealed {
            column: "inbound.body",
            row: &message.id,
        };
        let text = place.open(&self.tools.keys, &message.body).ok()?;
        let asked = Asked::read(&String::from_utf8_lossy(&text));
        // What it says is compared, never kept.
        let said = [line.as_str().as_bytes(), b" ", &text].concat();
        let said = private_bucket(&self.tools.keys, "sms.text", &said);
        Some((said, asked))
    }
}

/// One message on its way to its answer.
struct Question<'a> {
    inbox: &'a Inbox,
    channel: &'a str,
    link_id: Option<&'a str>,
    caller: &'a Msisdn,
    now: Timestamp,
}

/// What a message is answered with.
type Answer = Option<(&'static SmsSpec, Outcome)>;

impl Question<'_> {
    async fn take(
        &self,
        tx: &mut Tx,
        said: &str,
        asked: Asked,
        prepared: Prepared,
    ) -> Result<(), ActionError> {
        // What people wish about promotion counts even where the answer does not come.
        let wish = self.wish(tx, asked.keyword).await?;
        if !self.may_be_answered(tx, said).await? {
            return Ok(());
        }
        let chosen = lines::language(tx, self.caller).await?;
        let language = asked.language.or(chosen).unwrap_or_default();
        let mut voice = Voice {
            question: self,
            language,
            proofs: Proofs::default(),
        };
        let answer = match wish {
            Some(spec) => Some((spec, Outcome::default())),
            None => voice.answer(tx, asked, prepared).await?,
        };
        if let Some((spec, outcome)) = answer {
            let fields = Fields::new();
            let mut work = voice.work(tx, &fields, Prepared::default());
            work.reply(spec, outcome.fields).await?;
        }
        Ok(())
    }

    async fn wish(
        &self,
        tx: &mut Tx,
        keyword: Option<Keyword>,
    ) -> Result<Option<&'static SmsSpec>, StoreError> {
        let sender = self.inbox.senders.get(self.channel);
        let sender = sender.map_or(self.channel, String::as_str);
        Ok(match keyword {
            Some(Keyword::Stop) => {
                inbound::opt_out(tx, sender, self.caller, self.now).await?;
                Some(&reply::STOPPED)
            }
            Some(Keyword::Start) => {
                inbound::opt_in(tx, sender, self.caller).await?;
                Some(&reply::STARTED)
            }
            _ => None,
        })
    }

    /// Counts an answer, if the line may have one more. Messages of one line follow each
    /// other here.
    async fn may_be_answered(&self, tx: &mut Tx, said: &str) -> Result<bool, StoreError> {
        let policy = &self.inbox.tools.policy;
        let line = self.caller.as_str().as_bytes();
        let answers = private_bucket(&self.inbox.tools.keys, "sms.answers", line);
        let limits = [
            (policy.keywords_in_ten_minutes, TEN_MINUTES),
            (policy.keywords_in_a_day, DAY),
        ];
        Ok(use_once(tx, said, &[(1, SAME)], self.now).await?
            && use_once(tx, &answers, &limits, self.now).await?)
    }
}

/// Speaks the language of a question and knows what it has proven.
struct Voice<'a> {
    question: &'a Question<'a>,
    language: Language,
    proofs: Proofs,
}

impl Voice<'_> {
    async fn answer(
        &mut self,
        tx: &mut Tx,
        asked: Asked,
        prepared: Prepared,
    ) -> Result<Answer, ActionError> {
        if let Some(id) = asked.id {
            let typed = Value::Secret(id.as_str().to_owned());
            let fields = Fields::from([("typed_id".to_owned(), typed)]);
            let proven = self
                .run(tx, "id.prove", &fields, Prepared::default())
                .await?;
            if proven.name != "proven" {
                return Ok(refusal(proven));
            }
            self.proofs = proven.proven;
        }
        let nothing = Fields::new();
        Ok(match asked.keyword {
            Some(Keyword::Deployment) => {
                let found = self.run(tx, "deployments.find", &nothing, prepared).await?;
                match found.name {
                    "one" => Some((&reply::DEPLOYMENT, found)),
                    _ => refusal(found),
                }
            }
            Some(Keyword::Letter) => self.letter(tx).await?,
            Some(Keyword::Reset) => {
                let reset = self.run(tx, "password.reset", &nothing, prepared).await?;
                // The password itself is the answer.
                refusal(reset)
            }
            Some(Keyword::Details) => self.details(tx, &reply::DETAILS).await?,
            None if self.proofs.any() => self.details(tx, &reply::MATCHES).await?,
            Some(Keyword::Help) => self.known(tx, &reply::HELP).await?,
            None | Some(Keyword::Stop | Keyword::Start) => self.known(tx, &reply::UNKNOWN).await?,
        })
    }

    async fn letter(&mut self, tx: &mut Tx) -> Result<Answer, ActionError> {
        let nothing = Fields::new();
        let found = self
            .run(tx, "deployments.find", &nothing, Prepared::default())
            .await?;
        if found.name != "one" {
            return Ok(refusal(found));
        }
        let named = |(name, value): (&str, Value)| (name.to_owned(), value);
        let fields: Fields = found.fields.into_iter().map(named).collect();
        // The link itself is the answer.
        let sent = self
            .run(tx, "letter.send_link", &fields, Prepared::default())
            .await?;
        Ok(refusal(sent))
    }

    async fn details(
        &mut self,
        tx: &mut Tx,
        spec: &'static SmsSpec,
    ) -> Result<Answer, ActionError> {
        let nothing = Fields::new();
        let found = self
            .run(tx, "details.find", &nothing, Prepared::default())
            .await?;
        Ok(match found.name {
            "found" => Some((spec, found)),
            _ => refusal(found),
        })
    }

    /// The same for everybody who is registered.
    async fn known(&mut self, tx: &mut Tx, spec: &'static SmsSpec) -> Result<Answer, ActionError> {
        let nothing = Fields::new();
        let caller = self
            .run(tx, "caller.recognise", &nothing, Prepared::default())
            .await?;
        Ok(match caller.name {
            "stranger" => refusal(caller),
            _ => Some((spec, Outcome::default())),
        })
    }

    async fn run(
        &self,
        tx: &mut Tx,
        action: &str,
        fields: &Fields,
        prepared: Prepared,
    ) -> Result<Outcome, ActionError> {
        actions::run(action, &mut self.work(tx, fields, prepared)).await
    }

    fn work<'a>(&'a self, tx: &'a mut Tx, fields: &'a Fields, prepared: Prepared) -> Work<'a> {
        let question = self.question;
        let way = (Way::Sms, question.channel);
        let tools = &question.inbox.tools;
        Work {
            language: self.language,
            fields,
            proofs: self.proofs,
            link_id: question.link_id,
            prepared,
            ..Work::of_nobody(tx, tools, question.caller, way, question.now)
        }
    }
}

/// How an action that did not do what was asked is told; none where it did, and its own
/// SMS is the answer.
fn refusal(outcome: Outcome) -> Answer {
    let spec = match outcome.name {
        "sent" | "resent" => return None,
        "stranger" => &reply::STRANGER,
        "needs_id" => &reply::NEEDS_ID,
        "wrong" => &reply::WRONG_ID,
        "locked" => &reply::LOCKED,
        "waits" => &reply::WAITS,
        "checking" => &reply::CHECKING,
        "none" | "gone" => &reply::NONE,
        "several" => &reply::SEVERAL,
        "on_its_way" => &reply::ON_ITS_WAY,
        "too_many" => &reply::TOO_MANY,
        // Whatever needs more than an SMS can carry.
        _ => &reply::DIAL,
    };
    Some((spec, outcome))
}
