//! Texts with `{placeholders}`, in both languages.

use crate::domain::Language;
use crate::text;

use super::value::{Format, Shown, Values};

/// A text cut at its placeholders.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Template(Vec<Part>);

/// A piece of a [`Template`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// Text that stands as it is.
    Words(String),
    /// A value to fill in.
    Field {
        /// Its name in the session.
        name: String,
        /// The form asked for.
        format: Format,
    },
    /// A shared stretch, as `{>name}`; the loader puts its text in.
    Fragment(String),
}

/// What is wrong with a template, and at which byte of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct TemplateError {
    pub(super) at: usize,
    pub(super) message: String,
}

impl Template {
    /// Reads `Report {day} {hour}`; a brace that is no placeholder is an error, since
    /// braces cost two septets each and nobody misses them on a phone.
    pub(super) fn parse(source: &str) -> Result<Self, TemplateError> {
        let mut parts = Vec::new();
        let mut rest = source;
        while let Some(open) = rest.find(['{', '}']) {
            let at = source.len() - rest.len() + open;
            let inner = rest[open..]
                .strip_prefix('{')
                .and_then(|tail| tail.split_once('}'));
            let Some((inside, after)) = inner else {
                return Err(TemplateError {
                    at,
                    message: "a brace without its partner".into(),
                });
            };
            if open > 0 {
                parts.push(Part::Words(rest[..open].to_owned()));
            }
            parts.push(placeholder(inside).map_err(|message| TemplateError { at, message })?);
            rest = after;
        }
        if !rest.is_empty() {
            parts.push(Part::Words(rest.to_owned()));
        }
        Ok(Self(parts))
    }

    /// Its pieces, in order.
    #[must_use]
    pub fn parts(&self) -> &[Part] {
        &self.0
    }

    pub(super) fn into_parts(self) -> Vec<Part> {
        self.0
    }

    /// The text with its values filled in, names cut to `name_cap` septets each.
    ///
    /// A value that is not there leaves nothing: the check at start proves that
    /// this can't happen with the menus that run.
    #[must_use]
    pub fn fill(&self, values: &dyn Values, language: Language, name_cap: usize) -> String {
        let mut filled = String::new();
        for part in &self.0 {
            match part {
                Part::Words(words) => filled.push_str(words),
                Part::Field { name, format } => match values.shown(name, *format, language) {
                    Some(Shown {
                        text,
                        may_be_cut: true,
                    }) => {
                        filled.push_str(&text::cut(&text, name_cap));
                    }
                    Some(Shown { text, .. }) => filled.push_str(&text),
                    None => {}
                },
                Part::Fragment(_) => {}
            }
        }
        filled
    }
}

impl From<Vec<Part>> for Template {
    fn from(parts: Vec<Part>) -> Self {
        Self(parts)
    }
}

fn placeholder(inside: &str) -> Result<Part, String> {
    if let Some(name) = inside.strip_prefix('>') {
        return Ok(Part::Fragment(name.to_owned()));
    }
    let (name, format) = match inside.split_once(':') {
        None => (inside, Format::Plain),
        Some((name, format)) => {
            let known = Format::parse(format).ok_or_else(|| {
                format!("unknown format `{format}`; there are long, short, masked")
            })?;
            (name, known)
        }
    };
    let well_formed = !name.is_empty() && name.chars().all(|c| c.is_ascii_lowercase() || c == '_');
    if !well_formed {
        return Err(format!(
            "`{{{inside}}}` is not a placeholder such as {{centre_name}}"
        ));
    }
    Ok(Part::Field {
        name: name.to_owned(),
        format,
    })
}

/// A text in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Texts {
    pub(super) en: Template,
    pub(super) sw: Template,
}

impl Texts {
    /// The text in that language.
    #[must_use]
    pub fn of(&self, language: Language) -> &Template {
        match language {
            Language::En => &self.en,
            Language::Sw => &self.sw,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::value::{Fields, Value};
    use super::*;

    #[test]
    fn placeholders_are_filled_and_names_cut() {
        let template = Template::parse("{code} {school}, {school}").unwrap();
        let fields = Fields::from([
            ("code".to_owned(), Value::Code("99208105".into())),
            ("school".to_owned(), Value::name("Mfano Girls High School")),
        ]);
        assert_eq!(
            template.fill(&fields, Language::En, 6),
            "99208105 Mfano., Mfano."
        );
    }

    #[test]
    fn a_lone_brace_is_refused_with_its_place() {
        assert_eq!(Template::parse("ab {x").unwrap_err().at, 3);
        assert_eq!(Template::parse("ab } {x}").unwrap_err().at, 3);
        assert!(Template::parse("{Centre}").is_err());
        assert!(
            Template::parse("{day:tiny}")
                .unwrap_err()
                .message
                .contains("tiny")
        );
    }
}
