//! The sections of the file, with their defaults.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use secrecy::SecretString;
use serde::Deserialize;

use crate::domain::Accent;

use super::api::Api;
use super::campaign::Campaigns;
use super::channel::ChannelConfig;
use super::operator::Operator;
use super::policy::Policy;
use super::retention::Retention;
use super::route::RouteConfig;
use super::telemetry::Telemetry;

/// Everything that can be set.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Where the service listens.
    #[serde(default)]
    pub server: Server,
    /// Where its data is.
    #[serde(default)]
    pub database: Database,
    /// The keys that seal what must not be read from a stolen disk.
    pub keys: Keys,
    /// Who the council is, for letters and pages.
    #[serde(default)]
    pub council: Council,
    /// What people must prove; limits and lifetimes.
    #[serde(default)]
    pub policy: Policy,
    /// How SMS leave.
    #[serde(default)]
    pub outbox: Outbox,
    /// How texts to many people are sent.
    #[serde(default)]
    pub campaign: Campaigns,
    /// How long what is kept.
    #[serde(default)]
    pub retention: Retention,
    /// How staff work at the console.
    #[serde(default)]
    pub operator: Operator,
    /// How the council's own systems call.
    #[serde(default)]
    pub api: Api,
    /// Where the menus are.
    #[serde(default)]
    pub menus: Menus,
    /// What is logged and how.
    #[serde(default)]
    pub logging: Logging,
    /// Where traces go.
    #[serde(default)]
    pub telemetry: Telemetry,
    /// The aggregator accounts.
    pub channel: Vec<ChannelConfig>,
    /// Which of them carries what.
    #[serde(default)]
    pub route: Vec<RouteConfig>,
}

/// Where the service listens.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Server {
    /// Address and port.
    pub listen: SocketAddr,
    /// The address people open; links in SMS begin with it.
    pub public_url: String,
    /// Proxies in front of us: their word on a client's address is taken.
    pub trusted_proxies: Vec<IpAddr>,
    /// Who may read `/metrics`.
    pub metrics: Exposure,
    /// How long a client may take to send the headers of a request, in seconds.
    pub headers_within_s: u64,
    /// How long running requests may take to finish when the service stops, in seconds.
    pub stop_within_s: u64,
    /// How long the service goes on after it is told to stop, not ready any more, in seconds.
    pub drain_s: u64,
    /// How many hops may be under way at once; whoever comes then is asked to dial again.
    pub turns_at_once: usize,
}

impl Default for Server {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            public_url: "https://cp2.example.org".into(),
            trusted_proxies: vec![IpAddr::from([127, 0, 0, 1])],
            metrics: Exposure::Loopback,
            headers_within_s: 10,
            stop_within_s: 10,
            drain_s: 0,
            turns_at_once: 2000,
        }
    }
}

/// Who may read a page for machines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Exposure {
    /// Whoever asks from this machine itself and not by a proxy.
    Loopback,
    /// Whoever asks.
    Open,
    /// Nobody.
    Off,
}

/// Where the data is.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Database {
    /// `sqlite:PATH` or `postgres://…`.
    pub url: SecretString,
    /// The most connections at once.
    pub connections: u32,
    /// How long a request waits for a connection, in milliseconds.
    pub patience_ms: u64,
    /// Whether a pooler stands before PostgreSQL that lends connections by the transaction.
    pub pooler: bool,
}

impl Default for Database {
    fn default() -> Self {
        Self {
            url: "sqlite:data/cp2.db".into(),
            connections: 16,
            patience_ms: 2000,
            pooler: false,
        }
    }
}

/// The keys, by name.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Keys {
    /// The name of the key that seals what is new.
    pub current: String,
    /// Every key: 64 hexadecimal digits each.
    pub key: BTreeMap<String, SecretString>,
}

/// Who the council is.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Council {
    /// Its name in full.
    pub name: String,
    /// Its address, a line each.
    pub address: Vec<String>,
    /// Who signs letters.
    pub signatory: String,
    /// In which office.
    pub signatory_title: String,
    /// A folder with letters of its own; what is missing there is as the program was built.
    pub letters_folder: Option<PathBuf>,
    /// What the references of appointment letters begin with.
    pub letter_reference: String,
    /// What those of examiners' invitations begin with.
    pub invitation_reference: String,
    /// A file with its crest, an SVG of shapes; a plain one without it.
    pub crest: Option<PathBuf>,
    /// Its colour on pages and letters, dark enough for white text to be read on it.
    pub accent: Accent,
}

