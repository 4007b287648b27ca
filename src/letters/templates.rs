//! The templates of `letters/`, and which role's letter each one is.

use super::fonts::Weight;
use super::reader::TemplateError;
use super::template::Template;
use crate::domain::Role;

/// The parsed templates.
pub(super) struct Templates {
    centre_manager: Template,
    supervisor: Template,
    invigilator: Template,
    security_officer: Template,
    examiner: Template,
    general: Template,
}

macro_rules! template {
    ($file:literal) => {
        Template::parse($file, include_str!(concat!("../../", $file)))
    };
}

impl Templates {
    pub(super) fn load() -> Result<Self, TemplateError> {
        Ok(Self {
            centre_manager: template!("letters/centre-manager.md")?,
            supervisor: template!("letters/supervisor.md")?,
            invigilator: template!("letters/invigilator.md")?,
            security_officer: template!("letters/security-officer.md")?,
            examiner: template!("letters/examiner.md")?,
            general: template!("letters/general.md")?,
        })
    }

    pub(super) fn of(&self, role: Role) -> &Template {
        match role {
            Role::CentreManager | Role::DeputyCentreManager => &self.centre_manager,
            Role::Supervisor => &self.supervisor,
            Role::Invigilator => &self.invigilator,
            Role::SecurityOfficer => &self.security_officer,
            Role::Examiner => &self.examiner,
            Role::Driver | Role::ExaminationManager | Role::Clerk => &self.general,
        }
    }

    /// The texts of all templates.
    pub(super) fn texts(&self) -> impl Iterator<Item = (Weight, &str)> {
        Role::ALL.into_iter().flat_map(|role| self.of(role).texts())
    }
}
