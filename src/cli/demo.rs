//! `cp2 demo`: everything on one machine, with people to play.

use std::fs::{self, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::net::SocketAddr;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use clap::Args;
use tokio::net::TcpListener;
use zeroize::Zeroizing;

use crate::config::{self, ChannelConfig, ChannelKind, Config, ScreenSeptets, SendEndpoint};
use crate::crypto::{Hasher, MasterKey, Token};
use crate::demo::sandbox::{Sandbox, SandboxSettings};
use crate::demo::{phone, seed};
use crate::domain::{Clock, SystemClock};
use crate::service::{Parts, Service, load_keys, open_store};
use crate::telemetry;

use super::stop::Stop;

const SERVICE_CODE: &str = "*384*2026#";
const SECRET: &str = "demo";

/// Run everything on this machine: embedded database, synthetic people, an aggregator
/// of its own, and a phone in the browser.
///
/// Example: cp2 demo --listen 127.0.0.1:9000 --data ./demo-data
#[derive(Debug, Args)]
pub(super) struct DemoArgs {
    /// Where to listen: an IP address and a port
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// Keep the database here; without it a temporary one is used and removed
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// How many people there are besides the named ones
    #[arg(long, value_name = "N", default_value_t = 200)]
    professionals: u32,
    /// What to log, such as info or cp2=debug
    #[arg(long, value_name = "FILTER", default_value = "warn")]
    log: String,
}

pub(super) async fn run(args: DemoArgs) -> anyhow::Result<ExitCode> {
    telemetry::start(&config::Logging {
        filter: args.log.clone(),
        ..config::Logging::default()
    })?;
    let stop = Stop::listen()?;
    let home = Home::open(args.data.as_deref())?;
    let listener = TcpListener::bind(args.listen).await.with_context(|| {
        format!(
            "can't listen on {}; --listen 127.0.0.1:9000 takes another port",
            args.listen
        )
    })?;
    let addr = listener.local_addr()?;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);

    let api_key = Token::fresh();
    let sandbox = Sandbox::start(
        TcpListener::bind("127.0.0.1:0").await?,
        SandboxSettings {
            username: "sandbox".into(),
            api_key: Zeroizing::new(api_key.reveal().to_owned()),
            delivery_url: Some(format!("http://{addr}/callbacks/at/{SECRET}/delivery")),
            report_delay: Duration::from_millis(300),
            report_sent: true,
            ledger_file: None,
            clock: Arc::clone(&clock),
        },
    )?;
    let config = config(&home, addr, &sandbox, &api_key);

    let store = open_store(&config).await?;
    let keys = load_keys(&config)?;
    seed::seed(
        &store,
        &keys,
        &Hasher::new(1)?,
        args.professionals,
        clock.now(),
    )
    .await?;
    let service = Service::open(config, store, Parts::All, clock)?;
    let inbox = sandbox.clone();
    let phones = phone::router(
        seed::phones()?,
        Arc::new(move |msisdn| inbox.messages_to(msisdn)),
    );
    let running = service.run(listener, phones);
    announce(addr)?;

    stop.told().await;
    running.stop().await;
    sandbox.shutdown().await;
    Ok(ExitCode::SUCCESS)
}

/// Where the demo keeps its data.
struct Home {
    folder: PathBuf,
    key: MasterKey,
    is_temporary: bool,
}

impl Home {
    fn open(data: Option<&Path>) -> anyhow::Result<Self> {
        let (folder, is_temporary) = match data {
            Some(folder) => (folder.to_owned(), false),
            None => (
                std::env::temp_dir().join(format!("cp2-demo-{}", Token::fresh().reveal())),
                true,
            ),
        };
        fs::create_dir_all(&folder).with_context(|| format!("can't make {}", folder.display()))?;
        let path = folder.join("demo.key");
        let key = match fs::read_to_string(&path) {
            Ok(text) => MasterKey::parse(&text)?,
            Err(error) if error.kind() == ErrorKind::NotFound => {
                let key = MasterKey::fresh();
                write_secret(&path, key.to_hex().as_bytes())
                    .with_context(|| format!("can't write {}", path.display()))?;
                key
            }
            Err(error) => {
                return Err(error).with_context(|| format!("can't read {}", path.display()));
            }
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
        menus: config::Menus::default(),
        logging: config::Logging::default(),
        channel: vec![ChannelConfig {
            name: "at".into(),
            kind: ChannelKind::AfricasTalking,
            secret: SECRET.into(),
            base_url: sandbox.base_url(),
            username: "sandbox".into(),
            api_key: api_key.reveal().into(),
            sender_id: None,
            service_codes: vec![SERVICE_CODE.into()],
            sms_per_second: 50,
            screen_septets: ScreenSeptets::default(),
            send_endpoint: SendEndpoint::Classic,
        }],
    }
}

fn announce(addr: SocketAddr) -> anyhow::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(
        out,
        "CP2 demo is running. Everything in it is made up, and nothing leaves this machine.\n"
    )?;
    writeln!(out, "  Phone     http://{addr}/phone   dial {SERVICE_CODE}")?;
    writeln!(
        out,
        "  Site      http://{addr}/        log in with a number below, password {}",
        seed::FIRST_PASSWORD
    )?;
    writeln!(
        out,
        "  Callback  http://{addr}/callbacks/at/{SECRET}/ussd\n"
    )?;
    writeln!(out, "People:")?;
    for phone in seed::phones()? {
        writeln!(out, "  {}  {}", phone.msisdn.as_str(), phone.description)?;
    }
    writeln!(out, "\nCtrl-C stops it.")?;
    out.flush()?;
    Ok(())
}
