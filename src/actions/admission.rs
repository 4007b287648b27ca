//! Whether somebody may do something: the one place that decides, by the settings, and
//! writes down what it decided.

use crate::config::Demands;
use crate::domain::{Level, Timestamp};
use crate::menus::{FieldSpec, Kind, OutcomeSpec, Value};
use crate::store::people::Person;
use crate::store::{guesses, pins};
use crate::ussd::Outcome;

use super::caller::STRANGER;
use super::card::Card;
use super::work::{ActionError, Work};

/// A kind of action that people ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deed {
    /// Look up where one is deployed.
    SeeDeployment,
    /// Have one's letter.
    GetLetter,
    /// Have a new password.
    ResetPassword,
    /// Look at one's record.
    SeeRecord,
    /// Change it.
    ChangeRecord,
    /// Take another line.
    ChangeNumber,
    /// Accept or decline.
    AnswerInvitation,
    /// Report a problem.
    ReportProblem,
    /// See who works at one's centre.
    SeeRoster,
    /// See and tell what is known of it.
    DescribeCentre,
    /// Keep its register.
    KeepAttendance,
    /// Decide about a lost line of somebody there.
    DecideClaim,
}

impl Deed {
    fn name(self) -> &'static str {
        match self {
            Self::SeeDeployment => "see_deployment",
            Self::GetLetter => "get_letter",
            Self::ResetPassword => "reset_password",
            Self::SeeRecord => "see_record",
            Self::ChangeRecord => "change_record",
            Self::ChangeNumber => "change_number",
            Self::AnswerInvitation => "answer_invitation",
            Self::ReportProblem => "report_problem",
            Self::SeeRoster => "see_roster",
            Self::DescribeCentre => "describe_centre",
            Self::KeepAttendance => "keep_attendance",
            Self::DecideClaim => "decide_claim",
        }
    }

    fn level(self, demands: &Demands) -> Level {
        match self {
            Self::SeeDeployment => demands.see_deployment,
            Self::GetLetter => demands.get_letter,
            Self::ResetPassword => demands.reset_password,
            Self::SeeRecord => demands.see_record,
            Self::ChangeRecord => demands.change_record,
            Self::ChangeNumber => demands.change_number,
            Self::AnswerInvitation => demands.answer_invitation,
            Self::ReportProblem => demands.report_problem,
            Self::SeeRoster => demands.see_roster,
            Self::DescribeCentre => demands.describe_centre,
            Self::KeepAttendance => demands.keep_attendance,
            Self::DecideClaim => demands.decide_claim,
        }
    }

    /// Whether it hands something over that opens doors, so that it waits where the line
    /// is too newly theirs.
    fn hands_over(self) -> bool {
        matches!(self, Self::ResetPassword | Self::GetLetter)
    }

    /// Whether it is worth asking the network about the card behind the line.
    fn asks_for_the_card(self) -> bool {
        self.hands_over() || matches!(self, Self::ChangeRecord | Self::ChangeNumber)
    }
}

pub(super) const NEEDS_ID: OutcomeSpec =
    OutcomeSpec::new("needs_id", "the ID number must be typed first", &[]).and_again();
pub(super) const NEEDS_PIN: OutcomeSpec =
    OutcomeSpec::new("needs_pin", "the PIN must be typed first", &[]).and_again();
pub(super) const NEEDS_SET_UP: OutcomeSpec =
    OutcomeSpec::new("needs_set_up", "a PIN must be set first", &[]).and_again();
pub(super) const LOCKED: OutcomeSpec = OutcomeSpec::new(
    "locked",
    "too many wrong guesses; how long it is locked",
    &[FieldSpec::new("minutes", Kind::Number(4))],
);
pub(super) const CHECKING: OutcomeSpec = OutcomeSpec::new(
    "checking",
    "the network is being asked about the SIM card; again in a moment",
    &[],
)
.and_again();
pub(super) const WAITS: OutcomeSpec = OutcomeSpec::new(
    "waits",
    "the line, the PIN or the SIM card is too new; until when it waits",
    &[
        FieldSpec::new("until_day", Kind::Date),
        FieldSpec::new("until_hour", Kind::Time),
    ],
);

/// The outcomes of an action that asks for admission, its own first.
macro_rules! admitted_outcomes {
    ($($own:expr),* $(,)?) => {
        &[
            $($own,)*
            $crate::actions::caller::STRANGER,
            $crate::actions::admission::NEEDS_ID,
            $crate::actions::admission::NEEDS_PIN,
            $crate::actions::admission::NEEDS_SET_UP,
            $crate::actions::admission::LOCKED,
            $crate::actions::admission::WAITS,
            $crate::actions::admission::CHECKING,
        ]
    };
}
pub(super) use admitted_outcomes;

