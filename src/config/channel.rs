//! One aggregator account.

use secrecy::SecretString;
use serde::Deserialize;

/// One `[[channel]]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChannelConfig {
    /// Its name in routes, logs and lists.
    pub name: String,
    /// Which aggregator it is.
    pub kind: ChannelKind,
    /// The path secret of its callbacks.
    pub secret: SecretString,
    /// Where its requests go.
    #[serde(default = "live")]
    pub base_url: String,
    /// The account's user name.
    pub username: String,
    /// The account's key.
    pub api_key: SecretString,
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
    /// Which of the aggregator's endpoints sends.
    #[serde(default)]
    pub send_endpoint: SendEndpoint,
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

fn live() -> String {
    "https://api.africastalking.com".into()
}

fn fifty() -> u32 {
    50
}
