//! One aggregator account.

use std::collections::BTreeMap;

use secrecy::SecretString;
use serde::Deserialize;

use super::smpp::SmppConfig;

/// One `[[channel]]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChannelConfig {
    /// Its name in routes, logs and lists.
    pub name: String,
    /// Which aggregator it is.
    pub kind: ChannelKind,
    /// The path secret of its callbacks; empty for a kind that has none.
    #[serde(default)]
    pub secret: SecretString,
    /// Where its requests go; the aggregator's own address when left out.
    pub base_url: Option<String>,
    /// The sender that phones show; the account's default when left out.
    pub sender_id: Option<String>,
    /// The codes that people dial.
    pub service_codes: Vec<String>,
    /// The most SMS a second.
    #[serde(default = "fifty")]
    pub sms_per_second: u32,
    /// How many septets fit on a screen, by network.
    #[serde(default)]
    pub screen_septets: ScreenSeptets,
    /// The account's user name, at Africa's Talking.
    pub username: Option<String>,
    /// The account's key, at Africa's Talking.
    pub api_key: Option<SecretString>,
    /// Which of Africa's Talking's endpoints sends.
    pub send_endpoint: Option<SendEndpoint>,
    /// The descriptions of the aggregator's wire, which add up: names of those built in, or
    /// files; of kind `http`.
    #[serde(default)]
    pub description: Vec<String>,
    /// What the descriptions leave to the account, such as its key; of kind `http`.
    #[serde(default)]
    pub values: BTreeMap<String, SecretString>,
    /// The bind; of kind `smpp`.
    pub smpp: Option<SmppConfig>,
}

impl ChannelConfig {
    /// What stands in the file that only some kinds have, with the kind that has it.
    pub(super) fn of_some_kinds(&self) -> [(&'static str, ChannelKind, bool); 6] {
        use ChannelKind::{AfricasTalking, Http, Smpp};
        [
            ("username", AfricasTalking, self.username.is_some()),
            ("api_key", AfricasTalking, self.api_key.is_some()),
            (
                "send_endpoint",
                AfricasTalking,
                self.send_endpoint.is_some(),
            ),
            ("description", Http, !self.description.is_empty()),
            ("values", Http, !self.values.is_empty()),
            ("smpp", Smpp, self.smpp.is_some()),
        ]
    }
}

/// How many septets fit on a screen. A network that is left out keeps the figure that
/// the aggregator publishes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ScreenSeptets {
    /// On Safaricom.
    pub safaricom: Option<usize>,
    /// On Airtel.
    pub airtel: Option<usize>,
    /// On Telkom.
    pub telkom: Option<usize>,
    /// On Equitel.
    pub equitel: Option<usize>,
    /// On any other network, and where the aggregator does not tell.
    pub other: Option<usize>,
}

impl ScreenSeptets {
    /// Each with its name in the file.
    pub(super) fn all(&self) -> [(&'static str, Option<usize>); 5] {
        [
            ("safaricom", self.safaricom),
            ("airtel", self.airtel),
            ("telkom", self.telkom),
            ("equitel", self.equitel),
            ("other", self.other),
        ]
    }
}

/// The aggregators that are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ChannelKind {
    /// Africa's Talking.
    AfricasTalking,
    /// Any whose wire a file describes.
    Http,
    /// Any that is reached by SMPP.
    Smpp,
}

/// Africa's Talking's two ways to send.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SendEndpoint {
    /// `/version1/messaging`, a form.
    #[default]
    Classic,
    /// `/version1/messaging/bulk`, JSON; live accounts only.
    Bulk,
}

fn fifty() -> u32 {
    50
}
