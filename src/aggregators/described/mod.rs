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
mod door;
mod error;
mod fields;
mod log_in;
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

use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, Request, Response, StatusCode};

use super::{
    Aggregator, CallbackError, HttpSms, Inbound, LogIn, OptOut, RawRequest, Report, SendOutcome,
    Sms, Ussd, Wire, reply,
};
use crate::config::DescriptionText;
use description::Description;
use signature::Check;

/// One account at an aggregator that descriptions describe.
pub struct Described {
    ussd: Option<ussd::Side>,
    inbox: Option<sms_in::Inbox>,
    reports: Option<sms_in::Reports>,
    opt_outs: Option<sms_in::OptOuts>,
    gate: Option<log_in::Gate>,
    desk: send::Desk,
    acknowledgement: Option<Acknowledgement>,
    account: Account,
}

/// What the descriptions of a channel add up to.
#[derive(Default)]
struct Sides {
    ussd: Option<ussd::Side>,
    inbox: Option<sms_in::Inbox>,
    reports: Option<sms_in::Reports>,
    opt_outs: Option<sms_in::OptOuts>,
    gate: Option<log_in::Gate>,
    desk: Option<send::Desk>,
    acknowledgement: Option<Acknowledgement>,
}

/// What callbacks are answered that need no answer.
type Acknowledgement = description::Reply<template::OfNothing>;

impl Described {
    /// Reads the descriptions, which add up to one, and fills the account's own values in.
    pub fn open(texts: &[DescriptionText], account: Account) -> Result<Self, DescribedError> {
        let mut sides = Sides::default();
        for text in texts {
            sides.add(Description::read(text)?, &account)?;
        }
        account.all_used(texts)?;
        Ok(Self {
            ussd: sides.ussd,
            inbox: sides.inbox,
            reports: sides.reports,
            opt_outs: sides.opt_outs,
            gate: sides.gate,
            desk: sides.desk.ok_or(DescribedError::NoSend)?,
            acknowledgement: sides.acknowledgement,
            account,
        })
    }
}

impl Sides {
    /// Signatures, names of networks and acknowledgements hold for the description that they
    /// stand in.
    fn add(&mut self, words: Description, account: &Account) -> Result<(), DescribedError> {
        let check = words.signature.map(|words| Check::open(&words, account));
        let check = check.transpose()?.map(Arc::new);
        let (networks, mut acknowledgement) = (words.networks, words.acknowledge);
        if let Some(words) = words.ussd {
            let side = ussd::Side {
                words,
                check: check.clone(),
                networks: networks.clone(),
                service_codes: account.service_codes.clone(),
                acknowledgement: acknowledgement.take(),
            };
            put(&mut self.ussd, side, "ussd")?;
        }
        if let Some(words) = words.sms_in {
            let check = check.clone();
            let inbox = sms_in::Inbox {
                words,
                check,
                networks,
            };
            put(&mut self.inbox, inbox, "sms_in")?;
        }
        if let Some(words) = words.report {
            let check = check.clone();
            put(
                &mut self.reports,
                sms_in::Reports { words, check },
                "report",
            )?;
        }
        if let Some(words) = words.opt_out {
            put(
                &mut self.opt_outs,
                sms_in::OptOuts { words, check },
                "opt_out",
            )?;
        }
        if let Some(words) = words.token {
            put(&mut self.gate, log_in::Gate::open(words, account)?, "token")?;
        }
        if let Some(words) = words.send {
            put(&mut self.desk, send::Desk::open(words, account)?, "send")?;
        }
        if let Some(reply) = acknowledgement {
            put(&mut self.acknowledgement, reply, "acknowledge")?;
        }
        Ok(())
    }
}

fn put<T>(place: &mut Option<T>, side: T, section: &'static str) -> Result<(), DescribedError> {
    match place.replace(side) {
        Some(_) => Err(DescribedError::Twice(section)),
        None => Ok(()),
    }
}

fn acknowledge(said: Option<&Acknowledgement>) -> Response<Bytes> {
    said.map_or_else(|| reply::plain("OK"), |reply| reply.write(&|_| None))
}

impl Aggregator for Described {
    fn ussd(&self) -> Option<&dyn Ussd> {
        self.ussd.as_ref().map(|side| side as &dyn Ussd)
    }

    fn read_inbound(&self, request: &RawRequest<'_>) -> Result<Vec<Inbound>, CallbackError> {
        let inbox = self.inbox.as_ref().ok_or(CallbackError::NotOffered)?;
        inbox.read(request)
    }

    fn read_reports(&self, request: &RawRequest<'_>) -> Result<Vec<Report>, CallbackError> {
        let reports = self.reports.as_ref().ok_or(CallbackError::NotOffered)?;
        reports.read(request)
    }

    fn read_opt_out(&self, request: &RawRequest<'_>) -> Result<OptOut, CallbackError> {
        let opt_outs = self.opt_outs.as_ref().ok_or(CallbackError::NotOffered)?;
        opt_outs.read(request)
    }

    fn acknowledge(&self) -> Response<Bytes> {
        acknowledge(self.acknowledgement.as_ref())
    }

    fn wire(&self) -> Wire<'_> {
        Wire::Http(self)
    }
}

impl HttpSms for Described {
    fn log_in(&self) -> Option<&dyn LogIn> {
        self.gate.as_ref().map(|gate| gate as &dyn LogIn)
    }

    fn sms_request(&self, sms: &Sms<'_>) -> Request<Bytes> {
        self.desk.request(sms, &self.account)
    }

    fn sms_outcome(&self, status: StatusCode, headers: &HeaderMap, body: &[u8]) -> SendOutcome {
        self.desk.answer.outcome(status, headers, body)
    }
}
