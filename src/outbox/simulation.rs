//! A month of the outbox in some seconds: its states, statements and decisions under a clock
//! that the simulation turns. Two workers, an aggregator that does everything wrong, reports
//! that come as they like, processes that die at any step, clocks that jump and differ, a
//! database that is away.
//!
//! One seed is one history, the same each time. What a worker does in tasks at once is done
//! here one step after the other, in an order that chance decides; the network and the time
//! are models, everything else is what the worker runs. `CP2_SIMULATIONS=1..1001` says which
//! seeds; without it there is one.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};
use std::fmt::Write;
use std::sync::Arc;
use std::time::Duration;

use rand::rngs::SmallRng;
use rand::{RngExt, SeedableRng};
use sha2::{Digest, Sha256};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::aggregators::{Channels, NotSent, Report, ReportStatus, Routes, SendOutcome};
use crate::config;
use crate::crypto::{Keys, MasterKey, Sealed};
use crate::domain::{FixedClock, Lane, MessageId, Msisdn, Timestamp};
use crate::metrics::Metrics;
use crate::store::outbox::{self, NewMessage};
use crate::store::{Store, StoreError, StoreSettings, channel_states};

use super::attempt::{Attempt, given_back};
use super::links::Links;
use super::outlet::Outlet;
use super::reports;
use super::settler::Outcome;
use super::worker::{Inner, Worker, WorkerSettings};

const SECOND: i64 = 1000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// How long it is quiet once faults are over: longer than any message waits.
const QUIET: i64 = 3 * DAY;

const WORKERS: usize = 2;

/// The longest pause between two rounds while somebody waits.
const LONGEST_PAUSE: i64 = 10 * MINUTE;

/// After so long without news a worker that has nothing to send rests until there is some.
const REST: i64 = 5 * MINUTE;

/// The clocks of two machines may differ by so much.
const APART: i64 = 2 * SECOND;

/// What happens next.
#[derive(Debug, Clone)]
enum Step {
    /// Somebody causes a message.
    Arrives(usize),
    /// A worker goes round.
    Round(usize),
    /// A send begins, if its worker still lives.
    Begins(usize),
    /// Its answer comes, or none does.
    Answered(usize, SendOutcome),
    /// A report comes; whether it is delivered.
    Reported(usize, bool),
    /// A process dies and is started again.
    Dies(usize),
    /// The database goes away, or comes back.
    Database(bool),
    /// All clocks jump by so much.
    Jumps(i64),
    /// The aggregator treats everybody so from now on.
    Weather(Weather),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Weather {
    Fair,
    /// No connection.
    Away,
    /// Answers get lost, and 500 means nothing.
    Lossy,
    /// Too fast: wait.
    Throttles,
    /// No money.
    Empty,
}

/// What the simulation knows of one message.
struct Message {
    id: MessageId,
    line: Msisdn,
    expires_at: i64,
    /// When the aggregator took it, by true time.
    accepted: Vec<i64>,
    /// How often nobody could know whether it did: an answer was lost, or who waited died.
    doubts: usize,
    /// Whether its acceptance was written down.
    settled: bool,
}

/// An attempt in a worker's hands.
struct Flight {
    attempt: Option<Attempt>,
    message: usize,
    worker: usize,
    life: u32,
    /// When its first byte left, by its worker's clock.
    began: Option<Timestamp>,
}

/// How much of it there is.
#[derive(Debug, Clone, Copy)]
struct Size {
    days: i64,
    messages: usize,
}

const MONTH: Size = Size {
    days: 30,
    messages: 150,
};

struct World {
    seed: u64,
    size: Size,
    rng: SmallRng,
    store: Store,
    /// True time, which nobody in the program sees.
    now: i64,
    /// What all clocks are off by together, and each by itself.
    jumped: i64,
    clocks: Vec<(FixedClock, i64)>,
    workers: Vec<Living>,
    messages: Vec<Message>,
    flights: Vec<Flight>,
    steps: BinaryHeap<Reverse<(i64, u64)>>,
    kinds: BTreeMap<u64, Step>,
    number: u64,
    database_is_away: bool,
    weather: Weather,
    /// Since when the aggregator wants us to wait, and until when by the clocks of then.
    told_to_wait: Option<(i64, i64)>,
    /// When there was news for workers that rest.
    news: i64,
    quiet: bool,
    trace: Sha256,
    last: Vec<String>,
}

/// A worker between two deaths.
struct Living {
    inner: Arc<Inner>,
    outlets: Vec<Outlet>,
    life: u32,
    has_begun: bool,
    unsettled: Vec<Outcome>,
    rounds: u32,
    rests: bool,
}

impl World {
    async fn of(seed: u64, size: Size, folder: &std::path::Path) -> Self {
        let store = Store::open(&StoreSettings {
            url: format!("sqlite:{}/cp2.db", folder.display()),
            connections: 1,
            patience: Duration::from_secs(30),
            create: true,
            pooler: false,
        })
        .await
        .unwrap();
        store.migrate().await.unwrap();
        let start = Timestamp::from_millis(1_790_000_000_000);
        let clocks = (0..WORKERS).map(|_| (FixedClock::new(start), 0)).collect();
        let mut world = Self {
            seed,
            size,
            rng: SmallRng::seed_from_u64(seed),
            store,
            now: start.as_millis(),
            jumped: 0,
            clocks,
            workers: Vec::new(),
            messages: Vec::new(),
            flights: Vec::new(),
            steps: BinaryHeap::new(),
            kinds: BTreeMap::new(),
            number: 0,
            database_is_away: false,
            weather: Weather::Fair,
            told_to_wait: None,
            news: start.as_millis(),
            quiet: false,
            trace: Sha256::new(),
            last: Vec::new(),
        };
        for index in 0..WORKERS {
            let worker = world.worker(index, 0);
            world.workers.push(worker);
        }
        world
    }

