//! What an aggregator says, in our words, and what we say, in its bytes.
//!
//! An aggregator joins us to the phone networks. [`Aggregator`] is the one face of
//! all of them, with [`Ussd`] and [`SimCards`] for those that have these sides. What
//! has habits of its own is a folder here; `described` speaks for all whose wire a
//! file of TOML can describe, `smpp` for all that are reached by a connection which is kept. This room does no I/O and reads no clock: the web room hands it raw
//! requests, the outbox sends what it builds and brings back the answer, so a
//! whole integration is tested with bytes.

pub mod africastalking;
mod channel;
mod class;
pub mod described;
mod error;
mod form;
mod id;
mod inbound;
mod json;
mod log_in;
mod network;
mod number;
mod opt_out;
mod quote;
mod raw;
mod reply;
mod report;
mod retry_after;
mod routes;
mod screen;
mod send;
mod service_code;
mod session;
mod sim_swap;
pub mod smpp;
mod turn;

pub use channel::{Channel, ChannelError, Channels};
pub use error::CallbackError;
pub use form::FormWriter;
pub use inbound::{Inbound, Part, Sender};
pub use log_in::{LogIn, Token};
pub use network::Network;
pub use opt_out::OptOut;
pub use raw::RawRequest;
pub use report::{FailureReason, Report, ReportStatus};
pub use routes::{Routes, Way};
pub use screen::ScreenLimits;
pub use send::{NotSent, SendOutcome, Sms};
pub use service_code::behind;
pub use session::{EndStatus, SessionEnd, SessionId};
pub use sim_swap::{SimSwap, SimSwapAsked};
pub use turn::{Hop, Input, Turn};

use std::time::Duration;

use bytes::Bytes;

use crate::domain::Msisdn;
use crate::ussd::Screen;

/// Translates between one aggregator and the rest of the house. Every one sends SMS; what
/// else it offers, it says.
pub trait Aggregator: Send + Sync {
    /// Its USSD side, where it has one.
    fn ussd(&self) -> Option<&dyn Ussd> {
        None
    }

    /// Its word on SIM cards, where it gives one.
    fn sim_cards(&self) -> Option<&dyn SimCards> {
        None
    }

    /// Reads the SMS that people sent to us. The same one may come many times.
    fn read_inbound(&self, _request: &RawRequest<'_>) -> Result<Vec<Inbound>, CallbackError> {
        Err(CallbackError::NotOffered)
    }

    /// Reads what became of SMS that we sent. Reports may come late, twice and out of
    /// order.
    fn read_reports(&self, _request: &RawRequest<'_>) -> Result<Vec<Report>, CallbackError> {
        Err(CallbackError::NotOffered)
    }

    /// Reads that a person wants no more SMS from one of our senders.
    fn read_opt_out(&self, _request: &RawRequest<'_>) -> Result<OptOut, CallbackError> {
        Err(CallbackError::NotOffered)
    }

    /// The answer that stops the aggregator from repeating what it told of SMS or cards.
    fn acknowledge(&self) -> http::Response<Bytes> {
        reply::plain("OK")
    }

    /// How SMS leave.
    fn wire(&self) -> Wire<'_>;
}

/// How an aggregator is reached.
#[derive(Clone, Copy)]
pub enum Wire<'a> {
    /// By a request for each SMS.
    Http(&'a dyn HttpSms),
    /// By a connection that is kept, both ways.
    Smpp(&'a smpp::Smpp),
}

/// Sends SMS by requests.
pub trait HttpSms: Send + Sync {
    /// The log-in that they need first, where they do.
    fn log_in(&self) -> Option<&dyn LogIn> {
        None
    }

    /// Builds the request that sends one SMS. It holds the text and the key: never print
    /// it.
    fn sms_request(&self, sms: &Sms<'_>) -> http::Request<Bytes>;

    /// Says what the answer to that request means.
    fn sms_outcome(
        &self,
        status: http::StatusCode,
        headers: &http::HeaderMap,
        body: &[u8],
    ) -> SendOutcome;
}

/// The USSD side of an aggregator.
pub trait Ussd: Send + Sync {
    /// Reads one hop of a session, or the notice at the same address that it is over.
    fn read_hop(&self, request: &RawRequest<'_>) -> Result<Hop, CallbackError>;

    /// Writes the screen that answers `turn`, which came with `request`.
    fn write_screen(
        &self,
        screen: &Screen,
        turn: &Turn,
        request: &RawRequest<'_>,
    ) -> http::Response<Bytes>;

    /// Reads the notice, at an address of its own, that a session is over. It may never
    /// come.
    fn read_session_end(&self, _request: &RawRequest<'_>) -> Result<SessionEnd, CallbackError> {
        Err(CallbackError::NotOffered)
    }

    /// The answer to the notice that a session is over.
    fn acknowledge(&self) -> http::Response<Bytes>;

    /// How much fits on one screen and in one answer on this network.
    fn limits(&self, network: Option<&Network>) -> ScreenLimits;

    /// How long the aggregator waits for a screen before it ends the session.
    fn deadline(&self) -> Duration;
}

/// An aggregator's word on when a line last got a new SIM card.
pub trait SimCards: Send + Sync {
    /// Builds the request that asks about a line.
    fn sim_swap_request(&self, line: &Msisdn) -> http::Request<Bytes>;

    /// Says what the answer to that request means.
    fn sim_swap_asked(&self, status: http::StatusCode, body: &[u8]) -> SimSwapAsked;

    /// Reads the verdict on a line.
    fn read_sim_swap(&self, request: &RawRequest<'_>) -> Result<SimSwap, CallbackError>;
}
