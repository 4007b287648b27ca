//! Connections that are kept, as the worker sees them: what it hands over there, and what
//! became of it. Another room opens them.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{mpsc, oneshot};
use zeroize::Zeroizing;

use crate::aggregators::{NotSent, SendOutcome, Sms};
use crate::domain::Msisdn;

/// The connections of this process that are up, by channel.
#[derive(Clone, Default)]
pub struct Links(Arc<Mutex<BTreeMap<String, mpsc::Sender<Errand>>>>);

/// One SMS that a connection is to carry.
pub struct Errand {
    /// To whom.
    pub to: Msisdn,
    /// What it says.
    pub text: Zeroizing<String>,
    /// Takes what became of it. Dropped without a word, the fate is unknown.
    pub done: oneshot::Sender<SendOutcome>,
}

impl Links {
    /// A channel's connection is up: from now on it gets what is to be sent.
    #[must_use]
    pub fn open(&self, channel: &str) -> mpsc::Receiver<Errand> {
        let (sender, errands) = mpsc::channel(1);
        self.lock().insert(channel.to_owned(), sender);
        errands
    }

    /// A channel's connection is down. What it was handed and has not begun was not sent.
    pub fn close(&self, channel: &str, mut errands: mpsc::Receiver<Errand>) {
        self.lock().remove(channel);
        errands.close();
        while let Ok(errand) = errands.try_recv() {
            // Nobody waits any more where this fails.
            let _ = errand.done.send(out_of_reach());
        }
    }

    pub(super) fn is_open(&self, channel: &str) -> bool {
        self.lock().contains_key(channel)
    }

    pub(super) async fn send(&self, channel: &str, sms: &Sms<'_>) -> SendOutcome {
        let link = self.lock().get(channel).cloned();
        let Some(link) = link else {
            return out_of_reach();
        };
        let (done, outcome) = oneshot::channel();
        let errand = Errand {
            to: sms.to.clone(),
            text: Zeroizing::new(sms.text.to_owned()),
            done,
        };
        if link.send(errand).await.is_err() {
            return out_of_reach();
        }
        outcome.await.unwrap_or_else(|_| SendOutcome::Unknown {
            reason: "the connection broke".into(),
        })
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, mpsc::Sender<Errand>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn out_of_reach() -> SendOutcome {
    SendOutcome::NotSent(NotSent::OutOfReach)
}
