//! Logs: one line an event, for people or as JSON, never with a PIN, a password, a
//! token, a full telephone number or an ID. Traces, by setting: spans alone, so that nothing
//! that an event says leaves the machine.

mod journal;
mod traces;

use tracing::Subscriber;
use tracing_subscriber::filter::EnvFilter;
use tracing_subscriber::layer::Layer;
use tracing_subscriber::prelude::*;
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::{fmt, registry};

use crate::config::{LogFormat, Logging, Telemetry};

use journal::Stderr;
pub use journal::last_words;
use traces::Traces;

/// Logs or traces can't be started.
#[derive(Debug, thiserror::Error)]
pub enum TelemetryError {
    /// The filter of the configuration can't be read.
    #[error(
        "logging.filter can't be read; write a level, such as info, or targets with levels, such as cp2=debug,info"
    )]
    Filter,
    /// Traces have nowhere to go.
    #[error("telemetry.otlp_endpoint can't be used: {0}")]
    Endpoint(String),
}

/// Logs and traces, while they are made.
#[derive(Default)]
pub struct Running(Option<Traces>);

/// Reads the filter of the configuration.
pub fn filter(logging: &Logging) -> Result<EnvFilter, TelemetryError> {
    EnvFilter::builder()
        .parse(&logging.filter)
        .map_err(|_| TelemetryError::Filter)
}

/// Starts logging to stderr, and tracing where it is set.
pub fn start(logging: &Logging, telemetry: &Telemetry) -> Result<Running, TelemetryError> {
    let lines = lines(logging.format).with_filter(filter(logging)?);
    let traces = Traces::start(telemetry)?;
    let spans = traces.as_ref().map(Traces::layer);
    registry().with(lines).with(spans).init();
    Ok(Running(traces))
}

fn lines<S>(format: LogFormat) -> Box<dyn Layer<S> + Send + Sync>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    match format {
        LogFormat::Human => fmt::layer()
            .with_writer(Stderr::open())
            .with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr()))
            .with_target(false)
            .boxed(),
        LogFormat::Json => fmt::layer()
            .json()
            .flatten_event(true)
            .with_current_span(true)
            .with_span_list(false)
            .with_writer(Stderr::open())
            .boxed(),
    }
}

impl Running {
    /// Sends what is left.
    pub async fn stop(self) {
        if let Some(traces) = self.0 {
            traces.stop().await;
        }
    }
}
