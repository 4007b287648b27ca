//! What aggregators bring, by whichever wire: hops of sessions, SMS, delivery reports. Here
//! it is kept before anybody says that it came, and a phone always gets a screen.
//!
//! Knows no format and no wire, and has no rules.

use std::future::Future;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::Semaphore;
use tracing::Instrument;

use crate::aggregators::{Channel, Inbound, Part, Report, Sender, SessionEnd, Turn};
use crate::crypto::{Keys, Sealed};
use crate::dialogue::{Dialogue, part_of};
use crate::domain::{Clock, Language, MessageId, Msisdn, Timestamp};
use crate::failpoints::power_may_go;
use crate::metrics::Metrics;
use crate::outbox::reports;
use crate::store::{Store, StoreError, Tx, inbound, inbound_parts};
use crate::text::septets;
use crate::ussd::{Engine, Screen};

/// How long a part of a text that comes again is the same part; phones use the references of
/// long texts again.
const SAME_PART: Duration = Duration::from_hours(1);

/// Takes in what comes. Cheap to clone.
#[derive(Clone)]
pub struct Intake {
    /// Where it is kept.
    pub store: Store,
    /// Seals it.
    pub keys: Keys,
    /// Takes turns.
    pub dialogue: Arc<Dialogue>,
    /// Where hops and reports are counted.
    pub metrics: Metrics,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// Places for turns under way.
    pub places: Arc<Semaphore>,
}

/// Something inside failed, and the log says what.
#[derive(Debug, Clone, Copy)]
pub struct Failed;

/// Runs a unit of work to its end, even when whoever waits for it goes away meanwhile: a
/// unit of work must not be dropped half-way.
pub async fn to_the_end<T, E>(
    work: impl Future<Output = Result<T, E>> + Send + 'static,
) -> Result<T, Failed>
where
    T: Send + 'static,
    E: std::error::Error + Send + 'static,
{
    match tokio::spawn(work.in_current_span()).await {
        Ok(Ok(done)) => Ok(done),
        Ok(Err(error)) => {
            // Logged once, here. The other side learns nothing about our inside.
            tracing::error!(error = &error as &dyn std::error::Error, "the work failed");
            Err(Failed)
        }
        Err(_) => {
            tracing::error!("the work broke off");
            Err(Failed)
        }
    }
}

impl Intake {
    /// Takes one hop of a session. Where more are under way than there are places, the phone
    /// reads at once that we are busy, and nothing was begun. After half of what the aggregator
    /// waits it reads the same, but the work goes on, and a repeat finds its answer.
    pub async fn turn(&self, channel: &Channel, turn: &Turn, deadline: Duration) -> Screen {
        let began = Instant::now();
        let limit = channel.screen_limit(turn.network.as_ref());
        let Ok(place) = Arc::clone(&self.places).try_acquire_owned() else {
            self.metrics.turned_away();
            return self.sorry(limit);
        };
        let work = {
            let (dialogue, name) = (Arc::clone(&self.dialogue), channel.name.clone());
            let turn = turn.clone();
            let span = tracing::debug_span!("turn", channel = name);
            let taken = async move {
                let _place = place;
                dialogue.take_turn(&name, &turn, limit).await
            };
            to_the_end(taken.instrument(span))
        };
        let taken = tokio::time::timeout(deadline / 2, work).await;
        let (screen, outcome) = match taken {
            Ok(Ok(screen)) => (screen, "answered"),
            Ok(Err(Failed)) => (self.sorry(limit), "failed"),
            Err(_) => {
                tracing::error!("the turn took too long");
                (self.sorry(limit), "late")
            }
        };
        self.metrics.hop(outcome, began.elapsed());
        screen
    }

    /// A session is over, and the aggregator tells how.
    pub fn ended(&self, channel: &str, end: &SessionEnd) {
        if let Some(diary) = &self.dialogue.diary {
            diary.ended(channel, end);
        }
    }

    /// That we are busy, in both languages where the screen holds them: nobody has looked
    /// which one the line has chosen.
    fn sorry(&self, limit: usize) -> Screen {
        let menu = &self.dialogue.menus.current().menu;
        let engine = Engine { menu, limit };
        let in_one = |language| engine.closing(&menu.words.unavailable.it, language);
        let (first, second) = (
            in_one(Language::default()),
            in_one(Language::default().other()),
        );
        let both = format!("{}\n{}", first.text, second.text);
        if septets(&both).is_some_and(|septets| septets <= limit) {
            return Screen {
                text: both,
                end: true,
            };
        }
        first
    }

    /// Keeps SMS from people, each once.
    pub async fn sms(&self, channel: &str, messages: Vec<Inbound>) -> Result<(), Failed> {
        let (own, channel) = (self.clone(), channel.to_owned());
        let (metrics, name, many) = (self.metrics.clone(), channel.clone(), messages.len());
        let kept = to_the_end(async move {
            let mut tx = own.store.begin().await?;
            for message in &messages {
                own.keep(&mut tx, &channel, message).await?;
            }
            power_may_go!("sms.commits");
            tx.commit().await?;
            power_may_go!("sms.committed");
            Ok::<_, StoreError>(())
        })
        .await;
        if kept.is_ok() {
            metrics.received(&name, many);
        }
        kept
    }

    async fn keep(&self, tx: &mut Tx, channel: &str, sms: &Inbound) -> Result<(), StoreError> {
        let Sender::Person(sender) = &sms.from else {
            // A network's notice: nobody to answer.
            return Ok(());
        };
        let now = self.clock.now();
        if let Some(part) = sms.part {
            return self
                .keep_part(tx, channel, (sender, part), &sms.text, now)
                .await;
        }
        // Without the aggregator's id a repeat can't be told from the same words again.
        let fresh = MessageId::fresh();
        let id = sms.id.as_deref().unwrap_or(fresh.as_str());
        let place = Sealed {
            column: "inbound.body",
            row: id,
        };
        let body = place.seal(&self.keys, sms.text.as_bytes());
        let link = sms.link_id.as_deref();
        inbound::keep(tx, channel, id, sender.as_str(), link, &body, now).await?;
        Ok(())
    }

    /// One part of a text; who reads the inbox joins them.
    async fn keep_part(
        &self,
        tx: &mut Tx,
        channel: &str,
        (sender, part): (&Msisdn, Part),
        text: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let id = MessageId::fresh();
        let new = inbound_parts::NewPart {
            id: id.as_str(),
            channel,
            sender: sender.as_str(),
            reference: part.reference,
            of: part.of,
            number: part.number,
            body: &part_of(id.as_str()).seal(&self.keys, text.as_bytes()),
        };
        inbound_parts::keep(tx, &new, now.minus(SAME_PART), now).await
    }

    /// Takes in what became of SMS of ours.
    pub async fn reports(&self, channel: &str, reports: Vec<Report>) -> Result<(), Failed> {
        let (own, channel) = (self.clone(), channel.to_owned());
        to_the_end(async move {
            let mut tx = own.store.begin().await?;
            for report in reports {
                let now = own.clock.now();
                reports::take(&mut tx, &channel, report, now, &own.metrics).await?;
            }
            power_may_go!("report.commits");
            tx.commit().await?;
            power_may_go!("report.committed");
            Ok::<_, StoreError>(())
        })
        .await
    }
}
