//! What others do in a transcript: the council, its staff, a network.

use crate::actions::ActionError;
use crate::actions::problem::{self, Answers, Stepped};
use crate::actions::registration::{Decided, Decision, decide};
use crate::crypto::Token;
use crate::domain::{Answer, CardSwap, Clock, Msisdn};
use crate::store::roster::Place;
use crate::store::sim_checks::{self, Asked};
use crate::store::{attendance, deployments, people, problems, registrations};

use super::script::{Direction, Step};
use super::stage::{STAFF, Stage, StageError};

impl Stage<'_> {
    /// What others do while nobody looks.
    pub(super) async fn meanwhile(&mut self, step: &Step) -> Result<(), StageError> {
        let (Direction::Moved(line, _) | Direction::Cancelled(line) | Direction::Signed(line)) =
            &step.direction
        else {
            return Ok(());
        };
        let now = self.clock.now();
        let mut tx = self.dialogue.store.begin().await?;
        let found = people::by_msisdn(&mut tx, line).await?;
        let person = found.ok_or(self.script.nonsense(step, "nobody has that line"))?;
        match &step.direction {
            Direction::Moved(_, to) => {
                people::set_msisdn(&mut tx, &person.id, to, None, now).await?;
            }
            Direction::Signed(_) => {
                for managed in deployments::managed_by(&mut tx, &person.id, 0, 9).await? {
                    let place = Place {
                        centre: &managed.centre.code,
                        series: managed.series,
                    };
                    let today = now.date_in_kenya();
                    attendance::sign(&mut tx, place, today, &person.id, now).await?;
                }
            }
            _ => deployments::cancel_of_person(&mut tx, &person.id, now).await?,
        }
        Ok(tx.commit().await?)
    }

    /// An operator decides the open request of a line.
    pub(super) async fn decide(
        &mut self,
        step: &Step,
        line: &Msisdn,
        approves: bool,
    ) -> Result<(), StageError> {
        let tools = &self.dialogue.tools;
        let now = self.clock.now();
        let mut tx = self.dialogue.store.begin().await?;
        let open = registrations::open_of_line(&mut tx, line).await?;
        let open = open.ok_or(
            self.script
                .nonsense(step, "that line has asked for nothing"),
        )?;
        let decision = if approves {
            Decision::Approve
        } else {
            Decision::Refuse("as the transcript says")
        };
        let wanted = (open.reference.as_str(), decision);
        let decided = decide(&mut tx, tools, STAFF, wanted, now).await;
        if self.done(step, decided)? != Decided::Done {
            return Err(self.script.nonsense(step, "that can't be decided so"));
        }
        tx.commit().await?;
        self.post().await
    }

    /// Staff answer the newest problem of a line.
    pub(super) async fn answer(&mut self, step: &Step, line: &Msisdn) -> Result<(), StageError> {
        let tools = &self.dialogue.tools;
        let now = self.clock.now();
        let nothing = || self.script.nonsense(step, "that line has reported nothing");
        let mut tx = self.dialogue.store.begin().await?;
        let person = people::by_msisdn(&mut tx, line).await?;
        let person = person.ok_or_else(nothing)?;
        let newest = problems::of_person(&mut tx, &person.id, 0, 1).await?;
        let newest = newest.first().ok_or_else(nothing)?;
        let answers = Answers {
            en: Answer::parse("You are on the list now.").ok(),
            sw: Answer::parse("Sasa umo kwenye orodha.").ok(),
        };
        let wanted = (newest.reference.as_str(), &problem::Step::Answer(answers));
        let stepped = problem::step(&mut tx, tools, STAFF, wanted, now).await;
        if self.done(step, stepped)? != Stepped::Done {
            return Err(self.script.nonsense(step, "that is answered already"));
        }
        tx.commit().await?;
        self.post().await
    }

    fn done<T>(&self, step: &Step, result: Result<T, ActionError>) -> Result<T, StageError> {
        result.map_err(|source| StageError::Turn {
            file: self.script.name.clone(),
            line: step.line,
            source: source.into(),
        })
    }

    /// A network tells of the card behind the phone, which an action has asked about.
    pub(super) async fn card(&mut self, step: &Step, swap: CardSwap) -> Result<(), StageError> {
        let mut tx = self.dialogue.store.begin().await?;
        let questions = sim_checks::claim(&mut tx, 100).await?;
        let mut questions = questions.iter();
        let question = questions
            .find(|question| Some(&question.line) == self.phone.as_ref().map(|phone| &phone.msisdn))
            .ok_or(
                self.script
                    .nonsense(step, "nobody has asked about its card"),
            )?;
        let reference = Token::fresh();
        let asked = Asked::Reference(reference.reveal());
        sim_checks::settle(&mut tx, &question.line, asked).await?;
        let (channel, now) = (&question.channel, self.clock.now());
        sim_checks::keep_verdict(&mut tx, channel, reference.reveal(), swap, now).await?;
        Ok(tx.commit().await?)
    }
}
