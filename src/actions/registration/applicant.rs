//! What people tell about themselves when they ask to be registered.

use serde::{Deserialize, Serialize};

use crate::actions::choices::{GENDER, ROLE};
use crate::actions::places::{COUNTY, SUB_COUNTY};
use crate::actions::work::{ActionError, Work};
use crate::crypto::{Keys, Sealed};
use crate::domain::{Gender, Msisdn, Name, NationalId, PersonId, Role, TscNumber};
use crate::menus::Value;
use crate::store::people::{Person, Profile};

/// Somebody who asks to be known. It has no `Debug`: all of it is private.
#[derive(Clone, Serialize, Deserialize)]
pub struct Applicant {
    /// As on the identity card.
    pub name: Name,
    /// The number of that card.
    pub national_id: NationalId,
    /// Where the role needs one.
    pub tsc_number: Option<TscNumber>,
    /// The year they were born in.
    pub birth_year: u16,
    /// `F` or `M`.
    pub gender: String,
    /// Where they work.
    pub county: String,
    /// Its part.
    pub sub_county: String,
    /// What they want to do.
    pub role: Role,
}

/// Whether a role is for teachers, who have a TSC number.
pub(super) fn is_for_teachers(role: Role) -> bool {
    !matches!(role, Role::SecurityOfficer | Role::Driver | Role::Clerk)
}

impl Applicant {
    /// What a session has collected.
    pub(super) fn of(work: &Work<'_>) -> Result<Self, ActionError> {
        let Value::NationalId(national_id) = work.field("applicant_id")? else {
            return Err(ActionError::NoField("applicant_id"));
        };
        let Value::Role(role) = work.field(ROLE.name)? else {
            return Err(ActionError::NoField(ROLE.name));
        };
        let Value::Number(year) = work.field("birth_year")? else {
            return Err(ActionError::NoField("birth_year"));
        };
        // Asked of teachers alone; another role may have been chosen since.
        let tsc_number = match work.fields.get("applicant_tsc") {
            Some(Value::Tsc(number)) if is_for_teachers(*role) => Some(number.clone()),
            _ => None,
        };
        let gender = Gender::parse(work.hidden(GENDER.name)?);
        let gender = gender.ok_or(ActionError::NoField(GENDER.name))?;
        Ok(Self {
            name: Name::parse(work.name("applicant_name")?)
                .map_err(|_| ActionError::NoField("applicant_name"))?,
            national_id: national_id.clone(),
            tsc_number,
            birth_year: u16::try_from(*year).map_err(|_| ActionError::NoField("birth_year"))?,
            gender: gender.code().to_owned(),
            county: work.name(COUNTY.name)?.to_owned(),
            sub_county: work.name(SUB_COUNTY.name)?.to_owned(),
            role: *role,
        })
    }

    pub(super) fn seal(&self, keys: &Keys, row: &str) -> Result<Vec<u8>, ActionError> {
        let clear = zeroize::Zeroizing::new(serde_json::to_vec(self)?);
        Ok(place(row).seal(keys, &clear))
    }

    pub(super) fn open(keys: &Keys, row: &str, sealed: &[u8]) -> Result<Self, ActionError> {
        let clear = place(row).open(keys, sealed)?;
        Ok(serde_json::from_slice(&clear)?)
    }

    /// The person that an operator makes of them.
    pub(super) fn into_person(self, line: &Msisdn) -> Person {
        Person {
            id: PersonId::fresh(),
            national_id: self.national_id,
            tsc_number: self.tsc_number,
            name: self.name,
            town: None,
            msisdn: Some(line.clone()),
            kra_pin: None,
            profile: Profile {
                birth_year: Some(self.birth_year),
                gender: Some(self.gender),
                county: Some(self.county),
                sub_county: Some(self.sub_county),
                ..Profile::default()
            },
            waits_until: None,
        }
    }
}

fn place(row: &str) -> Sealed<'_> {
    Sealed {
        column: "registrations.sealed",
        row,
    }
}
