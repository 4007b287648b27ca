//! Outgoing HTTP, with nothing left to the library's defaults.

use std::sync::{Arc, Once};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::{HeaderMap, Request, StatusCode};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use crate::domain::is_public;
use crate::failpoints::power_may_go;

/// The longest answer that is read; an aggregator's is a few hundred bytes.
const LONGEST_ANSWER: usize = 64 * 1024;

/// Sends requests to aggregators.
#[derive(Debug, Clone)]
pub struct Transport(reqwest::Client);

/// No answer came.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TransportError {
    /// No byte of the request has left.
    #[error("no connection")]
    NotSent,
    /// The request may have arrived.
    #[error("the answer was lost: {0}")]
    Unknown(&'static str),
}

/// An answer.
#[derive(Debug)]
pub struct Answer {
    /// Its status.
    pub status: StatusCode,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body.
    pub body: Bytes,
}

impl Transport {
    /// A transport that gives an aggregator this long for an answer.
    pub fn new(timeout: Duration) -> Result<Self, reqwest::Error> {
        Ok(Self(builder(timeout).build()?))
    }

    /// A transport that connects to addresses of the open internet alone, whatever a name
    /// leads to. Whoever asks has looked at addresses that stand in place of a name.
    pub fn to_the_open(timeout: Duration) -> Result<Self, reqwest::Error> {
        let builder = builder(timeout).dns_resolver(Arc::new(Open));
        Ok(Self(builder.https_only(true).build()?))
    }

    /// Sends a request; of its answer only status and headers count.
    pub async fn status_of(
        &self,
        request: Request<Bytes>,
    ) -> Result<(StatusCode, HeaderMap), TransportError> {
        let request = reqwest::Request::try_from(request).map_err(|_| TransportError::NotSent)?;
        let sent = self.0.execute(request).await;
        let response = sent.map_err(|error| what_failed(&error))?;
        Ok((response.status(), response.headers().clone()))
    }

    /// Sends a request and reads its answer.
    pub async fn send(&self, request: Request<Bytes>) -> Result<Answer, TransportError> {
        let request = reqwest::Request::try_from(request).map_err(|_| TransportError::NotSent)?;
        let mut response = self
            .0
            .execute(request)
            .await
            .map_err(|error| what_failed(&error))?;
        power_may_go!("send.answered");
        let mut body = BytesMut::new();
        while let Some(chunk) = response
            .chunk()
            .await
            .map_err(|error| what_failed(&error))?
        {
            if body.len() + chunk.len() > LONGEST_ANSWER {
                return Err(TransportError::Unknown("the answer is too long"));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Answer {
            status: response.status(),
            headers: response.headers().clone(),
            body: body.freeze(),
        })
    }
}

/// What every client has in common.
fn builder(timeout: Duration) -> reqwest::ClientBuilder {
    static PROVIDER: Once = Once::new();
    PROVIDER.call_once(|| {
        // An error means that a provider is in place already, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
    });
    reqwest::Client::builder()
        .timeout(timeout)
        .connect_timeout(timeout.min(Duration::from_secs(3)))
        // A redirect would carry a password to wherever it points.
        .redirect(reqwest::redirect::Policy::none())
        // Whether to send again is decided by the outbox alone.
        .retry(reqwest::retry::never())
        .http1_only()
        // Shorter than any server's, so that a send does not meet a closing connection.
        .pool_idle_timeout(Duration::from_secs(4))
        .no_proxy()
}

/// Looks names up, and knows only what is public of what they lead to.
struct Open;

impl Resolve for Open {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let open: Vec<_> = found.filter(|address| is_public(address.ip())).collect();
            if open.is_empty() {
                return Err("it leads to no public address".into());
            }
            Ok(Box::new(open.into_iter()) as Addrs)
        })
    }
}

/// The library's own words are not used: they name the address, keys and all.
fn what_failed(error: &reqwest::Error) -> TransportError {
    if error.is_connect() || error.is_builder() {
        TransportError::NotSent
    } else if error.is_timeout() {
        TransportError::Unknown("time-out")
    } else if error.is_body() || error.is_decode() {
        TransportError::Unknown("the answer broke off")
    } else {
        TransportError::Unknown("the connection broke")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_name_that_leads_home_leads_nowhere() {
        let localhost = Open.resolve("localhost".parse().unwrap()).await;
        assert!(localhost.is_err());
    }

    #[tokio::test]
    async fn what_goes_to_the_open_goes_by_https_alone() {
        let transport = Transport::to_the_open(Duration::from_secs(1)).unwrap();
        let request = Request::post("http://203.0.113.1/").body(Bytes::new());
        let sent = transport.status_of(request.unwrap()).await;
        assert_eq!(sent.unwrap_err(), TransportError::NotSent);
    }
}