    fn worker(&self, index: usize, life: u32) -> Living {
        let config = configuration();
        let worker = Worker::new(WorkerSettings {
            store: self.store.clone(),
            keys: keys(),
            channels: Channels::open(&config.channel, &config.server.public_url).unwrap(),
            links: Links::default(),
            routes: Routes::default(),
            outbox: config.outbox.clone(),
            clock: Arc::new(self.clocks[index].0.clone()),
            metrics: Metrics::default(),
            bell: Arc::new(Notify::new()),
        });
        let inner = worker.unwrap().inner();
        let outlets = inner.outlets();
        Living {
            inner,
            outlets,
            life,
            has_begun: false,
            unsettled: Vec::new(),
            rounds: 0,
            rests: true,
        }
    }

    fn chance(&mut self, percent: u32) -> bool {
        self.rng.random_range(0..100) < percent
    }

    fn between(&mut self, from: i64, to: i64) -> i64 {
        self.rng.random_range(from..to)
    }

    fn soon(&mut self, after: i64, step: Step) {
        self.number += 1;
        self.steps.push(Reverse((self.now + after, self.number)));
        self.kinds.insert(self.number, step);
    }

    /// Everything that does not follow from something else.
    fn plan(&mut self) {
        let (days, whole) = (self.size.days, self.size.days * DAY);
        for index in 0..self.size.messages {
            let at = self.between(0, whole);
            self.soon(at, Step::Arrives(index));
        }
        for _ in 0..days {
            for index in 0..WORKERS {
                let at = self.between(0, whole);
                self.soon(at, Step::Dies(index));
            }
        }
        for _ in 0..days / 2 {
            let (at, long) = (self.between(0, whole), self.between(SECOND, 20 * MINUTE));
            self.soon(at, Step::Database(false));
            self.soon(at + long, Step::Database(true));
        }
        let weathers = [
            (Weather::Away, 2 * HOUR),
            (Weather::Lossy, 12 * HOUR),
            (Weather::Throttles, HOUR),
            (Weather::Empty, 6 * HOUR),
        ];
        for _ in 0..days / 5 {
            for (weather, longest) in weathers {
                let (at, long) = (self.between(0, whole), self.between(MINUTE, longest));
                self.soon(at, Step::Weather(weather));
                self.soon(at + long, Step::Weather(Weather::Fair));
            }
            let (at, by) = (self.between(0, whole), self.between(-HOUR, DAY));
            self.soon(at, Step::Jumps(by));
        }
        // Once it is quiet: whoever has mended what stopped a channel starts the program anew.
        for index in 0..WORKERS {
            self.soon(whole + SECOND, Step::Dies(index));
        }
        for hour in 0..QUIET / HOUR {
            self.soon(whole + hour * HOUR, Step::Jumps(0));
        }
    }

