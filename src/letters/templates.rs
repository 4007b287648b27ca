//! The templates of `letters/`, and which role's letter each one is.

use super::fonts::Weight;
use super::reader::{TemplateError, TemplateProblem};
use super::template::Template;
use crate::domain::Role;

/// A template of the council's own: the name of its file and what stands in it.
#[derive(Clone, Debug)]
pub struct TemplateFile {
    /// Where it is, for errors; its last part says whose letter it is.
    pub path: String,
    /// Its text.
    pub text: String,
}

/// The parsed templates.
pub(super) struct Templates {
    centre_manager: Template,
    deputy_centre_manager: Template,
    supervisor: Template,
    invigilator: Template,
    security_officer: Template,
    examiner: Template,
    general: Template,
}

/// Every template there is.
const NAMES: [&str; 7] = [
    "centre-manager.md",
    "deputy-centre-manager.md",
    "supervisor.md",
    "invigilator.md",
    "security-officer.md",
    "examiner.md",
    "general.md",
];

/// The council's own template of that name, or else the one that is compiled in.
macro_rules! template {
    ($own:expr, $name:literal) => {
        match $own.iter().find(|file| file.name() == $name) {
            Some(file) => Template::parse(&file.path, &file.text),
            None => Template::parse(
                concat!("letters/", $name),
                include_str!(concat!("../../letters/", $name)),
            ),
        }
    };
}

impl TemplateFile {
    /// What is wrong with it, if anything is.
    #[must_use]
    pub fn fault(&self) -> Option<TemplateError> {
        Templates::load(std::slice::from_ref(self)).err()
    }

    fn name(&self) -> &str {
        self.path.rsplit(['/', '\\']).next().unwrap_or_default()
    }
}

impl Templates {
    /// Those of the council, and for the rest those that are compiled in.
    pub(super) fn load(own: &[TemplateFile]) -> Result<Self, TemplateError> {
        if let Some(file) = own.iter().find(|file| !NAMES.contains(&file.name())) {
            return Err(TemplateError {
                file: file.path.clone(),
                line: 1,
                problem: TemplateProblem::NoSuchLetter(NAMES.join(", ")),
            });
        }
        Ok(Self {
            centre_manager: template!(own, "centre-manager.md")?,
            deputy_centre_manager: template!(own, "deputy-centre-manager.md")?,
            supervisor: template!(own, "supervisor.md")?,
            invigilator: template!(own, "invigilator.md")?,
            security_officer: template!(own, "security-officer.md")?,
            examiner: template!(own, "examiner.md")?,
            general: template!(own, "general.md")?,
        })
    }

    pub(super) fn of(&self, role: Role) -> &Template {
        match role {
            Role::CentreManager => &self.centre_manager,
            Role::DeputyCentreManager => &self.deputy_centre_manager,
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

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str, text: &str) -> TemplateFile {
        TemplateFile {
            path: path.to_owned(),
            text: text.to_owned(),
        }
    }

    #[test]
    fn the_councils_own_letter_takes_the_place_of_the_one_built_in() {
        let own = [file("/etc/cp2/letters/invigilator.md", "# Ours\n\nCome.")];
        let templates = Templates::load(&own).unwrap();
        let texts = |role| -> Vec<_> { templates.of(role).texts().map(|(_, text)| text).collect() };
        assert_eq!(texts(Role::Invigilator), ["Ours", "Come."]);
        assert!(texts(Role::Supervisor).concat().contains("supervisor"));
    }

    #[test]
    fn a_file_that_is_nobodys_letter_and_a_wrong_one_are_named() {
        let refused = |own: TemplateFile| Templates::load(&[own]).err().unwrap().to_string();
        let said = refused(file("a/invigilators.md", "# Ours"));
        assert!(said.starts_with("a/invigilators.md:1: no letter has this name; there are: "));
        let said = refused(file("a/general.md", "# Ours\n\nDear {who},"));
        assert!(
            said.starts_with("a/general.md:3: there is no placeholder {who};"),
            "{said}"
        );
    }
}
