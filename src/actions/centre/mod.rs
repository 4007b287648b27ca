//! What the manager of a centre sees and keeps: the centre, its people, who was there.
//!
//! Which centre is meant stands in the session, so every action looks again whether the
//! caller manages it now.

mod attendance;
mod claims;
mod describe;
mod find;
mod roster;

pub(super) use attendance::{DAY as ATTENDANCE_DAY, DAYS, LIST as ATTENDANCE_LIST};
pub(super) use attendance::{MARK_ABSENT, MARK_PRESENT, SIGN_OFF, SIGNED};
pub(super) use claims::SHOW as SHOW_CLAIM;
pub(super) use claims::{APPROVE as APPROVE_CLAIM, LIST as CLAIMS, REFUSE as REFUSE_CLAIM};
pub(super) use describe::{DESCRIBE, SET_DISTANCE};
pub(super) use find::{FIND, LIST};
pub(super) use roster::{LIST as ROSTER_LIST, SHOW, TABLE as ROSTER_TABLE};

use crate::domain::{DeploymentId, PersonId, Role};
use crate::menus::{FieldSpec, Kind, OutcomeSpec, Value};
use crate::store::audit;
use crate::store::deployments::{self, Deployment, State};
use crate::store::people::Person;
use crate::store::roster::Place;

use super::work::{ActionError, Work};

/// The deployment as manager that everything is about.
const MANAGED: FieldSpec = FieldSpec::new("managed", Kind::Hidden);
/// The deployment of somebody who works there.
const MEMBER: FieldSpec = FieldSpec::new("member", Kind::Hidden);

const NOT_MANAGER: OutcomeSpec =
    OutcomeSpec::new("not_manager", "the caller manages no such centre", &[]);
const GONE: OutcomeSpec = OutcomeSpec::new("gone", "that person is not expected there", &[]);

/// The deployment as manager that the session names, if it is theirs; otherwise the action
/// ends here.
macro_rules! managed {
    ($work:expr, $person:expr) => {
        match $work.managed($person).await? {
            Some(managed) => managed,
            None => return Ok($crate::ussd::Outcome::of(super::NOT_MANAGER.name)),
        }
    };
}
use managed;

impl Work<'_> {
    async fn managed(&mut self, person: &Person) -> Result<Option<Deployment>, ActionError> {
        let Some(id) = self.deployment("managed")? else {
            return Ok(None);
        };
        let found = deployments::by_id(self.tx, &id).await?;
        Ok(found.filter(|found| {
            found.person == person.id
                && found.state == State::Posted
                && found.role == Role::CentreManager
        }))
    }

    /// A deployment that a field names; none where it names nothing.
    fn deployment(&self, field: &'static str) -> Result<Option<DeploymentId>, ActionError> {
        let Value::Hidden(id) = self.field(field)? else {
            return Err(ActionError::NoField(field));
        };
        Ok(DeploymentId::parse(id).ok())
    }

    /// Writes down what a manager did that is about somebody.
    async fn log_about(
        &mut self,
        manager: &Person,
        subject: &PersonId,
        what: &str,
        detail: String,
    ) -> Result<(), ActionError> {
        let entry = audit::Entry {
            actor: manager.id.as_str(),
            subject: Some(subject),
            what,
            way: self.way.name(),
            detail: Some(detail),
        };
        Ok(audit::add(self.tx, &entry, self.now).await?)
    }
}

fn place(managed: &Deployment) -> Place<'_> {
    Place {
        centre: &managed.centre.code,
        series: managed.series,
    }
}
