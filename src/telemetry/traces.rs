//! Spans of ours, sent to a collector by OTLP over HTTP.

use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use opentelemetry::trace::TracerProvider;
use opentelemetry_http::{HttpClient, HttpError};
use opentelemetry_otlp::{SpanExporter, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{Sampler, SdkTracerProvider};
use tokio::runtime::Handle;
use tracing::{Level, Subscriber};
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::layer::Layer;
use tracing_subscriber::registry::LookupSpan;

use crate::config::Telemetry;
use crate::outbox::Transport;

use super::TelemetryError;

/// How long a collector may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// How long what is left may take at the end.
const LAST: Duration = Duration::from_secs(5);

/// What is made and sent while it lives.
pub(super) struct Traces {
    provider: SdkTracerProvider,
    endpoint: String,
}

impl Traces {
    /// None where no endpoint is set.
    pub(super) fn start(telemetry: &Telemetry) -> Result<Option<Self>, TelemetryError> {
        let Some(endpoint) = &telemetry.otlp_endpoint else {
            return Ok(None);
        };
        let refuse = |error: &dyn fmt::Display| TelemetryError::Endpoint(error.to_string());
        let transport = Transport::new(PATIENCE).map_err(|error| refuse(&error))?;
        let client = OnTokio {
            transport,
            runtime: Handle::current(),
        };
        let exporter = SpanExporter::builder()
            .with_http()
            .with_http_client(client)
            .with_endpoint(endpoint)
            .build()
            .map_err(|error| refuse(&error))?;
        let resource = Resource::builder_empty()
            .with_service_name(telemetry.service_name.clone())
            .with_attribute(opentelemetry::KeyValue::new(
                "service.version",
                env!("CARGO_PKG_VERSION"),
            ))
            .build();
        let share = 1.0 / f64::from(telemetry.one_in.max(1));
        let provider = SdkTracerProvider::builder()
            .with_batch_exporter(exporter)
            .with_resource(resource)
            .with_sampler(Sampler::TraceIdRatioBased(share))
            .build();
        Ok(Some(Self {
            provider,
            endpoint: endpoint.clone(),
        }))
    }

    /// Makes spans of ours into spans of theirs. Events are left out: they are for the journal,
    /// and may name somebody by a masked number.
    pub(super) fn layer<S>(&self) -> impl Layer<S> + use<S>
    where
        S: Subscriber + for<'a> LookupSpan<'a>,
    {
        let is_ours = filter_fn(|about| {
            about.is_span() && about.target().starts_with("cp2") && *about.level() <= Level::DEBUG
        });
        tracing_opentelemetry::layer()
            .with_tracer(self.provider.tracer("cp2"))
            .with_location(false)
            .with_threads(false)
            .with_tracked_inactivity(false)
            .with_filter(is_ours)
    }

    pub(super) async fn stop(self) {
        let provider = self.provider;
        // It waits for its own thread, which asks this runtime to send.
        let stopped =
            tokio::task::spawn_blocking(move || provider.shutdown_with_timeout(LAST)).await;
        if !matches!(stopped, Ok(Ok(()))) {
            tracing::warn!(endpoint = self.endpoint, "the last traces were not sent");
        }
    }
}

/// The client that spans go by. They are sent by a thread of the library, which knows no runtime.
struct OnTokio {
    transport: Transport,
    runtime: Handle,
}

impl fmt::Debug for OnTokio {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OnTokio(…)")
    }
}

#[async_trait::async_trait]
impl HttpClient for OnTokio {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let transport = self.transport.clone();
        let sent = self
            .runtime
            .spawn(async move { transport.send(request).await });
        let answer = sent.await??;
        let mut response = Response::new(answer.body);
        *response.status_mut() = answer.status;
        *response.headers_mut() = answer.headers;
        Ok(response)
    }
}