    async fn run(&mut self) {
        self.plan();
        let end_of_faults = self.now + self.size.days * DAY;
        let end = end_of_faults + QUIET;
        while let Some(Reverse((at, number))) = self.steps.pop() {
            if at > end {
                break;
            }
            if at > end_of_faults && !self.quiet {
                self.quiet = true;
                self.weather = Weather::Fair;
                self.database_is_away = false;
            }
            self.now = at;
            self.set_clocks();
            let step = self.kinds.remove(&number).unwrap();
            self.write_down(&format!("{step:?}"));
            if let Err(error) = self.take(step).await {
                panic!("seed {}: the store failed: {error:?}", self.seed);
            }
        }
        self.everything_ended_well().await;
    }

    fn set_clocks(&self) {
        for (clock, off) in &self.clocks {
            clock.set(Timestamp::from_millis(self.now + self.jumped + off));
        }
    }

    /// Private ids stand in no step, so that the trace is the same each time.
    fn write_down(&mut self, what: &str) {
        let mut line = String::new();
        let _ = write!(line, "{} {what}", self.now);
        self.trace.update(line.as_bytes());
        self.last.push(line);
        if self.last.len() > 60 {
            self.last.remove(0);
        }
    }

    fn breaks(&self, what: &str) -> ! {
        panic!("seed {}: {what}\n{}", self.seed, self.last.join("\n"));
    }

    async fn take(&mut self, step: Step) -> Result<(), StoreError> {
        match step {
            Step::Arrives(index) => self.arrives(index).await?,
            Step::Round(worker) => self.round(worker).await?,
            Step::Begins(number) => self.begins(number),
            Step::Answered(number, outcome) => self.answered(number, outcome).await?,
            Step::Reported(message, delivered) => self.reported(message, delivered).await?,
            Step::Dies(worker) => self.dies(worker),
            Step::Database(is_back) => {
                self.database_is_away = !is_back && !self.quiet;
                for worker in 0..WORKERS {
                    self.settle(worker).await?;
                }
                self.wake();
            }
            Step::Jumps(by) => {
                self.jumped += by;
                self.set_clocks();
                self.wake();
            }
            Step::Weather(weather) => {
                if !self.quiet {
                    self.weather = weather;
                }
            }
        }
        Ok(())
    }

    /// What was in its hands is in nobody's.
    fn dies(&mut self, index: usize) {
        let life = self.workers[index].life;
        for flight in &mut self.flights {
            let is_its = (flight.worker, flight.life) == (index, life);
            if is_its && flight.began.is_some() && flight.attempt.take().is_some() {
                self.messages[flight.message].doubts += 1;
            }
        }
        for outcome in &self.workers[index].unsettled {
            let message = self.messages.iter_mut();
            for message in message.filter(|message| message.id == outcome.message.id) {
                message.doubts += 1;
            }
        }
        self.clocks[index].1 = self.between(-APART / 2, APART / 2);
        self.workers[index] = self.worker(index, life + 1);
        self.wake();
    }

    /// There is news: nobody rests.
    fn wake(&mut self) {
        self.news = self.now;
        for index in 0..WORKERS {
            if std::mem::take(&mut self.workers[index].rests) {
                let after = self.between(1, SECOND);
                self.soon(after, Step::Round(index));
            }
        }
    }

    async fn arrives(&mut self, index: usize) -> Result<(), StoreError> {
        if self.database_is_away {
            // Whoever dials reads "busy" and dials again.
            self.soon(MINUTE, Step::Arrives(index));
            return Ok(());
        }
        let now = self.now + self.jumped;
        let lifetime = if self.chance(50) { 30 * MINUTE } else { DAY };
        let lane = Lane::ALL[self.rng.random_range(0..Lane::ALL.len())];
        let id = format!("00000000-0000-7000-8000-{:012x}", self.messages.len());
        let id = MessageId::parse(&id).unwrap();
        // Some lines get many.
        let number = 254_700_001_000 + self.between(0, 40);
        let recipient = Msisdn::parse(&number.to_string()).unwrap();
        let body = Sealed::sms(id.as_str()).seal(&keys(), b"CP2: words");
        let message = NewMessage {
            id: &id,
            cause: id.as_str(),
            lane,
            channel: "at",
            route: None,
            link_id: None,
            recipient: &recipient,
            person: None,
            body: &body,
            segments: 1,
            expires_at: Timestamp::from_millis(now + lifetime),
        };
        let mut tx = self.store.begin().await?;
        outbox::add(&mut tx, &message, Timestamp::from_millis(now)).await?;
        tx.commit().await?;
        self.messages.push(Message {
            id,
            line: recipient,
            expires_at: now + lifetime,
            accepted: Vec::new(),
            doubts: 0,
            settled: false,
        });
        self.wake();
        Ok(())
    }