impl Default for Council {
    fn default() -> Self {
        Self {
            name: "National Examinations Council".into(),
            address: vec!["P.O. Box 0000-00100".into(), "Nairobi".into()],
            signatory: "The Chief Executive Officer".into(),
            signatory_title: "For the Council".into(),
            letters_folder: None,
            letter_reference: "KNEC/GEN/EA/FA/SI/APP".into(),
            invitation_reference: "KNEC/CONF/EA/FA/SE/EXMS".into(),
            crest: None,
            accent: Accent::default(),
        }
    }
}

/// How SMS leave.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Outbox {
    /// How many sends may be under way at once on each channel.
    pub in_flight: usize,
    /// How long one send may take, in seconds.
    pub send_timeout_s: u64,
    /// How long a claimed message belongs to its worker, in seconds; longer than a send.
    pub lease_s: u64,
    /// How long the fate of a send whose answer was lost is left to a delivery report, in seconds.
    pub unknown_wait_s: u64,
    /// The wait before the second attempt, in milliseconds; it doubles with each attempt.
    pub backoff_ms: u64,
    /// The longest wait between attempts, in seconds.
    pub backoff_cap_s: u64,
    /// After how many attempts a message is given up.
    pub attempts: i64,
    /// After how many sends in a row that came to nothing a channel is left alone.
    pub circuit_failures: u32,
    /// How long it is left alone before one message tries it again, in seconds.
    pub circuit_s: u64,
    /// How long nothing may be heard of a password before it goes by another channel of its
    /// route too, in seconds; 0 never.
    pub second_channel_after_s: u64,
    /// How often the worker looks for work that nobody told it of, in milliseconds.
    pub poll_ms: u64,
}

impl Default for Outbox {
    fn default() -> Self {
        Self {
            in_flight: 384,
            send_timeout_s: 10,
            lease_s: 30,
            unknown_wait_s: 60,
            backoff_ms: 500,
            backoff_cap_s: 60,
            attempts: 12,
            circuit_failures: 5,
            circuit_s: 3,
            second_channel_after_s: 0,
            poll_ms: 500,
        }
    }
}

/// Where the menus are.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Menus {
    /// A folder of menu files; without it, the menus that the program was built with.
    pub folder: Option<PathBuf>,
    /// How often the folder is looked at for changes, in milliseconds; 0 only when told.
    pub poll_ms: u64,
}

impl Default for Menus {
    fn default() -> Self {
        Self {
            folder: None,
            poll_ms: 2000,
        }
    }
}

/// What is logged and how.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Logging {
    /// `human` or `json`.
    pub format: LogFormat,
    /// What to log, such as `info` or `cp2=debug,info`.
    pub filter: String,
}

impl Default for Logging {
    fn default() -> Self {
        Self {
            format: LogFormat::Human,
            filter: "info".into(),
        }
    }
}

/// The shape of a log line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    Human,
    /// For machines: one JSON object a line.
    Json,
}

impl Outbox {
    /// How long one send may take.
    #[must_use]
    pub fn send_timeout(&self) -> Duration {
        Duration::from_secs(self.send_timeout_s)
    }

    /// How long a claimed message belongs to its worker.
    #[must_use]
    pub fn lease(&self) -> Duration {
        Duration::from_secs(self.lease_s)
    }

    /// How long a lost answer is left to a delivery report.
    #[must_use]
    pub fn unknown_wait(&self) -> Duration {
        Duration::from_secs(self.unknown_wait_s)
    }

    /// The wait before an attempt: full jitter, which is anything up to the doubled wait, so
    /// that attempts do not march in step. `chance` is random in 0..=1.
    #[must_use]
    pub fn backoff(&self, attempt: i64, chance: f64) -> Duration {
        let doublings = u32::try_from(attempt.saturating_sub(1))
            .unwrap_or(u32::MAX)
            .min(30);
        let whole = Duration::from_millis(self.backoff_ms).saturating_mul(1 << doublings);
        whole
            .min(Duration::from_secs(self.backoff_cap_s))
            .mul_f64(chance.clamp(0.0, 1.0))
    }

    /// How long a channel that fails is left alone.
    #[must_use]
    pub fn circuit(&self) -> Duration {
        Duration::from_secs(self.circuit_s)
    }

    /// How long nothing may be heard of a password before it goes by another channel too.
    #[must_use]
    pub fn second_channel_after(&self) -> Option<Duration> {
        let seconds = self.second_channel_after_s;
        (seconds > 0).then(|| Duration::from_secs(seconds))
    }
}
