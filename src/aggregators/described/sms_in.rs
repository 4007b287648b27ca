//! SMS from people, reports and opt-outs, as `[sms_in]`, `[report]` and `[opt_out]`
//! describe them.

use std::sync::Arc;

use super::description::{InboundWords, Networks, OptOutWords, ReportWords, is_one_of, meaning};
use super::fields::{Fields, readable};
use super::signature::{Check, verify};
use crate::aggregators::number::full_number;
use crate::aggregators::quote::quote;
use crate::aggregators::{
    CallbackError, FailureReason, Inbound, OptOut, RawRequest, Report, ReportStatus, Sender,
};

pub(super) struct Inbox {
    pub(super) words: InboundWords,
    pub(super) check: Option<Arc<Check>>,
    pub(super) networks: Networks,
}

pub(super) struct Reports {
    pub(super) words: ReportWords,
    pub(super) check: Option<Arc<Check>>,
}

pub(super) struct OptOuts {
    pub(super) words: OptOutWords,
    pub(super) check: Option<Arc<Check>>,
}

impl Inbox {
    pub(super) fn read(&self, request: &RawRequest<'_>) -> Result<Vec<Inbound>, CallbackError> {
        verify(self.check.as_deref(), request)?;
        let fields = Fields::read(self.words.read, request)?;
        let elements = fields.each(self.words.each.as_deref())?;
        readable(&elements, |fields| self.one(fields))
    }

    fn one(&self, fields: &Fields<'_>) -> Result<Inbound, CallbackError> {
        let words = &self.words;
        let id = words.id.as_deref();
        let from = fields.required(("from", &words.from))?;
        let network = fields.optional("network", words.network.as_deref())?;
        Ok(Inbound {
            id: id.map(|id| fields.identifier(("id", id))).transpose()?,
            from: full_number(&from).map_or(Sender::Other(from), Sender::Person),
            to: fields
                .optional("to", words.to.as_deref())?
                .unwrap_or_default(),
            text: fields.text(("text", &words.text))?,
            link_id: fields.optional("link_id", words.link_id.as_deref())?,
            network: network.map(|said| self.networks.named(&said)),
            received: None,
            part: None,
        })
    }
}

impl Reports {
    pub(super) fn read(&self, request: &RawRequest<'_>) -> Result<Vec<Report>, CallbackError> {
        verify(self.check.as_deref(), request)?;
        let fields = Fields::read(self.words.read, request)?;
        let elements = fields.each(self.words.each.as_deref())?;
        readable(&elements, |fields| self.one(fields))
    }

    fn one(&self, fields: &Fields<'_>) -> Result<Report, CallbackError> {
        let words = &self.words;
        let said = fields.required(("status", &words.status))?;
        let told = fields.optional("reason", words.reason.as_deref())?;
        let to = fields.optional("to", words.to.as_deref())?;
        let fate = meaning(&said, &words.words);
        Ok(Report {
            message_id: fields.identifier(("id", &words.id))?,
            to: to.and_then(|to| full_number(&to)),
            status: fate.map_or(ReportStatus::Unknown, ReportStatus::from),
            reason: self.reason(&said, told.as_deref()),
            said: quote(&said),
            network: None,
        })
    }

    /// Some say why in the status itself, some in a field of its own.
    fn reason(&self, said: &str, told: Option<&str>) -> Option<FailureReason> {
        let known = |word: &str| meaning(word, &self.words.reasons).map(FailureReason::from);
        let told = told.filter(|told| !is_one_of(told, &["0".to_owned()]));
        told.and_then(known)
            .or_else(|| known(said))
            .or_else(|| told.map(|told| FailureReason::Other(quote(told))))
    }
}

impl OptOuts {
    pub(super) fn read(&self, request: &RawRequest<'_>) -> Result<OptOut, CallbackError> {
        verify(self.check.as_deref(), request)?;
        let fields = Fields::read(self.words.read, request)?;
        Ok(OptOut {
            sender: fields.required(("sender", &self.words.sender))?,
            caller: fields.msisdn(("caller", &self.words.caller))?,
        })
    }
}