    async fn round(&mut self, index: usize) -> Result<(), StoreError> {
        let has_news = self.now - self.news < REST;
        let pause = if has_news {
            self.between(SECOND / 2, 90 * SECOND)
        } else {
            self.between(MINUTE, LONGEST_PAUSE)
        };
        if self.database_is_away {
            self.soon(pause, Step::Round(index));
            return Ok(());
        }
        self.settle(index).await?;
        let worker = &mut self.workers[index];
        let (inner, life) = (Arc::clone(&worker.inner), worker.life);
        if !worker.has_begun {
            let mut tx = self.store.begin().await?;
            channel_states::resume_stopped(&mut tx).await?;
            tx.commit().await?;
            worker.has_begun = true;
        }
        inner.sweep().await?;
        worker.rounds += 1;
        if worker.rounds.is_multiple_of(500) {
            inner.tidy().await?;
        }
        let mut attempts = Vec::new();
        for outlet in &mut worker.outlets {
            attempts.extend(inner.claim(outlet).await?.attempts);
        }
        for attempt in attempts {
            self.flies(index, life, attempt);
        }
        let mut tx = self.store.begin_read().await?;
        let states = outbox::tally(&mut tx).await?;
        let waits = |(state, _): &(String, i64)| state == "queued" || state == "sending";
        if has_news || states.iter().any(waits) {
            self.soon(pause, Step::Round(index));
        } else {
            self.workers[index].rests = true;
        }
        Ok(())
    }

    fn flies(&mut self, worker: usize, life: u32, attempt: Attempt) {
        let id = &attempt.message.id;
        let message = self.messages.iter().position(|message| message.id == *id);
        let number = self.flights.len();
        self.flights.push(Flight {
            message: message.unwrap(),
            attempt: Some(attempt),
            worker,
            life,
            began: None,
        });
        let until_it_begins = match self.rng.random_range(0..20) {
            // The machine was busy, or the process frozen.
            0 => self.between(0, 60 * SECOND),
            _ => self.between(0, 50),
        };
        self.soon(until_it_begins, Step::Begins(number));
    }

    /// Whether who holds an attempt still lives.
    fn lives(&self, number: usize) -> bool {
        let flight = &self.flights[number];
        self.workers[flight.worker].life == flight.life
    }

    fn begins(&mut self, number: usize) {
        if !self.lives(number) {
            return;
        }
        let (worker, message) = (self.flights[number].worker, self.flights[number].message);
        let inner = Arc::clone(&self.workers[worker].inner);
        let attempt = self.flights[number].attempt.as_ref().unwrap();
        if !inner.may_send(attempt, &CancellationToken::new()) {
            let outcome = given_back(self.flights[number].attempt.take().unwrap());
            self.workers[worker].unsettled.push(outcome);
            return;
        }
        self.must_be_right_to_send(message, attempt.is_probe);
        self.flights[number].began = Some(inner.settings.clock.now());
        let (outcome, after, is_taken) = self.aggregator(message);
        if is_taken {
            self.messages[message].accepted.push(self.now);
            self.reports_follow(message);
        }
        if matches!(outcome, SendOutcome::Unknown { .. }) {
            self.messages[message].doubts += 1;
        }
        self.trouble_while_it_is_out(worker, after);
        self.soon(after, Step::Answered(number, outcome));
    }

    /// What goes wrong by the calendar seldom meets one of a hundred sends in a month, so some
    /// of it is aimed: around the moment of the answer.
    fn trouble_while_it_is_out(&mut self, worker: usize, answered_after: i64) {
        if self.quiet {
            return;
        }
        let moment = self.between(0, 2 * answered_after);
        match self.rng.random_range(0..20) {
            0 | 1 => self.soon(moment, Step::Dies(worker)),
            2 => {
                let long = self.between(SECOND, 3 * MINUTE);
                self.soon(moment, Step::Database(false));
                self.soon(moment + long, Step::Database(true));
            }
            _ => {}
        }
    }

    /// What holds for each first byte.
    fn must_be_right_to_send(&self, index: usize, is_probe: bool) {
        let message = &self.messages[index];
        let by_clock = self.now + self.jumped;
        if message.settled {
            self.breaks("sent again although its acceptance was written down");
        }
        if by_clock > message.expires_at + 30 * SECOND + APART {
            self.breaks("sent although it was of no use any more");
        }
        if let Some((since, until)) = self.told_to_wait {
            // The other worker learns of it when it goes round.
            let knows = since + 2 * LONGEST_PAUSE + MINUTE;
            if self.now > knows && by_clock + APART < until && !is_probe {
                self.breaks("sent although the aggregator asked to wait");
            }
        }
        if message.accepted.len() > message.doubts {
            self.breaks("sent again without a doubt");
        }
    }

