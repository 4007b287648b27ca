//! What goes on while a channel is bound.

use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rusmpp::pdus::DeliverSmResp;
use rusmpp::{Command, CommandStatus, Pdu};
use tokio::sync::{Semaphore, mpsc};
use tokio::time::{Instant, interval_at};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::aggregators::smpp::{Delivered, Dialogues, Smpp, UssdHop};
use crate::aggregators::{Channel, NotSent, SendOutcome, Wire};
use crate::intake::{Failed, Intake};
use crate::outbox::Errand;

use super::link::{Incoming, Link, Lost};

/// What the SMSC brings that is under way at once; what comes on top is refused for now.
const AT_ONCE: usize = 256;

/// How long a network waits for a screen.
const DEADLINE: Duration = Duration::from_secs(10);

/// A channel that is bound.
pub(super) struct Bound {
    channel: Channel,
    link: Arc<Link>,
    intake: Intake,
    /// How long an answer is waited for.
    patience: Duration,
    dialogues: Mutex<Dialogues>,
    /// What phones join the parts of the next SMS by.
    reference: AtomicU8,
    places: Semaphore,
}

impl Bound {
    pub(super) fn new(
        channel: Channel,
        account: &Smpp,
        link: Arc<Link>,
        intake: Intake,
        patience: Duration,
    ) -> Arc<Self> {
        Arc::new(Self {
            dialogues: Mutex::new(account.dialogues()),
            reference: AtomicU8::new(0),
            places: Semaphore::new(AT_ONCE),
            channel,
            link,
            intake,
            patience,
        })
    }

    /// Serves the connection until it is over, or until told to stop.
    pub(super) async fn serve(
        self: Arc<Self>,
        mut incoming: mpsc::Receiver<Incoming>,
        errands: &mut mpsc::Receiver<Errand>,
        enquire_every: Duration,
        stop: &CancellationToken,
    ) {
        let tasks = TaskTracker::new();
        let mut enquire = interval_at(Instant::now() + enquire_every, enquire_every);
        loop {
            tokio::select! {
                came = incoming.recv() => match came {
                    Some(came) => {
                        if !self.hear(came, &tasks).await {
                            break;
                        }
                    }
                    None => break,
                },
                Some(errand) = errands.recv() => {
                    let own = Arc::clone(&self);
                    tasks.spawn(async move { own.run(errand).await });
                }
                _ = enquire.tick() => {
                    let own = Arc::clone(&self);
                    tasks.spawn(async move { own.enquire().await });
                }
                () = stop.cancelled() => {
                    // Whatever the answer is, the connection ends.
                    let _ = self.link.ask_now(Pdu::Unbind, self.until()).await;
                    break;
                }
            }
        }
        self.link.end();
        tasks.close();
        tasks.wait().await;
    }

    fn until(&self) -> Instant {
        Instant::now() + self.patience
    }

    async fn enquire(&self) {
        if self
            .link
            .ask_now(Pdu::EnquireLink, self.until())
            .await
            .is_err()
        {
            tracing::warn!(channel = self.channel.name, "the SMSC is silent");
            self.link.end();
        }
    }

    /// Sends one SMS. Its parts follow each other; where one is refused, the SMS was not sent,
    /// for no phone shows it without.
    async fn run(&self, errand: Errand) {
        let outcome = self.send(&errand).await;
        // Nobody waits any more where this fails.
        let _ = errand.done.send(outcome);
    }

    async fn send(&self, errand: &Errand) -> SendOutcome {
        let Wire::Smpp(account) = self.channel.aggregator.wire() else {
            return SendOutcome::NotSent(NotSent::OutOfReach);
        };
        let reference = self.reference.fetch_add(1, Ordering::Relaxed);
        let pdus = match account.submits(&errand.to, &errand.text, reference) {
            Ok(pdus) => pdus,
            Err(error) => {
                let reason = error.to_string();
                return SendOutcome::NotSent(NotSent::Permanent { reason });
            }
        };
        let until = self.until();
        let mut outcome = SendOutcome::NotSent(NotSent::OutOfReach);
        for pdu in pdus {
            outcome = match self.link.ask(pdu, until).await {
                Ok(answer) => read_answer(account, &answer),
                Err(Lost::NotSent) => SendOutcome::NotSent(NotSent::OutOfReach),
                Err(Lost::Unknown) => unknown(),
            };
            if !matches!(outcome, SendOutcome::Accepted { .. }) {
                break;
            }
        }
        outcome
    }

