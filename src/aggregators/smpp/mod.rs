//! Networks and aggregators that are reached by SMPP 3.4: by one connection, which is kept,
//! SMS leave, and SMS, reports and USSD come in.
//!
//! This folder turns our words into PDUs and PDUs into our words. The connection itself
//! stands in the room `binds`.

mod deliver;
mod dialogues;
mod ids;
mod outcome;
mod receipt;
mod submit;
mod words;

pub use deliver::{Delivered, Said, UssdHop};
pub use dialogues::Dialogues;
pub use outcome::{Refusal, refusal};
pub use submit::Reply;

use std::time::Duration;

use rusmpp::CommandStatus;
use rusmpp::pdus::{BindTransceiver, DeliverSm, SubmitSm};
use rusmpp::types::COctetString;
use rusmpp::values::InterfaceVersion;
use secrecy::ExposeSecret;

use super::{Aggregator, SendOutcome, Wire};
use crate::config::{ChannelConfig, LongMessages, SmppConfig};
use crate::domain::Msisdn;
use crate::ussd::Screen;

/// One account at an SMSC.
pub struct Smpp {
    settings: SmppConfig,
    sender: submit::Address,
    service_codes: Vec<String>,
}

/// Something that SMPP can't write.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0} can't be written in SMPP")]
pub struct SmppError(&'static str);

impl Smpp {
    /// Checks the settings of an account.
    pub fn open(config: &ChannelConfig) -> Result<Self, SmppError> {
        let settings = config
            .smpp
            .clone()
            .ok_or(SmppError("a missing [channel.smpp]"))?;
        let account = Self {
            sender: submit::Address::of_sender(config.sender_id.as_deref().unwrap_or_default())?,
            service_codes: config.service_codes.clone(),
            settings,
        };
        account.bind().map(|_| account)
    }

    /// Where the SMSC is, and whether it is spoken to by TLS.
    #[must_use]
    pub fn place(&self) -> (&str, bool) {
        (&self.settings.address, self.settings.tls)
    }

    /// How many requests may wait for their answers at once.
    #[must_use]
    pub fn window(&self) -> usize {
        self.settings.window
    }

    /// How often the other side is asked whether it is there.
    #[must_use]
    pub fn enquire_every(&self) -> Duration {
        Duration::from_secs(self.settings.enquire_link_s)
    }

    /// The request that opens a connection for both ways. It holds the password: never print
    /// it.
    pub fn bind(&self) -> Result<BindTransceiver, SmppError> {
        let settings = &self.settings;
        Ok(BindTransceiver::builder()
            .system_id(ascii(&settings.system_id, "system_id")?)
            .password(ascii(settings.password.expose_secret(), "password")?)
            .system_type(ascii(&settings.system_type, "system_type")?)
            .interface_version(InterfaceVersion::Smpp3_4)
            .build())
    }

    /// The PDUs that carry one SMS, in their order; the last one asks for a receipt. They
    /// hold the text: never print them. `reference` is what the phone joins the parts by.
    pub fn submits(
        &self,
        to: &Msisdn,
        text: &str,
        reference: u8,
    ) -> Result<Vec<SubmitSm>, SmppError> {
        let parts = match self.settings.long_messages {
            LongMessages::Parts => words::in_parts(text, self.settings.alphabet, reference),
            LongMessages::Payload => vec![words::whole(text, self.settings.alphabet)],
        };
        submit::sms(&self.sender, to, &parts)
    }

    /// Says what the answer to the last of them means.
    #[must_use]
    pub fn outcome(&self, status: CommandStatus, message_id: Option<&str>) -> SendOutcome {
        outcome::outcome(
            status,
            message_id.map(|id| ids::plain(id, self.settings.submit_ids)),
        )
    }

    /// Reads what the SMSC brings; none where it can't be understood.
    #[must_use]
    pub fn read(&self, pdu: &DeliverSm) -> Option<Delivered> {
        deliver::read(pdu, &self.settings, &self.service_codes)
    }

    /// Nobody has dialled yet.
    #[must_use]
    pub fn dialogues(&self) -> Dialogues {
        Dialogues::new(self.service_codes.first().cloned().unwrap_or_default())
    }

    /// The PDU that shows a screen.
    pub fn screen(&self, screen: &Screen, reply: &Reply) -> Result<SubmitSm, SmppError> {
        let text = words::whole(&screen.text, self.settings.alphabet);
        submit::screen(&text, screen.end, reply)
    }
}

impl Aggregator for Smpp {
    fn wire(&self) -> Wire<'_> {
        Wire::Smpp(self)
    }
}

fn ascii<const MOST: usize>(
    text: &str,
    what: &'static str,
) -> Result<COctetString<1, MOST>, SmppError> {
    text.parse().map_err(|_| SmppError(what))
}
