//! A phone for programs. It speaks to a service as Africa's Talking does, through the
//! real callback, so what works here works on the air. Only the inbox is a short cut.

use std::fmt;
use std::time::Instant;

use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{Request, StatusCode, Uri};
use serde::Deserialize;

use super::network::{Carrier, LONGEST_ANSWER};
use crate::domain::{Clock, Msisdn, SystemClock};
use crate::outbox::{Transport, TransportError};

/// Where a phone's network finds the service.
pub struct Handset {
    transport: Transport,
    /// Scheme, host and port of the service.
    base: String,
    /// The part of a callback's path that names the channel and knows its secret.
    channel: String,
    service_code: String,
}

/// Why a phone shows nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HandsetError {
    /// Nobody listens there.
    #[error("nothing answers at {0}")]
    OutOfReach(String),
    /// The connection broke, or it took too long.
    #[error("the answer was lost: {0}")]
    Lost(&'static str),
    /// The service refused the callback.
    #[error("the service answered with HTTP {0}")]
    Refused(StatusCode),
    /// Not what a phone or an inbox can show.
    #[error("the answer begins with neither CON nor END")]
    Unreadable,
}

/// One USSD session.
pub struct Call {
    id: String,
    from: Msisdn,
    carrier: &'static Carrier,
    /// All answers so far.
    text: String,
    hops: u32,
    /// What the service said last.
    body: String,
    /// When it began.
    pub started: Instant,
}

/// What a phone is shown.
pub struct Reply {
    /// The screen.
    pub text: String,
    /// Whether the session is over with it.
    pub end: bool,
}

impl fmt::Debug for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reply")
            .field("text", &format_args!("{} bytes", self.text.len()))
            .field("end", &self.end)
            .finish()
    }
}

/// An SMS in an inbox.
#[derive(Deserialize)]
pub struct Received {
    /// The aggregator's id of it.
    pub id: String,
    /// What it says.
    pub text: String,
    /// When it came, as a clock in Kenya shows it.
    pub at: String,
    /// How many SMS it is billed as.
    pub segments: usize,
}

impl Call {
    /// A session that is about to begin, with what is dialled behind the code.
    #[must_use]
    pub fn new(from: Msisdn, carrier: &'static Carrier, extension: &str) -> Self {
        Self {
            id: format!("ATUid_{}", uuid::Uuid::now_v7().simple()),
            from,
            carrier,
            text: extension.to_owned(),
            hops: 0,
            body: String::new(),
            started: Instant::now(),
        }
    }

    /// Adds an answer, as an aggregator repeats it on every later hop.
    pub fn answer(&mut self, answer: &str) {
        if !self.text.is_empty() {
            self.text.push('*');
        }
        self.text.push_str(answer);
    }

    /// How many hops it has taken.
    #[must_use]
    pub fn hops(&self) -> u32 {
        self.hops
    }
}

impl Handset {
    /// A phone whose network knows the service by its address, its channel and the path
    /// secret of that.
    pub fn new(
        base: &str,
        channel: &str,
        secret: &str,
        service_code: &str,
    ) -> Result<Self, reqwest::Error> {
        Ok(Self {
            transport: Transport::new(LONGEST_ANSWER)?,
            base: base.trim_end_matches('/').to_owned(),
            channel: format!("{channel}/{secret}"),
            service_code: service_code.to_owned(),
        })
    }

    /// Takes the session's next hop.
    pub async fn hop(&self, call: &mut Call) -> Result<Reply, HandsetError> {
        call.hops += 1;
        let (reply, body) = self.ask(call).await?;
        call.body = body;
        Ok(reply)
    }

    /// Takes its last hop once more, as a network does that lost the answer.
    pub async fn again(&self, call: &Call) -> Result<Reply, HandsetError> {
        self.ask(call).await.map(|(reply, _)| reply)
    }

    async fn ask(&self, call: &Call) -> Result<(Reply, String), HandsetError> {
        let mut fields = self.names(call);
        fields.push(("text", call.text.clone()));
        let body = self.post("ussd", &fields).await?;
        let body = String::from_utf8(body.to_vec()).map_err(|_| HandsetError::Unreadable)?;
        let (text, end) = match (body.strip_prefix("CON "), body.strip_prefix("END ")) {
            (Some(text), _) => (text, false),
            (_, Some(text)) => (text, true),
            (None, None) => return Err(HandsetError::Unreadable),
        };
        let text = text.to_owned();
        Ok((Reply { text, end }, body))
    }

