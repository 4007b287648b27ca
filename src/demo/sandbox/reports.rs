//! Delivery reports and verdicts on SIM cards, posted to the service as Africa's Talking
//! would.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::StatusCode;
use http::header::CONTENT_TYPE;
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::SandboxSettings;
use super::behaviour::Behaviour;
use crate::aggregators::FormWriter;
use crate::domain::Msisdn;

/// Together about a minute and a half, in which a killed service comes back.
const ATTEMPTS: u32 = 50;
const FIRST_WAIT: Duration = Duration::from_millis(50);
const LONGEST_WAIT: Duration = Duration::from_secs(2);

/// How many reports are on the line at once.
const LINES: usize = 16;

/// The network of Africa's Talking's own sandbox.
const NETWORK: &str = "99999";

/// What is reported of an accepted message.
pub(super) enum Fate {
    Delivered,
    /// Delivered, but told twice, with older news in between.
    OutOfOrder,
    Failed(String),
}

impl Fate {
    /// The fate of a message, unless nothing is to be heard of it.
    pub(super) fn of(behaviour: &Behaviour) -> Option<Self> {
        match behaviour {
            Behaviour::Deliver
            | Behaviour::ReportFirst
            | Behaviour::LoseReply { reported: true }
            | Behaviour::HalfReply { reported: true }
            | Behaviour::HoldReply { reported: true } => Some(Self::Delivered),
            Behaviour::ReportOutOfOrder => Some(Self::OutOfOrder),
            Behaviour::FailReport(reason) => Some(Self::Failed(reason.clone())),
            _ => None,
        }
    }
}

/// Reports on their way.
pub(super) type Reporting = JoinHandle<Option<()>>;

pub(super) struct Reporter {
    deliveries: Line,
    sim_swaps: Line,
    delay: Duration,
    sent_first: bool,
    stop: CancellationToken,
    tasks: TaskTracker,
}

impl Reporter {
    /// Nothing when there is nowhere to report to.
    pub(super) fn open(
        settings: &SandboxSettings,
        stop: &CancellationToken,
        tasks: &TaskTracker,
    ) -> io::Result<Option<Self>> {
        let Some(base) = &settings.callbacks else {
            return Ok(None);
        };
        Ok(Some(Self {
            deliveries: Line::open(
                &format!("{base}/delivery"),
                "application/x-www-form-urlencoded",
            )?,
            sim_swaps: Line::open(&format!("{base}/sim-swap"), "application/json")?,
            delay: settings.report_delay,
            sent_first: settings.report_sent,
            stop: stop.clone(),
            tasks: tasks.clone(),
        }))
    }

    /// Sees to it that the message's reports are delivered, in their order. The task
    /// that is given back ends when they are.
    pub(super) fn report(&self, id: String, to: Msisdn, fate: Fate) -> Reporting {
        let line = self.deliveries.clone();
        let delay = self.delay;
        let sent_first = self.sent_first;
        let work = async move {
            tokio::time::sleep(delay).await;
            if sent_first {
                line.deliver(form(&id, &to, "Sent").finish()).await;
            }
            if let Fate::OutOfOrder = fate {
                line.deliver(form(&id, &to, "Success").finish()).await;
                line.deliver(form(&id, &to, "Sent").finish()).await;
            }
            let last = match fate {
                Fate::Delivered | Fate::OutOfOrder => form(&id, &to, "Success"),
                Fate::Failed(reason) => form(&id, &to, "Failed").field("failureReason", &reason),
            };
            line.deliver(last.finish()).await;
        };
        let stop = self.stop.clone();
        self.tasks.spawn(stop.run_until_cancelled_owned(work))
    }

    /// Sees to it that a verdict on a SIM card is delivered.
    pub(super) fn verdict(&self, verdict: &serde_json::Value) {
        let (line, delay, stop) = (self.sim_swaps.clone(), self.delay, self.stop.clone());
        let body = verdict.to_string();
        let work = async move {
            tokio::time::sleep(delay).await;
            line.deliver(body).await;
        };
        self.tasks.spawn(stop.run_until_cancelled_owned(work));
    }
}

fn form(id: &str, to: &Msisdn, status: &str) -> FormWriter {
    FormWriter::new()
        .field("id", id)
        .field("status", status)
        .field("phoneNumber", &to.e164())
        .field("networkCode", NETWORK)
        .field("retryCount", "0")
}

/// The line to the service.
#[derive(Clone)]
struct Line {
    client: reqwest::Client,
    url: reqwest::Url,
    content: &'static str,
    free: Arc<Semaphore>,
}

impl Line {
    fn open(url: &str, content: &'static str) -> io::Result<Self> {
        // The client wants one even for plain HTTP; another part of the
        // program may have been first, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder()
            .connect_timeout(Duration::from_secs(2))
            .timeout(Duration::from_secs(10))
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .no_proxy()
            .build()
            .map_err(io::Error::other)?;
        Ok(Self {
            client,
            url: url.parse().map_err(io::Error::other)?,
            content,
            free: Arc::new(Semaphore::new(LINES)),
        })
    }

    /// Posts something until it is taken or refused, or the attempts are used up.
    async fn deliver(&self, body: impl AsRef<[u8]> + Send + 'static) {
        let body = Bytes::from_owner(body);
        let mut wait = FIRST_WAIT;
        for _ in 0..ATTEMPTS {
            match self.post(body.clone()).await {
                Some(status) if status.is_success() => return,
                Some(status) if status.is_client_error() => {
                    tracing::warn!(%status, "a callback of the sandbox was refused");
                    return;
                }
                _ => tokio::time::sleep(wait).await,
            }
            wait = LONGEST_WAIT.min(wait * 2);
        }
        tracing::warn!("a callback of the sandbox found nobody");
    }

    async fn post(&self, body: Bytes) -> Option<StatusCode> {
        let _line = self.free.acquire().await.ok()?;
        let request = self.client.post(self.url.clone()).body(body);
        let request = request.header(CONTENT_TYPE, self.content);
        Some(request.send().await.ok()?.status())
    }
}
