//! `cp2 serve`: the service for production.

use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context;
use axum::Router;
use clap::{Args, ValueEnum};
use sd_notify::NotifyState;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

use crate::domain::SystemClock;
use crate::service::{Parts, Service, open_store};
use crate::telemetry;

use super::ConfigFile;
use super::stop::Stop;

/// Run the service for production.
///
/// Example: cp2 serve --config /etc/cp2/cp2.toml
#[derive(Debug, Args)]
pub(super) struct ServeArgs {
    #[command(flatten)]
    config: ConfigFile,
    /// Run one part only; the others run in processes of their own, on one PostgreSQL
    #[arg(long, value_name = "PART")]
    only: Option<Only>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Only {
    /// Callbacks and pages
    Web,
    /// SMS
    Worker,
}

pub(super) async fn run(args: ServeArgs) -> anyhow::Result<ExitCode> {
    let config = args.config.load()?;
    let telemetry = telemetry::start(&config.logging, &config.telemetry)?;
    let parts = match args.only {
        None => Parts::All,
        Some(Only::Web) => Parts::Web,
        Some(Only::Worker) => Parts::Worker,
    };
    let mut stop = Stop::listen()?;
    let mut hang_up = signal(SignalKind::hangup())?;
    let listen = config.server.listen;
    let store = open_store(&config).await?;
    let service = Service::open(config, store, parts, Arc::new(SystemClock))?;
    // Last: who can connect is answered.
    let listener = TcpListener::bind(listen)
        .await
        .with_context(|| format!("can't listen on {listen}, which `server.listen` names"))?;
    let running = service.run(listener, Router::new());
    tracing::info!(addr = %running.addr, version = env!("CARGO_PKG_VERSION"), "ready");
    tell_systemd(NotifyState::Ready);
    loop {
        tokio::select! {
            () = stop.told() => break,
            Some(()) = hang_up.recv() => running.reload_menus(),
        }
    }
    tracing::info!("stopping");
    tell_systemd(NotifyState::Stopping);
    tokio::select! {
        () = running.stop() => {
            tracing::info!("stopped");
            telemetry.stop().await;
            Ok(ExitCode::SUCCESS)
        }
        () = stop.told() => {
            tracing::warn!("told twice: what has begun is left as it is");
            Ok(ExitCode::FAILURE)
        }
    }
}

/// Says how the service stands, where systemd waits to hear it (`Type=notify`).
fn tell_systemd(state: NotifyState<'_>) {
    if let Err(error) = sd_notify::notify(&[state]) {
        tracing::warn!(%error, "systemd can't be told");
    }
}
