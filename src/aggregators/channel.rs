//! Aggregator accounts by name, as the configuration sets them up.

use std::collections::BTreeMap;
use std::sync::Arc;

use secrecy::{ExposeSecret, SecretString};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::config::{ChannelConfig, ChannelKind, ScreenSeptets, SendEndpoint};
use crate::menus::SCREEN;

use super::africastalking::{AfricasTalking, Endpoint, Settings, SettingsError};
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

/// All accounts.
#[derive(Clone, Default)]
pub struct Channels(BTreeMap<String, Channel>);

impl Channel {
    fn open(config: &ChannelConfig) -> Result<Self, SettingsError> {
        let aggregator = match config.kind {
            ChannelKind::AfricasTalking => AfricasTalking::open(Settings {
                base_url: config.base_url.clone(),
                username: config.username.clone(),
                api_key: Zeroizing::new(config.api_key.expose_secret().to_owned()),
                sender_id: config.sender_id.clone(),
                endpoint: match config.send_endpoint {
                    SendEndpoint::Classic => Endpoint::Classic,
                    SendEndpoint::Bulk => Endpoint::Bulk,
                },
            })?,
        };
        Ok(Self {
            name: config.name.clone(),
            aggregator: Arc::new(aggregator),
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
    /// Opens every account.
    pub fn open(configs: &[ChannelConfig]) -> Result<Self, SettingsError> {
        let open = |config: &ChannelConfig| Ok((config.name.clone(), Channel::open(config)?));
        Ok(Self(configs.iter().map(open).collect::<Result<_, _>>()?))
    }

    /// The account of that name.
    #[must_use]
    pub fn named(&self, name: &str) -> Option<&Channel> {
        self.0.get(name)
    }

    /// The account that a callback may speak for. A wrong name and a wrong secret get
    /// the same answer, and the time says nothing about how much of a secret was right.
    #[must_use]
    pub fn behind(&self, name: &str, secret: &str) -> Option<&Channel> {
        self.0.get(name).filter(|channel| {
            channel
                .secret
                .expose_secret()
                .as_bytes()
                .ct_eq(secret.as_bytes())
                .into()
        })
    }

    /// Every account.
    pub fn iter(&self) -> impl Iterator<Item = &Channel> {
        self.0.values()
    }
}
