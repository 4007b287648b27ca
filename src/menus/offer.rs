//! The question to somebody who dials again after a session that was dropped.

use crate::domain::Language;

use super::fitting::SHORTEST_NAME;
use super::model::Words;
use super::template::Texts;
use super::value::Fields;

impl Words {
    /// The whole screen, after a wrong answer with the line that says so. It names
    /// nobody: whoever reads it has proven nothing yet.
    #[must_use]
    pub fn offer(&self, language: Language, wrong: bool) -> String {
        let fill = |texts: &Texts| {
            texts
                .of(language)
                .fill(&Fields::new(), language, SHORTEST_NAME)
        };
        let mut lines = Vec::new();
        lines.extend(wrong.then(|| fill(&self.wrong_choice.it)));
        lines.push(fill(&self.resume.it));
        lines.push(format!("1. {}", fill(&self.resume_yes.it)));
        lines.push(format!("2. {}", fill(&self.resume_no.it)));
        lines.join("\n")
    }
}
