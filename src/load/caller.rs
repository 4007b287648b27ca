//! One phone of many.

use std::sync::Arc;
use std::time::Duration;

use rand::RngExt;
use rand::rngs::SmallRng;
use tokio::time::{Instant, sleep};

use crate::demo::CARRIERS;
use crate::demo::handset::{Call, HandsetError, Reply};
use crate::domain::Msisdn;

use super::{Load, Span};

/// How a screen begins by which the service asks to be dialled again (`words.unavailable`).
pub(super) const BUSY: &str = "The service is busy.";

/// Takes up a phone for one session after another.
pub(super) struct Caller {
    load: Arc<Load>,
    rng: SmallRng,
    span: Span,
}

impl Caller {
    pub(super) fn new(load: Arc<Load>, rng: SmallRng, span: Span) -> Self {
        Self { load, rng, span }
    }

    /// One session, which was to begin at that time.
    pub(super) async fn session(&mut self, due: Instant) {
        let load = Arc::clone(&self.load);
        let settings = &load.settings;
        let number = settings.first + self.rng.random_range(0..settings.people);
        let Ok(from) = Msisdn::parse(&number.to_string()) else {
            load.figures.failed("a caller's number is none");
            return;
        };
        let choice = self.rng.random_range(0..settings.dialogues.len());
        let dialogue = &settings.dialogues[choice];
        let mut call = Call::new(from, &CARRIERS[0], &dialogue.extension);
        load.figures.begun();
        let status = self.talk(&mut call, &dialogue.answers, due).await;
        load.figures.over(self.counts(due), status == "Success");
        if settings.notices {
            settings.handset.end(call, status).await;
        }
    }

    /// Dials and answers until the session is over; says how it ended, in the words of the
    /// aggregator.
    async fn talk(&mut self, call: &mut Call, answers: &[String], due: Instant) -> &'static str {
        let load = Arc::clone(&self.load);
        let (mut due, mut answers) = (due, answers.iter());
        loop {
            let Some(reply) = self.hop(call, due).await else {
                return "Failed";
            };
            if self.happens(load.settings.repeats) {
                self.repeat(call, &reply).await;
            }
            if reply.end {
                return "Success";
            }
            let Some(answer) = answers.next() else {
                return "Incomplete";
            };
            if self.happens(load.settings.drops) {
                return "Incomplete";
            }
            let pause = self.pause();
            if !pause.is_zero() {
                sleep(pause).await;
            }
            due = Instant::now();
            if due >= self.span.until {
                return "Incomplete";
            }
            call.answer(answer);
        }
    }

    /// Takes the next hop. Its time runs from when it was due: a service that is late with
    /// one session is late with all that wait behind it.
    async fn hop(&self, call: &mut Call, due: Instant) -> Option<Reply> {
        let answer = self.load.settings.handset.hop(call).await;
        if !self.counts(due) {
            return answer.ok();
        }
        match answer {
            Ok(reply) => {
                let is_busy = reply.end && reply.text.starts_with(BUSY);
                self.load.figures.answered(due.elapsed(), is_busy);
                Some(reply)
            }
            Err(error) => {
                self.load.figures.failed(&plain(&error));
                None
            }
        }
    }

    /// The same hop again, as an aggregator sends it that lost the answer.
    async fn repeat(&self, call: &Call, first: &Reply) {
        let answer = self.load.settings.handset.again(call).await;
        let is_same = answer.is_ok_and(|again| again.text == first.text && again.end == first.end);
        self.load.figures.repeated(is_same);
    }

    fn counts(&self, due: Instant) -> bool {
        (self.span.from..self.span.until).contains(&due)
    }

    fn happens(&mut self, percent: f64) -> bool {
        percent > 0.0 && self.rng.random_range(0.0..100.0) < percent
    }

    /// Nobody reads in no time: a third of the mean is sure, the rest is chance, and long
    /// for a few.
    fn pause(&mut self) -> Duration {
        let mean = self.load.settings.think;
        if mean.is_zero() {
            return mean;
        }
        let chance: f64 = -(1.0 - self.rng.random::<f64>()).ln();
        mean.mul_f64((1.0 + 2.0 * chance) / 3.0)
    }
}

/// An address is the same for all; only what happened counts.
fn plain(error: &HandsetError) -> String {
    match error {
        HandsetError::OutOfReach(_) => "no connection".to_owned(),
        other => other.to_string(),
    }
}