/// What was decided.
pub(super) enum Admission {
    /// They may; their record is held until the work is done.
    Granted(Box<Person>),
    /// They may not, or not yet: what the action ends with.
    Refused(Outcome),
}

/// The person of an admission that is granted; otherwise the action ends here.
macro_rules! admit {
    ($work:expr, $deed:ident) => {
        match $work
            .admission($crate::actions::admission::Deed::$deed)
            .await?
        {
            $crate::actions::admission::Admission::Granted(person) => *person,
            $crate::actions::admission::Admission::Refused(outcome) => return Ok(outcome),
        }
    };
}
pub(super) use admit;

impl Work<'_> {
    /// Decides whether the person on the line may do something, and writes that down where
    /// the decision is more than "whoever holds the line may".
    pub(super) async fn admission(&mut self, deed: Deed) -> Result<Admission, ActionError> {
        let person = if self.may_write {
            self.person_held().await?
        } else {
            self.person().await?
        };
        let Some(person) = person else {
            return Ok(Admission::Refused(Outcome::of(STRANGER.name)));
        };
        let level = deed.level(&self.tools.policy.proof);
        let refusal = self.refusal(deed, level, &person).await?;
        let word = match &refusal {
            Some(outcome) => outcome.name,
            None => "granted",
        };
        if self.may_write && (level > Level::Line || refusal.is_some()) {
            let detail = format!("{}: {word}", deed.name());
            self.log(&person, "policy.decided", Some(detail)).await?;
        }
        Ok(match refusal {
            Some(outcome) => Admission::Refused(outcome),
            None => Admission::Granted(Box::new(person)),
        })
    }

    async fn refusal(
        &mut self,
        deed: Deed,
        level: Level,
        person: &Person,
    ) -> Result<Option<Outcome>, ActionError> {
        let card = self.card(deed.asks_for_the_card()).await?;
        if matches!(card, Card::Asked) {
            return Ok(Some(Outcome::of(CHECKING.name).to_try_again()));
        }
        if let Some(until) = self.waiting(deed, person, &card).await? {
            return Ok(Some(waits(until)));
        }
        let level = card.raise(level, self);
        if self.proofs.reach(level) {
            return Ok(None);
        }
        if level == Level::NationalId {
            return Ok(Some(Outcome::of(NEEDS_ID.name).to_try_again()));
        }
        if pins::of(self.tx, &person.id).await?.is_none() {
            return Ok(Some(Outcome::of(NEEDS_SET_UP.name).to_try_again()));
        }
        let guesses = guesses::of(self.tx, &pin_bucket(person)).await?;
        let until = guesses.map(|guesses| guesses.locked_until);
        Ok(Some(
            if let Some(until) = until.filter(|until| *until > self.now) {
                locked(until, self.now)
            } else {
                Outcome::of(NEEDS_PIN.name).to_try_again()
            },
        ))
    }

    /// Until when something has to wait, if it has to.
    async fn waiting(
        &mut self,
        deed: Deed,
        person: &Person,
        card: &Card,
    ) -> Result<Option<Timestamp>, ActionError> {
        let until = if deed.hands_over() {
            person.waits_until.max(card.waits_until(self))
        } else if deed == Deed::ChangeNumber {
            let pin = pins::of(self.tx, &person.id).await?;
            pin.and_then(|pin| pin.reset_at)
                .map(|reset| reset.plus(self.tools.policy.new_pin_wait()))
                .max(card.waits_until(self))
        } else {
            None
        };
        Ok(until.filter(|until| *until > self.now))
    }
}

/// Where wrong PINs of a person are counted.
pub(super) fn pin_bucket(person: &Person) -> String {
    format!("pin:{}", person.id.as_str())
}

fn waits(until: Timestamp) -> Outcome {
    let local = until.datetime_in_kenya();
    Outcome::of(WAITS.name)
        .with("until_day", Value::Date(local.date()))
        .with("until_hour", Value::Time(local.time()))
}

/// The outcome while something is locked.
pub(super) fn locked(until: Timestamp, now: Timestamp) -> Outcome {
    let minutes = until.since(now).as_secs().div_ceil(60);
    let minutes = u32::try_from(minutes).unwrap_or(u32::MAX);
    Outcome::of(LOCKED.name).with("minutes", Value::Number(minutes))
}
