//! Counts and times that operators read: what a scrape of `/metrics` finds.
//!
//! Each process counts what it does itself. Labels are names of the configuration and words
//! of the program, so their number is bounded and nobody's number, name or text is in one.

mod recent;

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use prometheus_client::encoding::{EncodeLabelSet, text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

use crate::domain::{HomeNetwork, Lane};

use recent::Recent;

pub use recent::Pace;

/// Bounds for what a person waits for, in seconds: an SMS, and a screen.
const SMS_BOUNDS: [f64; 10] = [0.1, 0.5, 1.0, 2.0, 5.0, 15.0, 60.0, 300.0, 1800.0, 86400.0];
const SCREEN_BOUNDS: [f64; 9] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 3.0, 10.0];

/// The figures of this process. Its clones are the same ones.
#[derive(Clone)]
pub struct Metrics(Arc<Inner>);

#[derive(Default)]
struct Inner {
    registry: Registry,
    recent: Recent,
    sms: OfSms,
    ussd: OfUssd,
    web: OfWeb,
    now: Now,
}

/// What became of SMS.
struct OfSms {
    attempts: Family<Sms, Counter>,
    reports: Family<Sms, Counter>,
    handover: Family<Queue, Histogram>,
    delivery: Family<Queue, Histogram>,
    cost: Family<Cost, Counter<f64, AtomicU64>>,
    received: Family<OnChannel, Counter>,
}

/// What phones got.
struct OfUssd {
    hops: Family<Hop, Counter>,
    answers: Histogram,
    endings: Family<End, Counter>,
}

/// What browsers and aggregators got.
struct OfWeb {
    requests: Family<Request, Counter>,
    times: Family<ByRoute, Histogram>,
}

