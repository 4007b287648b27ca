//! `cp2 demo`: everything on one machine, with people to play.

use std::io::{self, Write};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::Args;
use tokio::net::TcpListener;

use crate::config;
use crate::demo::{CHANNEL, Demo, DemoSettings, SECRET, SERVICE_CODE, office, portal, seed};
use crate::telemetry;

use super::stop::Stop;

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
    let logging = config::Logging {
        filter: args.log.clone(),
        ..config::Logging::default()
    };
    telemetry::start(&logging, &config::Telemetry::default())?;
    let mut stop = Stop::listen()?;
    let listener = TcpListener::bind(args.listen).await.with_context(|| {
        format!(
            "can't listen on {}; --listen 127.0.0.1:9000 takes another port",
            args.listen
        )
    })?;
    let settings = DemoSettings {
        data: args.data.as_deref(),
        professionals: args.professionals,
    };
    let demo = Demo::start(listener, &settings).await?;
    announce(demo.addr())?;
    stop.told().await;
    demo.stop().await;
    Ok(ExitCode::SUCCESS)
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
        "  Console   http://{addr}/operator   log in as {}, password {}",
        office::OPERATOR,
        office::OPERATOR_PASSWORD
    )?;
    writeln!(
        out,
        "  Callback  http://{addr}/callbacks/{CHANNEL}/{SECRET}/ussd"
    )?;
    writeln!(
        out,
        "  API       http://{addr}/api/v1   key {}\n",
        portal::PORTAL_KEY
    )?;
    writeln!(out, "People:")?;
    for phone in seed::phones()? {
        writeln!(out, "  {}  {}", phone.msisdn.as_str(), phone.description)?;
    }
    writeln!(out, "\nCtrl-C stops it.")?;
    out.flush()?;
    Ok(())
}
