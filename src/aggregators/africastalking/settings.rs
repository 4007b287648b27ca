//! What we must know about an account.

use std::fmt;

use secrecy::ExposeSecret;
use zeroize::Zeroizing;

use crate::config::{ChannelConfig, SendEndpoint};

/// An account at Africa's Talking. Prints without its key.
pub struct Settings {
    /// `https://api.africastalking.com`, or the sandbox's or a test's address.
    pub base_url: String,
    /// The account's user name; `sandbox` in the sandbox.
    pub username: String,
    /// The account's key.
    pub api_key: Zeroizing<String>,
    /// The short code or registered name that messages come from; without it
    /// the aggregator uses its own.
    pub sender_id: Option<String>,
    /// Which of its two doors to use.
    pub endpoint: Endpoint,
}

/// The two ways in for an SMS. Their answers are alike.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Endpoint {
    /// The form at `/version1/messaging`; works live and in the sandbox.
    #[default]
    Classic,
    /// The JSON at `/version1/messaging/bulk`; live only.
    Bulk,
}

impl From<&ChannelConfig> for Settings {
    fn from(config: &ChannelConfig) -> Self {
        let key = config.api_key.as_ref().map(ExposeSecret::expose_secret);
        let live = || "https://api.africastalking.com".to_owned();
        Self {
            base_url: config.base_url.clone().unwrap_or_else(live),
            username: config.username.clone().unwrap_or_default(),
            api_key: Zeroizing::new(key.unwrap_or_default().to_owned()),
            sender_id: config.sender_id.clone(),
            endpoint: match config.send_endpoint {
                None | Some(SendEndpoint::Classic) => Endpoint::Classic,
                Some(SendEndpoint::Bulk) => Endpoint::Bulk,
            },
        }
    }
}

/// Settings that can't work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    /// The address is no absolute http or https URL.
    #[error("base_url is not an http or https address")]
    BaseUrl,
    /// The key is empty or can't stand in a header.
    #[error("api_key is empty or holds characters that no key has")]
    ApiKey,
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("base_url", &self.base_url)
            .field("username", &self.username)
            .field("sender_id", &self.sender_id)
            .field("endpoint", &self.endpoint)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_print_without_the_key() {
        let settings = Settings {
            base_url: "https://api.africastalking.com".to_owned(),
            username: "council".to_owned(),
            api_key: Zeroizing::new("atsk_very_secret".to_owned()),
            sender_id: None,
            endpoint: Endpoint::Classic,
        };
        let printed = format!("{settings:?}");
        assert!(printed.contains("council"));
        assert!(!printed.contains("secret"));
    }
}
