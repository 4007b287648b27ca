//! Counts and times that operators read: what a scrape of `/metrics` finds.
//!
//! Each process counts what it does itself. Labels are names of the configuration and words
//! of the program, so their number is bounded and nobody's number, name or text is in one.

mod recent;

use std::fmt;
use std::sync::Arc;
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

struct Inner {
    registry: Registry,
    attempts: Family<Sms, Counter>,
    reports: Family<Sms, Counter>,
    handover: Family<ByLane, Histogram>,
    delivery: Family<ByLane, Histogram>,
    cost: Family<Cost, Counter<f64, std::sync::atomic::AtomicU64>>,
    queued: Family<Queue, Gauge>,
    held: Family<Held, Gauge>,
    hops: Family<Hop, Counter>,
    screens: Histogram,
    recent: Recent,
    connections: Family<Connections, Gauge>,
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
struct ByLane {
    lane: &'static str,
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
struct Connections {
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
}

impl Default for Metrics {
    fn default() -> Self {
        let sms_times = || Histogram::new(SMS_BOUNDS);
        let mut inner = Inner {
            registry: Registry::with_prefix("cp2"),
            attempts: Family::default(),
            reports: Family::default(),
            handover: Family::new_with_constructor(sms_times),
            delivery: Family::new_with_constructor(sms_times),
            cost: Family::default(),
            queued: Family::default(),
            held: Family::default(),
            hops: Family::default(),
            screens: Histogram::new(SCREEN_BOUNDS),
            recent: Recent::default(),
            connections: Family::default(),
            silent: Gauge::default(),
        };
        inner.register();
        Self(Arc::new(inner))
    }
}

impl Inner {
    fn register(&mut self) {
        let all = &mut self.registry;
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
            "sms_queued",
            "SMS that wait to be sent",
            self.queued.clone(),
        );
        all.register(
            "channel_held",
            "1 for a channel on which nothing leaves, by why",
            self.held.clone(),
        );
        all.register(
            "ussd_hops",
            "Hops of USSD sessions, by how they were answered",
            self.hops.clone(),
        );
        all.register_with_unit(
            "ussd_answer",
            "How long a phone waited for its screen",
            Unit::Seconds,
            self.screens.clone(),
        );
        all.register(
            "database_connections",
            "Connections to the database",
            self.connections.clone(),
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
        self.0.attempts.get_or_create(&about.with(outcome)).inc();
    }

    /// The aggregator has a message, so long after its cause, at this price in its words,
    /// such as `KES 0.8000`.
    pub fn handed_over(&self, about: About<'_>, after: Duration, cost: Option<&str>) {
        let lane = ByLane {
            lane: about.lane.name(),
        };
        self.0
            .handover
            .get_or_create(&lane)
            .observe(after.as_secs_f64());
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
            self.0.cost.get_or_create(&cost).inc_by(amount);
        }
    }

    /// A delivery report changed a message, so long after its cause.
    pub fn reported(&self, about: About<'_>, outcome: &'static str, after: Duration) {
        self.0.reports.get_or_create(&about.with(outcome)).inc();
        if outcome == "delivered" {
            let lane = ByLane {
                lane: about.lane.name(),
            };
            self.0
                .delivery
                .get_or_create(&lane)
                .observe(after.as_secs_f64());
        }
    }

    /// A hop was answered so.
    pub fn hop(&self, outcome: &'static str, after: Duration) {
        self.0.hops.get_or_create(&Hop { outcome }).inc();
        self.0.screens.observe(after.as_secs_f64());
        self.0.recent.hop(after);
    }

    /// A hop was turned away before anything was begun: there was no place.
    pub fn turned_away(&self) {
        let outcome = "turned_away";
        self.0.hops.get_or_create(&Hop { outcome }).inc();
    }

    /// How fast hops came and were answered in the last minutes.
    #[must_use]
    pub fn pace(&self) -> Pace {
        self.0.recent.pace()
    }

    /// Forgets what was queued and held, before it is counted anew.
    pub fn recount(&self) {
        self.0.queued.clear();
        self.0.held.clear();
    }

    /// So many messages wait.
    pub fn queued(&self, channel: &str, network: &str, lane: Lane, count: i64) {
        let queue = Queue {
            channel: channel.to_owned(),
            network: network.to_owned(),
            lane: lane.name(),
        };
        self.0.queued.get_or_create(&queue).set(count);
    }

    /// Nothing leaves on this channel.
    pub fn held(&self, channel: &str, state: &'static str) {
        let channel = channel.to_owned();
        self.0.held.get_or_create(&Held { channel, state }).set(1);
    }

    /// Connections to the database: all, and those that nobody uses.
    pub fn connections(&self, open: u32, idle: usize) {
        let set = |state, count| {
            self.0
                .connections
                .get_or_create(&Connections { state })
                .set(count);
        };
        set("open", i64::from(open));
        set("idle", i64::try_from(idle).unwrap_or(i64::MAX));
    }

    /// How long ago the worker's last good round was.
    pub fn worker_silent_for(&self, time: Duration) {
        self.0
            .silent
            .set(i64::try_from(time.as_secs()).unwrap_or(i64::MAX));
    }

    /// Everything, as a scrape reads it.
    pub fn scrape(&self) -> Result<String, fmt::Error> {
        let mut out = String::new();
        text::encode(&mut out, &self.0.registry)?;
        Ok(out)
    }
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
            said.contains("cp2_sms_handover_seconds_count{lane=\"credential\"} 5"),
            "{said}"
        );
    }
}
