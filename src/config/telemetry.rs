//! Where traces go.

use serde::Deserialize;

/// `[telemetry]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Telemetry {
    /// Where a collector takes spans by OTLP over HTTP, such as
    /// `http://127.0.0.1:4318/v1/traces`; without it, none are made.
    pub otlp_endpoint: Option<String>,
    /// What the service is called there.
    pub service_name: String,
    /// Of how many requests one is traced.
    pub one_in: u32,
}

impl Default for Telemetry {
    fn default() -> Self {
        Self {
            otlp_endpoint: None,
            service_name: "cp2".into(),
            one_in: 1,
        }
    }
}
