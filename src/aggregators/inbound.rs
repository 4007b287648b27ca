//! An SMS that came to us.

use std::fmt;

use zeroize::Zeroizing;

use super::Network;
use crate::domain::{Msisdn, Timestamp};

/// An SMS from a person. Its text may hold a PIN, so it prints as its length.
#[derive(Clone, PartialEq, Eq)]
pub struct Inbound {
    /// The aggregator's id of the message; the same when it is repeated. Some give none.
    pub id: Option<String>,
    /// Who sent it.
    pub from: Sender,
    /// Our short code.
    pub to: String,
    /// What it says.
    pub text: Zeroizing<String>,
    /// Needed to answer a message that the person paid for.
    pub link_id: Option<String>,
    /// The sender's network, when told.
    pub network: Option<Network>,
    /// When the aggregator received it, when that can be read.
    pub received: Option<Timestamp>,
    /// Which part of a longer text it is, where a network leaves the joining to us.
    pub part: Option<Part>,
}

/// One of several SMS that are one text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// What the parts of one text have in common; phones use it again after a while.
    pub reference: u16,
    /// How many parts there are.
    pub of: u8,
    /// Which this is, from 1.
    pub number: u8,
}

impl Part {
    /// None where the figures name no part of several.
    #[must_use]
    pub fn new(reference: u16, of: u8, number: u8) -> Option<Self> {
        let part = Self {
            reference,
            of,
            number,
        };
        (of > 1 && (1..=of).contains(&number)).then_some(part)
    }
}

/// Who sent an SMS. Prints without the number.
#[derive(Clone, PartialEq, Eq)]
pub enum Sender {
    /// A mobile number of Kenya.
    Person(Msisdn),
    /// A name, a short code or a foreign number; nobody of ours.
    Other(String),
}

impl fmt::Debug for Sender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Person(caller) => f.debug_tuple("Person").field(caller).finish(),
            Self::Other(_) => f.write_str("Other"),
        }
    }
}

impl fmt::Debug for Inbound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Inbound")
            .field("id", &self.id)
            .field("from", &self.from)
            .field("to", &self.to)
            .field("text", &format_args!("{} bytes", self.text.len()))
            .finish_non_exhaustive()
    }
}
