//! What happens behind the doors: checking, deciding, keeping, reporting.

use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use uuid::Uuid;
use zeroize::Zeroizing;

use super::SandboxSettings;
use super::answer::{self, Answer, Refusal};
use super::behaviour::{Behaviour, Script};
use super::ledger::{Ledger, LedgerEntry};
use super::reports::{Fate, Reporter, Reporting};
use crate::domain::{Clock, Msisdn};
use crate::text::segments;

pub(super) struct Office {
    username: String,
    api_key: Zeroizing<String>,
    clock: Arc<dyn Clock>,
    script: Mutex<Script>,
    ledger: Mutex<Ledger>,
    accepted: watch::Sender<usize>,
    reporter: Option<Reporter>,
    tasks: TaskTracker,
}

/// One text to some numbers.
pub(super) struct Order {
    pub(super) username: String,
    pub(super) numbers: Vec<String>,
    pub(super) text: String,
}

/// A number as it was written, and what is done with the message to it.
struct Recipient {
    number: String,
    plan: Result<(Msisdn, Behaviour), Refusal>,
}

impl Office {
    pub(super) fn open(
        settings: SandboxSettings,
        stop: &CancellationToken,
        tasks: &TaskTracker,
    ) -> io::Result<Self> {
        let reporter = Reporter::open(&settings, stop, tasks)?;
        let ledger = match &settings.ledger_file {
            Some(path) => Ledger::open(path)?,
            None => Ledger::default(),
        };
        Ok(Self {
            username: settings.username,
            api_key: settings.api_key,
            clock: settings.clock,
            script: Mutex::default(),
            accepted: watch::Sender::new(ledger.all().len()),
            ledger: Mutex::new(ledger),
            reporter,
            tasks: tasks.clone(),
        })
    }

    pub(super) fn script(&self) -> MutexGuard<'_, Script> {
        self.script.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn ledger(&self) -> MutexGuard<'_, Ledger> {
        self.ledger.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn reporter(&self) -> Option<&Reporter> {
        self.reporter.as_ref()
    }

    pub(super) fn accepted(&self) -> watch::Receiver<usize> {
        self.accepted.subscribe()
    }

    pub(super) async fn receive(self: Arc<Self>, headers: &HeaderMap, order: Order) -> Response {
        if !self.knows(headers, &order.username) {
            return answer::unauthenticated();
        }
        let tasks = self.tasks.clone();
        // In a task of its own: a client that hangs up stops this handler, and
        // what is accepted must be reported all the same.
        let work = tasks.spawn_blocking(move || self.handle(order));
        match work.await {
            Ok(Ok((response, reports_first))) => {
                for report in reports_first {
                    let _ = report.await;
                }
                response
            }
            Ok(Err(error)) => {
                tracing::error!(%error, "the sandbox can't write its ledger");
                StatusCode::INTERNAL_SERVER_ERROR.into_response()
            }
            Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        }
    }

    pub(super) fn knows(&self, headers: &HeaderMap, username: &str) -> bool {
        let key = headers.get("apikey").map(http::HeaderValue::as_bytes);
        key == Some(self.api_key.as_bytes()) && username == self.username
    }

    /// The answer, and the reports that must be delivered before it leaves.
    fn handle(&self, order: Order) -> io::Result<(Response, Vec<Reporting>)> {
        let recipients = self.plan(order.numbers);
        let mut plans = recipients.iter().flat_map(|recipient| &recipient.plan);
        if let Some(refusal) = plans.find_map(|(_, behaviour)| answer::refuse_all(behaviour)) {
            return Ok((refusal, Vec::new()));
        }
        let mut answer = Answer::new(segments(&order.text));
        let mut reports_first = Vec::new();
        for Recipient { number, plan } in &recipients {
            match plan {
                Err(refusal) => answer.refused(number, *refusal),
                Ok((to, behaviour)) => {
                    let (id, report) = self.accept(to, &order.text, behaviour)?;
                    let is_first = *behaviour == Behaviour::ReportFirst;
                    reports_first.extend(report.filter(|_| is_first));
                    answer.accepted(number, &id, behaviour);
                }
            }
        }
        Ok((answer.into_response(), reports_first))
    }

    fn plan(&self, numbers: Vec<String>) -> Vec<Recipient> {
        let mut script = self.script();
        let mut plan = |number: &str| {
            let to = in_full(number).ok_or(answer::INVALID_NUMBER)?;
            let behaviour = script.take(&to);
            match answer::refuse_one(&behaviour) {
                Some(refusal) => Err(refusal),
                None => Ok((to, behaviour)),
            }
        };
        let numbers = numbers.into_iter();
        numbers
            .map(|number| Recipient {
                plan: plan(&number),
                number,
            })
            .collect()
    }

    fn accept(
        &self,
        to: &Msisdn,
        text: &str,
        behaviour: &Behaviour,
    ) -> io::Result<(String, Option<Reporting>)> {
        let id = format!("ATXid_{}", Uuid::now_v7().simple());
        let entry = LedgerEntry {
            id: id.clone(),
            to: to.clone(),
            text: text.to_owned(),
            at: self.clock.now(),
            segments: segments(text),
        };
        self.ledger().append(entry)?;
        self.accepted.send_modify(|count| *count += 1);
        tracing::debug!(id, to = to.masked(), "the sandbox accepted a message");
        let report = match (&self.reporter, Fate::of(behaviour)) {
            (Some(reporter), Some(fate)) => Some(reporter.report(id.clone(), to.clone(), fate)),
            _ => None,
        };
        Ok((id, report))
    }
}

/// Africa's Talking wants numbers as `+254…`.
pub(super) fn in_full(number: &str) -> Option<Msisdn> {
    let to = Msisdn::parse(number).ok()?;
    (to.e164() == number).then_some(to)
}
