//! What we send: SMS, and the screens of USSD dialogues.

use rusmpp::pdus::SubmitSm;
use rusmpp::tlvs::MessageSubmissionRequestTlvValue as Tlv;
use rusmpp::types::{AnyOctetString, COctetString, OctetString};
use rusmpp::values::{
    EsmClass, ItsSessionInfo, MessagePayload, Npi, RegisteredDelivery, Ton, UssdServiceOp,
};

use super::words::Words;
use super::{SmppError, ascii};
use crate::domain::Msisdn;

/// The longest text that stands in `short_message`; a longer one is a payload.
const SHORT: usize = 254;

/// The bit that says that the text begins with a header.
const HAS_HEADER: u8 = 0x40;

/// The bit of `registered_delivery` that asks for a receipt, of success and of failure.
const RECEIPT: u8 = 1;

/// A sender or a recipient.
#[derive(Clone, Debug)]
pub(super) struct Address {
    ton: Ton,
    npi: Npi,
    text: COctetString<1, 21>,
}

impl Address {
    /// A name, a short code, or a number in full; empty for the account's own.
    pub(super) fn of_sender(text: &str) -> Result<Self, SmppError> {
        let digits = text.strip_prefix('+').unwrap_or(text);
        let is_number = digits.bytes().all(|byte| byte.is_ascii_digit());
        let (ton, npi, text) = match digits.len() {
            0 => (Ton::Unknown, Npi::Unknown, ""),
            1..=8 if is_number => (Ton::NetworkSpecific, Npi::Unknown, digits),
            _ if is_number => (Ton::International, Npi::Isdn, digits),
            _ => (Ton::Alphanumeric, Npi::Unknown, text),
        };
        let text = ascii(text, "sender_id")?;
        Ok(Self { ton, npi, text })
    }

    fn of(line: &Msisdn) -> Result<Self, SmppError> {
        Ok(Self {
            ton: Ton::International,
            npi: Npi::Isdn,
            text: ascii(line.as_str(), "the number")?,
        })
    }
}

/// Where a screen goes: what is to be repeated of the hop that it answers.
#[derive(Clone, Debug)]
pub struct Reply {
    pub(super) caller: Msisdn,
    /// The address that the hop came to.
    pub(super) service: COctetString<1, 21>,
    pub(super) service_ton: Ton,
    pub(super) service_npi: Npi,
    pub(super) info: Option<ItsSessionInfo>,
}

/// One SMS in its parts. The receipt of the last part stands for all of them.
pub(super) fn sms(
    from: &Address,
    to: &Msisdn,
    parts: &[Words],
) -> Result<Vec<SubmitSm>, SmppError> {
    let to = Address::of(to)?;
    let mut pdus = parts
        .iter()
        .map(|words| pdu(from, &to, words))
        .collect::<Result<Vec<_>, _>>()?;
    if let Some(last) = pdus.last_mut() {
        last.registered_delivery = RegisteredDelivery::from(RECEIPT);
    }
    Ok(pdus)
}

/// One screen: a question to the phone, or the last word of the dialogue.
pub(super) fn screen(text: &Words, is_last: bool, reply: &Reply) -> Result<SubmitSm, SmppError> {
    let from = Address {
        ton: reply.service_ton,
        npi: reply.service_npi,
        text: reply.service.clone(),
    };
    let mut pdu = pdu(&from, &Address::of(&reply.caller)?, text)?;
    pdu.push_tlv(Tlv::UssdServiceOp(if is_last {
        UssdServiceOp::PssrResponse
    } else {
        UssdServiceOp::UssrRequest
    }));
    if let Some(info) = reply.info {
        // The lowest bit says that the dialogue is over.
        let unit = info.sequence_number & !1 | u8::from(is_last);
        pdu.push_tlv(Tlv::ItsSessionInfo(ItsSessionInfo::new(
            info.session_number,
            unit,
        )));
    }
    Ok(pdu)
}

fn pdu(from: &Address, to: &Address, words: &Words) -> Result<SubmitSm, SmppError> {
    // Not the type's default, which is that of an acknowledgement.
    let class = if words.has_header { HAS_HEADER } else { 0 };
    let mut pdu = SubmitSm::builder()
        .source_addr_ton(from.ton)
        .source_addr_npi(from.npi)
        .source_addr(from.text.clone())
        .dest_addr_ton(to.ton)
        .dest_addr_npi(to.npi)
        .destination_addr(to.text.clone())
        .esm_class(EsmClass::from(class))
        .data_coding(words.coding)
        .build();
    if words.bytes.len() > SHORT {
        let payload = AnyOctetString::from_slice(words.bytes.as_slice());
        pdu.push_tlv(Tlv::MessagePayload(MessagePayload::new(payload)));
    } else {
        let text = OctetString::from_slice(words.bytes.as_slice());
        pdu.set_short_message(text.map_err(|_| SmppError("the text"))?);
    }
    Ok(pdu)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sender_is_a_name_a_short_code_a_number_or_left_to_the_account() {
        let kind = |text| Address::of_sender(text).unwrap().ton;
        assert_eq!(kind("COUNCIL"), Ton::Alphanumeric);
        assert_eq!(kind("22456"), Ton::NetworkSpecific);
        assert_eq!(kind("+254700000001"), Ton::International);
        assert_eq!(kind(""), Ton::Unknown);
        assert!(Address::of_sender("BARAZA LA MITIHANI LA TAIFA").is_err());
    }
}
