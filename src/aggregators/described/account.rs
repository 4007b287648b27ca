//! What a description leaves to the account: its own values.

use std::collections::BTreeMap;
use std::fmt;

use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

use super::DescribedError;
use super::template::OfAccount;
use crate::config::{ChannelConfig, DescriptionText};

/// An account's own values. Prints without them.
#[derive(Clone)]
pub struct Account {
    /// Keys, user names and whatever else `{values.NAME}` stands for.
    pub values: BTreeMap<String, SecretString>,
    /// Where its requests go, when the description leaves that open.
    pub base_url: Option<String>,
    /// The sender that phones show.
    pub sender_id: Option<String>,
    /// The codes that people dial.
    pub service_codes: Vec<String>,
    /// The address of this service.
    pub public_url: String,
    /// The path of its callbacks, which holds their secret.
    pub callbacks: Zeroizing<String>,
}

impl Account {
    /// The account that the configuration sets up.
    pub(in crate::aggregators) fn of(config: &ChannelConfig, public_url: &str) -> Self {
        let secret = config.secret.expose_secret();
        Self {
            values: config.values.clone(),
            base_url: config.base_url.clone(),
            sender_id: config.sender_id.clone(),
            service_codes: config.service_codes.clone(),
            public_url: public_url.to_owned(),
            callbacks: Zeroizing::new(format!("/callbacks/{}/{secret}", config.name)),
        }
    }

    pub(super) fn value_of(&self, slot: &OfAccount) -> Option<Zeroizing<String>> {
        let text = match slot {
            OfAccount::BaseUrl => self.base_url.as_deref()?.trim_end_matches('/').to_owned(),
            OfAccount::Sender => self.sender_id.clone()?,
            OfAccount::Callbacks => format!("{}{}", self.public_url, *self.callbacks),
            OfAccount::Value(name) => self.values.get(name)?.expose_secret().to_owned(),
        };
        Some(Zeroizing::new(text))
    }

    /// A value that nobody asks for is a name misspelt.
    pub(super) fn all_used(&self, texts: &[DescriptionText]) -> Result<(), DescribedError> {
        let is_used = |name: &String| {
            let placeholder = format!("{{values.{name}}}");
            texts.iter().any(|text| text.text.contains(&placeholder))
        };
        match self.values.keys().find(|name| !is_used(name)) {
            Some(name) => Err(DescribedError::Unused(name.clone())),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Account")
            .field("base_url", &self.base_url)
            .field("sender_id", &self.sender_id)
            .finish_non_exhaustive()
    }
}
