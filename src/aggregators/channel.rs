//! Aggregator accounts by name, as the configuration sets them up.

use std::collections::BTreeMap;
use std::sync::Arc;

use secrecy::{ExposeSecret, SecretString};
use subtle::ConstantTimeEq;

use crate::config::{ChannelConfig, ChannelKind, DescriptionText, ScreenSeptets};
use crate::menus::SCREEN;

use super::africastalking::AfricasTalking;
use super::described::{Account, Described};
use super::smpp::Smpp;
use super::{Aggregator, Network};

/// One account.
#[derive(Clone)]
pub struct Channel {
    /// Its name in routes and lists.
    pub name: String,
    /// Speaks its language.
    pub aggregator: Arc<dyn Aggregator>,
    /// The most SMS a second.
    pub sms_per_second: u32,
    /// The codes people dial, as the aggregator names them.
    pub service_codes: Vec<String>,
    screen_septets: ScreenSeptets,
    secret: SecretString,
}

/// An account that can't be opened.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("channel {channel}: {reason}")]
pub struct ChannelError {
    channel: String,
    reason: String,
}

/// All accounts.
#[derive(Clone, Default)]
pub struct Channels(BTreeMap<String, Channel>);

impl Channel {
    fn open(config: &ChannelConfig, public_url: &str) -> Result<Self, ChannelError> {
        let refuse = |reason: String| ChannelError {
            channel: config.name.clone(),
            reason,
        };
        let aggregator: Arc<dyn Aggregator> = match config.kind {
            ChannelKind::AfricasTalking => {
                let opened = AfricasTalking::open(config.into());
                Arc::new(opened.map_err(|error| refuse(error.to_string()))?)
            }
            ChannelKind::Http => {
                let texts = config
                    .description
                    .iter()
                    .map(|name| DescriptionText::read(name));
                let texts = texts.collect::<Result<Vec<_>, _>>().map_err(refuse)?;
                let opened = Described::open(&texts, Account::of(config, public_url));
                Arc::new(opened.map_err(|error| refuse(error.to_string()))?)
            }
            ChannelKind::Smpp => {
                let opened = Smpp::open(config);
                Arc::new(opened.map_err(|error| refuse(error.to_string()))?)
            }
        };
        Ok(Self {
            name: config.name.clone(),
            aggregator,
            sms_per_second: config.sms_per_second,
            service_codes: config.service_codes.clone(),
            screen_septets: config.screen_septets,
            secret: config.secret.clone(),
        })
    }

    /// How many septets fit on a screen of this network: as set, or as the aggregator
    /// publishes.
    #[must_use]
    pub fn screen_limit(&self, network: Option<&Network>) -> usize {
        let set = &self.screen_septets;
        let set = match network {
            Some(Network::Safaricom) => set.safaricom,
            Some(Network::Airtel) => set.airtel,
            Some(Network::Telkom) => set.telkom,
            Some(Network::Equitel) => set.equitel,
            Some(Network::Other(_)) | None => set.other,
        };
        let published = || Some(self.aggregator.ussd()?.limits(network).screen);
        set.or_else(published).unwrap_or(SCREEN)
    }
}

impl Channels {
    /// Opens every account. Aggregators call back at the public address.
    pub fn open(configs: &[ChannelConfig], public_url: &str) -> Result<Self, ChannelError> {
        let open =
            |config: &ChannelConfig| Ok((config.name.clone(), Channel::open(config, public_url)?));
        Ok(Self(configs.iter().map(open).collect::<Result<_, _>>()?))
    }

    /// The account of that name.
    #[must_use]
    pub fn named(&self, name: &str) -> Option<&Channel> {
        self.0.get(name)
    }

    /// The account that a callback may speak for. A wrong name and a wrong secret get
    /// the same answer, and the time says nothing about how much of a secret was right.
    /// Without a secret there are no callbacks.
    #[must_use]
    pub fn behind(&self, name: &str, secret: &str) -> Option<&Channel> {
        self.0.get(name).filter(|channel| {
            let own = channel.secret.expose_secret().as_bytes();
            !own.is_empty() && own.ct_eq(secret.as_bytes()).into()
        })
    }

    /// Every account.
    pub fn iter(&self) -> impl Iterator<Item = &Channel> {
        self.0.values()
    }
}