    /// What the aggregator answers, after how long, and whether it has the message.
    fn aggregator(&mut self, message: usize) -> (SendOutcome, i64, bool) {
        let quickly = self.between(20, 900);
        let lost = |reason: &str| SendOutcome::Unknown {
            reason: reason.to_owned(),
        };
        let transient = |retry_after| {
            SendOutcome::NotSent(NotSent::Transient {
                reason: "HTTP 503".into(),
                retry_after,
            })
        };
        let taken = SendOutcome::Accepted {
            message_id: Some(self.id_of(message)),
            cost: None,
        };
        match (self.weather, self.rng.random_range(0..10)) {
            (Weather::Away, _) => (SendOutcome::NotSent(NotSent::OutOfReach), quickly, false),
            (Weather::Empty, _) => (SendOutcome::NotSent(NotSent::NoBalance), quickly, false),
            (Weather::Throttles, 0..8) => {
                let wait = self.between(10 * SECOND, 20 * MINUTE);
                let told = self.now + quickly;
                self.told_to_wait = Some((told, told + self.jumped + wait));
                let retry_after = Some(Duration::from_millis(wait.unsigned_abs()));
                let outcome = SendOutcome::NotSent(NotSent::Throttled { retry_after });
                (outcome, quickly, false)
            }
            (Weather::Lossy, 0..4) => (lost("time-out"), 10 * SECOND, true),
            (Weather::Lossy, 4..6) => (lost("HTTP 500"), quickly, false),
            (Weather::Lossy, 6) => (transient(Some(Duration::from_secs(7))), quickly, false),
            (Weather::Lossy, 7) => (
                SendOutcome::NotSent(NotSent::BadCredentials),
                quickly,
                false,
            ),
            (_, 0) => (transient(None), quickly, false),
            (_, 1) if self.chance(20) => {
                let reason = "no such number".into();
                let outcome = SendOutcome::NotSent(NotSent::Permanent { reason });
                (outcome, quickly, false)
            }
            (_, 2) if self.chance(20) => (SendOutcome::NotSent(NotSent::Blocked), quickly, false),
            (_, 3) if self.chance(20) => (lost("time-out"), 10 * SECOND, true),
            (_, 4) if self.chance(20) => (lost("HTTP 500"), quickly, false),
            _ => (taken, quickly, true),
        }
    }

    /// The aggregator's id of a message: another one each time that it takes it.
    fn id_of(&self, message: usize) -> String {
        format!("ATXid_{message}_{}", self.messages[message].accepted.len())
    }

    fn reports_follow(&mut self, message: usize) {
        if self.chance(15) {
            return;
        }
        let delivered = self.chance(90);
        let copies = if self.chance(10) { 3 } else { 1 };
        for _ in 0..copies {
            let after = match self.rng.random_range(0..10) {
                // Before the answer to the send.
                0 => self.between(0, 20),
                1 => self.between(HOUR, DAY),
                _ => self.between(SECOND, 30 * SECOND),
            };
            self.soon(after, Step::Reported(message, delivered));
        }
    }

    async fn answered(&mut self, number: usize, outcome: SendOutcome) -> Result<(), StoreError> {
        if !self.lives(number) {
            return Ok(());
        }
        let (chance, worker) = (self.rng.random::<f64>(), self.flights[number].worker);
        let attempt = self.flights[number].attempt.take().unwrap();
        let inner = &self.workers[worker].inner;
        let began = self.flights[number].began.unwrap();
        let concluded = inner.conclude(attempt, outcome, began, chance);
        self.workers[worker].unsettled.push(concluded);
        self.news = self.now;
        self.settle(worker).await
    }

    async fn settle(&mut self, index: usize) -> Result<(), StoreError> {
        let worker = &mut self.workers[index];
        if self.database_is_away || worker.unsettled.is_empty() {
            return Ok(());
        }
        worker.inner.try_settle(&worker.unsettled).await?;
        for outcome in std::mem::take(&mut worker.unsettled) {
            if outcome.settled.state() == "accepted" {
                let id = &outcome.message.id;
                let message = self.messages.iter_mut().find(|m| m.id == *id);
                message.unwrap().settled = true;
            }
        }
        Ok(())
    }

