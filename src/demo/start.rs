//! The whole demo: a database, made-up people, an aggregator of its own, the service,
//! a phone in the browser.

use std::collections::BTreeMap;
use std::fs::{self, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::net::SocketAddr;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use zeroize::Zeroizing;

use super::sandbox::{Sandbox, SandboxSettings};
use super::seed::{self, SeedError};
use super::{CHANNEL, SECRET, SERVICE_CODE, office, phone, portal};
use crate::config::{self, ChannelConfig, ChannelKind, Config, ScreenSeptets};
use crate::crypto::{Hasher, KeyError, MasterKey, PasswordError, Token};
use crate::domain::{Clock, SystemClock};
use crate::service::{Parts, Running, Service, StartError, load_keys, open_store};

/// How a demo is set up.
pub struct DemoSettings<'a> {
    /// Where its data is kept; a folder that is removed when there is none.
    pub data: Option<&'a Path>,
    /// How many people there are besides the named ones.
    pub professionals: u32,
}

/// Why a demo can't start.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// Its folder can't be used.
    #[error("can't use {}", .0.display())]
    Folder(PathBuf, #[source] io::Error),
    /// The key in its folder is none.
    #[error("the key in the folder can't be used")]
    Key(#[from] KeyError),
    /// Its aggregator can't listen.
    #[error("the demo's aggregator can't start")]
    Sandbox(#[source] io::Error),
    /// Passwords can't be hashed.
    #[error(transparent)]
    Passwords(#[from] PasswordError),
    /// Its people could not be put in place.
    #[error(transparent)]
    Seed(#[from] SeedError),
    /// The service itself can't start.
    #[error(transparent)]
    Service(#[from] StartError),
}

/// A demo, running.
pub struct Demo {
    running: Running,
    sandbox: Sandbox,
    // Last, so that the folder goes after what is in it was closed.
    _home: Home,
}

impl Demo {
    /// Starts everything; callbacks and pages come in by `listener`.
    pub async fn start(
        listener: TcpListener,
        settings: &DemoSettings<'_>,
    ) -> Result<Self, DemoError> {
        let home = Home::open(settings.data)?;
        let addr = listener.local_addr().map_err(DemoError::Sandbox)?;
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let api_key = Token::fresh();
        let door = TcpListener::bind("127.0.0.1:0").await;
        let sandbox = SandboxSettings {
            username: "sandbox".into(),
            api_key: Zeroizing::new(api_key.reveal().to_owned()),
            callbacks: Some(format!("http://{addr}/callbacks/{CHANNEL}/{SECRET}")),
            report_delay: Duration::from_millis(300),
            report_sent: true,
            ledger_file: None,
            clock: Arc::clone(&clock),
        };
        let sandbox = door.and_then(|door| Sandbox::start(door, sandbox));
        let sandbox = sandbox.map_err(DemoError::Sandbox)?;
        let config = config(&home, addr, &sandbox, &api_key);
        let store = open_store(&config).await?;
        let hasher = Hasher::new(1)?;
        seed::seed(
            &store,
            &load_keys(&config)?,
            &hasher,
            settings.professionals,
            seed::this_week(clock.now()),
            clock.now(),
        )
        .await?;
        office::staff(&store, &hasher, clock.now()).await?;
        portal::portal(&store, clock.now()).await?;
        let service = Service::open(config, store, Parts::All, clock)?;
        let inbox = sandbox.clone();
        let phones = phone::router(
            seed::phones()?,
            Arc::new(move |msisdn| inbox.messages_to(msisdn)),
        );
        Ok(Self {
            running: service.run(listener, phones),
            sandbox,
            _home: home,
        })
    }

    /// Where it listens.
    #[must_use]
    pub fn addr(&self) -> SocketAddr {
        self.running.addr
    }

    /// Stops everything; a temporary folder is removed.
    pub async fn stop(self) {
        self.running.stop().await;
        self.sandbox.shutdown().await;
    }
}

/// Where the demo keeps its data.
struct Home {
    folder: PathBuf,
    key: MasterKey,
    is_temporary: bool,
}

impl Home {
    fn open(data: Option<&Path>) -> Result<Self, DemoError> {
        let (folder, is_temporary) = match data {
            Some(folder) => (folder.to_owned(), false),
            None => (
                std::env::temp_dir().join(format!("cp2-demo-{}", Token::fresh().reveal())),
                true,
            ),
        };
        fs::create_dir_all(&folder).map_err(|error| DemoError::Folder(folder.clone(), error))?;
        let path = folder.join("demo.key");
        let key = match fs::read_to_string(&path) {
            Ok(text) => MasterKey::parse(&text)?,
            Err(error) if error.kind() == ErrorKind::NotFound => {
                let key = MasterKey::fresh();
                write_secret(&path, key.to_hex().as_bytes())
                    .map_err(|error| DemoError::Folder(path, error))?;
                key
            }
            Err(error) => return Err(DemoError::Folder(path, error)),
        };
        Ok(Self {
            folder,
            key,
            is_temporary,
        })
    }
}

/// Writes a new file that only its owner can read.
fn write_secret(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true).mode(0o600);
    options.open(path)?.write_all(bytes)
}

impl Drop for Home {
    fn drop(&mut self) {
        if self.is_temporary {
            let _ = fs::remove_dir_all(&self.folder);
        }
    }
}

/// The configuration of a demo. It would never pass for production: no https, and a
/// secret that everybody knows.
fn config(home: &Home, addr: SocketAddr, sandbox: &Sandbox, api_key: &Token) -> Config {
    Config {
        route: Vec::new(),
        server: config::Server {
            listen: addr,
            public_url: format!("http://{addr}"),
            ..config::Server::default()
        },
        database: config::Database {
            url: format!("sqlite:{}", home.folder.join("cp2.db").display()).into(),
            ..config::Database::default()
        },
        keys: config::Keys {
            current: "demo".into(),
            key: [("demo".to_owned(), home.key.to_hex().as_str().into())].into(),
        },
        council: config::Council::default(),
        policy: config::Policy::default(),
        outbox: config::Outbox::default(),
        campaign: config::Campaigns::default(),
        retention: config::Retention::default(),
        operator: config::Operator {
            // Whoever tries the demo should not need a second telephone.
            second_factor: false,
            ..config::Operator::default()
        },
        api: config::Api {
            // What is told of here is told to this machine.
            webhooks_may_be_local: true,
            ..config::Api::default()
        },
        menus: config::Menus::default(),
        logging: config::Logging::default(),
        telemetry: config::Telemetry::default(),
        channel: vec![ChannelConfig {
            name: CHANNEL.into(),
            kind: ChannelKind::AfricasTalking,
            secret: SECRET.into(),
            base_url: Some(sandbox.base_url()),
            username: Some("sandbox".into()),
            api_key: Some(api_key.reveal().into()),
            sender_id: None,
            service_codes: vec![SERVICE_CODE.into()],
            sms_per_second: 50,
            screen_septets: ScreenSeptets::default(),
            send_endpoint: None,
            description: Vec::new(),
            smpp: None,
            values: BTreeMap::new(),
        }],
    }
}