/// What is so at the time of a scrape, of this process and of the database.
#[derive(Default)]
struct Now {
    open: Family<Waiting, Gauge>,
    oldest: Family<Waiting, Gauge>,
    held: Family<Held, Gauge>,
    keys: Family<KeyFault, Gauge>,
    sessions: Gauge,
    inbound: Gauge,
    unchained: Gauge,
    campaigns: Gauge,
    processes: Family<Process, Gauge>,
    last: Family<Milestone, Gauge>,
    runs: Family<Milestone, Gauge>,
    rows: Family<Milestone, Gauge>,
    connections: Family<InState, Gauge>,
    hashing: Family<InState, Gauge>,
    silent: Gauge,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Sms {
    channel: String,
    network: &'static str,
    lane: &'static str,
    outcome: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Cost {
    channel: String,
    currency: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Queue {
    channel: String,
    network: String,
    lane: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Held {
    channel: String,
    state: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Hop {
    outcome: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Waiting {
    channel: String,
    network: String,
    lane: &'static str,
    state: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OnChannel {
    channel: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct End {
    screen: String,
    ending: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Request {
    route: String,
    status: u16,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ByRoute {
    route: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct KeyFault {
    key: String,
    fault: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Process {
    parts: String,
    version: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Milestone {
    what: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct InState {
    state: &'static str,
}

/// Which SMS a figure is about.
#[derive(Debug, Clone, Copy)]
pub struct About<'a> {
    /// Its channel.
    pub channel: &'a str,
    /// The network that gave the number out.
    pub network: HomeNetwork,
    /// Its lane.
    pub lane: Lane,
}

impl About<'_> {
    fn with(self, outcome: &'static str) -> Sms {
        Sms {
            channel: self.channel.to_owned(),
            network: self.network.name(),
            lane: self.lane.name(),
            outcome,
        }
    }

    fn queue(self) -> Queue {
        Queue {
            channel: self.channel.to_owned(),
            network: self.network.name().to_owned(),
            lane: self.lane.name(),
        }
    }
}

impl Default for OfSms {
    fn default() -> Self {
        let times = || Histogram::new(SMS_BOUNDS);
        Self {
            attempts: Family::default(),
            reports: Family::default(),
            handover: Family::new_with_constructor(times),
            delivery: Family::new_with_constructor(times),
            cost: Family::default(),
            received: Family::default(),
        }
    }
}

impl Default for OfUssd {
    fn default() -> Self {
        Self {
            hops: Family::default(),
            answers: Histogram::new(SCREEN_BOUNDS),
            endings: Family::default(),
        }
    }
}

impl Default for OfWeb {
    fn default() -> Self {
        Self {
            requests: Family::default(),
            times: Family::new_with_constructor(|| Histogram::new(SCREEN_BOUNDS)),
        }
    }
}

impl Default for Metrics {
    fn default() -> Self {
        let mut inner = Inner {
            registry: Registry::with_prefix("cp2"),
            ..Inner::default()
        };
        inner.sms.register(&mut inner.registry);
        inner.ussd.register(&mut inner.registry);
        inner.web.register(&mut inner.registry);
        inner.now.register(&mut inner.registry);
        Self(Arc::new(inner))
    }
}

impl OfSms {
    fn register(&self, all: &mut Registry) {
        all.register(
            "sms_attempts",
            "Attempts to send, by what they came to",
            self.attempts.clone(),
        );
        all.register(
            "sms_reports",
            "Delivery reports that changed a message",
            self.reports.clone(),
        );
        all.register_with_unit(
            "sms_handover",
            "From the cause to the aggregator's yes",
            Unit::Seconds,
            self.handover.clone(),
        );
        all.register_with_unit(
            "sms_delivery",
            "From the cause to the phone",
            Unit::Seconds,
            self.delivery.clone(),
        );
        all.register(
            "sms_cost",
            "What accepted SMS cost, as the aggregator says",
            self.cost.clone(),
        );
        all.register(
            "sms_received",
            "SMS from people that were taken in",
            self.received.clone(),
        );
    }
}

impl OfUssd {
    fn register(&self, all: &mut Registry) {
        all.register(
            "ussd_hops",
            "Hops of USSD sessions, by how they were answered",
            self.hops.clone(),
        );
        all.register_with_unit(
            "ussd_answer",
            "How long a phone waited for its screen",
            Unit::Seconds,
            self.answers.clone(),
        );
        all.register(
            "ussd_endings",
            "Sessions whose end was seen, by their last screen",
            self.endings.clone(),
        );
    }
}

impl OfWeb {
    fn register(&self, all: &mut Registry) {
        all.register(
            "web_requests",
            "Requests, by route and status of the answer",
            self.requests.clone(),
        );
        all.register_with_unit(
            "web_answer",
            "How long a request took to be answered",
            Unit::Seconds,
            self.times.clone(),
        );
    }
}

impl Now {
    fn register(&self, all: &mut Registry) {
        all.register(
            "sms_open",
            "SMS that wait, are being sent, or are in doubt",
            self.open.clone(),
        );
        all.register_with_unit(
            "sms_oldest",
            "Age of the oldest of them",
            Unit::Seconds,
            self.oldest.clone(),
        );
        all.register(
            "channel_held",
            "1 for a channel on which nothing leaves, by why",
            self.held.clone(),
        );
        all.register(
            "key_fault",
            "1 for a key that is wrong or missing",
            self.keys.clone(),
        );
        all.register(
            "ussd_sessions",
            "USSD sessions that go on, in all processes",
            self.sessions.clone(),
        );
        all.register(
            "sms_unread",
            "SMS from people that wait to be answered",
            self.inbound.clone(),
        );
        all.register(
            "audit_unchained",
            "Entries of the audit log that wait to be chained",
            self.unchained.clone(),
        );
        all.register(
            "campaigns_running",
            "Campaigns that are being sent",
            self.campaigns.clone(),
        );
        all.register(
            "processes",
            "Processes that said something lately, by what they run",
            self.processes.clone(),
        );
        all.register(
            "done_timestamp_seconds",
            "When a backup or an import was made last",
            self.last.clone(),
        );
        all.register("done_runs", "How often it was made", self.runs.clone());
        all.register(
            "done_rows",
            "How many rows that were in all",
            self.rows.clone(),
        );
        all.register(
            "database_connections",
            "Connections to the database",
            self.connections.clone(),
        );
        all.register(
            "hashing",
            "Passwords that are being hashed, and that wait for it",
            self.hashing.clone(),
        );
        all.register_with_unit(
            "worker_silent",
            "Since the worker's last good round",
            Unit::Seconds,
            self.silent.clone(),
        );
    }
}

impl Metrics {
    /// An attempt to send is over.
    pub fn attempted(&self, about: About<'_>, outcome: &'static str) {
        self.0
            .sms
            .attempts
            .get_or_create(&about.with(outcome))
            .inc();
    }

    /// The aggregator has a message, so long after its cause, at this price in its words,
    /// such as `KES 0.8000`.
    pub fn handed_over(&self, about: About<'_>, after: Duration, cost: Option<&str>) {
        let times = self.0.sms.handover.get_or_create(&about.queue()).clone();
        times.observe(after.as_secs_f64());
        let price = cost.and_then(|cost| cost.split_once(' '));
        if let Some((currency, Ok(amount))) =
            price.map(|(currency, amount)| (currency, amount.parse::<f64>()))
            && currency.len() == 3
            && currency.bytes().all(|byte| byte.is_ascii_uppercase())
            && (0.0..1e6).contains(&amount)
        {
            let cost = Cost {
                channel: about.channel.to_owned(),
                currency: currency.to_owned(),
            };
            self.0.sms.cost.get_or_create(&cost).inc_by(amount);
        }
    }

    /// A delivery report changed a message, so long after its cause.
    pub fn reported(&self, about: About<'_>, outcome: &'static str, after: Duration) {
        self.0.sms.reports.get_or_create(&about.with(outcome)).inc();
        if outcome == "delivered" {
            let times = self.0.sms.delivery.get_or_create(&about.queue()).clone();
            times.observe(after.as_secs_f64());
        }
    }

    /// A hop was answered so.
    pub fn hop(&self, outcome: &'static str, after: Duration) {
        self.0.ussd.hops.get_or_create(&Hop { outcome }).inc();
        self.0.ussd.answers.observe(after.as_secs_f64());
        self.0.recent.hop(after);
    }

    /// A hop was turned away before anything was begun: there was no place.
    pub fn turned_away(&self) {
        let outcome = "turned_away";
        self.0.ussd.hops.get_or_create(&Hop { outcome }).inc();
    }

    /// How fast hops came and were answered in the last minutes.
    #[must_use]
    pub fn pace(&self) -> Pace {
        self.0.recent.pace()
    }

    /// So many SMS of people came in by this channel.
    pub fn received(&self, channel: &str, messages: usize) {
        let channel = channel.to_owned();
        let received = &self.0.sms.received;
        let many = u64::try_from(messages).unwrap_or(u64::MAX);
        received.get_or_create(&OnChannel { channel }).inc_by(many);
    }

    /// A session has ended so at this screen.
    pub fn session_ended(&self, screen: &str, ending: &'static str) {
        let screen = screen.to_owned();
        let endings = &self.0.ussd.endings;
        endings.get_or_create(&End { screen, ending }).inc();
    }

    /// A request of this route was answered with this status.
    pub fn answered(&self, route: &str, status: u16, after: Duration) {
        let web = &self.0.web;
        let request = Request {
            route: route.to_owned(),
            status,
        };
        web.requests.get_or_create(&request).inc();
        let route = request.route;
        let times = web.times.get_or_create(&ByRoute { route }).clone();
        times.observe(after.as_secs_f64());
    }

    /// Forgets what was so at the last scrape, before it is counted anew.
    pub fn recount(&self) {
        let now = &self.0.now;
        now.open.clear();
        now.oldest.clear();
        now.held.clear();
        now.keys.clear();
        now.processes.clear();
    }

    /// So many messages are in this state, the oldest for so long.
    pub fn open(
        &self,
        (channel, network, lane): (&str, &str, Lane),
        (state, count): (&str, i64),
        oldest: Duration,
    ) {
        let waiting = Waiting {
            channel: channel.to_owned(),
            network: network.to_owned(),
            lane: lane.name(),
            state: state.to_owned(),
        };
        self.0.now.open.get_or_create(&waiting).set(count);
        let oldest_for = self.0.now.oldest.get_or_create(&waiting).clone();
        oldest_for.set(seconds(oldest));
    }

    /// Nothing leaves on this channel.
    pub fn held(&self, channel: &str, state: &'static str) {
        let channel = channel.to_owned();
        let held = &self.0.now.held;
        held.get_or_create(&Held { channel, state }).set(1);
    }

    /// Something is wrong with this key.
    pub fn key_fault(&self, key: &str, fault: &'static str) {
        let key = key.to_owned();
        let keys = &self.0.now.keys;
        keys.get_or_create(&KeyFault { key, fault }).set(1);
    }

    /// A process runs.
    pub fn process(&self, parts: &str, version: &str) {
        let process = Process {
            parts: parts.to_owned(),
            version: version.to_owned(),
        };
        self.0.now.processes.get_or_create(&process).inc();
    }

    /// Something was done: when last, how often, and to how many rows.
    pub fn milestone(&self, what: &str, at_s: i64, (runs, rows): (i64, i64)) {
        let what = Milestone {
            what: what.to_owned(),
        };
        let now = &self.0.now;
        now.last.get_or_create(&what).set(at_s);
        now.runs.get_or_create(&what).set(runs);
        now.rows.get_or_create(&what).set(rows);
    }

    /// How much goes on in all processes: sessions, and what waits.
    pub fn going_on(&self, sessions: i64, inbound: u64, unchained: u64, campaigns: u64) {
        let now = &self.0.now;
        now.sessions.set(sessions);
        for (gauge, count) in [
            (&now.inbound, inbound),
            (&now.unchained, unchained),
            (&now.campaigns, campaigns),
        ] {
            gauge.set(i64::try_from(count).unwrap_or(i64::MAX));
        }
    }

    /// Connections to the database: all, those that nobody uses, and the most there may be.
    pub fn connections(&self, open: u32, idle: usize, most: u32) {
        let idle = i64::try_from(idle).unwrap_or(i64::MAX);
        let states = [
            ("open", i64::from(open)),
            ("idle", idle),
            ("most", most.into()),
        ];
        set_states(&self.0.now.connections, states);
    }

    /// Passwords that are being hashed, that wait, and the most that are hashed at once.
    pub fn hashing(&self, busy: usize, waiting: usize, most: usize) {
        let count = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
        let states = [
            ("busy", count(busy)),
            ("waiting", count(waiting)),
            ("most", count(most)),
        ];
        set_states(&self.0.now.hashing, states);
    }

    /// How long ago the worker's last good round was.
    pub fn worker_silent_for(&self, time: Duration) {
        self.0.now.silent.set(seconds(time));
    }

    /// Everything, as a scrape reads it.
    pub fn scrape(&self) -> Result<String, fmt::Error> {
        let mut out = String::new();
        text::encode(&mut out, &self.0.registry)?;
        Ok(out)
    }
}

fn set_states(family: &Family<InState, Gauge>, states: [(&'static str, i64); 3]) {
    for (state, count) in states {
        family.get_or_create(&InState { state }).set(count);
    }
}

fn seconds(time: Duration) -> i64 {
    i64::try_from(time.as_secs()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_price_is_added_up_and_anything_else_passed_over() {
        let metrics = Metrics::default();
        let about = About {
            channel: "at",
            network: HomeNetwork::Safaricom,
            lane: Lane::Credential,
        };
        for cost in [
            Some("KES 0.8000"),
            Some("KES 0.8000"),
            Some("0"),
            Some("KES much"),
            None,
        ] {
            metrics.handed_over(about, Duration::from_secs(1), cost);
        }
        let said = metrics.scrape().unwrap();
        let line = "cp2_sms_cost_total{channel=\"at\",currency=\"KES\"} 1.6";
        assert!(said.contains(line), "{said}");
        assert!(
            said.contains("cp2_sms_handover_seconds_count{channel=\"at\",network=\"safaricom\",lane=\"credential\"} 5"),
            "{said}"
        );
    }
}
