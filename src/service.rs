//! The whole service from its configuration: opens the parts, joins them, runs them,
//! stops them. `serve`, `demo` and the tests start the same thing.

mod load;
mod menus;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use tokio::net::TcpListener;
use tokio::sync::{Notify, Semaphore};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::actions::Tools;
use crate::actions::campaign::Sender;
use crate::aggregators::{ChannelError, Channels};
use crate::binds::Binds;
use crate::clerk::Clerk;
use crate::config::{ChannelConfig, Config, CrestFileError, SimSwapCheck};
use crate::crypto::{KeyError, PasswordError};
use crate::dialogue::{Dialogue, Diary, Hops, Inbox, Menus};
use crate::domain::{Clock, Msisdn};
use crate::intake::Intake;
use crate::letters::LetterError;
use crate::menus::{Current, Findings};
use crate::metrics::Metrics;
use crate::outbox::{
    AuditChain, CampaignFeeder, Links, PulseWatch, SimChecks, Webhooks, WebhooksSettings, Worker,
    WorkerSettings,
};
use crate::standing::{Beat, BeatSettings};
use crate::store::{Store, StoreError};
use crate::web::pages::Look;
use crate::web::{self, App, AppParts, Patience};

use load::tools_with;
use menus::Watcher;

pub use load::{
    existing_store, letter_files, load_keys, load_letters, load_menus, load_tools, open_store,
    store_as_it_is,
};

/// Which parts of the service this process runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Parts {
    /// Web and worker.
    All,
    /// Callbacks and pages; SMS are left to other processes.
    Web,
    /// SMS alone; health still answers.
    Worker,
}

impl Parts {
    /// In a word.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Web => "web",
            Self::Worker => "worker",
        }
    }
}

