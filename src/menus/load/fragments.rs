//! Stretches that several screens share: read first, put in wherever they are named.

use crate::domain::Language;
use crate::menus::finding::Place;
use crate::menus::model::{Choice, Placed};
use crate::menus::source::{RawFragment, RawOption, Section};
use crate::menus::template::{Part, Template, Texts};

use super::Loader;

/// A fragment, and whether anything names it.
pub(super) struct Fragment {
    at: Place,
    /// The file it stands in, since its options are read anew for each screen.
    file: usize,
    text: Option<Placed<Texts>>,
    options: Vec<RawOption>,
    is_used: bool,
}

impl Loader<'_, '_> {
    /// Reads the fragments of a file. The text of one may name those read before it.
    pub(super) fn fragments(&mut self, section: Section<RawFragment>) {
        for (name, raw) in section {
            let name = self.placed(name);
            self.name(&name);
            let Some(raw) = raw else { continue };
            if raw.text.is_none() && raw.option.is_empty() {
                let message = format!("fragment `{}` needs `text` or `option`", name.it);
                self.found.add(name.at, message);
            }
            let fragment = Fragment {
                at: name.at,
                file: self.file,
                text: raw.text.map(|text| self.texts(text, name.at)),
                options: raw.option,
                is_used: false,
            };
            if self.fragments.insert(name.it.clone(), fragment).is_some() {
                let message = format!("a second fragment called `{}`", name.it);
                self.found.add(name.at, message);
            }
        }
    }

    /// The options that a screen includes.
    pub(super) fn included(&mut self, names: Vec<toml::Spanned<String>>) -> Vec<Choice> {
        let mut choices = Vec::new();
        for name in names {
            let name = self.placed(name);
            let found = self.fragments.get_mut(&name.it).map(|fragment| {
                fragment.is_used = true;
                (fragment.file, fragment.options.clone())
            });
            match found {
                Some((file, options)) if !options.is_empty() => {
                    let here = std::mem::replace(&mut self.file, file);
                    choices.extend(options.into_iter().map(|option| self.choice(option)));
                    self.file = here;
                }
                Some(_) => {
                    let message = format!("fragment `{}` has no options to include", name.it);
                    self.found.add(name.at, message);
                }
                None => self.no_fragment(&name.it, name.at),
            }
        }
        choices
    }

    /// The template with the texts of the fragments that it names.
    pub(super) fn with_fragments(
        &mut self,
        template: Template,
        at: Place,
        language: Language,
    ) -> Template {
        let mut parts = Vec::new();
        for part in template.into_parts() {
            let Part::Fragment(name) = part else {
                parts.push(part);
                continue;
            };
            let place = self.found.inside(at, &format!("{{>{name}"));
            let Some(fragment) = self.fragments.get_mut(&name) else {
                self.no_fragment(&name, place);
                continue;
            };
            fragment.is_used = true;
            let Some(text) = &fragment.text else {
                let message = format!("fragment `{name}` has no text to put in");
                self.found.add(place, message);
                continue;
            };
            parts.extend_from_slice(text.it.of(language).parts());
        }
        Template::from(parts)
    }

    fn no_fragment(&mut self, name: &str, at: Place) {
        let names: Vec<_> = self.fragments.keys().map(String::as_str).collect();
        let there = match names.as_slice() {
            [] => "there are none".to_owned(),
            names => format!("there are: {}", names.join(", ")),
        };
        let message = format!("there is no fragment `{name}`; {there}");
        self.found.add(at, message);
    }

    /// Finds fragments that nothing names.
    pub(super) fn idle_fragments(&mut self) {
        for (name, fragment) in &self.fragments {
            if !fragment.is_used {
                let message = format!("nothing uses the fragment `{name}`");
                self.found.add(fragment.at, message);
            }
        }
    }
}
