//! USSD as `[ussd]` describes it.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::Response;
use zeroize::Zeroizing;

use super::description::{Networks, Sign, Style, UssdWords, is_one_of};
use super::fields::Fields;
use super::signature::{Check, verify};
use super::template::{OfScreen, plain};
use super::{Acknowledgement, acknowledge};
use crate::aggregators::number::full_number;
use crate::aggregators::quote::quote;
use crate::aggregators::service_code::behind;
use crate::aggregators::{
    CallbackError, EndStatus, Hop, Input, Network, RawRequest, ScreenLimits, SessionEnd, Turn, Ussd,
};
use crate::ussd::Screen;

pub(super) struct Side {
    pub(super) words: UssdWords,
    pub(super) check: Option<Arc<Check>>,
    pub(super) acknowledgement: Option<Acknowledgement>,
    pub(super) networks: Networks,
    pub(super) service_codes: Vec<String>,
}

impl Ussd for Side {
    fn read_hop(&self, request: &RawRequest<'_>) -> Result<Hop, CallbackError> {
        verify(self.check.as_deref(), request)?;
        let fields = Fields::read(self.words.read, request)?;
        if let Some(said) = shows(self.words.ended.as_ref(), &fields)? {
            return self.ended(&fields, &said).map(Hop::Ended);
        }
        self.turn(&fields).map(Hop::Turn)
    }

    fn write_screen(
        &self,
        screen: &Screen,
        turn: &Turn,
        request: &RawRequest<'_>,
    ) -> Response<Bytes> {
        let fields = Fields::read(self.words.read, request).ok();
        let look = |slot: &OfScreen| match slot {
            OfScreen::Text => Some(plain(&screen.text)),
            OfScreen::Session => Some(plain(turn.session.as_str())),
            OfScreen::Caller => Some(plain(turn.caller.as_str())),
            OfScreen::CallerPlus => Some(plain(&turn.caller.e164())),
            OfScreen::ServiceCode => Some(plain(&turn.service_code)),
            OfScreen::Request(name) => fields.as_ref()?.find(("request", name)).ok()?,
        };
        if screen.end {
            self.words.end.write(&look)
        } else {
            self.words.go_on.write(&look)
        }
    }

    fn acknowledge(&self) -> Response<Bytes> {
        acknowledge(self.acknowledgement.as_ref())
    }

    /// What networks take that are not known to take more.
    fn limits(&self, _network: Option<&Network>) -> ScreenLimits {
        ScreenLimits {
            screen: 160,
            input: 80,
        }
    }

    fn deadline(&self) -> Duration {
        Duration::from_secs(self.words.deadline_s)
    }
}

impl Side {
    fn turn(&self, fields: &Fields<'_>) -> Result<Turn, CallbackError> {
        let words = &self.words;
        let told = fields.optional("service_code", words.service_code.as_deref())?;
        let (service_code, own) = self.service_code(told);
        // No input is the empty one: JSON writes it as null, or not at all.
        let text = fields.find(("input", &words.input))?.unwrap_or_default();
        let is_first = shows(words.first.as_ref(), fields)?.is_some();
        let input = match (words.style, self.number(fields)?) {
            (Style::Cumulative, _) => Input::Cumulative(without(own.as_deref(), text)),
            (Style::Last, _) if is_first => Input::Dialled(text),
            (Style::Last, Some(number)) => Input::Numbered(number, text),
            (Style::Last, None) => Input::Last(text),
        };
        Ok(Turn {
            session: fields.session(&words.session)?,
            caller: fields.msisdn(("caller", &words.caller))?,
            service_code,
            network: self.network(fields)?,
            input,
        })
    }

    fn ended(&self, fields: &Fields<'_>, said: &str) -> Result<SessionEnd, CallbackError> {
        let words = &self.words;
        let caller = fields.optional("caller", Some(&words.caller))?;
        Ok(SessionEnd {
            session: fields.session(&words.session)?,
            caller: caller.and_then(|caller| full_number(&caller)),
            service_code: fields.optional("service_code", words.service_code.as_deref())?,
            network: self.network(fields)?,
            status: EndStatus::Other(quote(said)),
            duration: None,
            hops: None,
            cost: None,
            error: None,
        })
    }

    /// The code of ours that was dialled, and what of it arrives as the first input: on a
    /// shared code, ours begins with the one that is told. Where none is told there is one.
    fn service_code(&self, told: Option<String>) -> (String, Option<String>) {
        let Some(told) = told else {
            let only = self.service_codes.first().cloned();
            return (only.unwrap_or_default(), None);
        };
        let longer = |code: &String| Some((code.clone(), Some(behind(code, &told)?.to_owned())));
        let shared = self.service_codes.iter().find_map(longer);
        shared.unwrap_or((told, None))
    }

    fn number(&self, fields: &Fields<'_>) -> Result<Option<u64>, CallbackError> {
        let told = fields.optional("number", self.words.number.as_deref())?;
        told.map(|told| told.parse())
            .transpose()
            .map_err(|_| CallbackError::Malformed("number"))
    }

    fn network(&self, fields: &Fields<'_>) -> Result<Option<Network>, CallbackError> {
        let said = fields.optional("network", self.words.network.as_deref())?;
        Ok(said.map(|said| self.networks.named(&said)))
    }
}

/// What the field says, when that is the sign.
fn shows(sign: Option<&Sign>, fields: &Fields<'_>) -> Result<Option<String>, CallbackError> {
    let Some(sign) = sign else { return Ok(None) };
    let said = fields.find(("sign", &sign.field))?;
    let said = said.filter(|said| sign.is.is_empty() || is_one_of(said, &sign.is));
    Ok(said.map(|said| said.as_str().to_owned()))
}

/// The input behind our own part of a shared code.
fn without(own: Option<&str>, text: Zeroizing<String>) -> Zeroizing<String> {
    let Some(rest) = own.and_then(|own| text.strip_prefix(own)) else {
        return text;
    };
    match rest.strip_prefix('*') {
        Some(answers) => plain(answers),
        None if rest.is_empty() => Zeroizing::default(),
        None => text,
    }
}
