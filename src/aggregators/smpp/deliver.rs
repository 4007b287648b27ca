//! What the SMSC brings: SMS of people, receipts, and hops of USSD dialogues.

use rusmpp::pdus::DeliverSm;
use rusmpp::tlvs::TlvValue;
use rusmpp::values::{ItsSessionInfo, MessageState, UssdServiceOp};
use zeroize::Zeroizing;

use super::receipt::Receipt;
use super::submit::Reply;
use super::words;
use crate::aggregators::id::is_id;
use crate::aggregators::number::full_number;
use crate::aggregators::service_code::is_dialled;
use crate::aggregators::{Inbound, Part, Report, Sender};
use crate::config::SmppConfig;
use crate::domain::Msisdn;

/// The bits of `esm_class` that say that this is no SMS of a person, and the one of a header.
const NOTICE: u8 = 0b0011_1100;
const HAS_HEADER: u8 = 0b0100_0000;

/// What came.
#[derive(Debug)]
pub enum Delivered {
    /// An SMS of a person.
    Sms(Inbound),
    /// What became of one of ours.
    Report(Report),
    /// Somebody dialled, answered or left.
    Ussd(UssdHop),
    /// Nothing to keep: a notice.
    Nothing,
}

/// One hop of a USSD dialogue.
#[derive(Debug)]
pub struct UssdHop {
    /// Who is calling.
    pub caller: Msisdn,
    /// What they did.
    pub said: Said,
    /// How they are answered.
    pub reply: Reply,
}

/// What a caller did. Prints without what was typed.
pub enum Said {
    /// Dialled all this, by one of our codes.
    Dialled(Zeroizing<String>, String),
    /// Typed an answer.
    Answered(Zeroizing<String>),
    /// Left.
    Over,
}

impl std::fmt::Debug for Said {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Dialled(..) => "Dialled",
            Self::Answered(_) => "Answered",
            Self::Over => "Over",
        })
    }
}

/// What the PDU says beside its fixed fields.
#[derive(Default)]
struct Extras<'a> {
    id: Option<&'a str>,
    state: Option<MessageState>,
    payload: Option<&'a [u8]>,
    reference: Option<u16>,
    parts: Option<u8>,
    part: Option<u8>,
    ussd: Option<UssdServiceOp>,
    info: Option<ItsSessionInfo>,
}

impl<'a> Extras<'a> {
    fn of(pdu: &'a DeliverSm) -> Self {
        let mut extras = Self::default();
        for value in pdu.tlvs().iter().filter_map(|tlv| tlv.value()) {
            match value {
                TlvValue::ReceiptedMessageId(id) => extras.id = Some(id.as_str()),
                TlvValue::MessageState(state) => extras.state = Some(*state),
                TlvValue::MessagePayload(payload) => extras.payload = Some(payload.value.as_ref()),
                TlvValue::SarMsgRefNum(reference) => extras.reference = Some(*reference),
                TlvValue::SarTotalSegments(parts) => extras.parts = Some(*parts),
                TlvValue::SarSegmentSeqnum(part) => extras.part = Some(*part),
                TlvValue::UssdServiceOp(operation) => extras.ussd = Some(*operation),
                TlvValue::ItsSessionInfo(info) => extras.info = Some(*info),
                _ => {}
            }
        }
        extras
    }

    fn part(&self) -> Option<Part> {
        Part::new(self.reference?, self.parts?, self.part?)
    }
}

