//! What a professional is contracted for.

use super::canonical::serde_as_text;
use super::typed::same_word;

/// A role at an exam.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Heads a centre; the head of the institution.
    CentreManager,
    /// Assists the centre manager.
    DeputyCentreManager,
    /// Oversees the exam at a centre.
    Supervisor,
    /// Watches one room.
    Invigilator,
    /// Guards the papers and the centre.
    SecurityOfficer,
    /// Drives the papers.
    Driver,
    /// Runs the container the papers are kept in.
    ExaminationManager,
    /// Works at the container.
    Clerk,
    /// Marks scripts; is invited, and may decline.
    Examiner,
}

/// A text names no role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no such role; the codes are CM, DCM, SUP, INV, SEC, DRV, EM, CLK and EXM")]
pub struct RoleError;

impl Role {
    /// Every role.
    pub const ALL: [Self; 9] = [
        Self::CentreManager,
        Self::DeputyCentreManager,
        Self::Supervisor,
        Self::Invigilator,
        Self::SecurityOfficer,
        Self::Driver,
        Self::ExaminationManager,
        Self::Clerk,
        Self::Examiner,
    ];

    /// Reads a code or an English name, in any case.
    pub fn parse(text: &str) -> Result<Self, RoleError> {
        Self::ALL
            .into_iter()
            .find(|role| same_word(role.code(), text) || same_word(role.english(), text))
            .ok_or(RoleError)
    }

    /// The code, such as `SUP`.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::CentreManager => "CM",
            Self::DeputyCentreManager => "DCM",
            Self::Supervisor => "SUP",
            Self::Invigilator => "INV",
            Self::SecurityOfficer => "SEC",
            Self::Driver => "DRV",
            Self::ExaminationManager => "EM",
            Self::Clerk => "CLK",
            Self::Examiner => "EXM",
        }
    }

    /// The name in English.
    #[must_use]
    pub fn english(&self) -> &'static str {
        match self {
            Self::CentreManager => "Centre manager",
            Self::DeputyCentreManager => "Deputy centre manager",
            Self::Supervisor => "Supervisor",
            Self::Invigilator => "Invigilator",
            Self::SecurityOfficer => "Security officer",
            Self::Driver => "Driver",
            Self::ExaminationManager => "Examination manager",
            Self::Clerk => "Clerk",
            Self::Examiner => "Examiner",
        }
    }

    /// The name in Kiswahili.
    ///
    /// `Msimamizi` serves for manager, supervisor and invigilator alike, and the
    /// letters are in English: always show the code beside it.
    #[must_use]
    pub fn kiswahili(&self) -> &'static str {
        match self {
            Self::CentreManager => "Msimamizi wa kituo",
            Self::DeputyCentreManager => "Naibu msimamizi wa kituo",
            Self::Supervisor => "Msimamizi mkuu",
            Self::Invigilator => "Msimamizi wa chumba",
            Self::SecurityOfficer => "Afisa wa usalama",
            Self::Driver => "Dereva",
            Self::ExaminationManager => "Meneja wa mitihani",
            Self::Clerk => "Karani",
            Self::Examiner => "Mtahini",
        }
    }
}

serde_as_text!(Role, Role::code);

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_code_and_english_name_is_read_back_in_any_case() {
        for role in Role::ALL {
            assert_eq!(Role::parse(role.code()), Ok(role));
            assert_eq!(Role::parse(role.english()), Ok(role));
            assert_eq!(Role::parse(&role.english().to_uppercase()), Ok(role));
        }
        assert_eq!(Role::parse(" centre-manager "), Ok(Role::CentreManager));
    }

    #[test]
    fn other_texts_are_refused() {
        for typed in ["", "MANAGER", "SUPER", "S U P"] {
            assert_eq!(Role::parse(typed), Err(RoleError));
        }
    }

    #[test]
    fn no_two_roles_share_a_name() {
        let names =
            |of: fn(&Role) -> &'static str| Role::ALL.iter().map(of).collect::<HashSet<_>>();
        assert_eq!(names(Role::code).len(), Role::ALL.len());
        assert_eq!(names(Role::english).len(), Role::ALL.len());
        assert_eq!(names(Role::kiswahili).len(), Role::ALL.len());
    }

    #[test]
    fn it_travels_as_its_code() {
        assert_eq!(serde_json::to_string(&Role::Supervisor).unwrap(), "\"SUP\"");
        assert_eq!(
            serde_json::from_str::<Role>("\"INV\"").unwrap(),
            Role::Invigilator
        );
    }
}