/// Why the service can't start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The database can't be used.
    #[error("the database can't be used")]
    Store(#[from] StoreError),
    /// The menus are wrong: a line for each finding.
    #[error("the menus are wrong:\n{0}")]
    Menus(Findings),
    /// The folder of menus can't be read.
    #[error("the menus can't be read")]
    MenuFiles(#[source] std::io::Error),
    /// The keys can't be used.
    #[error("[keys] can't be used")]
    Keys(#[from] KeyError),
    /// A channel can't be used.
    #[error("a [[channel]] can't be used")]
    Channel(#[from] ChannelError),
    /// A letter template is wrong.
    #[error("the letter templates are wrong")]
    Letters(#[from] LetterError),
    /// The folder of letters can't be read.
    #[error("the folder of letters can't be read")]
    LetterFiles(#[source] std::io::Error),
    /// The council's crest can't be used.
    #[error("`council.crest` {0}")]
    Crest(#[from] CrestFileError),
    /// Passwords can't be hashed.
    #[error(transparent)]
    Passwords(#[from] PasswordError),
    /// No outgoing connections can be made.
    #[error("outgoing connections can't be set up")]
    Transport(#[from] reqwest::Error),
}

/// The service, opened and not yet running.
pub struct Service {
    config: Config,
    app: App,
    worker: Worker,
    binds: Binds,
    inbox: Inbox,
    pulse: PulseWatch,
    campaigns: CampaignFeeder,
    clerk: Clerk,
    chain: AuditChain,
    diary: Diary,
    beat: Beat,
    sim_checks: Option<SimChecks>,
    webhooks: Webhooks,
    store: Store,
    menus: Watcher,
    parts: Parts,
    tasks: TaskTracker,
    leaving: CancellationToken,
}

/// The service, running.
pub struct Running {
    /// Where it listens.
    pub addr: SocketAddr,
    store: Store,
    menus: Arc<Notify>,
    /// Told first: not ready any more.
    leaving: CancellationToken,
    drain: Duration,
    stop: CancellationToken,
    tasks: TaskTracker,
}

/// The name that phones show for a channel, which people opt out from.
#[must_use]
pub fn sender_of(channel: &ChannelConfig) -> String {
    let sender = channel.sender_id.as_ref();
    sender.unwrap_or(&channel.name).clone()
}

fn promoter(config: &Config, channel: &ChannelConfig) -> (String, Sender) {
    let sender = Sender {
        name: sender_of(channel),
        from_hour: config.campaign.promotion_from_hour,
        until_hour: config.campaign.promotion_until_hour,
    };
    (channel.name.clone(), sender)
}

/// How many messages of campaigns may wait for a channel: what it sends in two seconds.
fn ahead(channel: &ChannelConfig) -> usize {
    let two_seconds = channel.sms_per_second.saturating_mul(2);
    usize::try_from(two_seconds)
        .unwrap_or(usize::MAX)
        .clamp(20, 10_000)
}

/// What feeds campaigns into the outbox.
fn campaigns(
    config: &Config,
    store: &Store,
    tools: &Tools,
    clock: &Arc<dyn Clock>,
    bell: &Arc<Notify>,
) -> CampaignFeeder {
    let promoters = config.channel.iter();
    CampaignFeeder {
        store: store.clone(),
        tools: tools.clone(),
        clock: Arc::clone(clock),
        bell: Arc::clone(bell),
        senders: promoters.map(|channel| promoter(config, channel)).collect(),
        ahead: config.channel.iter().map(ahead).sum(),
    }
}

fn sim_checks(
    config: &Config,
    store: &Store,
    channels: &Channels,
    clock: &Arc<dyn Clock>,
) -> Result<Option<SimChecks>, StartError> {
    let rules = &config.policy.sim_swap;
    if rules.check == SimSwapCheck::None {
        return Ok(None);
    }
    let checks = SimChecks::new(
        store.clone(),
        channels.clone(),
        rules,
        config.outbox.send_timeout(),
        Arc::clone(clock),
    )?;
    Ok(Some(checks))
}

fn inbox(
    config: &Config,
    store: &Store,
    tools: &Tools,
    clock: &Arc<dyn Clock>,
    bell: &Arc<Notify>,
) -> Inbox {
    Inbox {
        store: store.clone(),
        tools: tools.clone(),
        clock: Arc::clone(clock),
        bell: Arc::clone(bell),
        senders: senders(config),
        poll: Duration::from_millis(config.outbox.poll_ms),
    }
}

/// Who sends on each channel.
fn senders(config: &Config) -> BTreeMap<String, String> {
    let channels = config.channel.iter();
    channels
        .map(|channel| (channel.name.clone(), sender_of(channel)))
        .collect()
}

impl Service {
    /// Opens every part on a database that is open.
    #[expect(
        clippy::too_many_lines,
        reason = "one list of parts, in the order that they need each other"
    )]
    pub fn open(
        config: Config,
        store: Store,
        parts: Parts,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, StartError> {
        let current = Current::new(load_menus(&config)?);
        let menus = Menus::new(current.clone());
        let keys = load_keys(&config)?;
        let channels = Channels::open(&config.channel, &config.server.public_url)?;
        let tools = tools_with(&config, keys.clone(), current)?;
        let service_code = tools.service_code.clone();
        let metrics = Metrics::default();
        let bell = Arc::new(Notify::new());
        let links = Links::default();
        let worker = Worker::new(WorkerSettings {
            bell: Arc::clone(&bell),
            links: links.clone(),
            store: store.clone(),
            keys,
            channels: channels.clone(),
            routes: tools.routes.clone(),
            outbox: config.outbox.clone(),
            metrics: metrics.clone(),
            clock: Arc::clone(&clock),
        })?;
        let inbox = inbox(&config, &store, &tools, &clock, &bell);
        let campaigns = campaigns(&config, &store, &tools, &clock, &bell);
        let clerk = Clerk::new(store.clone(), tools.clone(), Arc::clone(&clock));
        let pulse = PulseWatch {
            store: store.clone(),
            clock: Arc::clone(&clock),
            pulse: tools.pulse.clone(),
            patience: config.policy.sms_patience(),
        };
        let chain = AuditChain {
            store: store.clone(),
            poll: Duration::from_millis(config.outbox.poll_ms),
        };
        let sim_checks = sim_checks(&config, &store, &channels, &clock)?;
        let webhooks = Webhooks::new(WebhooksSettings {
            store: store.clone(),
            keys: tools.keys.clone(),
            api: config.api.clone(),
            poll: Duration::from_millis(config.outbox.poll_ms),
            clock: Arc::clone(&clock),
        })?;
        let letters = load_letters(&config)?;
        let (council, https) = (
            &config.council,
            config.server.public_url.starts_with("https://"),
        );
        let diary = Diary::new(store.clone(), tools.keys.clone(), metrics.clone());
        let sends = (parts != Parts::Web).then(|| worker.clone());
        let beat = Beat::new(BeatSettings {
            store: store.clone(),
            keys: tools.keys.clone(),
            metrics: metrics.clone(),
            worker: sends.clone(),
            parts: parts.name(),
            clock: Arc::clone(&clock),
        });
        let watcher = Watcher::new(&config.menus, menus.clone(), Arc::clone(&clock));
        let (tasks, leaving) = (TaskTracker::new(), CancellationToken::new());
        let intake = Intake {
            store: store.clone(),
            keys: tools.keys.clone(),
            dialogue: Arc::new(Dialogue {
                store: store.clone(),
                hops: Hops::on(&store),
                menus,
                tools: tools.clone(),
                clock: Arc::clone(&clock),
                bell,
                diary: Some(diary.clone()),
                watch: None,
            }),
            metrics: metrics.clone(),
            clock: Arc::clone(&clock),
            places: Arc::new(Semaphore::new(config.server.turns_at_once)),
        };
        let binds = Binds {
            store: store.clone(),
            channels: channels.clone(),
            outbox: config.outbox.clone(),
            links,
            intake: intake.clone(),
            clock: Arc::clone(&clock),
        };
        let app = App::new(AppParts {
            intake,
            store: store.clone(),
            channels,
            clerk: clerk.clone(),
            tools,
            letters,
            metrics,
            metrics_exposure: config.server.metrics,
            worker: sends,
            process: beat.id().to_owned(),
            senders: senders(&config),
            cents_per_sms: config.campaign.cents_per_sms,
            look: Look::new(
                (&council.name, &council.read_crest()?, council.accent),
                &service_code,
                https,
            ),
            https,
            trusted_proxies: config.server.trusted_proxies.clone(),
            clock,
            later: tasks.clone(),
            leaving: leaving.clone(),
        });
        // The first number of a new range pays 50 ms for its tables; no person should.
        std::thread::spawn(Msisdn::warm_up);
        Ok(Self {
            config,
            app,
            worker,
            binds,
            inbox,
            pulse,
            campaigns,
            clerk,
            chain,
            diary,
            beat,
            sim_checks,
            webhooks,
            store,
            menus: watcher,
            parts,
            tasks,
            leaving,
        })
    }

    /// Runs it, together with routes that only some ways of starting have; a process that
    /// only sends SMS has none.
    #[must_use]
    pub fn run(self, listener: TcpListener, extra: Router) -> Running {
        let stop = CancellationToken::new();
        let tasks = self.tasks;
        let addr = listener.local_addr().unwrap_or(self.config.server.listen);
        let router = match self.parts {
            Parts::All | Parts::Web => web::router(&self.app, extra),
            Parts::Worker => web::health_router(&self.app),
        };
        let server = &self.config.server;
        let patience = Patience {
            headers: Duration::from_secs(server.headers_within_s),
            stop: Duration::from_secs(server.stop_within_s),
        };
        tasks.spawn(web::serve(listener, router, stop.clone(), patience));
        if self.parts != Parts::Web {
            // What is being sent may need a bind to its end.
            let (worker, sent) = (self.worker.run(stop.clone()), CancellationToken::new());
            let last = sent.clone().drop_guard();
            tasks.spawn(async move {
                worker.await;
                drop(last);
            });
            tasks.spawn(self.binds.run(sent));
            tasks.spawn(self.inbox.run(stop.clone()));
            tasks.spawn(self.campaigns.run(stop.clone()));
            tasks.spawn(self.clerk.clone().keep_imports(stop.clone()));
            tasks.spawn(self.clerk.keep_tidy(stop.clone()));
            tasks.spawn(self.chain.run(stop.clone()));
            tasks.spawn(self.webhooks.run(stop.clone()));
            if let Some(sim_checks) = self.sim_checks {
                tasks.spawn(sim_checks.run(stop.clone()));
            }
        }
        if self.parts != Parts::Worker {
            tasks.spawn(self.pulse.run(stop.clone()));
        }
        tasks.spawn(self.diary.run(stop.clone()));
        tasks.spawn(self.store.clone().carry_over(stop.clone()));
        tasks.spawn(self.beat.run(stop.clone()));
        let bell = self.menus.bell();
        tasks.spawn(self.menus.run(stop.clone()));
        tasks.close();
        Running {
            addr,
            store: self.store,
            menus: bell,
            leaving: self.leaving,
            drain: Duration::from_secs(server.drain_s),
            stop,
            tasks,
        }
    }
}

impl Running {
    /// Reads the menus anew, as soon as may be.
    pub fn reload_menus(&self) {
        self.menus.notify_one();
    }

    /// Says that it is not ready any more and lets balancers look elsewhere; then stops taking
    /// work, finishes what has begun, closes the database.
    pub async fn stop(self) {
        self.leaving.cancel();
        tokio::time::sleep(self.drain).await;
        self.stop.cancel();
        self.tasks.wait().await;
        self.store.close().await;
    }
}