    /// False when the connection is to end.
    async fn hear(self: &Arc<Self>, came: Incoming, tasks: &TaskTracker) -> bool {
        let command = match came {
            Incoming::Command(command) => command,
            Incoming::Unreadable(number) => {
                tracing::warn!(channel = self.channel.name, "a PDU can't be read");
                let status = CommandStatus::EsmeRinvcmdid;
                self.link.answer(number, status, Pdu::GenericNack).await;
                return true;
            }
        };
        let (number, ok) = (command.sequence_number(), CommandStatus::EsmeRok);
        match command.pdu() {
            Some(Pdu::DeliverSm(_)) => {
                let own = Arc::clone(self);
                tasks.spawn(async move { own.take(&command).await });
            }
            Some(Pdu::EnquireLink) => self.link.answer(number, ok, Pdu::EnquireLinkResp).await,
            Some(Pdu::Unbind) => {
                self.link.answer(number, ok, Pdu::UnbindResp).await;
                return false;
            }
            _ => {
                let status = CommandStatus::EsmeRinvcmdid;
                self.link.answer(number, status, Pdu::GenericNack).await;
            }
        }
        true
    }

    /// Takes in what came, and says so when it is kept.
    async fn take(&self, command: &Command) {
        let number = command.sequence_number();
        let Ok(_place) = self.places.try_acquire() else {
            return self.acknowledge(number, CommandStatus::EsmeRmsgqful).await;
        };
        let (Wire::Smpp(account), Some(Pdu::DeliverSm(pdu))) =
            (self.channel.aggregator.wire(), command.pdu())
        else {
            return;
        };
        let name = &self.channel.name;
        let kept = match account.read(pdu) {
            Some(Delivered::Sms(sms)) => self.intake.sms(name, vec![sms]).await,
            Some(Delivered::Report(report)) => self.intake.reports(name, vec![report]).await,
            Some(Delivered::Ussd(hop)) => return self.hop(account, number, hop).await,
            Some(Delivered::Nothing) => Ok(()),
            None => {
                // Repeating it would change nothing.
                tracing::warn!(channel = name, "what the SMSC brought can't be understood");
                Ok(())
            }
        };
        let status = match kept {
            Ok(()) => CommandStatus::EsmeRok,
            Err(Failed) => CommandStatus::EsmeRxTAppn,
        };
        self.acknowledge(number, status).await;
    }

    async fn acknowledge(&self, number: u32, status: CommandStatus) {
        let answer = DeliverSmResp::default();
        self.link.answer(number, status, answer).await;
    }

    /// Takes a turn, and shows the screen that it leads to.
    async fn hop(&self, account: &Smpp, number: u32, hop: UssdHop) {
        let now = self.intake.clock.now();
        let turn = self.dialogues().turn(&hop.caller, hop.said, now);
        let Some(turn) = turn else {
            return self.acknowledge(number, CommandStatus::EsmeRok).await;
        };
        let screen = self.intake.turn(&self.channel, &turn, DEADLINE).await;
        self.acknowledge(number, CommandStatus::EsmeRok).await;
        if screen.end {
            self.dialogues().end(&hop.caller);
        }
        let shown = match account.screen(&screen, &hop.reply) {
            Ok(pdu) => self.link.ask(pdu, self.until()).await.ok(),
            Err(_) => None,
        };
        if shown.is_none_or(|answer| answer.status() != CommandStatus::EsmeRok) {
            // The person dials again, and is asked whether to go on.
            tracing::warn!(channel = self.channel.name, "a screen was not shown");
        }
    }

    fn dialogues(&self) -> MutexGuard<'_, Dialogues> {
        self.dialogues
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

fn unknown() -> SendOutcome {
    SendOutcome::Unknown {
        reason: "the answer was lost".into(),
    }
}

fn read_answer(account: &Smpp, answer: &Command) -> SendOutcome {
    match (answer.status(), answer.pdu()) {
        (status, Some(Pdu::SubmitSmResp(answer))) => {
            account.outcome(status, Some(answer.message_id().as_str()))
        }
        (CommandStatus::EsmeRok, _) => unknown(),
        (status, _) => account.outcome(status, None),
    }
}
