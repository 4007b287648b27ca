//! Aggregators whose wire a file of TOML describes: what their callbacks call things, how
//! they want to be answered, and how they send an SMS.
//!
//! `description.rs` is the language, `template.rs` its placeholders, `fields.rs` reads a
//! request by it; `ussd.rs`, `sms_in.rs`, `send.rs` and `answer.rs` are its sections at
//! work. docs/aggregators.md explains every key; the descriptions that come with the
//! program stand in config/channels.

mod account;
mod answer;
mod description;
mod error;
mod fields;
mod send;
mod signature;
mod sms_in;
mod template;
#[cfg(test)]
mod tests;
mod tree;
mod ussd;

pub use account::Account;
pub use error::DescribedError;

use bytes::Bytes;
use http::{HeaderMap, Request, Response, StatusCode};

use super::{
    Aggregator, CallbackError, Inbound, OptOut, RawRequest, Report, SendOutcome, Sms, Ussd, reply,
};
use crate::config::DescriptionText;
use description::Description;

/// One account at an aggregator that descriptions describe.
pub struct Described {
    ussd: Option<ussd::Side>,
    sms_in: Option<sms_in::Inbox>,
    report: Option<sms_in::Reports>,
    opt_out: Option<sms_in::OptOuts>,
    desk: send::Desk,
    signature: Option<signature::Check>,
    acknowledge: Option<description::Reply<template::OfAccount>>,
    account: Account,
}

impl Described {
    /// Reads the descriptions, which add up to one, and fills the account's own values in.
    pub fn open(texts: &[DescriptionText], account: Account) -> Result<Self, DescribedError> {
        let mut whole = Description::default();
        for text in texts {
            whole.add(Description::read(text)?)?;
        }
        let send = whole.send.ok_or(DescribedError::NoSend)?;
        let desk = send::Desk::open(send, &account)?;
        let networks = whole.networks;
        let signature = whole
            .signature
            .map(|signature| signature::Check::open(&signature, &account));
        let ussd = whole.ussd.map(|words| ussd::Side {
            words,
            networks: networks.clone(),
            service_codes: account.service_codes.clone(),
        });
        let opened = Self {
            ussd,
            sms_in: whole.sms_in.map(|words| sms_in::Inbox { words, networks }),
            report: whole.report.map(sms_in::Reports),
            opt_out: whole.opt_out.map(sms_in::OptOuts),
            desk,
            signature: signature.transpose()?,
            acknowledge: whole.acknowledge,
            account,
        };
        opened.account.all_used(texts)?;
        Ok(opened)
    }
}

impl Aggregator for Described {
    fn ussd(&self) -> Option<&dyn Ussd> {
        self.ussd.as_ref().map(|side| side as &dyn Ussd)
    }

    fn verify(&self, request: &RawRequest<'_>) -> Result<(), CallbackError> {
        match &self.signature {
            Some(signature) => signature.verify(request),
            None => Ok(()),
        }
    }

    fn read_inbound(&self, request: &RawRequest<'_>) -> Result<Vec<Inbound>, CallbackError> {
        let inbox = self.sms_in.as_ref().ok_or(CallbackError::NotOffered)?;
        inbox.read(request)
    }

    fn read_reports(&self, request: &RawRequest<'_>) -> Result<Vec<Report>, CallbackError> {
        let reports = self.report.as_ref().ok_or(CallbackError::NotOffered)?;
        reports.read(request)
    }

    fn read_opt_out(&self, request: &RawRequest<'_>) -> Result<OptOut, CallbackError> {
        let opt_outs = self.opt_out.as_ref().ok_or(CallbackError::NotOffered)?;
        opt_outs.read(request)
    }

    fn acknowledge(&self) -> Response<Bytes> {
        match &self.acknowledge {
            Some(reply) => reply.write(&|slot| self.account.value_of(slot)),
            None => reply::plain("OK"),
        }
    }

    fn sms_request(&self, sms: &Sms<'_>) -> Request<Bytes> {
        self.desk.request(sms, &self.account)
    }

    fn sms_outcome(&self, status: StatusCode, headers: &HeaderMap, body: &[u8]) -> SendOutcome {
        self.desk.answer.outcome(status, headers, body)
    }
}