    /// Tells the service that the session is over: `Success`, `Incomplete` or `Failed`.
    /// Such a notice gets lost on the air too, so nobody hears whether it came.
    pub async fn end(&self, call: Call, status: &str) {
        let now = SystemClock.now().datetime_in_kenya();
        let mut fields = self.names(&call);
        fields.extend([
            ("date", now.strftime("%Y-%m-%d %H:%M:%S").to_string()),
            ("status", status.to_owned()),
            ("cost", "KES 0.00".to_owned()),
            (
                "durationInMillis",
                call.started.elapsed().as_millis().to_string(),
            ),
            ("hopsCount", call.hops.to_string()),
            ("input", call.text),
            ("lastAppResponse", call.body),
        ]);
        let _ = self.post("ussd-end", &fields).await;
    }

    /// The messages of a number, newest first; none where the service keeps no inbox,
    /// which only a demo does.
    pub async fn inbox(&self, of: &Msisdn) -> Result<Option<Vec<Received>>, HandsetError> {
        let path = format!("{}/phone/inbox.json?msisdn={}", self.base, of.as_str());
        let request = Request::get(path).body(Bytes::new());
        match self.send(request).await {
            Ok(body) => {
                let messages = serde_json::from_slice(&body);
                messages.map(Some).map_err(|_| HandsetError::Unreadable)
            }
            Err(HandsetError::Refused(StatusCode::NOT_FOUND)) => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn names(&self, call: &Call) -> Vec<(&'static str, String)> {
        vec![
            ("sessionId", call.id.clone()),
            ("serviceCode", self.service_code.clone()),
            ("phoneNumber", call.from.e164()),
            ("networkCode", call.carrier.code().to_owned()),
        ]
    }

    async fn post(&self, which: &str, fields: &[(&str, String)]) -> Result<Bytes, HandsetError> {
        let path = format!("{}/callbacks/{}/{which}", self.base, self.channel);
        let form = serde_urlencoded::to_string(fields).map_err(|_| HandsetError::Unreadable)?;
        let request = Request::post(path)
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Bytes::from(form));
        self.send(request).await
    }

    async fn send(&self, request: http::Result<Request<Bytes>>) -> Result<Bytes, HandsetError> {
        let out_of_reach = || HandsetError::OutOfReach(self.base.clone());
        let request = request.map_err(|_| out_of_reach())?;
        match self.transport.send(request).await {
            Ok(answer) if answer.status.is_success() => Ok(answer.body),
            Ok(answer) => Err(HandsetError::Refused(answer.status)),
            Err(TransportError::NotSent) => Err(out_of_reach()),
            Err(TransportError::Unknown(reason)) => Err(HandsetError::Lost(reason)),
        }
    }
}

/// The address of a service, or why it is none.
pub fn parse_base(text: &str) -> Result<String, String> {
    let uri: Uri = text
        .parse()
        .map_err(|_| format!("`{text}` is not an address such as http://127.0.0.1:8080"))?;
    match (uri.scheme_str(), uri.host()) {
        (Some("http" | "https"), Some(_)) if matches!(uri.path(), "" | "/") => Ok(text.to_owned()),
        _ => Err("it must be http:// or https:// with a host, and no path".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_a_scheme_and_a_host_and_no_path() {
        for good in ["http://127.0.0.1:8080", "https://cp2.example.org/"] {
            assert!(parse_base(good).is_ok(), "{good}");
        }
        for bad in ["127.0.0.1:8080", "ftp://h", "http://h/phone", "http://", ""] {
            assert!(parse_base(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn each_answer_is_added_to_all_before_it() {
        let from = Msisdn::parse("254700000001").unwrap();
        let mut call = Call::new(from, Carrier::named("safaricom").unwrap(), "");
        for answer in ["3", "", "1"] {
            call.answer(answer);
        }
        assert_eq!(call.text, "3**1");
    }
}
