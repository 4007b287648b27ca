//! The desk that the phones lie on: what is done with them, and what happens to them.

use std::io;
use std::time::Duration;

use tokio::time::Instant;

use super::deed::Deed;
use super::face::Face;
use super::phone::{Event, Limits, Phone, Phones};
use crate::demo::Carrier;
use crate::demo::handset::{Call, Handset, HandsetError};
use crate::domain::Msisdn;

/// How long an SMS is waited for.
const PATIENCE: Duration = Duration::from_secs(30);

/// The phones and the network between them and the service.
pub(super) struct Desk {
    pub(super) handset: Handset,
    pub(super) phones: Phones,
    pub(super) face: Face,
    pub(super) limits: Limits,
    /// The code of the service, which begins all that can be dialled.
    pub(super) service_code: String,
    /// What is dialled where nothing else is said.
    pub(super) code: String,
    /// The network of each phone that is taken up later.
    pub(super) carrier_of: CarrierOf,
    pub(super) waits: Option<Wait>,
}

/// Finds the network of a number.
pub(super) type CarrierOf = Box<dyn Fn(&Msisdn) -> &'static Carrier>;

/// What has to come before the next deed.
#[derive(Debug, Clone, Copy)]
pub(super) enum Wait {
    Sms { until: Instant },
    TimeOut,
}

/// Why something was not done.
#[derive(Debug, thiserror::Error)]
pub(super) enum DeskError {
    #[error("there is no session: `:dial` begins one")]
    NoSession,
    #[error("there is no phone {0}; there are {1}")]
    NoPhone(usize, usize),
    #[error("`{0}` does not begin with the service's code {1}; --service-code names another")]
    Code(String, String),
    #[error("no SMS came within {} s", PATIENCE.as_secs())]
    NoSms,
    #[error("{0}; --channel and --secret (or CP2_DIAL_SECRET) must be those of the service")]
    Refused(HandsetError),
    #[error("{0}; `cp2 demo` starts a service, and without --url one is started here")]
    OutOfReach(HandsetError),
    #[error(transparent)]
    Handset(HandsetError),
    #[error("can't print")]
    Print(#[from] io::Error),
}

impl From<HandsetError> for DeskError {
    fn from(error: HandsetError) -> Self {
        match &error {
            HandsetError::Refused(status) if status.as_u16() == 404 => Self::Refused(error),
            HandsetError::OutOfReach(_) => Self::OutOfReach(error),
            _ => Self::Handset(error),
        }
    }
}

impl Desk {
    /// Does something with the phone in hand.
    pub(super) async fn act(&mut self, deed: Deed) -> Result<(), DeskError> {
        match deed {
            Deed::Type(answer) => self.answer(&answer).await,
            Deed::Dial(code) => self.dial(code).await,
            Deed::HangUp => self.hang_up().await,
            Deed::TakeUp(place) => {
                let count = self.phones.all.len();
                if place > count {
                    return Err(DeskError::NoPhone(place, count));
                }
                self.take_up(place - 1)
            }
            Deed::From(number) => {
                let known = self.phones.all.iter();
                let place = known
                    .map(|phone| &phone.from)
                    .position(|from| *from == number);
                let place = place.unwrap_or(self.phones.all.len());
                if place == self.phones.all.len() {
                    let carrier = (self.carrier_of)(&number);
                    self.phones.all.push(Phone::new(number, carrier));
                    self.look_at(place).await?;
                }
                self.take_up(place)
            }
            Deed::AwaitSms => {
                let until = Instant::now() + PATIENCE;
                self.waits = Some(Wait::Sms { until });
                self.go_on()
            }
            Deed::AwaitTimeOut if self.phones.in_hand().call.is_none() => Err(DeskError::NoSession),
            Deed::AwaitTimeOut => {
                self.waits = Some(Wait::TimeOut);
                Ok(())
            }
            Deed::Quit => Ok(()),
        }
    }

    async fn dial(&mut self, code: Option<String>) -> Result<(), DeskError> {
        let code = code.unwrap_or_else(|| self.code.clone());
        let extension = extension(&self.service_code, &code)
            .ok_or_else(|| DeskError::Code(code.clone(), self.service_code.clone()))?
            .to_owned();
        if self.phones.in_hand().call.is_some() {
            self.hang_up().await?;
        }
        let phone = self.phones.in_hand_mut();
        let call = Call::new(phone.from.clone(), phone.carrier, &extension);
        self.tell(&Event::Dialled(&code))?;
        self.hop(call).await
    }

    async fn answer(&mut self, answer: &str) -> Result<(), DeskError> {
        let call = self.phones.in_hand_mut().call.take();
        let mut call = call.ok_or(DeskError::NoSession)?;
        call.answer(answer);
        self.tell(&Event::Typed(answer))?;
        self.hop(call).await
    }