/// Reads a PDU; none where it can't be understood.
pub(super) fn read(
    pdu: &DeliverSm,
    settings: &SmppConfig,
    service_codes: &[String],
) -> Option<Delivered> {
    let extras = Extras::of(pdu);
    let class = u8::from(pdu.esm_class);
    let bytes = extras.payload.unwrap_or(pdu.short_message().as_ref());
    let (text, part) = if class & HAS_HEADER == 0 {
        (bytes, extras.part())
    } else {
        behind_header(bytes)?
    };
    let text = words::read(text, pdu.data_coding, settings.alphabet);
    let from = pdu.source_addr.as_str();
    if let Some(operation) = extras.ussd {
        let said = said(operation, &extras, text, pdu, service_codes);
        return hop(pdu, said, extras.info).map(Delivered::Ussd);
    }
    let is_receipt = extras.id.is_some() && extras.state.is_some();
    if class & NOTICE != 0 || is_receipt {
        let (id, state, text) = (extras.id, extras.state, text.as_str());
        let report = Receipt { id, state, text }.report(full_number(from), settings.receipt_ids);
        return Some(report.map_or(Delivered::Nothing, Delivered::Report));
    }
    Some(Delivered::Sms(Inbound {
        id: extras.id.filter(|id| is_id(id)).map(str::to_owned),
        from: full_number(from).map_or_else(|| Sender::Other(from.to_owned()), Sender::Person),
        to: pdu.destination_addr.as_str().to_owned(),
        text,
        link_id: None,
        network: None,
        received: None,
        part,
    }))
}

/// The text behind its header, and which part of a longer one it is (3GPP TS 23.040, 9.2.3.24:
/// elements of kind, length and content; kinds 0 and 8 say it, with a reference of 8 or 16 bits).
fn behind_header(bytes: &[u8]) -> Option<(&[u8], Option<Part>)> {
    let (length, rest) = bytes.split_first()?;
    let (mut header, text) = rest.split_at_checked(usize::from(*length))?;
    let mut found = None;
    while let [kind, length, rest @ ..] = header {
        let (element, rest) = rest.split_at_checked(usize::from(*length))?;
        found = found.or(match (kind, element) {
            (0, &[reference, of, number]) => Part::new(reference.into(), of, number),
            (8, &[high, low, of, number]) => Part::new(u16::from_be_bytes([high, low]), of, number),
            _ => None,
        });
        header = rest;
    }
    Some((text, found))
}

/// Some SMSCs write what was dialled as the text, some as the address that it came to.
fn said(
    operation: UssdServiceOp,
    extras: &Extras<'_>,
    text: Zeroizing<String>,
    pdu: &DeliverSm,
    service_codes: &[String],
) -> Said {
    let is_over = extras
        .info
        .is_some_and(|info| info.sequence_number & 1 == 1);
    match operation {
        UssdServiceOp::PssrIndication => {
            let dialled = if text.contains('*') {
                text
            } else {
                Zeroizing::new(pdu.destination_addr.as_str().to_owned())
            };
            let ours = service_codes.iter().find(|code| is_dialled(&dialled, code));
            let code = ours.or(service_codes.first()).cloned().unwrap_or_default();
            Said::Dialled(dialled, code)
        }
        UssdServiceOp::UssrConfirm if !is_over => Said::Answered(text),
        _ => Said::Over,
    }
}

fn hop(pdu: &DeliverSm, said: Said, info: Option<ItsSessionInfo>) -> Option<UssdHop> {
    let caller = full_number(pdu.source_addr.as_str())?;
    let reply = Reply {
        caller: caller.clone(),
        service: pdu.destination_addr.clone(),
        service_ton: pdu.dest_addr_ton,
        service_npi: pdu.dest_addr_npi,
        info,
    };
    Some(UssdHop {
        caller,
        said,
        reply,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_named_by_its_header_with_a_short_or_a_long_reference() {
        let part = |reference| Part {
            reference,
            of: 3,
            number: 2,
        };
        for (bytes, expected) in [
            (&[5, 0, 3, 7, 3, 2, b'a'][..], Some(part(7))),
            (&[6, 8, 4, 1, 7, 3, 2, b'a'], Some(part(263))),
            // Behind another element.
            (&[9, 5, 2, 0, 0, 0, 3, 7, 3, 2, b'a'], Some(part(7))),
            // The fourth of three, and one of one.
            (&[5, 0, 3, 7, 3, 4, b'a'], None),
            (&[5, 0, 3, 7, 1, 1, b'a'], None),
        ] {
            assert_eq!(
                behind_header(bytes),
                Some((&b"a"[..], expected)),
                "{bytes:?}"
            );
        }
        for broken in [&[][..], &[5, 0, 3], &[3, 0, 9, 1]] {
            assert_eq!(behind_header(broken), None, "{broken:?}");
        }
    }
}