    async fn reported(&mut self, message: usize, delivered: bool) -> Result<(), StoreError> {
        if self.database_is_away {
            self.soon(MINUTE, Step::Reported(message, delivered));
            return Ok(());
        }
        let taken = self.messages[message].accepted.len().max(1);
        let which = self.rng.random_range(0..taken);
        let report = Report {
            message_id: format!("ATXid_{message}_{which}"),
            to: Some(self.messages[message].line.clone()),
            status: if delivered {
                ReportStatus::Delivered
            } else {
                ReportStatus::Failed
            },
            said: "Success".into(),
            reason: None,
            network: None,
        };
        let now = Timestamp::from_millis(self.now + self.jumped);
        let mut tx = self.store.begin().await?;
        reports::take(&mut tx, "at", report, now, &Metrics::default()).await?;
        tx.commit().await?;
        self.wake();
        Ok(())
    }

    async fn everything_ended_well(&self) {
        let mut tx = self.store.begin_read().await.unwrap();
        for (index, message) in self.messages.iter().enumerate() {
            let history = outbox::history(&mut tx, message.id.as_str()).await.unwrap();
            let states: Vec<_> = history.iter().map(|event| event.state.as_str()).collect();
            let state = *states.last().unwrap();
            let came = message.accepted.len();
            let is_over = matches!(
                state,
                "accepted" | "delivered" | "failed" | "expired" | "unknown"
            );
            if !is_over {
                self.breaks(&format!("message {index} is still {state}: {states:?}"));
            }
            if matches!(state, "accepted" | "delivered") && came == 0 {
                self.breaks(&format!("message {index} is {state} and was never taken"));
            }
            if state == "unknown" && message.doubts == 0 {
                self.breaks(&format!("message {index} is unknown without a reason"));
            }
            let end = states
                .iter()
                .position(|s| matches!(*s, "delivered" | "expired"));
            if end.is_some_and(|end| end + 1 < states.len()) {
                self.breaks(&format!(
                    "message {index} went on after its end: {states:?}"
                ));
            }
        }
    }

    fn deaths(&self) -> u32 {
        self.workers.iter().map(|worker| worker.life).sum()
    }

    fn hash(self) -> String {
        data_encoding::HEXLOWER.encode(&self.trace.finalize()[..8])
    }
}

fn configuration() -> config::Config {
    let text = format!(
        r#"
        [keys]
        current = "test"
        key.test = "{}"
        [[channel]]
        name = "at"
        kind = "africastalking"
        secret = "a-path-secret-of-tests"
        base_url = "http://127.0.0.1:9"
        username = "tests"
        api_key = "key-of-tests"
        service_codes = ["*384*2026#"]
        sms_per_second = 1000000
        "#,
        "5a".repeat(32)
    );
    config::parse("simulation.toml", &text, []).unwrap()
}

fn keys() -> Keys {
    let key = MasterKey::parse(&"5a".repeat(32)).unwrap();
    Keys::new("test".into(), BTreeMap::from([("test".into(), key)])).unwrap()
}

/// One history; what is left of it is a hash of all that happened.
fn simulate(seed: u64, size: Size) -> String {
    let memory = std::path::Path::new("/dev/shm");
    let folder = if memory.is_dir() {
        tempfile::tempdir_in(memory)
    } else {
        tempfile::tempdir()
    };
    let folder = folder.unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut world = World::of(seed, size, folder.path()).await;
        world.run().await;
        let taken: usize = world.messages.iter().map(|m| m.accepted.len()).sum();
        let again = taken
            - world
                .messages
                .iter()
                .filter(|m| !m.accepted.is_empty())
                .count();
        println!(
            "seed {seed}: {} messages, {taken} taken, {again} of them once more, {} deaths",
            world.messages.len(),
            world.deaths()
        );
        world.store.close().await;
        world.hash()
    })
}

#[test]
fn a_month_of_faults_loses_nothing_and_doubles_nothing_without_a_reason() {
    let seeds = match std::env::var("CP2_SIMULATIONS") {
        Err(_) => 1..2,
        Ok(range) => {
            let (from, to) = range.split_once("..").unwrap();
            from.parse().unwrap()..to.parse().unwrap()
        }
    };
    for seed in seeds {
        simulate(seed, MONTH);
    }
}

#[test]
fn a_seed_is_the_same_history_each_time() {
    const DAYS: Size = Size {
        days: 1,
        messages: 20,
    };
    let history = simulate(7, DAYS);
    assert_eq!(simulate(7, DAYS), history);
    assert_ne!(simulate(8, DAYS), history);
}