    async fn hop(&mut self, mut call: Call) -> Result<(), DeskError> {
        let reply = match self.handset.hop(&mut call).await {
            Ok(reply) => reply,
            Err(error) => {
                let phone = self.phones.in_hand_mut();
                "Connection problem or invalid MMI code.".clone_into(&mut phone.screen);
                "failed".clone_into(&mut phone.state);
                self.tell(&Event::Failed(&error))?;
                self.handset.end(call, "Failed").await;
                return Err(error.into());
            }
        };
        self.phones.in_hand_mut().show(&reply);
        if reply.end {
            self.handset.end(call, "Success").await;
        } else {
            self.phones.in_hand_mut().call = Some(call);
        }
        self.tell(&Event::Screen(&reply))
    }

    async fn hang_up(&mut self) -> Result<(), DeskError> {
        let call = self.phones.in_hand_mut().call.take();
        self.handset
            .end(call.ok_or(DeskError::NoSession)?, "Incomplete")
            .await;
        "hung up".clone_into(&mut self.phones.in_hand_mut().state);
        self.tell(&Event::HungUp)
    }

    fn take_up(&mut self, place: usize) -> Result<(), DeskError> {
        self.phones.current = place;
        self.tell(&Event::TakenUp)
    }

    /// Ends the sessions whose time is up.
    pub(super) async fn time_out(&mut self) -> Result<(), DeskError> {
        let now = Instant::now();
        while let Some((place, at, limit)) = self.phones.next_deadline(self.limits)
            && at <= now
        {
            let phone = &mut self.phones.all[place];
            "Session timed out. Dial again.".clone_into(&mut phone.screen);
            "timed out".clone_into(&mut phone.state);
            if let Some(call) = phone.call.take() {
                self.handset.end(call, "Incomplete").await;
            }
            self.tell(&Event::TimedOut(place, limit))?;
        }
        self.go_on()
    }

    /// Looks for SMS to each phone.
    pub(super) async fn look(&mut self) -> Result<(), DeskError> {
        for place in 0..self.phones.all.len() {
            self.look_at(place).await?;
        }
        self.go_on()
    }

    async fn look_at(&mut self, place: usize) -> Result<(), DeskError> {
        let inbox = self.handset.inbox(&self.phones.all[place].from).await?;
        // Only a demo has inboxes.
        for sms in self.phones.all[place].take(inbox.unwrap_or_default()) {
            self.tell(&Event::Sms(place, &sms))?;
            let phone = &mut self.phones.all[place];
            phone.unheard += 1;
            phone.sms.push(sms);
        }
        Ok(())
    }

    /// Sees whether what is waited for has come.
    fn go_on(&mut self) -> Result<(), DeskError> {
        let phone = self.phones.in_hand_mut();
        match self.waits {
            Some(Wait::Sms { .. }) if phone.unheard > 0 => {
                phone.unheard -= 1;
                self.waits = None;
            }
            Some(Wait::Sms { until }) if until <= Instant::now() => return Err(DeskError::NoSms),
            Some(Wait::TimeOut) if phone.call.is_none() => self.waits = None,
            _ => {}
        }
        Ok(())
    }

    /// Ends every session, as phones that are put away do.
    pub(super) async fn put_away(&mut self) {
        for phone in &mut self.phones.all {
            if let Some(call) = phone.call.take() {
                self.handset.end(call, "Incomplete").await;
            }
        }
    }

    fn tell(&mut self, event: &Event<'_>) -> Result<(), DeskError> {
        Ok(self.face.tell(&self.phones, self.limits, event)?)
    }
}

/// What is dialled behind the service's own code: nothing for `*384*2026#`, `1` for
/// `*384*2026*1#`; None for somebody else's code.
pub(super) fn extension<'a>(service_code: &str, dialled: &'a str) -> Option<&'a str> {
    let own = service_code.strip_suffix('#')?;
    let rest = dialled.strip_prefix(own)?.strip_suffix('#')?;
    if rest.is_empty() {
        return Some(rest);
    }
    let digits = rest.strip_prefix('*')?;
    let is_key = |c: char| c.is_ascii_digit() || c == '*';
    (!digits.is_empty() && digits.chars().all(is_key)).then_some(digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_the_services_own_with_digits_behind_it() {
        let service = "*384*2026#";
        for (dialled, behind) in [
            ("*384*2026#", Some("")),
            ("*384*2026*1#", Some("1")),
            ("*384*2026*4*1#", Some("4*1")),
            ("*384*20261#", None),
            ("*384*2026*#", None),
            ("*384*2026*x#", None),
            ("*100#", None),
            ("*384*2026", None),
        ] {
            assert_eq!(extension(service, dialled), behind, "{dialled}");
        }
    }
}
