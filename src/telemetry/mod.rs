//! Logs: one line an event, for people or as JSON, never with a PIN, a password, a
//! token, a full telephone number or an ID.

use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt;
use tracing_subscriber::prelude::*;

use crate::config::{LogFormat, Logging};

/// The filter of the configuration can't be read.
#[derive(Debug, thiserror::Error)]
#[error(
    "logging.filter can't be read; write a level, such as info, or targets with levels, such as cp2=debug,info"
)]
pub struct FilterError;

/// Reads the filter of the configuration.
pub fn filter(logging: &Logging) -> Result<EnvFilter, FilterError> {
    EnvFilter::builder()
        .parse(&logging.filter)
        .map_err(|_| FilterError)
}

/// Starts logging to stderr.
pub fn start(logging: &Logging) -> Result<(), FilterError> {
    let filter = filter(logging)?;
    let colours = std::io::IsTerminal::is_terminal(&std::io::stderr());
    let registry = tracing_subscriber::registry().with(filter);
    match logging.format {
        LogFormat::Human => {
            let lines = fmt::layer()
                .with_writer(std::io::stderr)
                .with_ansi(colours)
                .with_target(false);
            registry.with(lines).init();
        }
        LogFormat::Json => {
            let lines = fmt::layer()
                .json()
                .flatten_event(true)
                .with_current_span(true)
                .with_span_list(false);
            registry.with(lines.with_writer(std::io::stderr)).init();
        }
    }
    Ok(())
}
