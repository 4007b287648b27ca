//! What people tell about a problem.

use serde::{Deserialize, Serialize};

use crate::crypto::{Keys, Sealed};
use crate::domain::{CentreCode, Msisdn, ProblemKind, Role, Series};
use crate::menus::Value;

use super::super::choices::{ROLE, WORKED};
use super::super::work::{ActionError, Work};
use super::report::{CENTRE, NAME, PAID_LINE, WORDS};

/// What is told of a problem; which of it depends on the kind. It has no `Debug`: all of
/// it is private.
#[derive(Serialize, Deserialize, Default)]
pub struct Told {
    /// The exam at which the work was.
    pub worked: Option<Series>,
    /// Where it was.
    pub centre: Option<CentreCode>,
    /// The worker's name as on the identity card.
    pub name: Option<String>,
    /// What they worked as.
    pub role: Option<Role>,
    /// The line that the pay should go to.
    pub paid_line: Option<Msisdn>,
    /// What is wrong, in their own words.
    pub words: Option<String>,
}

impl Told {
    /// What a session has collected.
    pub(super) fn of(work: &Work<'_>, kind: ProblemKind) -> Result<Self, ActionError> {
        let mut told = Self::default();
        if kind == ProblemKind::WrongDetails {
            told.words = Some(work.name(WORDS.name)?.to_owned());
            return Ok(told);
        }
        let Value::Series(worked) = work.field(WORKED.name)? else {
            return Err(ActionError::NoField(WORKED.name));
        };
        let Value::Centre(centre) = work.field(CENTRE.name)? else {
            return Err(ActionError::NoField(CENTRE.name));
        };
        told.worked = Some(*worked);
        told.centre = Some(centre.clone());
        if kind == ProblemKind::NotDeployed {
            let Value::Role(role) = work.field(ROLE.name)? else {
                return Err(ActionError::NoField(ROLE.name));
            };
            let Value::Msisdn(line) = work.field(PAID_LINE.name)? else {
                return Err(ActionError::NoField(PAID_LINE.name));
            };
            told.name = Some(work.name(NAME.name)?.to_owned());
            told.role = Some(*role);
            told.paid_line = Some(line.clone());
        }
        Ok(told)
    }

    pub(super) fn seal(&self, keys: &Keys, row: &str) -> Result<Vec<u8>, ActionError> {
        let clear = zeroize::Zeroizing::new(serde_json::to_vec(self)?);
        Ok(place(row).seal(keys, &clear))
    }

    pub(super) fn open(keys: &Keys, row: &str, sealed: &[u8]) -> Result<Self, ActionError> {
        let clear = place(row).open(keys, sealed)?;
        Ok(serde_json::from_slice(&clear)?)
    }
}

fn place(row: &str) -> Sealed<'_> {
    Sealed {
        column: "problems.sealed",
        row,
    }
}
