//! Africa's Talking: USSD, bulk and premium SMS.
//!
//! Callbacks are form posts without a signature or a turn number; sending is
//! one HTTP call without an idempotency key. `status.rs` has its tables,
//! `ussd.rs` and `sms_in.rs` read callbacks, `send.rs` writes the request and
//! `answer.rs` reads what came back;
//! `sim_swap.rs` asks about a line.

mod answer;
mod send;
mod settings;
mod sim_swap;
mod sms_in;
mod status;
mod ussd;
#[cfg(test)]
mod wire;

pub use settings::{Endpoint, Settings, SettingsError};
pub use ussd::limits;

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Request, Response, StatusCode};

use super::{
    Aggregator, CallbackError, Hop, HttpSms, Inbound, Network, OptOut, RawRequest, Report,
    ScreenLimits, SendOutcome, SessionEnd, SimCards, SimSwap, SimSwapAsked, Sms, Turn, Ussd, Wire,
    reply,
};
use crate::domain::Msisdn;
use crate::ussd::Screen;

/// One account at Africa's Talking.
#[derive(Debug)]
pub struct AfricasTalking {
    desk: send::Desk,
}

impl AfricasTalking {
    /// Checks the settings of an account.
    pub fn open(settings: Settings) -> Result<Self, SettingsError> {
        let desk = send::Desk::open(settings)?;
        Ok(Self { desk })
    }
}

impl Aggregator for AfricasTalking {
    fn ussd(&self) -> Option<&dyn Ussd> {
        Some(self)
    }

    fn sim_cards(&self) -> Option<&dyn SimCards> {
        Some(self)
    }

    fn read_inbound(&self, request: &RawRequest<'_>) -> Result<Vec<Inbound>, CallbackError> {
        sms_in::read_inbound(request).map(|one| vec![one])
    }

    fn read_reports(&self, request: &RawRequest<'_>) -> Result<Vec<Report>, CallbackError> {
        sms_in::read_report(request).map(|one| vec![one])
    }

    fn read_opt_out(&self, request: &RawRequest<'_>) -> Result<OptOut, CallbackError> {
        sms_in::read_opt_out(request)
    }

    fn wire(&self) -> Wire<'_> {
        Wire::Http(self)
    }
}

impl HttpSms for AfricasTalking {
    fn sms_request(&self, sms: &Sms<'_>) -> Request<Bytes> {
        self.desk.request(sms)
    }

    fn sms_outcome(&self, status: StatusCode, headers: &HeaderMap, body: &[u8]) -> SendOutcome {
        answer::outcome(status, headers, body)
    }
}

impl Ussd for AfricasTalking {
    fn read_hop(&self, request: &RawRequest<'_>) -> Result<Hop, CallbackError> {
        ussd::read_turn(request).map(Hop::Turn)
    }

    fn write_screen(&self, screen: &Screen, _: &Turn, _: &RawRequest<'_>) -> Response<Bytes> {
        ussd::write_screen(screen)
    }

    fn read_session_end(&self, request: &RawRequest<'_>) -> Result<SessionEnd, CallbackError> {
        ussd::read_session_end(request)
    }

    fn acknowledge(&self) -> Response<Bytes> {
        reply::plain("OK")
    }

    fn limits(&self, network: Option<&Network>) -> ScreenLimits {
        ussd::limits(network)
    }

    fn deadline(&self) -> Duration {
        Duration::from_secs(10)
    }
}

impl SimCards for AfricasTalking {
    fn sim_swap_request(&self, line: &Msisdn) -> Request<Bytes> {
        self.desk.sim_swap_request(line)
    }

    fn sim_swap_asked(&self, status: StatusCode, body: &[u8]) -> SimSwapAsked {
        sim_swap::asked(status, body)
    }

    fn read_sim_swap(&self, request: &RawRequest<'_>) -> Result<SimSwap, CallbackError> {
        sim_swap::read_verdict(request)
    }
}
