//! What an aggregator says, in our words, and what we say, in its bytes.
//!
//! An aggregator joins us to the phone networks. [`Aggregator`] is the one face
//! of all of them; each has a folder of its own here, and a new one is a new
//! folder. This room does no I/O and reads no clock: the web room hands it raw
//! requests, the outbox sends what it builds and brings back the answer, so a
//! whole integration is tested with bytes.

pub mod africastalking;
mod channel;
mod error;
mod form;
mod id;
mod inbound;
mod network;
mod number;
mod opt_out;
mod quote;
mod raw;
mod report;
mod retry_after;
mod routes;
mod screen;
mod send;
mod session;
mod sim_swap;
mod turn;

pub use channel::{Channel, Channels};
pub use error::CallbackError;
pub use form::FormWriter;
pub use inbound::{Inbound, Sender};
pub use network::Network;
pub use opt_out::OptOut;
pub use raw::RawRequest;
pub use report::{FailureReason, Report, ReportStatus};
pub use routes::{Routes, Way};
pub use screen::ScreenLimits;
pub use send::{NotSent, SendOutcome, Sms};
pub use session::{EndStatus, SessionEnd, SessionId};
pub use sim_swap::{SimSwap, SimSwapAsked};
pub use turn::{Input, Turn};

use std::time::Duration;

use bytes::Bytes;

use crate::domain::Msisdn;
use crate::ussd::Screen;

/// Translates between one aggregator and the rest of the house.
pub trait Aggregator: Send + Sync {
    /// Reads one hop of a USSD session.
    fn read_turn(&self, request: &RawRequest<'_>) -> Result<Turn, CallbackError>;

    /// Writes the screen that answers `turn`.
    fn write_screen(&self, screen: &Screen, turn: &Turn) -> http::Response<Bytes>;

    /// Reads the notice that a USSD session is over. It may never come.
    fn read_session_end(&self, request: &RawRequest<'_>) -> Result<SessionEnd, CallbackError>;

    /// Reads an SMS that a person sent to us. The same one may come many times.
    fn read_inbound(&self, request: &RawRequest<'_>) -> Result<Inbound, CallbackError>;

    /// Reads what became of an SMS that we sent. Reports may come late, twice
    /// and out of order.
    fn read_report(&self, request: &RawRequest<'_>) -> Result<Report, CallbackError>;

    /// Reads that a person wants no more SMS from one of our senders.
    fn read_opt_out(&self, request: &RawRequest<'_>) -> Result<OptOut, CallbackError>;

    /// The answer that stops the aggregator from repeating a callback other
    /// than a turn.
    fn acknowledge(&self) -> http::Response<Bytes>;

    /// Builds the request that sends one SMS. It holds the text and the key:
    /// never print it.
    fn sms_request(&self, sms: &Sms<'_>) -> http::Request<Bytes>;

    /// Says what the answer to that request means.
    fn sms_outcome(
        &self,
        status: http::StatusCode,
        headers: &http::HeaderMap,
        body: &[u8],
    ) -> SendOutcome;

    /// Builds the request that asks when this line last got a new SIM card.
    fn sim_swap_request(&self, line: &Msisdn) -> http::Request<Bytes>;

    /// Says what the answer to that request means.
    fn sim_swap_asked(&self, status: http::StatusCode, body: &[u8]) -> SimSwapAsked;

    /// Reads the verdict on a line.
    fn read_sim_swap(&self, request: &RawRequest<'_>) -> Result<SimSwap, CallbackError>;

    /// How much fits on one screen and in one answer on this network.
    fn limits(&self, network: Option<&Network>) -> ScreenLimits;

    /// How long the aggregator waits for a screen before it ends the session.
    fn deadline(&self) -> Duration;
}
