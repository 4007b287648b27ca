//! The bind of a channel that is reached by SMPP.

use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

/// `[channel.smpp]`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SmppConfig {
    /// Host and port of the SMSC.
    pub address: String,
    /// Whether the connection is TLS; without it, passwords cross the network in clear.
    #[serde(default = "yes")]
    pub tls: bool,
    /// The account's name there.
    pub system_id: String,
    /// Its password.
    pub password: SecretString,
    /// What some ask for besides.
    #[serde(default)]
    pub system_type: String,
    /// What the SMSC takes `data_coding` 0 for.
    #[serde(default)]
    pub alphabet: SmppAlphabet,
    /// How a text of more than one SMS is sent.
    #[serde(default)]
    pub long_messages: LongMessages,
    /// How `submit_sm_resp` writes the id of a message.
    #[serde(default)]
    pub submit_ids: IdForm,
    /// How receipts write it.
    #[serde(default)]
    pub receipt_ids: IdForm,
    /// Requests that may wait for their answers at once.
    #[serde(default = "ten")]
    pub window: usize,
    /// Seconds between questions whether the other side is there.
    #[serde(default = "thirty")]
    pub enquire_link_s: u64,
}

/// An SMSC's default alphabet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SmppAlphabet {
    /// GSM 7-bit, a septet in each byte.
    #[default]
    Gsm7,
    /// ISO 8859-1.
    Latin1,
}

/// The two ways to send what does not fit into one SMS.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LongMessages {
    /// Parts with a header that the phone joins them by.
    #[default]
    Parts,
    /// One PDU with `message_payload`, which the SMSC cuts.
    Payload,
}

/// How an SMSC writes the ids that it gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum IdForm {
    /// As they are.
    #[default]
    Text,
    /// A number in hexadecimal.
    Hexadecimal,
    /// A number in decimal.
    Decimal,
}

impl SmppConfig {
    /// The first setting that can't be used, and why.
    pub(super) fn fault(&self) -> Option<(&'static str, &'static str)> {
        let fits = |text: &str, most: usize| {
            text.len() <= most && text.bytes().all(|b| b.is_ascii_graphic())
        };
        let port = self
            .address
            .rsplit_once(':')
            .map(|(_, port)| port.parse::<u16>());
        let password = self.password.expose_secret();
        if !matches!(port, Some(Ok(1..))) {
            Some((
                "address",
                "is a host and a port, such as smsc.example.com:2775",
            ))
        } else if self.system_id.is_empty() || !fits(&self.system_id, 15) {
            Some(("system_id", "has 1 to 15 letters, digits and marks"))
        } else if password.is_empty() || !fits(password, 8) {
            Some((
                "password",
                "has 1 to 8 letters, digits and marks: SMPP carries no more",
            ))
        } else if !fits(&self.system_type, 12) {
            Some(("system_type", "has at most 12 letters, digits and marks"))
        } else if self.window == 0 || self.enquire_link_s == 0 {
            Some(("window", "and enquire_link_s must be at least 1"))
        } else {
            None
        }
    }
}

fn yes() -> bool {
    true
}

fn ten() -> usize {
    10
}

fn thirty() -> u64 {
    30
}
